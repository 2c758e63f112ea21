from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, new_test_user

from .common import BillingCase
from .test_billing_side_leg import SideLegCase

STREAMS = (
    "retainer analytics forecasting integration_monitoring optimisation oem implementation"
).split()


class TestBillingStreams(BillingCase):
    """What is sold in which stream, with its own revenue and cost, for its seller alone."""

    def report(self, node, **values):
        domain = [(name, "=", value) for name, value in values.items()]
        rows = self.as_user(node, "finance", "billing.margin").search(domain)
        return {name: round(sum(rows.mapped(name)), 2) for name in ("revenue", "cost", "margin")}

    def test_every_stream_has_its_own_revenue_and_cost(self):
        """TB-020, TB-021, TB-022, TB-023, TB-024, TB-025, TB-026, TB-027: a line type each, with
        its own revenue and cost."""
        self.plan.component_ids = [
            Command.create({"code": stream, "name": stream.title(), "stream": stream})
            for stream in STREAMS
        ]
        costs = {stream: number for number, stream in enumerate(STREAMS, start=1)}
        rest = {"base": 100, "storage": 0, "support": 200}
        self.make_book(self.root, {**rest, **costs}, self.oem)
        prices = {stream: 3 * cost for stream, cost in costs.items()}
        self.make_book(self.oem, {**rest, **prices})
        subscription = self.subscription(self.oem, start="2026-01-01", company="Vendor's")
        self.assertEqual(subscription.state, "active", subscription.problem)
        self.run_billing("2026-01-01")
        for stream, cost in costs.items():
            with self.subTest(stream):
                self.assertEqual(
                    self.report(self.oem, stream=stream),
                    {"revenue": 3 * cost, "cost": cost, "margin": 2 * cost},
                )
        self.assertEqual(self.report(self.oem, stream="hosting")["cost"], 100)
        self.assertEqual(self.report(self.oem, stream="support")["revenue"], 200)

    def test_revenue_and_cost_by_stream(self):
        """TB-020, TB-021: each node reads what it charged and was charged, and no other's."""
        self.subscription(start="2026-01-01")
        self.run_billing("2026-01-01")
        self.assertEqual(
            self.report(self.sub, stream="hosting"), {"revenue": 120, "cost": 80, "margin": 40}
        )
        self.assertEqual(
            self.report(self.master, stream="support"), {"revenue": 35, "cost": 20, "margin": 15}
        )
        for node in (self.sub, self.master, self.stranger):
            nodes = self.as_user(node, "finance", "billing.margin").search([])
            self.assertLessEqual(nodes.mapped("program_node_id.id"), [node.id])

    def test_the_four_streams_of_a_master(self):
        """TB-029: platform margin, enablement, shared services and cloud operations, apart from
        its own customers."""
        self.make_book(self.master, {"base": 200, "storage": 1, "support": 90})
        self.subscription(start="2026-01-01")
        self.subscription(self.master, start="2026-01-01", company="Own customer")
        codes = ("enablement", "shared", "operations")
        plan = self.env["billing.plan"].create(
            {
                "name": "Programme",
                "program_node_id": self.root.id,
                "program_published": True,
                "component_ids": [
                    Command.create({"code": code, "name": code.title(), "stream": code})
                    for code in codes
                ],
            }
        )
        agreement = self.as_user(self.master, "manager", "billing.agreement").create(
            {
                "buyer_id": self.sub.id,
                "plan_id": plan.id,
                "start_date": "2026-01-01",
                "currency_id": self.master.company_id.currency_id.id,
                "line_ids": [
                    Command.create({"component_id": one.id, "amount": 10 * number})
                    for number, one in enumerate(plan.component_ids, start=1)
                ],
            }
        )
        self.start_agreement(agreement)
        self.run_billing("2026-01-01")
        areas = {
            area: self.report(self.master, area=area)
            for area in ("margin", "customers", "shared", "operations", "enablement")
        }
        self.assertEqual(areas["margin"], {"revenue": 115, "cost": 80, "margin": 35})
        self.assertEqual(areas["customers"], {"revenue": 290, "cost": 80, "margin": 210})
        self.assertEqual(
            [areas[code]["revenue"] for code in codes], [10, 20, 30], "each on a line of its own"
        )
        # What the sub-partner pays for the programme is its own cost.
        self.assertEqual(self.report(self.sub, area="shared")["cost"], 20)

    def bundle(self, parts):
        price = self.book_retail.price_ids.filtered(lambda one: one.code == "base")
        self.book_retail.price_ids.filtered(lambda one: one.code == "support").amount = 0
        price.write(
            {
                "amount": 100.01,
                "split_ids": [
                    Command.create({"stream": stream, "part": part})
                    for stream, part in parts.items()
                ],
            }
        )
        return price

    def test_a_bundle_is_one_line_and_several_streams(self):
        """TB-027, DESIGN 4.5: the buyer sees one line, the seller its margin by stream; the split
        sums to the cent, over a change and a correction too."""
        self.bundle({"oem": 33.3, "hosting": 33.3, "support": 33.4})
        subscription = self.subscription(start="2026-01-01")
        self.run_billing("2026-01-01")
        leg = subscription.leg_ids.filtered("customer_id")
        self.assertEqual(leg.charge_ids.mapped("amount"), [100.01])
        self.assertEqual(leg.charge_ids.split_ids.mapped("amount"), [33.3, 33.3, 33.41])
        self.assertEqual(
            self.report(self.sub, stream="support"), {"revenue": 33.41, "cost": 35, "margin": -1.59}
        )
        subscription.action_change("base", 3, "2026-01-12")
        self.run_billing("2026-02-10")
        for charge in leg.charge_ids:
            self.assertEqual(
                round(sum(charge.split_ids.mapped("amount")), 2), round(charge.amount, 2)
            )
        total = round(sum(leg.charge_ids.mapped("amount")), 2)
        self.assertEqual(self.report(self.sub, area="customers")["revenue"], total)

    def parts(self, leg, day):
        """What the leg's charges from a day on come to, by stream, to the cent."""
        rows = leg.charge_ids.filtered(lambda row: str(row.period_start) >= day)
        found = {}
        for row in rows:
            for part in row.split_ids or row:
                found[part.stream] = round(found.get(part.stream, 0) + part.amount, 2)
            if row.split_ids:
                total = round(sum(row.split_ids.mapped("amount")), 2)
                self.assertEqual(total, round(row.amount, 2))
        return found

    def contract(self):
        """A customer's contract at the list prices, without any that were agreed before them."""
        subscription = self.subscription(start="2026-01-01")
        leg = subscription.leg_ids.filtered("customer_id")
        leg.price_book_id = self.book_retail
        return subscription, leg

    def next_price(self, price, day, amount, parts=()):
        return price.create(
            {
                "book_id": price.book_id.id,
                "code": price.code,
                "valid_from": day,
                "amount": amount,
                "split_ids": [
                    Command.create({"stream": stream, "part": part}) for stream, part in parts
                ],
            }
        )

    def test_each_version_of_a_price_has_its_own_parts(self):
        """TB-027, TB-001: a price without parts is not split by those of another version, before
        it or after; what a change gives back is split as it was charged."""
        price = self.bundle({})
        self.next_price(price, "2026-02-01", 100, [("oem", 40), ("hosting", 60)])
        self.next_price(price, "2026-03-01", 110)
        self.next_price(price, "2026-03-11", 200, [("oem", 25), ("hosting", 75)])
        leg = self.contract()[1]
        self.run_billing("2026-01-01")
        self.assertFalse(leg.charge_ids.split_ids, "before the first version with parts")
        self.run_billing("2026-02-01")
        self.assertEqual(self.parts(leg, "2026-02-01"), {"oem": 40, "hosting": 60})
        self.run_billing("2026-03-01")
        self.assertEqual(self.parts(leg, "2026-03-01"), {"hosting": 110}, "no parts any more")
        self.run_billing("2026-03-11")
        # 110 less 21 of 31 days, and those at 200: 25 percent of that alone are OEM.
        credit = leg.charge_ids.filtered(lambda row: row.kind == "credit")
        self.assertFalse(credit.split_ids)
        self.assertEqual(self.parts(leg, "2026-03-11")["oem"], 33.87)

    def test_what_is_given_back_is_split_as_it_was_charged(self):
        """TB-027, B-04: a bundle that ends, or is one no more, within its period."""
        price = self.bundle({"oem": 40, "hosting": 60})
        self.next_price(price, "2026-01-16", 100.01, [("support", 100)])
        subscription, leg = self.contract()
        self.run_billing("2026-01-01")
        self.assertEqual(self.parts(leg, "2026-01-01"), {"oem": 40, "hosting": 60.01})
        subscription.action_end("2026-01-21")
        self.run_billing("2026-01-21")
        credit = leg.charge_ids.filtered(lambda row: row.kind == "credit")
        self.assertEqual(set(credit.split_ids.mapped("stream")), {"oem", "hosting"})

    def test_a_correction_moves_what_stands_by_stream(self):
        """TB-027, DESIGN 4.3: a price that the desk dates back leaves nothing of the old parts
        on the days that are no longer theirs."""
        price = self.bundle({"oem": 40, "hosting": 60})
        leg = self.contract()[1]
        self.run_billing("2026-01-01")
        self.next_price(price, "2026-01-01", 120)
        self.run_billing("2026-01-02")
        self.assertEqual(
            {k: v for k, v in self.parts(leg, "2026-01-01").items() if v}, {"hosting": 120}
        )
        company = leg.charge_ids.split_ids.filtered(lambda part: part.stream == "oem")
        self.assertEqual(round(sum(company.mapped("company_amount")), 2), 0)

    def test_prices_agreed_keep_the_parts_of_the_list(self):
        """TB-027: an offer is made from the list and is a bundle as it was there; a later list
        price does not change what was agreed."""
        price = self.bundle({"oem": 40.01, "hosting": 60})
        leg = self.subscription(start="2026-01-01").leg_ids.filtered("customer_id")
        self.assertEqual(leg.price_book_id.audience, "agreed")
        self.next_price(price, "2026-01-15", 90)
        self.run_billing("2026-02-01")
        self.assertEqual(self.parts(leg, "2026-02-01"), {"oem": 40.01, "hosting": 60})

    def test_a_split_is_its_sellers_alone(self):
        """X-05, TB-027: a wholesale bundle tells its buyer nothing of what it is made of."""
        price = self.book_sub.price_ids.filtered(lambda one: one.code == "base")
        price.split_ids = [Command.create({"stream": "oem", "part": 100})]
        self.subscription(start="2026-01-01")
        self.run_billing("2026-01-01")
        for model in ("billing.price.split", "billing.charge.split"):
            self.assertTrue(self.as_user(self.master, "finance", model).search([]))
            self.assertFalse(self.as_user(self.sub, "finance", model).search([]))
        as_buyer = price.with_user(self.user(self.sub, "manager"))
        self.assertFalse(as_buyer.split_ids)
        with self.assertRaises(UserError):
            as_buyer.split_ids.create({"price_id": price.id, "stream": "support", "part": 1})

    def test_parts_that_are_not_the_price(self):
        """TB-027: percents are 100 together, or amounts are the price; copies stay so."""
        price = self.bundle({"oem": 60.01, "hosting": 40})
        copy = price.copy({"valid_from": "2026-07-01", "amount": 120})
        self.assertEqual(sum(copy.split_ids.mapped("part")), 100)
        with self.assertRaisesRegex(ValidationError, "make them 100 percent"):
            copy.split_ids[0].part = 50

    def test_what_a_model_may_sell(self):
        """TB-028: the commercial model allows the streams, on offer and subscription."""
        self.env["billing.plan.component"].create(
            {"plan_id": self.plan.id, "code": "bundle", "name": "OEM bundle", "stream": "oem"}
        )
        for book in (self.book_master, self.book_sub, self.book_retail):
            book.price_ids.create({"book_id": book.id, "code": "bundle", "amount": 10})
        offer = self.offer(self.sub)
        with self.assertRaisesRegex(UserError, "OEM bundle is not sold here"):
            offer.action_send()
        self.make_book(self.root, {"base": 1, "storage": 1, "support": 1, "bundle": 1}, self.oem)
        self.make_book(self.oem, {"base": 2, "storage": 2, "support": 2, "bundle": 2})
        self.assertEqual(self.subscription(self.oem, company="Vendor's").state, "active")

    def test_oem_warns_where_little_recurs(self):
        """TB-031: a partner that becomes OEM before it has recurring revenue; figures to whoever
        charged it, the band to others."""
        staff = self.staff()
        boss = new_test_user(
            self.env,
            login="platform.boss",
            groups="partner_governance.group_platform_administrator",
            program_partner_id=self.root.id,
        )
        form = Form(
            self.env["program.model.proposal"]
            .with_user(boss)
            .with_context(default_node_id=self.master.id)
        )
        form.commercial_model_id = self.env.ref("partner_governance.model_oem")
        self.assertIn("Nothing was charged", form.oem_warning)
        day = self.env["billing.run"]._clock().date().replace(day=1)
        subscription = self.subscription(start=f"{day}")
        setup = self.book_master.price_ids.filtered(lambda one: one.code == "setup")
        setup.amount = 320
        component = self.plan.component_ids.filtered(lambda one: one.code == "setup")
        self.env["billing.subscription.item"].create(
            {
                "subscription_id": subscription.id,
                "component_id": component.id,
                "valid_from": day,
            }
        )
        self.run_billing(f"{day}")
        model = self.env.ref("partner_governance.model_oem")
        self.master.commercial_model_id = model
        warning = self.master.with_user(staff).oem_warning
        self.assertIn("20 %", warning)
        self.assertIn("80.00 of 400.00", warning)
        delivery = self.user(self.master, "delivery")
        self.assertNotIn("400.00", self.master.with_user(delivery).oem_warning)
        event = self.env["governance.event"].search(
            [("kind", "=", "program.partner.oem")], order="id desc", limit=1
        )
        self.assertEqual(event.new_value, "oem, recurring mix low")
        self.sub.commercial_model_id = model
        self.assertNotRegex(self.sub.with_user(staff).oem_warning, r"\d\d\.\d\d")
        self.env["ir.config_parameter"].set_param("tenant_billing.oem_recurring_mix", "20")
        self.env.invalidate_all()
        self.assertFalse(self.master.with_user(staff).oem_warning)


class TestBundleAndSideLeg(SideLegCase):
    def test_a_bundle_and_a_delivery_partner(self):
        """TB-027, R-09: the vendor's bundle has parts, its delivery partner's pay has no book:
        both are booked, and nothing is parked."""
        book = self.running.leg_ids.filtered("customer_id").price_book_id
        price = book.price_ids.filtered(lambda one: one.code == "base")
        price.split_ids = [
            Command.create({"stream": "oem", "part": 60}),
            Command.create({"stream": "hosting", "part": 40}),
        ]
        side = self.accept(self.pay(kind="fixed", amount=310))
        run = self.run_billing("2026-02-01")
        self.assertFalse(run.failure_ids)
        self.assertEqual(self.booked(side), [("01-11", 210)])
        sold = self.running.leg_ids.filtered("customer_id").charge_ids
        self.assertTrue(sold.split_ids)
