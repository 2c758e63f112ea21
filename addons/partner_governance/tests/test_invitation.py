from odoo.exceptions import AccessError, UserError
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import ProgramCase


class TestInvitation(ProgramCase):
    """X-06, TRADE 7: six fields, one send; a master below itself only."""

    def wizard(self, who, **values):
        values = {
            "name": "Ostsee Beratung GmbH",
            "country_id": self.env.ref("base.de").id,
            "commercial_model_id": self.env.ref("partner_governance.model_referral").id,
            "contact_name": "Karin Jahn",
            "email": "karin@ostsee.example",
            **values,
        }
        return self.env["program.invitation"].with_user(who).create(values)

    def invited(self):
        return self.env["program.partner"].search([("name", "=", "Ostsee Beratung GmbH")])

    def test_six_fields_and_one_send(self):
        """X-06, TRADE 11: contact, company, node, first manager and the link, by six fields."""
        master = self.user(self.master, "manager")
        with Form(self.env["program.invitation"].with_user(master)) as form:
            form.name = "Ostsee Beratung GmbH"
            form.country_id = self.env.ref("base.de")
            form.commercial_model_id = self.env.ref("partner_governance.model_referral")
            form.contact_name = "Karin Jahn"
            form.email = "karin@ostsee.example"
        form.record.action_send()
        node = self.invited()
        self.assertEqual((node.upline_id, node.state), (self.master, "invited"))
        self.assertEqual(node.company_id.partner_id, node.partner_id)
        self.assertEqual(node.country_ids, self.env.ref("base.de"))
        self.assertEqual(node.invited_by_id, master)
        person = node.user_ids
        self.assertEqual((person.login, person.program_roles), ("karin@ostsee.example", "Manager"))
        self.assertEqual(
            self.env["program.outbox"].search_count(
                [("kind", "=", "invitation"), ("res_id", "=", person.id)]
            ),
            1,
        )
        event = self.env["governance.event"].search([("kind", "=", "partner_invited")], limit=1)
        self.assertEqual((event.node_ref, event.old_value), (node.id, "Meridian Consulting"))
        self.assertIn(node, self.as_user(self.master, "manager", "program.partner").search([]))
        self.assertNotIn(node, self.as_user(self.stranger, "manager", "program.partner").search([]))

    def test_onboarding_starts_and_the_cap_holds(self):
        """X-06, PG-072: items are asked at once; a programme that is full takes nobody in."""
        master = self.user(self.master, "manager")
        self.wizard(master).action_send()
        node = self.invited()
        self.assertEqual(node.onboarding_state, "onboarding")
        self.assertEqual(node.onboarding_owner_id, master)
        self.assertTrue(node.onboarding_item_ids)
        self.root.pilot_cap = 1
        with self.assertRaises(UserError):
            self.wizard(master, email="two@ostsee.example").action_send()

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_who_may_not(self):
        """X-06: a partner that is no master, a sales person, a master below somebody else, a
        master with a model that the platform keeps."""
        master, oem = self.user(self.master, "manager"), "partner_governance.model_oem"
        with self.assertRaisesRegex(UserError, "not a master partner"):
            self.wizard(self.user(self.sub, "manager")).action_send()
        with self.assertRaises(AccessError):
            self.wizard(self.user(self.master, "sales"))
        with self.assertRaisesRegex(UserError, "below itself only"):
            self.wizard(master, upline_id=self.sub.id).action_send()
        with self.assertRaises(AccessError):
            self.wizard(master, upline_id=self.stranger.id)
        with self.assertRaisesRegex(UserError, "invited by the platform"):
            self.wizard(master, commercial_model_id=self.env.ref(oem).id).action_send()
        Partner = self.env["program.partner"].with_user(self.user(self.stranger, "manager"))
        with self.assertRaises(UserError):
            Partner._invite(self.master, {"commercial_model_id": self.env.ref(oem).id})
        self.assertFalse(self.invited())

    def test_the_platform_invites(self):
        """X-06: the desk invites below the root, of every model."""
        desk = self.staff()
        self.wizard(
            desk, commercial_model_id=self.env.ref("partner_governance.model_oem").id
        ).action_send()
        self.assertEqual(self.invited().upline_id, self.root)

    def test_the_rest_on_one_page(self):
        """X-06: the invited manager fills in company, territory and brand, and onboarding begins;
        the page writes the own company whatever node it is told."""
        self.wizard(
            self.user(self.master, "manager"),
            commercial_model_id=self.env.ref("partner_governance.model_white_label").id,
        ).action_send()
        node = self.invited()
        karin = node.user_ids
        vertical = self.env.ref("partner_governance.vertical_logistics")
        with Form(self.env["program.welcome"].with_user(karin)) as form:
            self.assertEqual(form.country_id, self.env.ref("base.de"))
            form.city = "Rostock"
            form.vertical_ids.add(vertical)
            form.brand_name = "OstseeFlow"
        onboarding = self.env.ref("partner_governance.program_partner_view_form_onboarding")
        shown = form.record.action_save()
        self.assertEqual((shown["res_id"], shown["views"]), (node.id, [(onboarding.id, "form")]))
        self.assertEqual((node.partner_id.city, node.state), ("Rostock", "onboarding"))
        self.assertEqual(node.vertical_ids, vertical)
        brand = (
            self.env["program.brand"]
            .with_context(active_test=False)
            .search([("program_node_id", "=", node.id)])
        )
        self.assertEqual(brand.mapped("name"), ["OstseeFlow"])
        with self.assertRaises(AccessError):
            self.env["program.welcome"].with_user(karin).create({"node_id": self.stranger.id})

    def test_the_link_is_sent_again(self):
        """X-06: by the upline, to whoever never logged in."""
        self.wizard(self.user(self.master, "manager")).action_send()
        node = self.invited()
        with self.assertRaises(AccessError):
            node.with_user(node.user_ids).action_resend_invitation()
        node.with_user(self.user(self.master, "manager")).action_resend_invitation()
        rows = self.env["program.outbox"].search([("res_id", "=", node.user_ids.id)])
        self.assertEqual(rows.mapped("kind"), ["invitation"] * 2)
