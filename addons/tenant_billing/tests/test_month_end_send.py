import io
import json
from contextlib import contextmanager
from datetime import date
from unittest.mock import patch
from xml.etree import ElementTree

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import BillingMixin, checked_sender
from .test_month_end import MonthEndCase

SERVER = "odoo.addons.base.models.ir_mail_server.IrMail_Server"


class SendCase(MonthEndCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for node, trade in (
            (cls.root, "Polaris"),
            (cls.master, "Meridian"),
            (cls.sub, "HanseFlow"),
        ):
            cls.env["program.brand"].create(
                {
                    "name": trade,
                    "program_node_id": node.id,
                    "support_email": f"care@{trade.lower()}.example",
                    **checked_sender(f"billing@{trade.lower()}.example"),
                    "footer": f"{trade} footer",
                }
            )
            node.partner_id.email = f"ap@{trade.lower()}.example"

    def outbox(self, **values):
        """Carry out what waits, with a mail server that takes it; what it was given."""
        taken = []

        def send_email(_server, message, *_args, **_more):
            taken.append(message)
            return message["Message-Id"]

        rows = self.env["program.outbox"].search(
            [("kind", "=", "billing_statement"), ("state", "=", "waiting")]
        )
        with self.mail_server(send_email):
            for row in rows:
                row._send()
        return taken

    @contextmanager
    def mail_server(self, send_email):
        with (
            patch(f"{SERVER}.send_email", send_email),
            patch(f"{SERVER}._connect__", lambda *_args, **_more: None),
            patch(f"{SERVER}._disable_send", lambda _server: False),
        ):
            yield

    def attachments(self, message):
        return {part.get_filename(): part for part in message.iter_attachments()}

    def billed(self, **values):
        subscription = self.subscription(start="2026-01-01", **values)
        self.run_billing("2026-01-01")
        return subscription


class TestSending(SendCase):
    """TB-068: under the seller's brand, through the outbox, on its day or by a click."""

    def test_by_a_click(self):
        """TB-068: from the seller's brand to the buyer, with PDF, XLSX and JSON."""
        self.billed()
        statement = self.statements(self.master)
        self.assertEqual((statement.send_state, statement.sent_on), ("no", False))
        self.finance(self.master, statement).action_send()
        self.assertEqual(statement.send_state, "queued")
        (message,) = self.outbox()
        self.assertEqual(statement.send_state, "sent")
        self.assertIn("billing@meridian.example", message["From"])
        self.assertIn("Meridian", message["From"])
        self.assertEqual(message["To"], "ap@hanseflow.example")
        self.assertIn(statement.invoice_name, message["Subject"])
        self.assertIn("Meridian footer", message.get_body(("html",)).get_content())
        stem = statement.invoice_name.replace("/", "-")
        self.assertEqual(
            set(self.attachments(message)), {f"{stem}.{kind}" for kind in ("pdf", "xlsx", "json")}
        )
        # Nothing waits any more; nothing is sent twice.
        self.assertFalse(self.outbox())

    def test_on_its_day_by_itself(self):
        """TB-068: the run of the sending day, where the seller switched it on; once."""
        self.policy(self.root, send_by_itself=True, sending_days=2)
        self.billed()
        own, others = self.statements(self.root), self.statements(self.master)
        self.run_billing("2026-01-02")
        self.assertEqual(own.send_state, "no")
        self.run_billing("2026-01-03")
        self.assertEqual((own.send_state, others.send_state), ("queued", "no"))
        self.run_billing("2026-01-04")
        self.assertEqual(len(self.outbox()), 1)
        self.assertEqual(own.send_state, "sent")

    def test_a_failing_address_is_listed(self):
        """TB-068: without, with a wrong one, and refused by the server: named, not lost."""
        self.billed()
        statement = self.statements(self.master)
        self.sub.partner_id.email = False
        self.finance(self.master, statement).action_send()
        self.assertEqual(statement.send_state, "failed")
        self.assertIn("Hanse ERP has no e-mail address", statement.send_error)
        details = self.as_user(self.master, "finance", "billing.buyer").create(
            {"buyer_id": self.sub.id, "email": "nobody"}
        )
        self.finance(self.master, statement).action_send()
        self.assertIn("“nobody”", statement.send_error)
        details.email = "pay@hanse.example"
        self.finance(self.master, statement).action_send()
        row = self.env["program.outbox"].search([("kind", "=", "billing_statement")])

        def refuse(*_args, **_more):
            raise OSError("550 no such mailbox")

        with self.mail_server(refuse), mute_logger("odoo.addons.mail.models.mail_mail"):
            row._send()
            self.assertEqual(statement.send_state, "queued")
            self.assertIn("no such mailbox", statement.send_error)
            for _try in range(7):
                row._send()
        self.assertEqual((row.state, statement.send_state), ("failed", "failed"))
        self.finance(self.master, statement).action_send()
        (message,) = self.outbox()
        self.assertEqual(message["To"], "pay@hanse.example")
        self.assertEqual((statement.send_state, statement.send_error), ("sent", False))

    def test_no_other_sender_stands_in(self):
        """TRADE 7: a seller without a sender sends visibly nothing."""
        self.billed()
        self.master.brand_ids.sender_email = False
        self.master.company_id.email = False
        statement = self.statements(self.master)
        self.finance(self.master, statement).action_send()
        self.assertEqual(statement.send_state, "failed")
        self.assertIn("has no sender", statement.send_error)

    def test_terms_count_from_the_day_of_sending(self):
        """DESIGN 4.3: 30 days from the sending, not from the billing day; once."""
        term = self.env.ref("account.account_payment_term_30days")
        self.sub.partner_id.with_company(self.master.company_id).property_payment_term_id = term
        self.billed()
        statement = self.statements(self.master)
        move = statement._invoice()
        self.assertEqual(move.invoice_date_due, date(2026, 1, 31))
        self.finance(self.master, statement).action_send()
        clock, printed = self.env["billing.run"]._clock(), []
        values = type(statement)._mail_values

        def telling(one):
            printed.append(move.invoice_date_due)
            return values(one)

        with (
            patch.object(
                type(self.env["billing.run"]), "_clock", lambda _self: clock.replace(2026, 1, 9)
            ),
            patch.object(type(statement), "_mail_values", telling),
        ):
            self.outbox()
        self.assertEqual(printed, [date(2026, 2, 8)], "the document tells the new due date")
        self.assertEqual(statement.sent_on, date(2026, 1, 9))
        lines = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.assertEqual(lines.mapped("date_maturity"), [date(2026, 2, 8)])
        self.assertEqual(move.invoice_date_due, date(2026, 2, 8))
        self.assertEqual(move.state, "posted")
        self.finance(self.master, statement).action_send()
        self.outbox()
        self.assertEqual((statement.sent_on, move.invoice_date_due.day), (date(2026, 1, 9), 8))

    def test_only_finance_of_the_seller_sends(self):
        """X-05: neither the buyer nor a stranger; nor is a draft sent."""
        self.billed()
        statement = self.statements(self.master)
        for user in (self.user(self.sub, "finance"), self.user(self.stranger, "finance")):
            with self.assertRaises(AccessError):
                statement.with_user(user).action_send()
        self.policy(self.sub, posting_days=9)
        self.subscription(company="Später AG", start="2026-01-01")
        self.run_billing("2026-01-01")
        draft = self.statements(self.sub)[-1]
        with self.assertRaisesRegex(UserError, "is a draft"):
            self.finance(self.sub, draft).action_send()

    def test_a_ubl_invoice_is_sent(self):
        """TB-068: core's electronic invoice, with the buyer's order number on it."""
        country = self.env.ref("base.de")
        for node, vat in ((self.master, "DE123456788"), (self.sub, "DE136695976")):
            node.partner_id.write(
                {"country_id": country.id, "vat": vat, "city": "Hamburg", "street": "Kai 1",
                 "zip": "20457", "phone": "+49 40 1"}
            )  # fmt: skip
        self.as_user(self.master, "finance", "billing.buyer").create(
            {"buyer_id": self.sub.id, "send_ubl": True, "order_number": "PO-1"}
        )
        self.billed()
        statement = self.statements(self.master)
        self.finance(self.master, statement).action_send()
        (message,) = self.outbox()
        name = f"{statement.invoice_name}.xml".replace("/", "-")
        content = self.attachments(message)[name].get_payload(decode=True)
        root = ElementTree.fromstring(content)
        text = {each.tag.partition("}")[2]: each.text for each in root.iter()}
        self.assertEqual(float(text["PayableAmount"]), statement.amount_total)
        self.assertIn(b"PO-1", content)
        self.assertIn(statement.invoice_name.encode(), content)

    def test_statements_go_to_the_sellers_own_books(self):
        """TB-030: XLSX, JSON and UBL to where the books are kept, where that is said."""
        self.policy(self.sub, books_email="books@hanse.example")
        self.billed()
        statement = self.statements(self.sub)
        self.finance(self.sub, statement).action_send()
        (message,) = self.outbox()
        self.assertEqual(message["To"], "books@hanse.example")
        self.assertEqual(
            set(self.attachments(message)),
            {f"{statement.reference}.{kind}" for kind in ("pdf", "xlsx", "json", "xml")},
        )


class TestAnnex(SendCase):
    """TB-068, TB-030: charges as XLSX and JSON, UBL for own books; amounts reconcile."""

    def test_the_workbook_adds_up_and_text_stays_text(self):
        """TB-068, TB-060: no formula, whatever a tenant is called."""
        subscription = self.subscription(start="2026-01-01")
        subscription.partner_id.name = '=HYPERLINK("http://evil.example")'
        self.run_billing("2026-01-01")
        statement = self.statements(self.sub)
        book = openpyxl.load_workbook(io.BytesIO(statement._file("xlsx")))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
        self.assertNotIn("f", {cell.data_type for cell in cells})
        names = [cell for cell in cells if str(cell.value).startswith("=HYPERLINK")]
        self.assertEqual({cell.data_type for cell in names}, {"s"})
        head, *rows = book.active.iter_rows(values_only=True)
        amounts = [row[head.index("Amount")] for row in rows]
        self.assertAlmostEqual(sum(amounts), statement.amount_untaxed, 2)

    def test_ubl_of_own_books_reconciles(self):
        """TB-030: made from the charges, lines and total alike; a draft has none."""
        self.policy(self.sub, posting_days=1)
        subscription = self.subscription(start="2026-01-01")
        self.usage(subscription.tenant_id, "113.37", "2026-01-05T08:00:00Z")
        self.run_billing("2026-01-01")
        statement = self.statements(self.sub)
        with self.assertRaisesRegex(UserError, "draft"):
            statement._file("xml")
        self.run_billing("2026-02-02")
        for statement in self.statements(self.sub):
            root = ElementTree.fromstring(statement._file("xml"))
            found = {}
            for each in root.iter():
                found.setdefault(each.tag.partition("}")[2], []).append(each.text)
            lines = found["LineExtensionAmount"][1:]
            self.assertAlmostEqual(sum(map(float, lines)), statement.amount_total, 2)
            self.assertEqual(float(found["PayableAmount"][0]), statement.amount_total)
            self.assertEqual(len(lines), len(statement.charge_ids))


@tagged("standard", "-at_install", "post_install")
class TestAnnexDownload(BillingMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_billing()

    def test_both_parties_and_nobody_else(self):
        """TB-030, X-05: files of a statement for its seller and its buyer alone."""
        self.subscription(start="2026-01-01")
        self.run_billing("2026-01-01")
        statement = self.env["billing.statement"].search([("seller_id", "=", self.master.id)])
        for node, status in ((self.master, 200), (self.sub, 200), (self.stranger, 404)):
            self.authenticate(self.user(node, "finance").login, self.user(node, "finance").login)
            for kind in ("json", "xlsx", "xml", "pdf"):
                with self.subTest(node=node.name, kind=kind):
                    answer = self.url_open(f"/billing/statement/{statement.id}.{kind}")
                    self.assertEqual(answer.status_code, status)
            if status == 200:
                body = self.url_open(f"/billing/statement/{statement.id}.json").content
                self.assertEqual(json.loads(body)["total"], "115.00")
