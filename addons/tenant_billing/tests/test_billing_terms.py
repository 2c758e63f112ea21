from datetime import date
from decimal import Decimal

from odoo.exceptions import UserError, ValidationError

from ..engine.scenario import output, parse
from .common import BillingCase

TIERS = [
    {"up_to": "100", "unit": "0.20", "flat": "5"},
    {"up_to": None, "unit": "0.15", "flat": "0"},
]


class TestBillingTerms(BillingCase):
    """Whatever is agreed reaches the engine: the ledger and the simulator agree to the cent."""

    def agree(self, subscription, as_of):
        for leg in subscription.leg_ids:
            document = subscription._scenario(leg, date.fromisoformat(as_of))
            total = Decimal(output(parse(document))["total"])
            booked = sum(Decimal(str(amount)) for amount in leg.charge_ids.mapped("amount"))
            self.assertEqual(booked, total, leg.display_name)
            self.assertTrue(total)

    def test_every_kind_of_term(self):
        """TB-015, TB-032: tiers, packages, minimums, changes, a new price, an added component, an
        end; runs by quarter, month and day agree with the simulator."""
        compute = self.env.ref("tenant_billing.meter_compute")
        visitors = self.env["billing.meter"].create(
            {"name": "Integrations seen", "code": "integrations", "aggregation": "unique_count"}
        )
        self.plan.component_ids.create(
            [
                {
                    "plan_id": self.plan.id,
                    "code": code,
                    "name": code.title(),
                    "kind": "metered",
                    "meter_id": meter.id,
                }
                for code, meter in (("compute", compute), ("links", visitors))
            ]
        )
        for book in (self.book_master, self.book_sub, self.book_retail):
            book.price_ids.filtered(lambda one: one.code == "storage").write(
                {"price_model": "graduated", "tiers": TIERS, "included": 20}
            )
            book.write(
                {
                    "price_ids": [
                        (
                            0,
                            0,
                            {
                                "code": "compute",
                                "price_model": "package",
                                "amount": 3,
                                "package_size": 10,
                                "minimum": 7.77,
                            },
                        ),
                        (0, 0, {"code": "links", "amount": 1.1}),
                    ]
                }
            )
        offer = self.offer(self.sub, start="2026-01-17")
        self.assertEqual(len(offer.line_ids), 5)
        subscription = self.win(offer)
        tenant = subscription.tenant_id
        for day in range(1, 29):
            self.usage(tenant, day * 7.5, f"2026-02-{day:02}T11:30:00Z")
            self.usage(tenant, 1.25, f"2026-02-{day:02}T10:00:00Z", f"c{day}", "compute_hours")
            self.usage(
                tenant, f"edi {day % 3}", f"2026-02-{day:02}T10:00:00Z", f"l{day}", "integrations"
            )
        setup = self.plan.component_ids.filtered(lambda one: one.code == "setup")
        self.env["billing.subscription.item"].create(
            {
                "subscription_id": subscription.id,
                "component_id": self.plan.component_ids.filtered(
                    lambda one: one.code == "support"
                ).id,
                "valid_from": "2026-02-11",
                "quantity": 3,
            }
        )
        self.assertTrue(setup)
        self.run_billing("2026-02-20")
        self.agree(subscription, "2026-02-20")
        subscription.action_change("base", "2.5", "2026-02-03")
        self.env["billing.price"].create(
            {"book_id": self.book_sub.id, "code": "base", "amount": 99, "valid_from": "2026-03-01"}
        )
        self.run_billing("2026-03-07")
        self.agree(subscription, "2026-03-07")
        subscription.action_end("2026-03-20")
        self.run_billing("2026-05-01")
        self.agree(subscription, "2026-05-01")

    def test_an_earlier_day_takes_nothing_back(self):
        """TB-033: after a run ahead (a demo), the clock's run finds nothing to do."""
        subscription = self.subscription()
        self.run_billing("2026-04-01")
        charges = subscription.leg_ids.charge_ids
        run = self.run_billing("2026-02-01")
        self.assertEqual(run.charge_count, 0)
        self.assertEqual(subscription.leg_ids.charge_ids, charges)

    def test_a_fee_of_a_partner(self):
        """TB-031: a subscription about a partner has one leg, from its upline."""
        plan = self.env["billing.plan"].create(
            {
                "name": "Programme",
                "program_node_id": self.root.id,
                "component_ids": [
                    (0, 0, {"code": "programme_fee", "name": "Programme fee", "stream": "fee"})
                ],
            }
        )
        self.env["billing.price"].create(
            {"book_id": self.book_sub.id, "code": "programme_fee", "amount": 250}
        )
        fee = self.env["billing.subscription"].create(
            {
                "program_node_id": self.master.id,
                "plan_id": plan.id,
                "subject_node_id": self.sub.id,
                "start_date": "2026-01-01",
                "item_ids": [
                    (0, 0, {"component_id": plan.component_ids.id, "valid_from": "2026-01-01"})
                ],
            }
        )
        fee.action_activate()
        self.assertEqual(fee.leg_ids.seller_id, self.master)
        self.assertEqual(fee.leg_ids.buyer_id, self.sub)
        self.run_billing("2026-02-01")
        self.assertEqual(fee.leg_ids.charge_ids.mapped("amount"), [250.0, 250.0])

    def test_one_measurement_is_charged_once(self):
        """DESIGN 4.6: a second subscription of a tenant cannot charge the same meter."""
        first = self.subscription()
        second = self.win(self.offer(self.sub, company="Nordwind again"))
        self.env.cr.execute(
            "UPDATE billing_subscription SET state = 'draft', tenant_id = %s WHERE id = %s",
            [first.tenant_id.id, second.id],
        )
        self.env.invalidate_all()
        second.leg_ids.unlink()
        with self.assertRaisesRegex(UserError, "charges Storage already"):
            second.action_activate()

    def test_prices_by_head_are_refused(self):
        """TB-012, TB-014: in plans, meters and books alike."""
        for model, values in (
            ("billing.meter", {"name": "Seats", "code": "seats"}),
            ("billing.price", {"book_id": self.book_retail.id, "code": "active_users"}),
            (
                "billing.plan.component",
                {"plan_id": self.plan.id, "code": "per_user", "name": "User"},
            ),
        ):
            with self.subTest(model), self.assertRaisesRegex(ValidationError, "by user or seat"):
                self.env[model].create(values)

    def test_a_price_in_use_keeps_its_place_and_leaves_a_trace(self):
        """B-03: a fix is allowed and audited; taking a price away is not."""
        self.subscription()
        price = self.book_sub.price_ids.filtered(lambda one: one.code == "base")
        with self.assertRaisesRegex(ValidationError, "so it stays"):
            price.unlink()
        price.amount = 81
        event = self.env["governance.event"].search([("kind", "=", "billing.price")], limit=1)
        self.assertIn("81", event.new_value)
        self.assertIn("80", event.old_value)

    def test_tiers_as_text(self):
        """TB-015: people type tiers a line each; nonsense is named."""
        price = self.book_retail.price_ids[0]
        price.write({"price_model": "volume", "tiers_text": "100; 0.20; 5\n*; 0.15"})
        self.assertEqual(price.tiers[1], {"up_to": None, "unit": "0.15", "flat": "0"})
        with self.assertRaisesRegex(ValidationError, "is no tier"):
            price.tiers_text = "a hundred; 3"
        with self.assertRaisesRegex(ValidationError, "last tier must be open"):
            price.tiers_text = "100; 0.20"
