import re
from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Date
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged

from odoo.addons.partner_governance.tests.common import DISTRIBUTOR

from ..controllers.offer_list import OfferList
from .common import MASTER, SUB, BillingMixin, checked_sender

# A picture of one pixel.
SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


@tagged("standard", "-at_install", "post_install")
class TestOfferPortal(BillingMixin, HttpCase):
    """TB-070, TB-001: the offer at its customer, who signs or refuses under the seller's brand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_billing()
        cls.env["program.brand"].create(
            {
                "name": "HanseFlow",
                "legal_name": "Hanse ERP GmbH",
                "program_node_id": cls.sub.id,
                "support_email": "help@hanseflow.example",
                **checked_sender("service@hanseflow.example"),
            }
        )
        cls.root.partner_id.name = "Polaris Cloud"

    def setUp(self):
        super().setUp()
        self.sent = self.offer(self.sub, email="buyer@nordwind.example")
        self.sent.action_send()
        self.url = self.sent.get_portal_url()

    def page(self, url=None):
        return self.url_open(url or self.url).text

    def seen(self, html):
        """What a person sees: text and title, without scripts and addresses of files."""
        html = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.S)
        attributes = " ".join(re.findall(r'(?:alt|title|content|placeholder)="([^"]*)"', html))
        return re.sub(r"<[^>]*>", " ", html) + attributes

    def sign(self, offer=None, name="Jörn Matthiesen", signature=SIGNATURE, html=None):
        """Sign as the page says that was read."""
        offer = offer or self.sent
        found = re.search(r"read_as=(\w+)", html or self.page(offer.get_portal_url()))
        return self.make_jsonrpc_request(
            f"/my/hosting-offers/{offer.id}/accept",
            {
                "access_token": offer.access_token,
                "name": name,
                "signature": signature,
                "read_as": found and found[1],
            },
        )

    def outbox(self, kind, offer=None):
        return self.env["program.outbox"].search(
            [("kind", "=", kind), ("res_id", "=", (offer or self.sent).id)]
        )

    def test_the_customer_reads_drivers_and_no_other_party(self):
        """TB-001, PG-037, X-09: quantity × rate, allowance, overage, term, one-off apart; no cost,
        no floor, neither operator nor master nor Odoo."""
        self.book_retail.price_ids.filtered(lambda one: one.code == "base").floor = 111.25
        offer = self.offer(self.sub, company="Zweite GmbH", discount_percent=10)
        offer.line_ids = [
            (
                0,
                0,
                {
                    "component_id": self.plan.component_ids.filtered(
                        lambda one: one.code == "setup"
                    ).id,
                    "amount": 450,
                },
            )
        ]
        offer.line_ids.filtered(lambda one: one.code == "base").amount = 125
        offer.action_send()
        text = self.seen(self.page(offer.get_portal_url()))
        for word in ("HanseFlow", "Base", "50 GB included", "70 GB", "expected", "Once", "450.00"):
            self.assertIn(word, text)
        self.assertIn("The term is 12 months", text)
        self.assertIn(f"{offer.discounted_total:.2f}", text)
        for word in ("Odoo", "Polaris", "Meridian", "Cost", "Margin", "Floor", "111.25", "80.00"):
            self.assertNotIn(word.lower(), text.lower())

    def test_signed_once(self):
        """TB-070: who, when, from where; one draft subscription at the prices quoted; the second
        tab reads that it is signed."""
        self.assertIn('id="offer_accept"', self.page())
        answer = self.sign()
        self.assertIn("answer=signed", answer["redirect_url"])
        self.env.invalidate_all()
        one = self.sent.sudo()
        self.assertEqual((one.state, one.signed_by), ("accepted", "Jörn Matthiesen"))
        self.assertTrue(one.signed_on and one.signed_ip and one.signature)
        subscription = one.subscription_id
        self.assertEqual(subscription.state, "draft")
        quoted = {line.code: line.amount for line in one.line_ids}
        self.assertEqual(
            {price.code: price.amount for price in one.agreed_book_id.price_ids}, quoted
        )
        self.sign(name="Somebody Else")
        self.env.invalidate_all()
        self.assertEqual((one.signed_by, one.subscription_id), ("Jörn Matthiesen", subscription))
        count = self.env["billing.subscription"].search_count([("deal_id", "=", one.deal_id.id)])
        self.assertEqual(count, 1)
        html = self.page()
        self.assertIn('id="answer_signed"', html)
        self.assertNotIn('id="offer_accept"', html)
        self.assertIn("Signed by Jörn", str(one.message_ids.mapped("body")))
        event = self.env["governance.event"].search([("kind", "=", "billing.offer.signed")])
        self.assertIn("Jörn Matthiesen", event.mapped("new_value"))

    def test_nobody_signs_what_was_not_read(self):
        """TB-070: changed and sent again behind an open page, it is not signed from there; what
        the customer has is not changed at all."""
        html = self.page()
        with self.assertRaisesRegex(UserError, "Take it back to draft"):
            self.sent.term_months = 60
        with self.assertRaisesRegex(ValidationError, "Take it back to draft"):
            self.sent.line_ids.create(
                {
                    "offer_id": self.sent.id,
                    "component_id": self.plan.component_ids.filtered("optional")[:1].id,
                }
            )
        self.sent.action_draft()
        self.sent.line_ids.filtered(lambda one: one.code == "base").amount = 999
        self.sent.action_send()
        self.assertIn("has changed since", self.sign(html=html)["error"])
        self.env.invalidate_all()
        self.assertFalse(self.sent.signed_on)
        self.sign()
        self.env.invalidate_all()
        self.assertTrue(self.sent.signed_on)

    def test_a_closed_gate_keeps_the_signature(self):
        """TB-070, PG-081: nothing is raised at the customer; the seller reads what it waits for."""
        deal = self.deal(self.sub, company="Tor zu GmbH", answers=DISTRIBUTOR)
        action = deal.action_offer_hosting()
        offer = self.as_user(self.sub, "sales", "billing.offer").browse(action["res_id"])
        offer.action_send()
        self.assertIn("redirect_url", self.sign(offer))
        self.env.invalidate_all()
        self.assertEqual(offer.state, "accepted")
        self.assertIn("review of tier", offer.waiting_for)
        with self.assertRaises(UserError):
            offer.action_win()
        self.assertIn('id="answer_signed"', self.page(offer.get_portal_url()))

    def test_what_stands_in_the_way_is_told_to_the_seller(self):
        """TB-070: a conflict behind the signature never reaches the customer."""
        with patch.object(
            type(self.env["billing.offer"]),
            "_make_subscription",
            side_effect=UserError("A secret of the seller."),
        ):
            answer = self.sign()
        self.assertNotIn("secret", str(answer))
        self.env.invalidate_all()
        offer = self.sent
        self.assertEqual((offer.state, offer.problem), ("sent", "A secret of the seller."))
        self.assertFalse(offer.sudo().agreed_book_id)
        self.assertNotIn("secret", self.page())
        with self.assertRaisesRegex(UserError, "has signed"):
            offer.action_draft()
        offer.action_accept()
        self.assertEqual((offer.state, offer.problem), ("accepted", False))

    def test_refused_with_its_reason(self):
        """TB-070"""
        self.authenticate(None, None)
        html = self.page()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)[1]
        form = {
            "csrf_token": token,
            "access_token": self.sent.access_token,
            "reason": "Too dear <a>x</a>",
        }
        self.url_open(f"/my/hosting-offers/{self.sent.id}/refuse", data=form)
        self.env.invalidate_all()
        self.assertEqual((self.sent.state, self.sent.refusal), ("refused", "Too dear <a>x</a>"))
        self.assertIn("Too dear", str(self.sent.sudo().message_ids.mapped("body")))
        todo = self.sent.sudo().activity_ids
        self.assertEqual(todo.user_id, self.sent.deal_id.user_id)
        self.assertIn("&lt;a&gt;", str(todo.note))
        self.sign()
        self.env.invalidate_all()
        self.assertEqual(self.sent.state, "refused")

    def test_an_offer_out_of_date(self):
        """TB-070: neither signed nor accepted for the customer nor sent, until its day is set."""
        self.sent.sudo().valid_until = date.today() - timedelta(days=2)
        self.sign()
        self.env.invalidate_all()
        self.assertEqual((self.sent.state, self.sent.signed_on), ("sent", False))
        html = self.page()
        self.assertIn('id="answer_expired"', html)
        self.assertNotIn('id="offer_accept"', html)
        with self.assertRaisesRegex(UserError, "was valid until"):
            self.sent.action_accept()
        self.sent.valid_until = Date.today() + timedelta(days=2)
        self.sign()
        self.env.invalidate_all()
        self.assertEqual(self.sent.state, "accepted")

    def test_only_who_holds_the_link(self):
        """X-05: neither without the token, nor with another's, nor a stranger's people; a draft is
        shown to nobody but its seller."""
        self.make_book(self.master, MASTER, buyer=self.sub2)
        self.make_book(self.sub2, SUB)
        other = self.offer(self.sub2, company="Fremde GmbH")
        other.action_send()
        bare = f"/my/hosting-offers/{self.sent.id}"
        for url in (
            bare,
            f"{bare}?access_token={other.access_token}",
            f"{bare}/pdf",
            bare + "9" * 12,
        ):
            self.assertEqual(self.url_open(url).status_code, 404, url)
        with self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request(f"{bare}/accept", {"name": "X", "signature": SIGNATURE})
        self.sent.action_draft()
        html = self.page()
        self.assertIn('id="answer_draft"', html)
        self.assertNotIn("50 GB", html)
        for node, status in ((self.sub, 200), (self.sub2, 404), (self.master, 404)):
            user = self.user(node, "sales")
            self.authenticate(user.login, user.login)
            self.assertEqual(self.url_open(bare).status_code, status, node.name)

    def test_a_customer_logged_in(self):
        """DESIGN 4.1: a portal user of the customer reads its own offer without the token, another
        one does not; neither reads the record."""
        customer, stranger = (
            self.env["res.partner"].create(
                {"name": name, "is_company": True, "program_node_id": self.sub.id}
            )
            for name in ("Nordwind", "Anders")
        )
        offer = self.offer(self.sub, company="Nordwind", partner_id=customer.id)
        offer.action_send()
        bare = f"/my/hosting-offers/{offer.id}"
        for company, status in ((customer, 200), (stranger, 404)):
            user = new_test_user(self.env, f"portal.{company.id}", groups="base.group_portal")
            user.partner_id.parent_id = company
            self.authenticate(user.login, user.login)
            self.assertEqual(self.url_open(bare).status_code, status)
            with self.assertRaises(AccessError):
                offer.with_user(user).read(["state"])

    def shown(self, html):
        """References of the offers on a page of the list, in their order."""
        return re.findall(r'class="hosting_offer">.*?>(O-[^<]+)</a>', html, flags=re.S)

    def test_the_list_of_a_customer(self):
        """TB-070, X-05: its own offers of whichever seller, under their brands; no draft, nobody
        else's; sorted, a page at a time, and counted on the home page."""
        customer, stranger = (
            self.env["res.partner"].create(
                {"name": name, "is_company": True, "program_node_id": self.sub.id}
            )
            for name in ("Nordwind", "Anders")
        )
        offers = [self.offer(self.sub, company="Nordwind", partner_id=customer.id)
                  for _number in range(4)]  # fmt: skip
        for number, offer in enumerate(offers[:3]):
            offer.valid_until = Date.today() + timedelta(days=9 - number)
            offer.action_send()
        self.assertEqual(offers[3].state, "draft")
        offers[0].action_refuse()
        foreign = self.offer(self.sub, company="Anders", partner_id=stranger.id)
        foreign.action_send()
        names = [offer.reference for offer in offers]
        users = {}
        for company in (customer, stranger):
            users[company] = new_test_user(
                self.env, f"portal.{company.id}", groups="base.group_portal"
            )
            users[company].partner_id.parent_id = company
        login = users[customer].login
        self.authenticate(login, login)
        html = self.page("/my/hosting-offers")
        self.assertEqual(self.shown(html), names[2::-1])
        self.assertIn("HanseFlow", self.seen(html))
        self.assertNotIn(foreign.reference + "<", html)
        self.assertEqual(self.shown(self.page("/my/hosting-offers?sortby=valid")), names[2::-1])
        by_reference = self.page("/my/hosting-offers?sortby=reference")
        self.assertEqual(self.shown(by_reference), names[:3])
        self.assertEqual(self.shown(self.page("/my/hosting-offers?sortby=id;drop")), names[2::-1])
        with patch.object(OfferList, "_items_per_page", 2):
            pages = [self.shown(self.page(f"/my/hosting-offers/page/{page}")) for page in (1, 2)]
        self.assertEqual(pages, [names[2:0:-1], names[:1]])
        self.assertIn("/my/hosting-offers", self.page("/my/home"))
        asked = ["hosting_offer_count", "hosting_offer_open_count"]
        counts = self.make_jsonrpc_request("/my/counters", {"counters": asked})
        self.assertEqual([counts[name] for name in asked], [3, 2])
        login = users[stranger].login
        self.authenticate(login, login)
        self.assertEqual(self.shown(self.page("/my/hosting-offers")), [foreign.reference])
        # Partner staff have their own screens; nobody's offers stand here for them.
        inside = self.user(self.sub2, "sales")
        self.authenticate(inside.login, inside.login)
        self.assertFalse(self.shown(self.page("/my/hosting-offers")))
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open("/my/hosting-offers").url)

    def test_the_sellers_people_do_not_sign(self):
        """TB-070: a signature is the customer's."""
        user = self.user(self.sub, "sales")
        self.authenticate(user.login, user.login)
        self.assertIn("Only the customer signs", self.sign()["error"])
        self.assertFalse(self.sent.signed_on)
        self.authenticate(None, None)
        self.assertIn("Enter your name", self.sign(name=" ")["error"])
        self.assertIn("Sign again", self.sign(signature="PHN2Zz4=")["error"])

    def test_the_mail_is_the_brands(self):
        """TB-070, PG-037: link and sender of the seller's brand; once, and not after an answer."""
        row = self.outbox("offer")
        self.assertEqual(len(row), 1)
        self.assertTrue(row._send(), row.error)
        mail = self.env["mail.mail"].search([("email_to", "=", "buyer@nordwind.example")])
        self.assertIn("service@hanseflow.example", mail.email_from)
        self.assertIn(self.sent.access_token, mail.body_html)
        for word in ("Odoo", "Polaris", "Meridian"):
            self.assertNotIn(word, self.seen(mail.body_html) + mail.subject)
        self.env.invalidate_all()
        self.assertTrue(self.sent.mailed_on)
        self.sent.action_refuse()
        row.action_retry()
        row._send()
        self.assertEqual(
            self.env["mail.mail"].search_count([("email_to", "=", "buyer@nordwind.example")]), 1
        )

    def test_no_sender_no_mail(self):
        """TB-070: it visibly does not leave."""
        self.sub.brand_ids.sender_email = False
        self.assertFalse(self.outbox("offer")._send())
        self.env.invalidate_all()
        self.assertIn("has no sender", self.sent.mail_problem)
        self.assertFalse(self.sent.mailed_on)

    def test_the_signed_document_is_kept(self):
        """TB-070: once, on the offer, and sent to its customer."""
        self.sign()
        row = self.outbox("offer_signed")
        with patch.object(
            type(self.env["ir.actions.report"]),
            "_render_qweb_pdf",
            lambda *_args, **_kw: (b"%PDF-1.4", "pdf"),
        ):
            self.assertTrue(row._send(), row.error)
            row.action_retry()
            row._send()
        found = self.env["ir.attachment"].search(
            [("res_model", "=", "billing.offer"), ("res_id", "=", self.sent.id),
             ("mimetype", "=", "application/pdf")]
        )  # fmt: skip
        self.assertEqual(found.mapped("name"), [f"{self.sent.reference} signed.pdf"])
        mails = self.env["mail.mail"].search([("email_to", "=", "buyer@nordwind.example")])
        self.assertEqual(mails.attachment_ids, found)

    def test_nobodys_own_file_is_taken_for_the_signed_one(self):
        """TB-070: a file of that name was there before; the signed one is made, and both stay."""
        sales = self.user(self.sub, "sales")
        name = f"{self.sent.reference} signed.pdf"
        place = {"res_model": "billing.offer", "res_id": self.sent.id}
        Attachment = self.env["ir.attachment"].with_user(sales)
        fake = Attachment.create({"name": name, "raw": b"%PDF-fake", **place})
        self.sign()
        with patch.object(
            type(self.env["ir.actions.report"]),
            "_render_qweb_pdf",
            lambda *_args, **_kw: (b"%PDF-1.4", "pdf"),
        ):
            self.assertTrue(self.outbox("offer_signed")._send())
        mails = self.env["mail.mail"].search([("email_to", "=", "buyer@nordwind.example")])
        self.assertEqual(mails.attachment_ids.mapped("raw"), [b"%PDF-1.4"])
        for go in (
            lambda: fake.write({"raw": b"x"}),
            mails.attachment_ids.with_user(sales).unlink,
            lambda: Attachment.create({"name": "more.pdf", "raw": b"x", **place}),
        ):
            with self.assertRaisesRegex(UserError, "so its files stay"), self.env.cr.savepoint():
                go()

    def test_the_document(self):
        """TB-070, PG-037: the same words as the page, with header and footer of the brand."""
        self.sign()
        report = self.env["ir.actions.report"]
        html, _kind = report._render_qweb_html("tenant_billing.billing_offer_report", self.sent.ids)
        text = self.seen(html.decode())
        for word in ("HanseFlow", "50 GB included", "Jörn Matthiesen", "Hanse ERP GmbH"):
            self.assertIn(word, text)
        for word in ("Odoo", "Polaris", "Meridian"):
            self.assertNotIn(word, text)


@tagged("standard", "-at_install", "post_install")
class TestOfferFromQuotation(BillingMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_billing()

    def test_the_quotation_never_invoices_hosting(self):
        """TB-015, TB-070: the button on a quotation; what it invoices is the project alone."""
        deal = self.deal(self.sub)
        sales = self.user(self.sub, "sales")
        customer = self.env["res.partner"].create(
            {"name": "Nordwind", "is_company": True, "program_node_id": self.sub.id}
        )
        product = self.env["product.product"].create(
            {"name": "Project", "type": "service", "list_price": 5000, "invoice_policy": "order"}
        )
        product.product_tmpl_id.program_node_id = self.sub
        order = self.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "company_id": self.sub.company_id.id,
                "opportunity_id": deal.sudo().lead_ids.id,
                "order_line": [(0, 0, {"product_id": product.id})],
            }
        )
        action = order.with_user(sales).action_offer_hosting()
        offer = self.env["billing.offer"].browse(action["res_id"])
        self.assertEqual((offer.deal_id, offer.partner_id), (deal, customer))
        self.assertEqual((offer.order_id, order.hosting_offer_ids), (order, offer))
        self.assertEqual(order.amount_untaxed, 5000)
        note = order.order_line.filtered("display_type")
        self.assertIn(offer.reference, note.name)
        self.assertFalse(note.price_subtotal or note.qty_to_invoice)
        lost = self.env["sale.order"].create(
            {"partner_id": customer.id, "company_id": self.sub.company_id.id}
        )
        with self.assertRaisesRegex(UserError, "Make the quotation from an opportunity"):
            lost.with_user(sales).action_offer_hosting()
