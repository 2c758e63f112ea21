from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .common import checked_sender
from .test_month_end_send import SendCase


class TestSender(SendCase):
    """One rule says from whom a mail of a seller comes (TRADE 7, PG-026): statements, offers and
    price notices ask the same helper."""

    def setUp(self):
        super().setUp()
        self.subscription_one = self.billed()
        self.user(self.sub, "finance").email = "finance@hanse.example"

    def notice(self, **values):
        campaign = self.as_user(self.master, "manager", "billing.price.campaign").create(
            {
                "name": "Prices 2031",
                "book_id": self.book_sub.id,
                "first_day": "2031-03-01",
                "line_ids": [Command.create({"code": "base", "amount": 100})],
                **values,
            }
        )
        campaign.action_preview()
        campaign.action_announce()
        return campaign.notice_ids.sudo()

    def offer_of(self, node):
        offer = self.offer(node, company="Bergwind", email="buyer@bergwind.example")
        offer.action_send()
        return offer.sudo()

    def sent(self, kind):
        """What the mail server is given for the waiting effects of ``kind``."""
        taken = []

        def send_email(_server, message, *_args, **_more):
            taken.append(message)
            return message["Message-Id"]

        rows = self.env["program.outbox"].search([("kind", "=", kind), ("state", "=", "waiting")])
        with self.mail_server(send_email):
            for row in rows:
                self.assertTrue(row._send(), row.error)
        return taken

    def everything(self):
        """A statement, an offer and a notice of one seller each, queued."""
        self.finance(self.master, self.statements(self.master)).action_send()
        self.make_book(self.master, {"base": 9, "storage": 1, "support": 1, "setup": 0})
        self.offer_of(self.master)
        return self.notice()

    def test_each_kind_has_the_same_sender(self):
        """TRADE 7: the brand's address and trade name, whatever leaves; answers go to its support
        e-mail."""
        self.everything()
        senders = {}
        for kind in ("billing_statement", "offer", "price_notice"):
            (message,) = self.sent(kind)
            senders[kind] = (message["From"], message["Reply-To"])
        want = ("Meridian <billing@meridian.example>", "Meridian <care@meridian.example>")
        self.assertEqual(set(senders.values()), {want})

    def test_a_senders_dns_is_checked_first(self):
        """TRADE 7, PG-026: until then nothing leaves, no other sender stands in, and each record
        says so; then everything comes from the brand's own sender."""
        brand = self.master.brand_ids
        brand.write({"sender_email": "mail@meridian.example", "sender_name": "Meridian Post"})
        self.finance(self.master, self.statements(self.master)).action_send()
        self.assertEqual(self.statements(self.master).send_state, "failed")
        self.assertIn("has not been checked", self.statements(self.master).send_error)
        with self.assertRaisesRegex(UserError, "mail@meridian.example"):
            self.master._send_mail({"subject": "x", "email_to": "a@b.example"})
        self.assertFalse(self.sent("billing_statement"))
        brand.with_user(self.env.ref("base.user_admin")).sudo().action_confirm_sender()
        self.finance(self.master, self.statements(self.master)).action_send()
        (message,) = self.sent("billing_statement")
        self.assertEqual(message["From"], "Meridian Post <mail@meridian.example>")

    def test_nothing_leaves_from_an_address_that_nobody_checked(self):
        """TRADE 7, PG-026: neither the support e-mail nor that of the company is a sender; the
        platform's own company is, whose server sends."""
        brand = self.master.brand_ids
        brand.write({"sender_email": False, "support_email": "board@bank.example"})
        self.assertFalse(self.master._sender())
        self.finance(self.master, self.statements(self.master)).action_send()
        self.assertIn("have its DNS checked", self.statements(self.master).send_error)
        self.assertFalse(self.sent("billing_statement"))
        self.assertEqual(self.root._sender(), '"Polaris" <billing@polaris.example>')
        self.root.brand_ids.write({"sender_email": False, "support_email": "board@bank.example"})
        self.assertEqual(self.root._sender(), '"Polaris" <ap@polaris.example>')
        self.assertEqual(self.root._reply_to(), '"Polaris" <board@bank.example>')

    def test_an_archived_brand_speaks_for_nobody(self):
        """TRADE 7: neither its name nor its address."""
        self.master.brand_ids.active = False
        self.assertFalse(self.master._sender())
        self.root.brand_ids.active = False
        self.assertEqual(self.root._sender(), f'"{self.root.name}" <ap@polaris.example>')

    def test_without_one_nothing_leaves_and_each_says_so(self):
        """TRADE 7: no other sender stands in, and each record says what to do."""
        self.master.brand_ids.sender_email = False
        self.finance(self.master, self.statements(self.master)).action_send()
        notice = self.notice()
        for record in (self.statements(self.master), notice):
            self.assertEqual(record.send_state, "failed")
            self.assertIn("has no sender", record.send_error)
        self.make_book(self.master, {"base": 9, "storage": 1, "support": 1, "setup": 0})
        offer = self.offer_of(self.master)
        row = self.env["program.outbox"].search([("kind", "=", "offer"), ("res_id", "=", offer.id)])
        self.assertFalse(row._send())
        self.assertIn("has no sender", row.error)
        with self.assertRaisesRegex(UserError, "has no sender"):
            self.master._send_mail({"subject": "x", "email_to": "a@b.example"})
        # What was missing is there: sent again by its seller's finance, and by nobody else.
        self.master.brand_ids.write(checked_sender("care@meridian.example"))
        with self.assertRaises(AccessError):
            self.finance(self.sub, notice).action_send()
        self.finance(self.master, notice).action_send()
        (message,) = self.sent("price_notice")
        self.assertEqual(notice.send_state, "sent")
        self.assertIn("finance@hanse.example", message["To"])

    def test_a_notice_speaks_its_buyer_s_language(self):
        """TB-071: the language of the buyer's contact, not that of whoever announced it."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.sub.partner_id.lang = "de_DE"
        self.notice()
        (message,) = self.sent("price_notice")
        body = message.get_body(("html",)).get_content()
        self.assertIn("01.03.2031", body)
        self.assertNotIn("03/01/2031", body)

    def test_a_notice_that_the_server_refuses_is_seen(self):
        """TB-071, R-27: tried again by the outbox, given up visibly, sent once when it goes."""
        notice = self.notice()
        row = self.env["program.outbox"].search([("kind", "=", "price_notice")])

        def refuse(*_args, **_more):
            raise OSError("550 no such mailbox")

        with self.mail_server(refuse), mute_logger("odoo.addons.mail.models.mail_mail"):
            for _try in range(8):
                self.assertEqual(notice.send_state, "queued")
                row._send()
        self.assertEqual((row.state, notice.send_state), ("failed", "failed"))
        self.assertIn("no such mailbox", notice.send_error)
        self.assertFalse(notice.sent_on)
        self.finance(self.master, notice).action_send()
        self.assertEqual(len(self.sent("price_notice")), 1)
        self.assertEqual(len(self.sent("price_notice")), 0)
        self.assertTrue(notice.sent_on)
