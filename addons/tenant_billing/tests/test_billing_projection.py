import base64
import json
import re
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError

from ..adapters import quote as adapter
from ..engine.scenario import output, parse
from .common import BillingCase


class TestBillingProjection(BillingCase):
    """TB-070, X-09: what comes of an offer, by the engine of the run, for who may read it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quote = cls.offer(cls.sub, start="2026-01-10", term_months=12)
        cls.finance = cls.quote.with_user(cls.user(cls.sub, "finance"))

    def rows(self, offer=None):
        offer = (offer or self.quote).sudo()
        sale, until = adapter.quote_terms(offer, offer._first_day(), 12)
        book = offer._cost_book()
        purchase, _until = adapter.cost_terms(offer, book, offer._first_day(), 12)
        return adapter.rows(sale, purchase, until, lambda amount: amount, 12)

    def numbers(self, html):
        return re.sub(r"<[^>]*>|\s|\xa0", " ", str(html))

    def test_the_next_twelve_invoices_are_what_the_run_books(self):
        """TB-070: sale and purchase of each day, from the offer alone, to the cent."""
        found = self.rows()
        self.assertEqual(len(found), 12)
        one = self.win(self.quote)
        self.usage(one.tenant_id, 70, "2026-01-10T00:00:00Z")
        self.run_billing(found[-1].day)
        for leg, name in ((one.leg_ids[-1], "amount"), (one.leg_ids[-2], "cost")):
            booked = {}
            for charge in leg.charge_ids:
                day = charge.due
                booked[day] = booked.get(day, Decimal(0)) + Decimal(str(charge.amount))
            self.assertEqual(
                {row.day: getattr(row, name) for row in found if getattr(row, name)}, booked, name
            )

    def test_with_trial_and_discount(self):
        """TB-070, B-03: an introductory discount and free days, as the run books them."""
        self.quote.write(
            {
                "trial_days": 20,
                "discount_percent": 25,
                "discount_months": 3,
                "start_date": "2026-01-01",
            }
        )
        found = {row.day: row.amount for row in self.rows()}
        one = self.win(self.quote)
        self.usage(one.tenant_id, 70, "2026-01-01T00:00:00Z")
        self.run_billing(max(found))
        booked = {}
        for charge in one.leg_ids[-1].charge_ids:
            day = charge.due
            booked[day] = booked.get(day, Decimal(0)) + Decimal(str(charge.amount))
        self.assertEqual({day: amount for day, amount in found.items() if amount}, booked)

    def test_cost_margin_and_floor_of_each_line(self):
        """TB-070, X-09: 120 − 80, 4.00 − 2.40, 60 − 35; the floor of the own list."""
        self.book_retail.price_ids.filtered(lambda one: one.code == "base").floor = 99
        rows = {
            line.code: (line.cost, line.margin, line.own_floor) for line in self.finance.line_ids
        }
        self.assertEqual(
            rows, {"base": (80, 40, 99), "storage": (2.4, 1.6, 0), "support": (35, 25, 0)}
        )
        self.assertEqual((self.finance.cost_total, self.finance.margin), (117.4, 66.6))

    def test_who_reads_what(self):
        """TRADE 7, X-09: finance cost and margin; sales retail and floor; delivery nothing; the
        master, who sells to this seller, nothing of its offer."""
        text = self.numbers(self.finance.projection)
        self.assertIn("Own cost", text)
        self.assertIn("Support", text)
        sales = self.quote.with_user(self.user(self.sub, "sales"))
        self.assertNotIn("Own cost", self.numbers(sales.projection))
        self.assertIn("184.00", self.numbers(sales.projection))
        self.assertEqual(sales.line_ids[:1].read(["own_floor"])[0]["own_floor"], 0)
        for name in ("cost", "margin"):
            with self.assertRaises(AccessError):
                sales.line_ids.read([name])
        for node, role in ((self.sub, "delivery"), (self.master, "manager")):
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                self.quote.with_user(self.user(node, role)).read(["projection"])

    def test_a_referral_partner_learns_nothing_of_its_sellers_cost(self):
        """X-09: its offer is sold in the master's name; the master's cost and floor stay there."""
        referral = self.node("Tippgeber", "referral", upline=self.master)
        self.make_book(self.master, {"base": 150, "storage": 1, "support": 70}).price_ids.floor = 1
        offer = self.offer(referral, company="Vermittelt GmbH")
        finance = offer.with_user(self.user(referral, "manager"))
        self.assertEqual((finance.cost_total, finance.margin), (0, 0))
        self.assertEqual(set(finance.line_ids.mapped("cost")), {0})
        self.assertEqual(set(finance.line_ids.mapped("margin")), {0})
        self.assertEqual(set(finance.line_ids.mapped("own_floor")), {0})
        self.assertNotIn("Own cost", self.numbers(finance.projection))

    def test_the_margin_is_net(self):
        """B-07, TB-070: a tax inside the price is nobody's margin, on the offer, its invoices and
        a what-if of it alike."""
        self.keep_books(self.sub)
        tax = self.sub.company_id.account_sale_tax_id
        tax.write({"amount": 20, "price_include_override": "tax_excluded"})
        tax.copy({"name": "20 % in", "price_include_override": "tax_included"})
        self.book_retail.tax_included = True
        offer = self.offer(self.sub, company="Brutto GmbH", start="2026-01-01")
        asked = self.env["billing.what.if"].browse(
            offer.with_user(self.user(self.sub, "manager")).action_what_if()["res_id"]
        )
        for quote in (offer.sudo(), asked.sudo()):
            values = quote.with_user(self.user(self.sub, "manager")).sudo()._projection_values()
            first = values["rows"][0]
            self.assertEqual((float(first.amount), float(first.cost)), (180, 115))
            self.assertEqual(values["margins"][first.day], 35)

    def test_three_parts_each_with_its_margin(self):
        """TB-016: one recurring offer joins hosting, support and enhancement; each is seen."""
        component = self.plan.component_ids.create(
            {
                "plan_id": self.plan.id,
                "code": "retainer",
                "name": "Enhancement",
                "stream": "retainer",
            }
        )
        for book, rate in (
            (self.book_master, 300), (self.book_sub, 400), (self.book_retail, 650)
        ):  # fmt: skip
            book.price_ids.create({"book_id": book.id, "code": "retainer", "amount": rate})
        self.quote.line_ids.create(
            {"offer_id": self.quote.id, "component_id": component.id, "amount": 650}
        )
        own = self.quote.with_user(self.user(self.sub, "finance")).sudo()
        parts = own._projection_values()["parts"]
        self.assertEqual(
            {part: tuple(map(float, sums)) for part, sums in parts.items()},
            {"hosting": (124, 82.4), "support": (60, 35), "enhancement": (650, 400)},
        )
        one = self.win(self.quote)
        codes = {item.code for item in one.item_ids}
        self.assertEqual(codes, {"base", "storage", "support", "retainer"})
        self.assertEqual(one.state, "active", one.problem)


class TestBillingWhatIf(BillingCase):
    """TB-070, TB-001: figures tried out by the engine of the run, before anybody is told."""

    def what_if(self, record, role="manager"):
        action = record.with_user(self.user(self.sub, role)).action_what_if()
        return self.env["billing.what.if"].with_user(self.user(self.sub, role)).browse(
            action["res_id"]
        )  # fmt: skip

    def total(self, what_if):
        return what_if.sudo()._projection_values()["total"]

    def test_from_an_offer_and_back(self):
        """TB-070: another quantity, price, discount and usage; copied, nothing is typed twice."""
        offer = self.offer(self.sub, start="2026-01-01")
        asked = self.what_if(offer)
        self.assertEqual(self.total(asked), Decimal("2204.00"))
        base = asked.line_ids.filtered(lambda one: one.component_id.code == "base")
        base.write({"quantity": 2, "amount": 110})
        asked.line_ids.filtered(lambda one: one.kind == "metered").quantity = 100
        asked.discount_percent = 10
        # 12 × (2 × 110 + 60) × 0.9 and 11 × 50 × 0.20 × 0.9
        self.assertEqual(self.total(asked), Decimal("3123.00"))
        self.assertIn("3,123.00", str(asked.projection))
        self.assertEqual(offer.line_ids[0].quantity, 1)
        copy = self.env["billing.offer"].browse(asked.action_copy_to_offer()["res_id"])
        self.assertEqual(copy.deal_id, offer.deal_id)
        self.assertEqual((copy.discount_percent, copy.state), (10, "draft"))
        self.assertEqual(
            {line.code: (line.quantity, line.amount) for line in copy.line_ids},
            {"base": (2, 110), "storage": (100, 0.2), "support": (1, 60)},
        )
        self.assertEqual(copy.sudo()._projection_values()["total"], Decimal("3123.00"))

    def test_the_saved_scenario_gives_the_same_charges(self):
        """TB-070: the JSON of the simulator, replayed, is the sum on the screen."""
        asked = self.what_if(self.offer(self.sub, start="2026-01-10"))
        asked.write({"trial_days": 14, "discount_percent": 20, "discount_months": 2, "periods": 6})
        action = asked.action_save_scenario()
        self.assertIn(f"/{asked.id}/file/", action["url"])
        document = json.loads(base64.b64decode(asked.file))
        shown = asked.sudo()._projection_values()["rows"]
        last = shown[-1].day
        replayed = [
            Decimal(charge["amount"])
            for charge in output(parse({**document, "as_of": str(last)}))["charges"]
        ]
        self.assertEqual(sum(replayed), sum(row.amount for row in shown))

    def test_from_a_subscription_and_from_a_plan(self):
        """TB-070: what stands today at the own prices; a plan needs no deal at all."""
        one = self.subscription(start="2026-01-01")
        asked = self.what_if(one)
        self.assertEqual(
            {line.component_id.code: line.amount for line in asked.line_ids},
            {"base": 120, "storage": 0.2, "support": 60},
        )
        with self.assertRaisesRegex(UserError, "Choose the deal"):
            asked.action_copy_to_offer()
        plan = self.what_if(self.plan, role="finance")
        self.assertEqual(self.total(plan), self.total(asked))

    def test_a_price_put_off(self):
        """TB-070, TB-071: a contract signed before the announcement is tried at its own prices."""
        start = self.env["billing.run"]._clock().date().replace(day=1)
        first = start + relativedelta(months=3)
        self.book_sub.term_months = 12
        one = self.subscription(start=f"{first}")
        campaign = self.as_user(self.master, "manager", "billing.price.campaign").create(
            {
                "name": "Base",
                "book_id": self.book_sub.id,
                "first_day": first,
                "line_ids": [Command.create({"code": "base", "amount": 90})],
            }
        )
        campaign.action_preview()
        campaign.action_announce()
        asked = one.with_user(self.user(self.master, "manager")).action_what_if()
        lines = self.env["billing.what.if"].browse(asked["res_id"]).line_ids
        base = lines.filtered(lambda line: line.component_id.code == "base")
        self.assertEqual(base.amount, 80)

    def test_whose_prices(self):
        """X-09: of a sub-partner's subscription the master tries its own sale alone, and sales
        sees no cost."""
        one = self.subscription(start="2026-01-01")
        master = one.with_user(self.user(self.master, "manager")).action_what_if()
        asked = self.env["billing.what.if"].browse(master["res_id"])
        self.assertEqual(
            {line.component_id.code: line.amount for line in asked.line_ids},
            {"base": 80, "storage": 0.12, "support": 35},
        )
        self.assertEqual(asked.program_node_id, self.master)
        with self.assertRaisesRegex(UserError, "You sell nothing"):
            one.with_user(self.user(self.sub2, "manager")).sudo(False)._what_if_leg()
        sales = self.what_if(self.plan, role="sales")
        self.assertNotIn("Own cost", str(sales.projection))
        self.assertIn("Own cost", str(self.what_if(self.plan).projection))
        with self.assertRaises(AccessError):
            asked.with_user(self.user(self.sub, "manager")).read(["plan_id"])
