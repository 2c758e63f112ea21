from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError

from .common import BillingCase


class TestBillingPackaging(BillingCase):
    """What goes together, and the own floor."""

    def without(self, offer, code):
        offer.line_ids.filtered(lambda line: line.code == code).unlink()

    def test_hosting_without_support_is_refused(self):
        """TB-017: on the offer, with the rule and the fix."""
        offer = self.offer(self.sub)
        self.without(offer, "support")
        with self.assertRaisesRegex(UserError, "“Hosting comes with support”: Base needs one of"):
            offer.action_send()
        self.assertEqual(offer.state, "draft")

    def test_the_subscription_is_checked_on_every_change(self):
        """TB-017: support cannot be dropped, now or later, unless another tier takes its place."""
        one = self.subscription()
        self.assertFalse(one.problem)
        with self.assertRaisesRegex(UserError, "Hosting comes with support"):
            one.action_change("support", 0, "2026-03-01")
        support = one.plan_id.component_ids.filtered(lambda each: each.code == "support")
        with self.assertRaisesRegex(UserError, "Hosting comes with support"):
            one.item_ids.create(
                {
                    "subscription_id": one.id,
                    "component_id": support.id,
                    "valid_from": "2026-03-01",
                    "ends": True,
                }
            )
        one.action_change("support", 2, "2026-03-01")

    def test_a_subscription_that_breaks_a_rule_does_not_start(self):
        """TB-017: winning the deal does not fail; the reason is kept on the subscription."""
        offer = self.offer(self.sub)
        offer.action_send()
        offer.action_accept()
        self.env["billing.packaging.rule"].create(
            {
                "name": "Nothing with storage",
                "kind": "excludes",
                "when_parts": "base",
                "then_parts": "storage",
                "plan_id": self.plan.id,
            }
        )
        offer.deal_id.lead_ids.action_set_won()
        one = offer.sudo().subscription_id
        self.assertEqual(one.state, "draft")
        self.assertIn("Storage cannot stand beside Base", one.problem)

    def test_the_streams_of_a_commercial_model(self):
        """PG-011, TB-028: white-label sells subscription, hosting, support, optimisation; enabling
        is none of them. The set is data of the model."""
        model = self.sub.commercial_model_id
        self.plan.component_ids.create(
            {"plan_id": self.plan.id, "code": "enable", "name": "Enabling", "stream": "enablement"}
        )
        offer = self.offer(self.sub)
        with self.assertRaisesRegex(UserError, "Enabling is not sold here"):
            offer._check_sendable()
        model.stream_ids += self.env.ref("partner_governance.stream_enablement")
        offer._check_sendable()
        model.stream_ids = self.env.ref("partner_governance.stream_hosting")
        with self.assertRaisesRegex(UserError, "is not sold here: partners of the model"):
            offer._check_sendable()
        model.stream_ids = False
        offer._check_sendable()

    def test_rules_are_the_programmes(self):
        """TB-017: everybody reads them, the platform's administrators write them."""
        rule = self.env.ref("tenant_billing.packaging_hosting_support")
        own = rule.with_user(self.user(self.sub, "manager"))
        self.assertEqual(own.kind, "requires")
        with self.assertRaises(AccessError):
            own.then_parts = "base"
        with self.assertRaisesRegex(UserError, "“@nothing” is no stream"):
            rule.then_parts = "@nothing"

    def test_the_own_floor_on_own_quotes(self):
        """X-09: refused below, with the figure; the discount counts; at the floor it is sent."""
        base = self.book_retail.price_ids.filtered(lambda price: price.code == "base")
        base.floor = 100
        offer = self.offer(self.sub)
        line = offer.line_ids.filtered(lambda each: each.code == "base")
        line.amount = 99
        with self.assertRaisesRegex(UserError, "Base is quoted below your own floor of 100"):
            offer.action_send()
        line.amount = 110
        offer.discount_percent = 10
        with self.assertRaisesRegex(UserError, "below your own floor"):
            offer.action_send()
        offer.discount_percent = 5
        offer.action_send()
        with self.assertRaisesRegex(ValidationError, "below your own floor"):
            base.amount = 50

    def test_nobody_elses_floor(self):
        """X-09: neither the master's nor the platform's floor acts on a price below."""
        for node in (self.root, self.master):
            own = self.make_book(node, {"base": 1000, "storage": 5, "support": 500})
            own.price_ids.write({"floor": 1})
            own.price_ids.filtered(lambda price: price.code == "base").floor = 900
        offer = self.offer(self.sub)
        offer.line_ids.filtered(lambda each: each.code == "base").amount = 1
        offer.action_send()
        self.assertEqual(offer.state, "sent")
        with self.assertRaisesRegex(ValidationError, "own list for customers"):
            self.book_sub.price_ids[0].floor = 5


class TestBillingDrivers(BillingCase):
    """TB-002 … TB-011: each driver is a component with a price of its own."""

    # What an offer of each driver costs: quantity × rate, or what its usage comes to.
    RATES = {
        "compute": (4, 25, 100),
        "environment_staging": (1, 30, 30),
        "environment_development": (2, 15, 30),
        "integrations": (3, 12, 36),
        "support_gold": (1, 200, 200),
        "footprint_dedicated": (1, 400, 400),
        "backup_hourly": (1, 45, 45),
        "monitoring": (1, 20, 20),
        "window_24x7": (1, 150, 150),
        "compliance": (1, 90, 90),
    }

    def test_every_driver_is_offered_and_charged(self):
        """TB-001, TB-002, TB-004, TB-005, TB-006, TB-007, TB-008, TB-009, TB-010, TB-011: quantity
        × rate per driver, on the offer and in the ledger; a compliance uplift states its reason."""
        dedicated = self.env.ref("tenant_billing.profile_dedicated").id
        plan = self.make_plan(
            component_ids=[], name="Every driver", tier_level=1, sequence=1, profile_id=dedicated
        )
        plan.action_add_drivers()
        codes = plan.component_ids.mapped("code")
        self.assertEqual(len(codes), 19)
        plan.action_add_drivers()
        self.assertEqual(len(plan.component_ids), 19)
        rates = {code: rate for code, (_quantity, rate, _total) in self.RATES.items()}
        for book in (self.book_master, self.book_sub, self.book_retail):
            book.price_ids.create(
                [{"book_id": book.id, "code": code, "amount": rate} for code, rate in rates.items()]
            )
        offer = self.offer(self.sub, start="2026-01-01")
        self.assertEqual(offer.plan_id, plan)
        chosen = plan.component_ids.filtered(lambda one: one.code in rates)
        offer.write(
            {
                "line_ids": [
                    Command.create(
                        {
                            **offer._line_values(one, offer.price_book_id),
                            "quantity": self.RATES[one.code][0],
                        }
                    )
                    for one in chosen
                ]
            }
        )
        for line in offer.line_ids:
            self.assertEqual(line.subtotal, self.RATES[line.code][2], line.code)
        with self.assertRaisesRegex(UserError, "Compliance needs a reason"):
            offer.action_send()
        offer.line_ids.filtered("needs_reason").reason = "GDP, pharmaceutical wholesale"
        one = self.win(offer)
        self.assertEqual(one.problem, False)
        self.run_billing("2026-01-01")
        charged = {
            row.component_code: row.amount for row in one.leg_ids.filtered("customer_id").charge_ids
        }
        self.assertEqual(charged, {code: total for code, (_q, _r, total) in self.RATES.items()})
        self.assertIn("GDP", "".join(filter(None, one.item_ids.mapped("reason"))))

    def test_one_tier_of_support_and_one_footprint(self):
        """TB-006, TB-007, TB-017"""
        plan = self.make_plan(component_ids=[], name="Every driver")
        plan.action_add_drivers()
        for codes in (
            ("support_gold", "support_standard"),
            ("support_gold", "footprint_shared", "footprint_dedicated"),
        ):
            parts = plan.component_ids.filtered(lambda one, codes=codes: one.code in codes)
            with self.assertRaisesRegex(UserError, "only one of"):
                self.env["billing.packaging.rule"]._check(parts, self.sub)

    def test_a_driver_by_head_is_refused(self):
        """TB-012, TB-014"""
        with self.assertRaisesRegex(ValidationError, "by user or seat"):
            self.env["billing.driver"].create(
                {"name": "Seat", "code": "seats", "stream": "hosting"}
            )
