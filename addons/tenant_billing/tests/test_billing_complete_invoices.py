from unittest.mock import patch

from odoo import Command

from odoo.addons.tenant_billing.adapters import complete_invoices
from odoo.addons.tenant_billing.adapters.complete_invoices import Invoices, differences, overrides
from odoo.addons.tenant_billing.models import account_move
from odoo.addons.tenant_billing.models.billing_statement_documents import DRAFTING

from .common import BillingCase


class TestCompleteInvoices(BillingCase):
    """TB-033: invoices with all lines given at once are the ones that Odoo makes itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keep_books(cls.root, cls.master)
        cls.company = cls.root.company_id
        cls.Move = cls.env["account.move"].with_company(cls.company).with_context(**DRAFTING)
        cls.country = cls.company.account_fiscal_country_id
        cls.tax = cls.make_tax("20 %", 20)
        cls.included = cls.make_tax("21 % included", 21, price_include_override="tax_included")

    @classmethod
    def make_tax(cls, name, amount, **values):
        return cls.env["account.tax"].create(
            {
                "name": name,
                "amount": amount,
                "type_tax_use": "sale",
                "company_id": cls.company.id,
                "country_id": cls.country.id,
                **values,
            }
        )

    @classmethod
    def customer(cls, **values):
        return (
            cls.env["res.partner"]
            .with_company(cls.company)
            .create({"name": "Nordwind", "country_id": cls.country.id, **values})
        )

    @classmethod
    def account(cls, kind, code):
        return cls.env["account.account"].create(
            {
                "name": f"Account {code}",
                "code": code,
                "account_type": kind,
                "company_ids": [Command.set(cls.company.ids)],
                "reconcile": kind == "asset_receivable",
            }
        )

    def values(self, lines, partner=None, move_type="out_invoice", currency=None):
        """``lines``: (quantity, price, taxes) or the title of a section."""
        invoices = Invoices(self.Move, self.env["res.partner"])
        header = {
            "move_type": move_type,
            "company_id": self.company.id,
            "partner_id": (partner or self.customer()).id,
            "currency_id": (currency or self.company.currency_id).id,
            "invoice_date": "2026-02-01",
            "invoice_origin": "S-0001",
            "invoice_user_id": False,
        }
        account = invoices.journal(header).default_account_id
        commands = []
        for number, line in enumerate(lines, start=1):
            if isinstance(line, str):
                values = {"display_type": "line_section", "name": line}
            else:
                quantity, price, taxes = line
                values = {
                    "name": f"Line {number}",
                    "quantity": quantity,
                    "price_unit": price,
                    "tax_ids": [Command.set(taxes.ids)],
                    "account_id": account.id,
                    "product_id": False,
                    **invoices.analytic(),
                }
            commands.append(Command.create({**values, "sequence": number}))
        return {**header, "invoice_line_ids": commands}

    def check(self, *lines, **header):
        """Make an invoice both ways; the complete one, to look at what it shows."""
        values = self.values(lines, **header)
        partner = self.env["res.partner"].browse(values["partner_id"])
        invoices = Invoices(self.Move, partner)
        self.assertTrue(invoices.supports(values))
        before = str(values)
        complete = invoices.make([values])
        self.assertEqual(str(values), before, "the values given stay as they are")
        ordinary = self.Move.create([values])
        self.assertEqual(differences(complete, ordinary), [])
        # Not by the adapter's own comparison: what the customer sees.
        self.assertEqual(complete.amount_total, ordinary.amount_total)
        self.assertEqual(complete.tax_totals, ordinary.tax_totals)
        self.assertEqual(len(complete.line_ids), len(ordinary.line_ids))
        (complete | ordinary)._post(soft=False)
        self.assertEqual(
            [name for name in differences(complete, ordinary) if not _numbered(name)], []
        )
        return complete

    def test_tax_on_top(self):
        """TB-033: both ways make the same invoice."""
        move = self.check((3, 120, self.tax), (63, 0.2, self.tax), (1, 35.57, self.tax))
        self.assertEqual(move.amount_tax, 81.63)

    def test_tax_included(self):
        """B-07: the price holds the tax."""
        move = self.check((1, 100, self.included), (1, 32.26, self.included))
        self.assertEqual(move.amount_total, 132.26)

    def test_several_taxes(self):
        """On one line, on different lines, one on top of the other, and a fixed one."""
        eco = self.make_tax(
            "Eco",
            1.5,
            amount_type="fixed",
            include_base_amount=True,
            sequence=1,
            is_base_affected=0,
        )
        city = self.make_tax("City", 2.5)
        self.check(
            (2, 19.99, eco | self.tax),
            (1, 7.77, self.tax | city),
            (1, 3.33, self.included),
            (1, 10, self.env["account.tax"]),
        )

    def test_rounded_for_the_whole_invoice(self):
        """TB-033: both ways make the same invoice."""
        self.company.tax_calculation_rounding_method = "round_globally"
        self.check(*[(1, 0.13, self.tax)] * 7)

    def test_zero_tax_and_no_tax(self):
        """TB-033: both ways make the same invoice."""
        zero = self.make_tax("0 %", 0)
        self.check((1, 100, zero), (1, 50, self.tax))
        self.check((1, 100, zero))
        self.check((1, 100, self.env["account.tax"]))

    def test_tax_due_on_payment(self):
        """TB-033: both ways make the same invoice."""
        transition = self.account("liability_current", "299001")
        transition.reconcile = True
        self.company.tax_exigibility = True
        late = self.make_tax(
            "On payment",
            10,
            tax_exigibility="on_payment",
            cash_basis_transition_account_id=transition.id,
        )
        self.check((1, 100, late), (1, 50, self.tax))

    def test_tax_with_tags_and_several_parts(self):
        """A tax that is booked on two accounts with tags, other ones on a credit note."""
        tags = self.env["account.account.tag"].create(
            [
                {"name": name, "applicability": "taxes", "country_id": self.country.id}
                for name in ("base", "tax", "back")
            ]
        )
        accounts = [self.account("liability_current", f"29900{n}") for n in (2, 3)]

        def parts(tag):
            return [
                Command.clear(),
                Command.create({"repartition_type": "base", "tag_ids": tags[0].ids}),
                *(
                    Command.create(
                        {
                            "repartition_type": "tax",
                            "factor_percent": share,
                            "account_id": account.id,
                            "tag_ids": tag.ids,
                        }
                    )
                    for share, account in zip((60, 40), accounts, strict=True)
                ),
            ]

        split = self.make_tax(
            "Split",
            19,
            invoice_repartition_line_ids=parts(tags[1]),
            refund_repartition_line_ids=parts(tags[2]),
        )
        move = self.check((1, 33.33, split), (1, 66.6, split))
        self.assertEqual(len(move.line_ids.filtered(lambda line: line.display_type == "tax")), 2)
        self.check((1, 33.33, split), move_type="out_refund")

    def test_fiscal_position(self):
        """Taxes were mapped when they were booked; the receivable account is mapped here."""
        receivable = self.account("asset_receivable", "129001")
        partner = self.customer()
        own = partner.with_company(self.company)
        position = self.env["account.fiscal.position"].create(
            {
                "name": "Abroad",
                "company_id": self.company.id,
                "account_ids": [
                    Command.create(
                        {
                            "account_src_id": own.property_account_receivable_id.id,
                            "account_dest_id": receivable.id,
                        }
                    )
                ],
            }
        )
        own.property_account_position_id = position
        move = self.check((1, 100, self.tax), partner=partner)
        self.assertEqual(move.fiscal_position_id, position)
        self.assertIn(receivable, move.line_ids.account_id)

    def term(self, *lines, **values):
        return self.env["account.payment.term"].create(
            {
                "name": "Terms",
                "company_id": self.company.id,
                "line_ids": [
                    Command.create(
                        {
                            "value": "percent",
                            "value_amount": share,
                            "nb_days": days,
                            "delay_type": "days_after",
                        }
                    )
                    for share, days in lines
                ],
                **values,
            }
        )

    def test_instalments(self):
        """TB-033: both ways make the same invoice."""
        partner = self.customer(property_payment_term_id=self.term((30, 0), (30, 30), (40, 60)).id)
        move = self.check((1, 99.99, self.tax), partner=partner)
        terms = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.assertEqual(len(terms), 3)
        same_day = self.customer(property_payment_term_id=self.term((50, 14), (50, 14)).id)
        move = self.check((1, 99.99, self.tax), partner=same_day)
        terms = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.assertEqual(len(terms), 1)

    def test_early_discount(self):
        """What lowers the tax at once stays with the ordinary way; the others are complete."""
        discount = {"early_discount": True, "discount_percentage": 2, "discount_days": 10}
        for computation in ("included", "excluded"):
            term = self.term((100, 30), early_pay_discount_computation=computation, **discount)
            partner = self.customer(property_payment_term_id=term.id)
            self.check((1, 100, self.tax), partner=partner)
        term = self.term((100, 30), early_pay_discount_computation="mixed", **discount)
        partner = self.customer(property_payment_term_id=term.id)
        values = self.values([(1, 100, self.tax)], partner=partner)
        self.assertFalse(Invoices(self.Move, partner).supports(values))

    def test_foreign_currency(self):
        """TB-033: both ways make the same invoice."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": euro.id,
                "company_id": self.company.id,
                "name": "2026-01-01",
                "rate": 0.8731,
            }
        )
        partner = self.customer(property_payment_term_id=self.term((33, 0), (67, 45)).id)
        move = self.check(
            (3, 33.33, self.tax), (1, 7.77, self.included), partner=partner, currency=euro
        )
        self.assertNotEqual(move.amount_total, move.amount_total_signed)

    def test_credit_note_and_negative_lines(self):
        """TB-033: both ways make the same invoice."""
        move = self.check((1, 54.28, self.tax), (1, -10, self.tax), move_type="out_refund")
        self.assertLess(move.amount_total_signed, 0)
        self.check((1, 100, self.tax), (1, -40.71, self.tax))
        self.check((1, 100, self.tax), (1, -100, self.tax))

    def test_several_tenants_with_sections(self):
        """TB-068"""
        self.check("T-0001", (1, 60, self.tax), "T-0002", (1, 20, self.tax), (1, 8, self.included))

    def test_buyer_with_a_delivery_address_and_a_parent(self):
        """TB-033: both ways make the same invoice."""
        parent = self.customer(is_company=True)
        self.env["res.partner"].create(
            {"name": "Dock", "type": "delivery", "parent_id": parent.id, "city": "Hamburg"}
        )
        move = self.check((1, 100, self.tax), partner=parent)
        self.assertEqual(move.partner_shipping_id.name, "Dock")

    def test_distribution_models_are_followed(self):
        """Where the seller spreads costs by rules, Odoo's rules decide as always."""
        plan = self.env["account.analytic.plan"].create({"name": "Hosting"})
        analytic = self.env["account.analytic.account"].create(
            {"name": "Customers", "plan_id": plan.id, "company_id": False}
        )
        partner = self.customer()
        self.env["account.analytic.distribution.model"].create(
            {"partner_id": partner.id, "analytic_distribution": {str(analytic.id): 100}}
        )
        values = self.values([(1, 100, self.tax)], partner=partner)
        self.assertFalse(Invoices(self.Move, partner).supports(values))
        line = self.Move.create([values]).invoice_line_ids
        self.assertEqual(line.analytic_distribution, {str(analytic.id): 100})

    def test_many_at_once(self):
        """TB-033: both ways make the same invoice."""
        values = [self.values([(n, 10, self.tax), (1, n, self.included)]) for n in range(1, 6)]
        partners = self.env["res.partner"].browse([each["partner_id"] for each in values])
        complete = Invoices(self.Move, partners).make(values)
        for move, ordinary in zip(complete, self.Move.create(values), strict=True):
            self.assertEqual(differences(move, ordinary), [])

    def test_differences_are_found(self):
        """The comparison is no rubber stamp: price, tax, terms, count and account are seen."""
        base = self.Move.create([self.values([(1, 100, self.tax)])])
        partner = base.partner_id

        def other(lines, **header):
            return self.Move.create([self.values(lines, partner=partner, **header)])

        dearer = differences(base, other([(1, 100.01, self.tax)]))
        self.assertIn("account.move.amount_total", dearer)
        self.assertIn("account.move.line.balance", dearer)
        self.assertIn(
            "account.move.line.tax_ids", differences(base, other([(1, 100, self.included)]))
        )
        more = differences(base, other([(1, 100, self.tax), "Section"]))
        self.assertEqual(more, ["account.move.line_ids"])
        moved = other([(1, 100, self.tax)])
        line = moved.line_ids.filtered(lambda line: line.display_type == "product")
        line.account_id = self.account("income", "499001")
        self.assertIn("account.move.line.account_id", differences(base, moved))


class TestWhichWay(BillingCase):
    """A run chooses the complete way by itself, proves it on samples, and says when not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keep_books(cls.root, cls.master)

    def run_and_look(self):
        """Run a month; the run, and whether its invoices were made complete."""
        made = []
        make = Invoices.make

        def seen(invoices, vals_list):
            made.append(len(vals_list))
            return make(invoices, vals_list)

        with patch.object(Invoices, "make", seen):
            run = self.run_billing("2026-02-01")
        self.assertEqual(run.failure_count, 0)
        return run, bool(made)

    def total(self, run):
        moves = self.env["billing.statement"].search([("route", "=", "here")]).move_ids
        return sum(moves.filtered(lambda move: move.is_sale_document()).mapped("amount_untaxed"))

    def test_complete_by_itself(self):
        """Nothing speaks against it here; one sample of each shape is made both ways."""
        self.assertEqual(overrides(self.env), [])
        self.subscription()
        run, complete = self.run_and_look()
        self.assertTrue(complete)
        self.assertFalse(run.ordinary_reason)
        self.assertEqual(len(run.sampled_shapes), 2)
        invoices = self.env["account.move"].search([("move_type", "=", "out_invoice")])
        self.assertEqual(len(invoices), 2, "the samples are taken back")

    def test_a_company_turns_it_off(self):
        """TB-033: both ways make the same invoice."""
        (self.root | self.master).company_id.billing_complete_lines = False
        self.subscription()
        run, complete = self.run_and_look()
        self.assertFalse(complete)
        self.assertFalse(run.ordinary_reason)
        self.assertGreater(self.total(run), 0)

    def test_another_module_changes_the_lines(self):
        """A module that overrides what is left out makes every run go the ordinary way."""
        self.subscription()
        with patch.object(
            account_move.AccountMove, "_get_sync_stack", lambda self, c: None, create=True
        ):
            found = overrides(self.env)
            with patch.object(
                type(self.env["billing.run"]), "_make_complete", side_effect=AssertionError
            ):
                self.assertEqual(found, ["tenant_billing: account.move._get_sync_stack"])
                run = self.env["billing.run"]._open("2026-02-01")
                self.assertFalse(run._completes(self.root.company_id))
        self.assertIn("tenant_billing: account.move._get_sync_stack", run.ordinary_reason)

    def test_a_mismatch_falls_back(self):
        """A field that differs in the sample: the batch is made again, the run says so."""
        self.subscription()
        term_lines = Invoices._term_lines

        def shifted(invoices, *args):
            lines = term_lines(invoices, *args)
            for line in lines:
                line["discount_date"] = "2026-02-02"
            return lines

        with patch.object(Invoices, "_term_lines", shifted):
            run, complete = self.run_and_look()
        self.assertTrue(complete, "it was tried")
        self.assertIn("account.move.line.discount_date", run.ordinary_reason)
        moves = self.env["account.move"].search([("move_type", "=", "out_invoice")])
        self.assertEqual(len(moves), 2)
        self.assertFalse(any(moves.line_ids.mapped("discount_date")))
        self.assertEqual(set(moves.mapped("state")), {"posted"})

    def test_an_error_falls_back(self):
        """What breaks the complete way breaks no invoice."""
        self.subscription()
        with patch.object(
            complete_invoices.Invoices, "_tax_lines", side_effect=ValueError("broken")
        ):
            run, _complete = self.run_and_look()
        self.assertIn("broken", run.ordinary_reason)
        self.assertGreater(self.total(run), 0)

    def test_a_missing_account_parks(self):
        """R-09: no default account; the document is parked with the journal's name."""
        journal = self.env["account.journal"].search(
            [("company_id", "=", self.root.company_id.id), ("type", "=", "sale")]
        )
        journal.default_account_id = False
        self.subscription()
        run = self.run_billing("2026-02-01")
        self.assertEqual(set(run.failure_ids.mapped("seller_id")), {self.root})
        self.assertIn(journal.name, run.failure_ids[0].reason)


def _numbered(name):
    """Fields that hold the invoice's own number, which no two posted invoices share."""
    return name.rpartition(".")[2] in (
        "name",
        "move_name",
        "payment_reference",
        "sequence_number",
        "sequence_prefix",
        "made_sequence_gap",
    )
