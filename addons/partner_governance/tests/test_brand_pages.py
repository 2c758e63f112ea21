from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import ProgramCase, ProgramMixin


class TestBrandSender(ProgramCase):
    """TRADE 7, PG-026: mail leaves from a brand's sender once its DNS is checked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.brand = cls.env["program.brand"].create(
            {"name": "Hansewerk", "program_node_id": cls.sub.id}
        )
        cls.operations = new_test_user(
            cls.env,
            login="operations.person",
            groups="partner_governance.group_platform_operations",
            program_partner_id=cls.root.id,
        )

    def test_the_check_is_of_one_address(self):
        """PG-026: by operations alone, told and traced; another address is checked anew."""
        self.assertEqual(self.brand.sender_state, "none")
        with self.assertRaisesRegex(UserError, "enter it first"):
            self.brand.with_user(self.operations).action_confirm_sender()
        self.brand.write({"sender_email": "Mail@Hansewerk.example", "sender_name": "Werk"})
        self.assertEqual(self.brand.sender_state, "waiting")
        self.assertFalse(self.brand._sender_address())
        self.assertIn("has not been checked", self.brand._sender_obstacle())
        for user in (self.user(self.sub, "manager"), self.staff()):
            with self.assertRaises(AccessError):
                self.brand.with_user(user).action_confirm_sender()
        with self.assertRaises(AccessError):
            self.brand.with_user(
                self.user(self.sub, "manager")
            ).sender_checked_for = "mail@hansewerk.example"
        self.brand.with_user(self.operations).action_confirm_sender()
        self.assertEqual(
            (self.brand.sender_state, self.brand.sender_checked_uid, self.brand.sender_checked_on),
            ("checked", self.operations, fields.Date.context_today(self.brand)),
        )
        self.assertEqual(self.brand._sender_address(), '"Werk" <mail@hansewerk.example>')
        self.assertFalse(self.brand._sender_obstacle())
        event = self.env["governance.event"].search([("kind", "=", "brand_sender_checked")])
        self.assertEqual(event.new_value, "mail@hansewerk.example")
        self.brand.sender_email = "other@hansewerk.example"
        self.assertEqual(self.brand.sender_state, "waiting")
        with self.assertRaisesRegex(ValidationError, "is no e-mail address"):
            self.brand.sender_email = "nobody"


@tagged("standard", "-at_install", "post_install")
class TestBrandPages(ProgramMixin, HttpCase):
    """TRADE 7, PG-026: log-in and reset under a brand's host show that brand alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_programme()
        cls.brand = cls.env["program.brand"].create(
            {
                "name": "Hansewerk",
                "legal_name": "Hansewerk GmbH",
                "primary_colour": "#aa1122",
                "host_name": "portal.hansewerk.example",
                "program_node_id": cls.sub.id,
            }
        )
        cls.brand.host_checked_for = cls.brand.host_name

    def page(self, path, host):
        answer = self.url_open(path, headers={"Host": host}, allow_redirects=False)
        self.assertEqual(answer.status_code, 200, path)
        return answer.text

    def test_pages_show_the_brand_of_their_host(self):
        """PG-026: name in title and page, colour; no word of Odoo nor of its maker's site."""
        for path in ("/web/login", "/web/reset_password"):
            for host in ("portal.hansewerk.example", "PORTAL.hansewerk.example:8069"):
                with self.subTest(path, host=host):
                    text = self.page(path, host)
                    self.assertIn("<title>Hansewerk</title>", text)
                    self.assertIn("#aa1122", text)
                    self.assertNotIn("Powered by", text)
                    self.assertNotIn("www.odoo.com", text)
            other = self.page(path, "elsewhere.example")
            self.assertNotIn("Hansewerk", other)
            self.assertIn("Powered by", other)

    def test_a_host_counts_once_it_is_checked(self):
        """TRADE 7, PG-026: nobody takes a name by writing it down, the programme's own least."""
        self.brand.host_name = "other.hansewerk.example"
        self.assertEqual(self.brand.host_state, "waiting")
        for host in ("portal.hansewerk.example", "other.hansewerk.example"):
            self.assertNotIn("Hansewerk", self.page("/web/login", host))
        with self.assertRaises(AccessError):
            self.brand.with_user(self.user(self.sub, "manager")).action_confirm_host()
        operations = new_test_user(
            self.env,
            login="operations.host",
            groups="partner_governance.group_platform_operations",
            program_partner_id=self.root.id,
        )
        self.brand.with_user(operations).action_confirm_host()
        self.assertIn("Hansewerk", self.page("/web/login", "other.hansewerk.example"))
        self.env["ir.config_parameter"].set_param("web.base.url", "https://control.example:8069")
        with self.assertRaisesRegex(ValidationError, "own host name"):
            self.brand.host_name = "control.example"

    def test_the_portal_shows_the_brand_of_its_host(self):
        """TRADE 7, PG-026: a customer's own pages too."""
        customer = self.env["res.partner"].create({"name": "Customer of Hansewerk"})
        new_test_user(
            self.env, login="portal.brand", groups="base.group_portal", partner_id=customer.id
        )
        self.authenticate("portal.brand", "portal.brand")
        host = self.brand.host_name
        # The test's client sends the cookie of a log-in to the host alone that gave it.
        self.opener.cookies.set("session_id", self.session.sid, domain=host)
        text = self.page("/my", host)
        self.assertIn("Hansewerk GmbH", text)
        self.assertNotIn("Powered by", text)

    def test_an_archived_brand_shows_nothing(self):
        """PG-026: nor one whose right has ended."""
        self.brand.active = False
        self.assertNotIn("Hansewerk", self.page("/web/login", "portal.hansewerk.example"))
        self.brand.active = True
        right = self.env["program.right"].search(
            [("kind", "=", "branding"), ("holder_id", "=", self.sub.id)]
        )
        right.write({"date_from": "2020-01-01", "date_until": "2021-01-01"})
        self.assertNotIn("Hansewerk", self.page("/web/login", "portal.hansewerk.example"))
