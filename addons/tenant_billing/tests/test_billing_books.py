import json
import os
from unittest.mock import patch
from xml.etree import ElementTree

from cryptography.fernet import Fernet
from lxml import html
from psycopg2 import IntegrityError, OperationalError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.models import BaseModel
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from odoo.addons.partner_governance.models.program_isolation import SYSTEM

from ..adapters.fake import FakeTransport
from ..adapters.fake_odoo import FakeOdoo
from ..engine.json2 import Fatal, Ok, build_call
from ..models.odoo_connection_mixin import OdooConnectionMixin
from .test_month_end import MonthEndCase

CHAR, FLOAT = {"type": "char"}, {"type": "float", "default": 0.0}
COMPANY = {"type": "many2one", "relation": "res.company"}


class BooksOdoo(FakeOdoo):
    """Another Odoo with books: invoices know what their lines come to."""

    def __init__(self):
        super().__init__()
        self.define(
            "res.partner",
            {"name": CHAR, "vat": CHAR, "ref": CHAR, "parent_id": {"type": "integer"}},
        )
        self.define("res.currency", {"name": CHAR})
        self.define("account.account", {"code": CHAR})
        self.define("account.journal", {"code": CHAR, "type": CHAR, "company_id": COMPANY})
        tax = {"name": CHAR, "type_tax_use": CHAR, "price_include": {"type": "boolean"},
               "amount": FLOAT, "company_id": COMPANY}  # fmt: skip
        self.define("res.company", {"name": CHAR, "create_date": CHAR})
        self.tables["res.company"][1]["create_date"] = "2024-05-06 07:08:09"
        self.define("account.tax", tax)
        move = dict.fromkeys(
            ("name", "move_type", "invoice_date", "invoice_origin", "ref", "payment_state"), CHAR
        )
        move.update(
            dict.fromkeys(("amount_untaxed", "amount_total", "amount_residual"), FLOAT),
            company_id=COMPANY,
            partner_id={"type": "integer"},
            currency_id={"type": "integer"},
            journal_id={"type": "integer"},
            state={"type": "selection", "default": "draft"},
            invoice_line_ids={"type": "json"},
        )
        self.define("account.move", move)
        self.insert("res.currency", {}, 2)
        self.tables["res.currency"][1]["name"] = "USD"
        self.add("res.partner", name="Nordwind", vat="DE136695976")
        self.add("account.tax", name="19 %", type_tax_use="sale", amount=19.0)
        self.add("account.tax", name="19 % inside", type_tax_use="sale", amount=19.0,
                 price_include=True)  # fmt: skip

    def add_company(self, name):
        """Another company that the key's user works in."""
        ident = self.add("res.company", name=name, create_date="2025-05-06 07:08:09")
        self.tables["res.users"][2]["company_ids"].append(ident)
        return ident

    def add(self, model, **values):
        ident = self.insert(model, {}, 2)
        self.tables[model][ident].update(values)
        return ident

    def _call_create(self, model, fields, ids, params, context, user):
        made = super()._call_create(model, fields, ids, params, context, user)
        for ident in made if model == "account.move" else ():
            row = self.tables[model][ident]
            net = total = 0.0
            for _code, _zero, line in row["invoice_line_ids"]:
                amount = round(line["quantity"] * line["price_unit"], 2)
                (taxes,) = [each[2] for each in line.get("tax_ids", [[6, 0, []]])]
                rate = sum(self.tables["account.tax"][each]["amount"] for each in taxes)
                inside = any(self.tables["account.tax"][each]["price_include"] for each in taxes)
                net += round(amount / (1 + rate / 100), 2) if inside else amount
                total += amount if inside else round(amount * (1 + rate / 100), 2)
            row.update(
                amount_untaxed=round(net, 2),
                amount_total=round(total, 2),
                amount_residual=round(total, 2),
                payment_state="not_paid",
                name="/",
            )
        return made


class BooksCase(MonthEndCase):
    """The sub keeps its books in an Odoo of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        values = {"CONTROL_PLANE_FERNET_KEYS": f"t1:{Fernet.generate_key().decode()}"}
        cls.startClassPatcher(patch.dict(os.environ, values))
        cls.there = FakeTransport(BooksOdoo())
        cls.startClassPatcher(
            patch.object(type(cls.env["billing.books"]), "_transport", lambda self: cls.there)
        )
        cls.books = cls.env["billing.books"]._of(cls.sub)
        cls.own_books = cls.books.with_user(cls.user(cls.sub, "finance"))
        currency = cls.sub.company_id.currency_id.name
        cls.currency = currency

    def setUp(self):
        super().setUp()
        self.there.__init__(BooksOdoo())
        self.there.odoo.tables["res.currency"][1]["name"] = self.currency
        self.own_books.write(
            {"url": "https://books.hanse.example", "new_key": "k" * 40, "push": True}
        )
        self.own_books.action_test()

    def billed(self, vat="DE136695976", **values):
        subscription = self.subscription(start="2026-01-01", **values)
        country = self.env.ref("base.de")
        subscription.partner_id.write({"vat": vat, "country_id": country.id})
        self.run_billing("2026-01-01")
        return self.statements(self.sub)[-1]

    def outbox(self):
        rows = self.env["program.outbox"].search(
            [("kind", "=", "books_push"), ("state", "=", "waiting")]
        )
        for row in rows:
            row._send()
        return rows

    @property
    def moves(self):
        return list(self.there.odoo.tables["account.move"].values())

    def tax(self, **values):
        return self.env["billing.books.tax"].create(
            {"books_id": self.books.id, "percent": 19, **values}
        )


class TestBooksPush(BooksCase):
    """TRADE 1: statements of own books become draft invoices in the seller's own Odoo, once."""

    def test_a_statement_becomes_a_draft_invoice(self):
        """TB-030: by the outbox, after it was issued; buyer by VAT, amounts alike."""
        self.there.odoo.add("account.journal", code="HOST", type="sale")
        self.there.odoo.add("account.account", code="4400")
        self.own_books.write({"journal_code": "HOST", "account_code": "4400"})
        self.tax(remote_name="19 %")
        statement = self.billed()
        self.assertEqual(statement.push_state, "queued")
        self.assertFalse(self.moves, "nothing leaves before the commit")
        self.outbox()
        (move,) = self.moves
        self.assertEqual((statement.push_state, statement.push_error), ("pushed", False))
        self.assertEqual(statement.push_ref, move["id"])
        self.assertEqual((move["state"], move["move_type"]), ("draft", "out_invoice"))
        self.assertEqual(move["invoice_origin"], f"{self.sub.code}/{statement.reference}")
        self.assertEqual(move["invoice_date"], "2026-01-01")
        self.assertEqual(move["amount_untaxed"], statement.amount_untaxed)
        self.assertEqual(move["partner_id"], 1)
        self.assertEqual(len(move["invoice_line_ids"]), len(statement.charge_ids))
        line = move["invoice_line_ids"][0][2]
        self.assertEqual((line["tax_ids"], line["account_id"]), ([[6, 0, [1]]], 1))
        # Neither a second try nor a second request makes another one.
        statement.with_user(self.user(self.sub, "finance")).action_push()
        statement._queue_push()
        self.outbox()
        self.assertEqual(len(self.moves), 1)

    def test_a_lost_answer_makes_no_second_invoice(self):
        """D-02, R-27: the create was carried out and its answer lost: it is read back."""
        self.there.fail("timeout_after", method="create")
        statement = self.billed()
        self.outbox()
        self.assertEqual(statement.push_state, "pushed")
        self.assertEqual(len(self.moves), 1)

    def test_gone_after_the_create(self):
        """D-02: the server dies after its commit: tried again later, found, adopted."""
        self.there.fail("die_after", method="create")
        statement = self.billed()
        (row,) = self.outbox()
        self.assertEqual((row.state, statement.push_state), ("waiting", "queued"))
        self.assertIn("did not answer", statement.push_error)
        self.assertFalse(statement.push_ref)
        self.there.revive()
        row._send()
        self.assertEqual((row.state, statement.push_state), ("sent", "pushed"))
        self.assertFalse(statement.push_error)
        self.assertEqual(len(self.moves), 1)
        self.assertEqual([call for call in self.there.changes if call[1] == "create"],
                         [("account.move", "create")])  # fmt: skip

    def test_lost_before_the_create(self):
        """D-02: nothing was made: not repeated in the same breath, made by the next try."""
        for kind in ("timeout_before", "busy", "gateway"):
            with self.subTest(kind):
                self.there.__init__(BooksOdoo())
                self.there.odoo.tables["res.currency"][1]["name"] = self.currency
                self.there.fail(kind, method="create")
                statement = self.billed(company=f"Buyer {kind}")
                (row,) = self.outbox()
                creates = [call for call in self.there.changes if call[1] == "create"]
                self.assertEqual(len(creates), 1)
                row._send()
                self.assertEqual(statement.push_state, "pushed")
                self.assertEqual(len(self.moves), 1)

    def test_given_up_and_retried(self):
        """TB-030: the outbox gives up visibly; the button takes it up again."""
        statement = self.billed()
        self.there.down = True
        for _try in range(8):
            self.outbox()
        self.assertEqual(statement.push_state, "failed")
        self.assertIn("did not answer", statement.push_error)
        self.there.revive()
        with self.assertRaises(AccessError):
            statement.with_user(self.user(self.stranger, "finance")).action_push()
        statement.with_user(self.user(self.sub, "finance")).action_push()
        self.outbox()
        self.assertEqual(statement.push_state, "pushed")

    def test_what_is_missing_there_is_said(self):
        """TB-030: named on the statement, not tried in vain; put right and pushed again."""
        odoo = self.there.odoo
        cases = (
            ("no contact of Nordwind", lambda: odoo.tables["res.partner"].clear(), {}, {}),
            ("neither a VAT number", lambda: None, {"vat": False}, {}),
            ("more than once", lambda: odoo.add("res.partner", vat="DE136695976"), {}, {}),
            ("no sales journal", lambda: None, {}, {"journal_code": "NONE"}),
            ("no account", lambda: None, {}, {"account_code": "9999"}),
            ("currency", lambda: odoo.tables["res.currency"].clear(), {}, {}),
            ("refuses it", lambda: self.there.deny("account.move", "create"), {}, {}),
        )
        statement = self.billed()
        contact = statement.customer_id
        for words, spoil, buyer, books in cases:
            with self.subTest(words):
                self.there.__init__(BooksOdoo())
                odoo = self.there.odoo
                odoo.tables["res.currency"][1]["name"] = self.currency
                spoil()
                contact.write({"vat": "DE136695976", "ref": False, **buyer})
                self.books.write({"journal_code": False, "account_code": False, **books})
                statement._queue_push()
                self.assertEqual(set(self.outbox().mapped("state")), {"sent"})
                self.assertEqual(statement.push_state, "failed")
                self.assertIn(words, statement.push_error)
                self.assertFalse(self.moves)
        self.there.__init__(BooksOdoo())
        self.there.odoo.tables["res.currency"][1]["name"] = self.currency
        self.there.odoo.add("res.partner", name="By reference", ref="C-77")
        contact.write({"vat": False, "ref": "C-77"})
        self.books.write({"journal_code": False, "account_code": False})
        statement.with_user(self.user(self.sub, "finance")).action_push()
        self.outbox()
        self.assertEqual(self.moves[0]["partner_id"], 2)

    def test_the_tax_there(self):
        """B-07, TB-030: by its name; net prices under a tax that comes on top."""
        tax = self.tax(country_id=self.env.ref("base.es").id)
        statement = self.billed()
        self.outbox()
        self.assertIn("No tax is stated for buyers in DE", statement.push_error)
        tax.country_id = False
        for name, words in (("7 %", "no sales tax named"), ("19 % inside", "stands inside")):
            tax.remote_name = name
            statement._queue_push()
            self.outbox()
            self.assertIn(words, statement.push_error)
        self.assertFalse(self.moves)
        tax.remote_name = "19 %"
        statement._queue_push()
        self.outbox()
        self.assertEqual(self.moves[0]["amount_total"], 214.2)

    def test_another_sum_there_is_told(self):
        """TB-033: what the other side makes of it must be what the statement says."""
        created = BooksOdoo._call_create

        def wrong(odoo, model, *rest):
            made = created(odoo, model, *rest)
            if model == "account.move":
                odoo.tables[model][made[0]]["amount_untaxed"] += 1
            return made

        statement = self.billed()
        with patch.object(BooksOdoo, "_call_create", wrong):
            self.outbox()
        self.assertEqual(statement.push_state, "pushed")
        self.assertIn("the statement says 180", statement.push_error)

    def test_the_gross_sum_there(self):
        """TB-033: where the books state a tax, the sum with tax is compared, too."""
        self.tax(remote_name="19 %")
        self.there.odoo.tables["account.tax"][1]["amount"] = 7.0
        statement = self.billed()
        self.outbox()
        self.assertEqual(statement.push_state, "pushed")
        self.assertIn("makes 192.6 of it, the statement says 214.2", statement.push_error)

    def test_a_reference_that_is_somebody_elses(self):
        """TB-030: another VAT number is another buyer; “/” is none."""
        partners = self.there.odoo.tables["res.partner"]
        partners[1].update(vat="DE811907980", ref="C-77")
        statement = self.billed()
        statement.customer_id.ref = "C-77"
        self.outbox()
        self.assertEqual(statement.push_state, "failed")
        self.assertIn("another VAT number (DE811907980)", statement.push_error)
        self.assertFalse(self.moves)
        statement.customer_id.vat = "/"
        partners[2] = {**partners[1], "id": 2, "vat": "/", "ref": "none"}
        statement._queue_push()
        self.outbox()
        self.assertEqual((statement.push_state, self.moves[0]["partner_id"]), ("pushed", 1))

    def test_another_database_is_not_written_to(self):
        """D-07, TB-030: a copy put back in its place is refused, before push and pull."""
        self.assertEqual(self.books.database_uuid, self.there.odoo.uuid)
        statement = self.billed()
        self.there.odoo.parameters["database.uuid"] = "copy"
        self.outbox()
        self.assertEqual(statement.push_state, "failed")
        self.assertIn("another database", statement.push_error)
        self.assertFalse(self.moves)
        self.own_books.action_pull()
        self.assertIn("another database", self.books.pull_error)

    def test_one_try_a_pass_of_an_odoo_that_is_away(self):
        """R-27: its other rows wait for a later pass, and are pushed once it is back."""
        statements = self.billed()
        statements |= self.billed(company="Bergwind")
        Outbox = self.env["program.outbox"]
        Outbox.search([("kind", "!=", "books_push")]).unlink()
        rows = Outbox.search([("state", "=", "waiting")])
        self.assertEqual(len(rows), 2)
        self.there.down = True
        self.there.calls.clear()
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=1):
            Outbox._cron_send()
            self.assertEqual(len(self.there.calls), 1)
            self.assertEqual(rows.mapped("tries"), [1, 0])
            self.there.revive()
            rows.next_try = "2026-01-01"
            Outbox._cron_send()
        self.assertEqual(set(statements.mapped("push_state")), {"pushed"})

    def test_a_call_keeps_nobody_waiting(self):
        """R-27: seconds, where a call to a tenant may install modules."""
        transport = OdooConnectionMixin._transport(self.books)
        self.assertEqual((transport.limits.read, transport.limits.total), (10, 20))
        self.assertEqual(self.env["hosting.connection"]._limits().total, 180)

    def test_only_statements_of_own_books(self):
        """TRADE 1: what is billed here is nobody else's; without a key nothing is pushed."""
        self.billed()
        here = self.statements(self.master)
        self.assertEqual(here.push_state, "no")
        with self.assertRaisesRegex(UserError, "no issued statement of your own books"):
            self.finance(self.master, here).action_push()
        self.books.url = "https://elsewhere.example"
        self.assertFalse(self.books.has_key, "a key does not follow another address")
        with self.assertRaisesRegex(UserError, "address and key"):
            self.finance(self.sub, self.statements(self.sub)).action_push()


class TestBooksConnection(BooksCase):
    """TRADE 1: the test asks for what a push needs, and finds the company whose books these are."""

    def test_without_settings_rights(self):
        """TB-030, D-07: a user with rights on invoices alone passes the test, and pushes."""
        self.own_books.url = "https://other.hanse.example"
        self.own_books.new_key = "k" * 40
        self.there.deny("ir.config_parameter")
        said = self.own_books.action_test()["params"]
        self.assertEqual((said["type"], self.books.state), ("success", "connected"))
        self.assertFalse(self.books.database_uuid)
        self.assertEqual(self.books.company_id.name, "Main")
        statement = self.billed()
        self.outbox()
        self.assertEqual(statement.push_state, "pushed")
        # Then its company tells the database.
        self.there.odoo.tables["res.company"][1]["create_date"] = "2026-01-01 00:00:00"
        other = self.billed(company="Bergwind")
        self.outbox()
        self.assertIn("another database", other.push_error)
        self.assertIn("another database", self.own_books.action_test()["params"]["message"])

    def test_the_missing_right_is_named(self):
        """TB-030: in words, before anything is pushed."""
        for model, operation in (("account.move", "create"), ("account.tax", "read")):
            with self.subTest(model):
                self.there.deny(model, operation)
                said = self.own_books.action_test()["params"]
                self.assertEqual((said["type"], self.books.state), ("danger", "failed"))
                self.assertIn(f"to {operation} {model}", said["message"])
                self.assertIn("“Invoicing”", said["message"])
                self.there.allow(model)
        self.own_books.action_test()
        self.assertEqual((self.books.state, self.books.error), ("connected", False))

    def test_a_choice_of_companies(self):
        """TB-030: found by the test; invoices are made in the one chosen, with its journal."""
        odoo = self.there.odoo
        second = odoo.add_company("Hanse Hosting")
        odoo.add("account.journal", code="HOST", type="sale", company_id=1)
        journal = odoo.add("account.journal", code="HOST", type="sale", company_id=second)
        self.books.company_id = False
        said = self.own_books.action_test()["params"]["message"]
        self.assertIn("Choose the company there", said)
        self.assertEqual(set(self.books.company_ids.mapped("name")), {"Hanse Hosting", "Main"})
        self.books.database_uuid = False
        statement = self.billed()
        self.outbox()
        self.assertIn("choose the company", statement.push_error)
        self.assertFalse(self.moves)
        chosen = self.books.company_ids.filtered(lambda one: one.remote_id == second)
        self.own_books.write({"company_id": chosen.id, "journal_code": "HOST"})
        self.finance(self.sub, statement).action_push()
        self.outbox()
        (move,) = self.moves
        self.assertEqual((move["company_id"], move["journal_id"]), (second, journal))
        # Another choice later makes no second invoice, nor loses the first one.
        self.own_books.company_id = self.books.company_ids - chosen
        statement._queue_push()
        self.outbox()
        self.assertEqual(len(self.moves), 1)
        move.update(state="posted", payment_state="paid", amount_residual=0.0)
        self.own_books.action_pull()
        self.assertEqual(statement.reported_state, "paid")

    def test_a_company_that_is_gone(self):
        """TB-030: said with its name; the test lets another one be chosen."""
        odoo = self.there.odoo
        second = odoo.add_company("Hanse Hosting")
        self.own_books.action_test()
        self.own_books.company_id = self.books.company_ids.filtered(
            lambda one: one.remote_id == second
        )
        del odoo.tables["res.company"][second]
        statement = self.billed()
        self.outbox()
        self.assertIn("“Hanse Hosting” of your Odoo any more", statement.push_error)
        said = self.own_books.action_test()["params"]["message"]
        self.assertIn("Choose the company there", said)
        self.assertFalse(self.books.company_id, "the books are another's: a person chooses")

    def test_an_older_connection_goes_on(self):
        """TB-030: from before there was a choice, to an Odoo of one company."""
        self.books.company_ids.unlink()
        statement = self.billed()
        self.outbox()
        self.assertEqual(statement.push_state, "pushed")
        self.there.odoo.add_company("Second")
        other = self.billed(company="Bergwind")
        self.outbox()
        self.assertIn("choose the company", other.push_error)

    def test_another_address_is_asked_anew(self):
        """D-07: its companies are forgotten with it."""
        self.own_books.url = "https://elsewhere.example"
        self.assertFalse(self.books.company_ids or self.books.company_id)


class RealOdoo:
    """This very database as the seller's own Odoo: its rights are the real ones of Odoo."""

    def __init__(self, env):
        self.env = env

    def version(self):
        return Ok({"version_info": [19, 0, 0, "final", 0, ""]})

    def call(self, model, method, *, ids=(), params=None, context=None):
        call = build_call(model, method, ids, params, context)
        call.payload()
        records = self.env[model].with_context(context or {}).browse(ids)
        Isolation = type(self.env["program.isolation"])
        try:
            # A database of somebody else knows no programme.
            with (
                patch.object(Isolation, "_scope_of_person", lambda _self: SYSTEM),
                self.env.cr.savepoint(),
            ):
                value = getattr(records, method)(**(params or {}))
                value = value.ids if isinstance(value, BaseModel) else value
                return Ok(json.loads(json.dumps(value, default=str)))
        except AccessError as error:
            return Fatal("access_denied", str(error), 403)


class TestBooksRealRights(BooksCase):
    """TRADE 1: what the fake says of rights and companies holds in Odoo itself."""

    def test_a_user_with_invoicing_alone(self):
        """TB-030: no settings rights; the invoice is made in the company chosen, and in its
        journal, though the user's own company is another one."""
        first, second = self.root.company_id, self.master.company_id
        user = new_test_user(
            self.env,
            "there",
            groups="base.group_user,account.group_account_invoice",
            company_id=first.id,
            company_ids=[Command.set((first + second).ids)],
        )
        there = RealOdoo(self.env(user=user, su=False))
        contact = self.env["res.partner"].create({"name": "Nordwind there", "ref": "C-77"})
        with patch.object(type(self.books), "_transport", lambda _self: there):
            self.books.write({"database_uuid": False, "company_ids": [Command.clear()]})
            said = self.own_books.action_test()["params"]
            self.assertEqual(said["type"], "success", said["message"])
            self.assertFalse(self.books.database_uuid)
            self.assertEqual(set(self.books.company_ids.mapped("remote_id")),
                             {first.id, second.id})  # fmt: skip
            chosen = self.books.company_ids.filtered(lambda one: one.remote_id == second.id)
            self.own_books.company_id = chosen
            statement = self.billed(vat=False)
            statement.customer_id.ref = "C-77"
            statement.customer_id.parent_id = contact
            self.outbox()
            self.assertEqual((statement.push_state, statement.push_error), ("pushed", False))
            move = self.env["account.move"].browse(statement.push_ref)
            self.assertEqual((move.company_id, move.journal_id.company_id), (second, second))
            self.assertEqual((move.state, move.partner_id), ("draft", contact))
            user.group_ids -= self.env.ref("account.group_account_invoice")
            said = self.own_books.action_test()["params"]
            self.assertIn("read account.journal", said["message"])


class TestBooksPayments(BooksCase):
    """TRADE 1: payment state comes back the same way, or reads “not reported”."""

    def test_payments_come_back(self):
        """TB-030: paid, partly, not reported; once a day and by the button."""
        statement = self.billed()
        self.outbox()
        (move,) = self.moves
        self.assertEqual(statement.reported_state, "none")
        for values, state, paid in (
            ({"state": "posted", "name": "INV/1"}, "open", 0),
            ({"payment_state": "partial", "amount_residual": 80.0}, "part", 100),
            ({"payment_state": "paid", "amount_residual": 0.0}, "paid", 180),
            ({"payment_state": "reversed"}, "none", 0),
        ):
            move.update(values)
            with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=1):
                self.env["billing.books"]._cron_pull()
            self.assertEqual((statement.reported_state, statement.reported_amount), (state, paid))
            self.assertEqual(statement._is_paid(), state == "paid")
        self.assertIn("credit note", statement.push_error)
        self.assertEqual(statement.push_name, "INV/1")
        self.assertTrue(self.books.pulled_at)

    def test_an_invoice_that_is_gone(self):
        """TB-030: said on the statement; pushed again it is a new one."""
        statement = self.billed()
        self.outbox()
        self.there.odoo.tables["account.move"].clear()
        self.own_books.action_pull()
        self.assertEqual(statement.push_state, "failed")
        self.assertIn("no longer in your Odoo", statement.push_error)
        self.finance(self.sub, statement).action_push()
        self.outbox()
        self.assertEqual(len(self.moves), 1)

    def test_an_odoo_that_is_away(self):
        """TB-030: kept on the books; nothing of what was reported is lost."""
        statement = self.billed()
        self.outbox()
        self.moves[0].update(state="posted", payment_state="partial", amount_residual=80.0)
        self.own_books.action_pull()
        self.there.down = True
        self.own_books.action_pull()
        self.assertIn("did not answer", self.books.pull_error)
        self.assertEqual((statement.reported_state, statement.reported_amount), ("part", 100))

    def test_a_number_that_is_another_invoices(self):
        """TB-030: its payment is not ours; the reference is that of the day it was queued."""
        statement = self.billed()
        self.outbox()
        self.sub.code = "NEWCODE"
        self.moves[0].update(state="posted", payment_state="partial", amount_residual=80.0)
        self.own_books.action_pull()
        self.assertEqual((statement.reported_state, statement.reported_left), ("part", 80))
        self.moves[0].update(invoice_origin="S00042", payment_state="paid", amount_residual=0.0)
        self.own_books.action_pull()
        self.assertEqual((statement.push_state, statement.reported_state), ("failed", "part"))
        self.assertIn("no longer in your Odoo", statement.push_error)

    def test_never_paid_by_a_smaller_invoice(self):
        """TB-030, TB-033: gross with gross; what is left is what is left there."""
        self.tax(remote_name="19 %")
        statement = self.billed()
        self.outbox()
        (move,) = self.moves
        move.update(state="posted", payment_state="partial", amount_residual=14.20)
        self.own_books.action_pull()
        self.assertEqual(statement.reported_amount, 200)
        self.assertEqual(statement.reported_left, 14.20)
        move.update(payment_state="paid", amount_residual=0.0)
        self.own_books.action_pull()
        self.assertEqual((statement.reported_state, statement.reported_left), ("paid", 0))
        # Changed there before it was posted: net it would still be enough.
        move.update(amount_untaxed=168.07, amount_total=200.0)
        self.own_books.action_pull()
        self.assertEqual((statement.reported_state, statement.reported_left), ("part", 14.20))
        self.assertIn("the statement says 214.2", statement.push_error)

    def test_one_seller_stops_no_other(self):
        """TB-030, R-11: whatever its Odoo answers; who was asked longest ago is asked first; a
        lost serialization is nobody's fault and comes again."""
        self.billed()
        self.outbox()
        other = self.env["billing.books"]._of(self.master)
        other.write({"url": "https://books.meridian.example", "new_key": "k" * 40})
        other.action_test()
        books = self.books | other
        self.moves[0]["amount_residual"] = "much"
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=1):
            books[0]._cron_pull()
            self.assertIn("not understood", self.books.pull_error)
            self.assertTrue(self.books.asked_at and other.pulled_at)
            self.assertFalse(self.books.pulled_at)
            asked = []

            def take(one):
                asked.append(one)
                raise failure

            self.books.asked_at, other.asked_at = "2026-01-02", "2026-01-01"
            failure = KeyError("state")
            logger = "odoo.addons.tenant_billing.models.billing_books"
            with patch.object(type(books), "_take", take), mute_logger(logger):
                books._cron_pull()
                self.assertEqual(asked, [other, self.books])
                self.assertIn("Unexpected error", other.pull_error)
                failure = OperationalError("could not serialize")
                with self.assertRaises(OperationalError):
                    books._cron_pull()


class TestBooksTax(BooksCase):
    """TB-030: the tax that the seller states stands on its electronic invoices."""

    def xml(self, statement):
        root = ElementTree.fromstring(statement._file("xml"))
        found = {}
        for each in root.iter():
            found.setdefault(each.tag.partition("}")[2], []).append(each.text)
        return found

    def as_if_issued_now(self, statement):
        """Another document of the same amounts, by the rules and the buyer of now."""
        statement.own_tax_state = False

    def test_what_is_issued_keeps_its_tax(self):
        """TB-030, TRADE 1: a later change of a rule changes no document, nor what is compared
        with the own Odoo; what takes a statement back states what that one stated."""
        rule = self.tax(remote_name="19 %")
        statement = self.billed()
        before = statement._file("xml")
        self.assertEqual(self.xml(statement)["PayableAmount"], ["214.20"])
        rule.write({"percent": 7, "remote_name": "7 %"})
        self.assertEqual(statement._file("xml"), before)
        self.assertEqual(statement._print_tax()["gross"], 214.2)
        self.assertEqual(statement._print_tax()["name"], "Standard rate 19 %")
        self.outbox()
        self.assertEqual((statement.push_error, self.moves[0]["amount_total"]), (False, 214.2))
        credit = self.env["billing.statement"].browse(statement._credit()["res_id"])
        self.assertEqual(self.xml(credit)["Percent"][0], "19")
        rule.unlink()
        self.assertEqual(statement._file("xml"), before)
        self.assertEqual(self.xml(self.billed(company="Later"))["Note"],
                         ["For the seller's own books, which add the taxes."])  # fmt: skip

    def test_a_tax_that_is_entered_later(self):
        """TB-030: a statement that no rule fitted waits for one, and then keeps it."""
        rule = self.tax(country_id=self.env.ref("base.es").id)
        statement = self.billed()
        with self.assertRaisesRegex(UserError, "No tax is stated for buyers in DE"):
            statement._file("xml")
        rule.country_id = False
        self.assertEqual(self.xml(statement)["PayableAmount"], ["214.20"])
        rule.percent = 7
        self.assertEqual(self.xml(statement)["PayableAmount"], ["214.20"])

    def test_a_download_keeps_nothing(self):
        """TB-030, TRADE 1: a buyer's download reads what the rules say and settles nothing; what
        is issued keeps it when a rule is saved."""
        rule = self.tax(country_id=self.env.ref("base.es").id)
        statement = self.billed()
        statement.customer_id.country_id = self.env.ref("base.es")
        self.assertEqual(self.xml(statement)["PayableAmount"], ["214.20"])
        self.assertFalse(statement.own_tax_state)
        rule.percent = 7
        self.assertEqual((statement.own_tax_state, statement.own_tax_percent), ("stated", 19))
        other = self.billed(company="Later")
        self.assertFalse(other.own_tax_state)
        self.tax(percent=16)
        self.assertEqual((other.own_tax_state, other.own_tax_percent), ("stated", 16))

    def test_statements_from_before(self):
        """TB-030: an older database keeps what its statements would state on the day."""
        self.tax()
        statement = self.billed()
        self.as_if_issued_now(statement)
        self.env["governance.upgrade"]._complete_billing()
        self.assertEqual((statement.own_tax_state, statement.own_tax_percent), ("stated", 19))

    def test_by_the_buyer(self):
        """TB-030: standard rate at home, reverse charge abroad; sums are the statement's."""
        statement = self.billed()
        self.assertNotIn("TaxTotal", self.xml(statement))
        self.tax(country_id=self.env.ref("base.de").id)
        self.tax(buyer_kind="business", category="AE", percent=0, reason="Reverse charge")
        self.as_if_issued_now(statement)
        found = self.xml(statement)
        self.assertEqual(found["TaxExclusiveAmount"], ["180.00"])
        self.assertEqual(found["PayableAmount"], ["214.20"])
        self.assertEqual(found["Percent"], ["19"] * 3)
        self.assertNotIn("Note", found)
        statement.customer_id.write(
            {"country_id": self.env.ref("base.es").id, "vat": "ESB12345674"}
        )
        self.as_if_issued_now(statement)
        found = self.xml(statement)
        self.assertEqual(found["TaxExemptionReason"], ["Reverse charge"])
        self.assertEqual(found["PayableAmount"], ["180.00"])
        statement.customer_id.vat = False
        self.as_if_issued_now(statement)
        with self.assertRaisesRegex(UserError, "No tax is stated for buyers in ES"):
            statement._file("xml")

    def test_prices_that_include_tax(self):
        """B-07: what is to pay stays, net and tax are taken out of it."""
        self.book_retail.tax_included = True
        self.tax()
        statement = self.billed()
        self.assertTrue(statement.tax_inside)
        found = self.xml(statement)
        self.assertEqual(found["PayableAmount"], ["180.00"])
        self.assertEqual(found["TaxExclusiveAmount"], ["151.26"])
        self.outbox()
        self.assertEqual(self.moves[0]["amount_untaxed"], 151.26)

    def test_a_tax_that_cannot_be(self):
        """TB-030: refused where it is entered; one for each kind of buyer."""
        for values in ({"percent": 0}, {"percent": 101}, {"category": "AE", "percent": 0},
                       {"category": "Z", "percent": 7}):  # fmt: skip
            with self.assertRaises(ValidationError):
                self.tax(**values)
        self.tax()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.tax()


class TestBooksIsolation(BooksCase):
    """X-05: a seller's books are its own; the key is read by nobody."""

    def test_nobody_else(self):
        tax = self.tax()
        outsiders = [self.user(node, "finance") for node in
                     (self.master, self.root, self.stranger, self.sub2)]  # fmt: skip
        sales = self.user(self.sub, "sales")
        company = self.books.company_id
        self.assertTrue(company)
        for user in (*outsiders, self.staff("books.staff"), sales):
            for record, field in ((self.books, "login"), (tax, "reason"), (company, "name")):
                own = record.with_user(user)
                if user != sales:
                    self.assertFalse(own.search([("id", "=", own.id)]))
                for attack in (
                    lambda own=own: own.read(["seller_id"]),
                    lambda own=own, field=field: own.write({field: False}),
                ):
                    with self.assertRaises(AccessError):
                        attack()
            with self.assertRaises(AccessError):
                self.books.with_user(user).action_pull()
            with self.assertRaises(AccessError):
                self.books.with_user(user).action_test()
        Tax = self.as_user(self.master, "finance", "billing.books.tax")
        with self.assertRaises(AccessError):
            Tax.create({"books_id": self.books.id, "percent": 7})

    def test_its_own_finance(self):
        """The form writes what is its seller's; not whose it is, nor what the server keeps."""
        self.own_books.tax_ids = [Command.create({"percent": 7})]
        self.assertEqual(self.books.tax_ids.seller_id, self.sub)
        foreign = self.env["billing.books"]._of(self.master)
        foreign.company_ids = [Command.create({"name": "Theirs", "remote_id": 1})]
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.own_books.company_id = foreign.company_ids
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.books.company_id = foreign.company_ids
        for values in ({"seller_id": self.master.id}, {"state": "failed"},
                       {"database_uuid": "x"}, {"pulled_at": "2026-01-01"}):  # fmt: skip
            with self.assertRaises(AccessError):
                self.own_books.write(values)
        with self.assertRaises(AccessError):
            self.own_books.read(["key_encrypted"])
        self.assertFalse(self.own_books.new_key)
        with self.assertRaises(ValidationError):
            self.own_books.url = "http://169.254.169.254/"
        with patch.dict(os.environ, {"CONTROL_PLANE_ALLOW_HOSTS": "127.0.0.1:8069"}):
            # The operator's exceptions are for its own tenants.
            self.assertTrue(self.env["hosting.connection"]._allow_hosts())
            with self.assertRaises(ValidationError):
                self.own_books.url = "http://127.0.0.1:8069"
        self.assertNotIn("allowed_hosts", self.own_books.fields_get())
        action = self.as_user(self.sub, "finance", "billing.books").action_open_own()
        self.assertEqual(action["res_id"], self.books.id)
        arch = self.own_books.get_view(view_type="form")["arch"]
        self.assertTrue(html.fromstring(arch).xpath("//field[@name='new_key'][@password]"))
