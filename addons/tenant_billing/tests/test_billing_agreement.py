from datetime import datetime, timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError

from ..engine.zones import UTC
from .common import BillingCase

TIERS = [
    {"up_to": "100", "unit": "1", "flat": "0"},
    {"up_to": None, "unit": "0.5", "flat": "0"},
]


class TestBillingAgreement(BillingCase):
    """What a master agrees with a sub-partner reaches the ledger, and nobody else reads it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        component = Command.create
        cls.programme = cls.env["billing.plan"].create(
            {
                "name": "Programme",
                "program_node_id": cls.root.id,
                "program_published": True,
                "component_ids": [
                    component({"code": "fee", "name": "Programme fee", "stream": "fee"}),
                    component({"code": "enabling", "name": "Enablement", "stream": "enablement"}),
                    component({"code": "devops", "name": "Shared DevOps", "stream": "shared"}),
                    component(
                        {
                            "code": "floor",
                            "name": "Minimum commitment",
                            "stream": "fee",
                            "timing": "arrears",
                            "portfolio": "commitment",
                        }
                    ),
                    component(
                        {
                            "code": "storage_pool",
                            "name": "Storage, pooled",
                            "stream": "operations",
                            "kind": "metered",
                            "meter_id": cls.storage_meter.id,
                            "portfolio": "pool",
                        }
                    ),
                    component(
                        {
                            "code": "base_pool",
                            "name": "Instances, pooled",
                            "stream": "operations",
                            "timing": "arrears",
                            "portfolio": "pool",
                            "pool_code": "base",
                        }
                    ),
                ],
            }
        )

    def agree(self, *lines, seller=None, buyer=None, start="2026-01-01", **values):
        """A running agreement, made by the seller's manager: lines are (code, amount or price)."""
        seller, buyer = seller or self.master, buyer or self.sub
        components = {one.code: one.id for one in self.programme.component_ids}
        agreement = self.as_user(seller, "manager", "billing.agreement").create(
            {
                "buyer_id": buyer.id,
                "plan_id": self.programme.id,
                "start_date": start,
                "currency_id": seller.company_id.currency_id.id,
                "line_ids": [
                    Command.create(
                        {
                            "component_id": components[code],
                            **(price if isinstance(price, dict) else {"amount": price}),
                        }
                    )
                    for code, price in lines
                ],
                **values,
            }
        )
        self.start_agreement(agreement)
        return agreement.sudo()

    def charged(self, agreement, code):
        rows = agreement.subscription_id.leg_ids.charge_ids.filtered(
            lambda row: row.component_code == code
        )
        found = {}
        for row in rows:
            found[f"{row.period_start}"] = round(
                found.get(f"{row.period_start}", 0) + row.amount, 2
            )
        return {day: amount for day, amount in found.items() if amount}

    def test_fees_of_an_agreement(self):
        """PG-023, TB-029, TRADE 1: fees are charged by the seller, with term and statement."""
        agreement = self.agree(("fee", 250), ("enabling", 90), ("devops", 400), term_months=12)
        leg = agreement.subscription_id.leg_ids
        self.assertEqual((leg.seller_id, leg.buyer_id), (self.master, self.sub))
        self.assertEqual(f"{leg.term_until}", "2027-01-01")
        self.run_billing("2026-02-01")
        self.assertEqual(self.charged(agreement, "devops"), {"2026-01-01": 400, "2026-02-01": 400})
        statement = leg.charge_ids.statement_id[:1]
        self.assertEqual(statement.buyer_id, self.sub)
        self.assertEqual(agreement.state, "running")

    def test_a_draft_is_its_sellers(self):
        """X-05, PG-023: what is only thought of is not read by the partner."""
        draft = self.as_user(self.master, "manager", "billing.agreement").create(
            {
                "buyer_id": self.sub.id,
                "plan_id": self.programme.id,
                "start_date": "2026-01-01",
                "currency_id": self.master.company_id.currency_id.id,
                "margin_ids": [Command.create({"percent": 5, "date_from": "2026-01-01"})],
            }
        )
        for model in ("billing.agreement", "billing.agreement.margin"):
            self.env.invalidate_all()
            self.assertFalse(self.as_user(self.sub, "manager", model).search([]))
        self.start_agreement(draft)
        self.env.invalidate_all()
        self.assertTrue(self.as_user(self.sub, "manager", "billing.agreement").search([]))

    def test_a_margin_is_not_moved_into_the_past(self):
        """PG-023, X-09: neither its first day nor its end."""
        agreement = self.agree(("fee", 250))
        ahead = fields.Date.today() + timedelta(days=2)
        Margin = self.as_user(self.master, "manager", "billing.agreement.margin")
        margin = Margin.create({"agreement_id": agreement.id, "percent": 5, "date_from": ahead})
        for values in (
            {"date_from": "2026-01-01"},
            {"date_from": "2026-01-01", "date_until": ahead},
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                margin.write(values)
        margin.date_until = ahead + timedelta(days=30)

    def test_an_agreement_ends_with_its_term(self):
        """TB-073, TB-029: where it says so; the partner's tenants run on."""
        agreement = self.agree(("fee", 250), term_months=2, renewal="end")
        tenant = self.subscription(start="2026-01-01")
        noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
        with patch.object(type(self.env["billing.run"]), "_clock", lambda _run: noon):
            self.run_billing("2026-03-01")
        self.run_billing("2026-04-01")
        one = agreement.subscription_id
        self.assertEqual((one.state, f"{one.ended_on}"), ("ended", "2026-03-01"))
        self.assertEqual(self.charged(agreement, "fee"), {"2026-01-01": 250, "2026-02-01": 250})
        self.assertEqual(tenant.state, "active")

    def test_a_pool_asks_the_books_that_tenants_were_signed_by(self):
        """X-09, TRADE 1: a newer book with a price of 0 does not hide the one charged by."""
        self.subscription(start="2026-01-01")
        self.make_book(self.master, {"base": 80, "storage": 0, "support": 35, "setup": 0}, self.sub)
        with self.assertRaisesRegex(UserError, "for each tenant"):
            self.agree(("storage_pool", {"price_model": "graduated", "tiers": TIERS}))

    def test_a_pool_waits_for_prices_put_off(self):
        """X-09, TB-071: a price of 0 that a contract has from its renewal on is charged until
        then."""
        start = self.env["billing.run"]._clock().date().replace(day=1)
        first, renewal = start + relativedelta(months=3), start + relativedelta(months=12)
        self.book_sub.term_months = 12
        self.subscription(start=f"{start}")
        campaign = self.as_user(self.master, "manager", "billing.price.campaign").create(
            {
                "name": "Storage goes into the pool",
                "book_id": self.book_sub.id,
                "first_day": first,
                "line_ids": [Command.create({"code": "storage", "amount": 0})],
            }
        )
        campaign.action_preview()
        campaign.action_announce()
        with self.assertRaisesRegex(UserError, "for each tenant"):
            self.agree(("storage_pool", 1), start=f"{first}")
        self.assertTrue(self.agree(("storage_pool", 1), start=f"{renewal}"))

    def test_only_the_two_parties(self):
        """X-05: the partner reads it and changes nothing, others read nothing."""
        agreement = self.agree(("fee", 250))
        as_buyer = agreement.with_user(self.user(self.sub, "manager"))
        self.assertEqual(as_buyer.line_ids.amount, 250)
        self.assertEqual(as_buyer.subscription_id.state, "active")
        for act in (
            lambda: as_buyer.write({"name": "Ours"}),
            lambda: as_buyer.line_ids.write({"amount": 1}),
            lambda: as_buyer.margin_ids.create({"agreement_id": agreement.id, "percent": 50}),
            lambda: as_buyer.subscription_id.action_end(),
            lambda: as_buyer.subscription_id.action_change("fee", 0, "2026-02-01"),
            lambda: as_buyer.copy(),
        ):
            with self.assertRaises(UserError):
                act()
        for node, role in ((self.sub2, "manager"), (self.sub, "sales"), (self.stranger, "finance")):
            model = self.as_user(node, role, "billing.agreement")
            with self.subTest(node=node.name, role=role):
                self.assertFalse(
                    model.has_access("read") and model.search_count([("id", "=", agreement.id)])
                )
        self.assertFalse(
            self.env["billing.agreement"]
            .with_user(self.staff())
            .search_count([("id", "=", agreement.id)]),
            "the platform is no party of it",
        )
        self.assertFalse(
            self.as_user(self.sub, "sales", "billing.price.book").search_count(
                [("id", "=", agreement.book_id.id)]
            ),
            "sales reads no cost",
        )

    def test_nobody_sells_past_the_tree(self):
        """TRADE 1: an agreement is with a partner right below."""
        for seller, buyer in ((self.master, self.stranger), (self.sub, self.master)):
            with self.subTest(buyer.name), self.assertRaises(UserError):
                self.agree(("fee", 1), seller=seller, buyer=buyer)
        with self.assertRaises(ValidationError):
            self.env["billing.subscription"].create(
                {
                    "program_node_id": self.sub.id,
                    "subject_node_id": self.sub.id,
                    "plan_id": self.programme.id,
                }
            )

    def test_a_margin_is_read_at_rating(self):
        """PG-023: percent off wholesale on all tenants, from its day, on that edge alone."""
        subscription = self.subscription(start="2026-01-01")
        agreement = self.agree(
            ("fee", 10),
            margin_ids=[Command.create({"percent": 10, "date_from": "2026-02-01"})],
        )
        self.run_billing("2026-02-01")

        def base(seller):
            leg = subscription.leg_ids.filtered(lambda one: one.seller_id == seller)
            rows = leg.charge_ids.filtered(lambda row: row.component_code == "base")
            return [row.amount for row in rows.sorted("period_start")]

        self.assertEqual(base(self.master), [80, 72])
        self.assertEqual(base(self.root), [60, 60])
        self.assertEqual(base(self.sub), [120, 120])
        agreement.subscription_id.action_end("2026-03-01")
        self.run_billing("2026-03-01")
        self.assertEqual(base(self.master), [80, 72, 80])
        self.assertEqual(self.run_billing("2026-03-01").charge_count, 0)

    def test_a_margin_of_days_gone_by_stays(self):
        """B-03: what was charged by it is not rewritten by its seller."""
        agreement = self.agree(
            ("fee", 10), margin_ids=[Command.create({"percent": 10, "date_from": "2026-02-01"})]
        )
        as_seller = agreement.margin_ids.with_user(self.user(self.master, "manager"))
        for act in (
            lambda: as_seller.write({"percent": 1}),
            as_seller.unlink,
            lambda: as_seller.write({"date_until": "2026-02-10"}),
            lambda: as_seller.create(
                {"agreement_id": agreement.id, "percent": 1, "date_from": "2026-02-01"}
            ),
        ):
            with self.assertRaises(AccessError):
                act()
        as_seller.write({"date_until": "2999-01-01"})
        # As the form saves it: beside what is agreed already.
        agreement.with_user(self.user(self.master, "manager")).write(
            {"margin_ids": [Command.create({"percent": 5, "date_from": "2999-01-01"})]}
        )
        self.assertEqual(len(agreement.margin_ids), 2)

    def test_a_minimum_commitment_is_topped_up_once(self):
        """TRADE 1: what is missing after the tenants' charges of the period; late charges are a
        difference; a run twice finds nothing."""
        agreement = self.agree(("floor", 500))
        subscription = self.subscription(start="2026-01-01")
        # Tenants are booked first, although the agreement is older.
        self.assertGreater(subscription.id, agreement.subscription_id.id)
        run = self.run_billing("2026-02-01")
        self.assertFalse(run.failure_ids)
        # Base 80 and support 35 were due in January.
        self.assertEqual(self.charged(agreement, "floor"), {"2026-01-01": 385})
        self.assertEqual(self.run_billing("2026-02-01").charge_count, 0)
        subscription.action_change("base", 2, "2026-01-15")
        self.run_billing("2026-02-02")
        extra = round(80 * 17 / 31, 2)
        self.assertEqual(self.charged(agreement, "floor"), {"2026-01-01": round(385 - extra, 2)})

    def test_a_commitment_of_a_seller_that_moves_in(self):
        """TRADE 1, TB-066: what the earlier system charged in advance counts by the days from
        the first one here, as the commitment does."""
        agreement = self.agree(("floor", 500))
        self.subscription(start="2026-01-01")
        self.master.write({"shadow_since": "2026-01-01", "live_from": "2026-02-10"})
        self.run_billing("2026-03-01")
        # 19 of 28 days of 500.00, less those of base 80.00 and support 35.00.
        self.assertEqual(
            self.charged(agreement, "floor"), {"2026-02-10": round((500 - 115) * 19 / 28, 2)}
        )

    def test_a_commitment_waits_for_a_parked_tenant(self):
        """R-11: nothing is topped up that the parked tenant's charge would take back."""
        agreement = self.agree(("floor", 500))
        subscription = self.subscription(start="2026-01-01")
        self.run_billing("2026-01-20")
        self.env.cr.execute(
            "DELETE FROM billing_price WHERE book_id = %s AND code = 'support'",
            [self.book_retail.id],
        )
        self.env.cr.execute(
            "DELETE FROM billing_price WHERE book_id = %s AND code = 'support'",
            [subscription.leg_ids.filtered("customer_id").price_book_id.id],
        )
        self.env.invalidate_all()
        self.run_billing("2026-02-01")
        self.assertTrue(subscription.problem)
        self.assertEqual(self.charged(agreement, "floor"), {})
        self.env["billing.price"].create(
            {"book_id": self.book_retail.id, "code": "support", "amount": 60}
        )
        self.run_billing("2026-02-02")
        self.assertEqual(list(self.charged(agreement, "floor")), ["2026-01-01"])

    def test_a_commitment_waits_no_longer_than_its_sellers_days(self):
        """TRADE 1, R-11: five days after the period a tenant that stays parked holds up nobody;
        what it is charged later is a difference."""
        agreement = self.agree(("floor", 500))
        subscription = self.subscription(start="2026-01-01")
        self.subscription(start="2026-01-01", company="Hafen Logistik")
        self.run_billing("2026-01-01")
        subscription.action_change("base", 3, "2026-01-10")
        book = subscription.leg_ids.filtered("customer_id").price_book_id
        prices = book.price_ids.filtered(lambda one: one.code == "support")
        rename = "UPDATE billing_price SET code = %s WHERE id IN %s"
        behind = self.book_retail.price_ids.filtered(lambda one: one.code == "support")
        both = tuple((prices | behind).ids)
        self.env.cr.execute(rename, ["gone", both])
        self.env.invalidate_all()
        for day in ("2026-02-01", "2026-02-05"):
            self.run_billing(day)
            self.assertEqual(self.charged(agreement, "floor"), {}, day)
        self.run_billing("2026-02-06")
        self.assertTrue(subscription.problem)
        # 80.00 and 35.00 of each were due and booked on 1 January.
        self.assertEqual(self.charged(agreement, "floor"), {"2026-01-01": 270})
        self.env.cr.execute(rename, ["support", both])
        self.env.invalidate_all()
        self.run_billing("2026-02-07")
        # Base at 160.00 more on 22 of 31 days.
        extra = round(round(3 * 80 * 22 / 31, 2) - round(80 * 22 / 31, 2), 2)
        self.assertEqual(self.charged(agreement, "floor"), {"2026-01-01": round(270 - extra, 2)})
        self.assertEqual(self.run_billing("2026-02-07").charge_count, 0)

    def test_a_sellers_own_days_to_wait(self):
        """TRADE 1: none of them is a decision too."""
        policy = self.env["billing.close.policy"]
        policy._of(self.master)[self.master].commitment_days = 0
        self.assertEqual(
            policy._commitment_days(self.master | self.sub),
            {
                self.master.id: 0,
                self.sub.id: 5,
            },
        )

    def test_no_agreement_begins_in_a_month_that_is_over(self):
        """PG-023: its seller starts it alone, so nobody is charged for days gone by that it never
        agreed to; the days of the running month are the seller's to state."""
        agreement = self.agree(("fee", 250), start="2026-03-01").copy({"start_date": "2026-02-28"})
        mine = agreement.with_user(self.user(self.master, "manager"))
        noon = datetime(2026, 3, 10, 12, tzinfo=UTC)
        with patch.object(type(self.env["billing.run"]), "_clock", lambda _run: noon):
            with self.assertRaisesRegex(UserError, "Let it begin on 2026-03-01 or later"):
                mine.action_start()
            self.assertEqual(mine.state, "draft")
            mine.start_date = "2026-03-01"
            mine.action_start()
        self.assertEqual(mine.state, "running")

    def test_a_pool_runs_tiers_over_all_tenants(self):
        """TB-015, DESIGN 2: one line on the partner, by the sum of its tenants' quantities."""
        self.book_sub.price_ids.filtered(lambda price: price.code == "storage").amount = 0
        first = self.subscription(start="2026-01-01")
        second = self.subscription(start="2026-01-01", company="Südwind")
        self.usage(first.tenant_id, 80, "2026-01-01T00:00:00Z")
        self.usage(second.tenant_id, 70, "2026-01-01T00:00:00Z")
        agreement = self.agree(("storage_pool", {"price_model": "graduated", "tiers": TIERS}))
        self.run_billing("2026-02-01")
        self.assertEqual(self.charged(agreement, "storage_pool"), {"2026-01-01": 125})
        self.assertEqual(self.run_billing("2026-02-01").charge_count, 0)
        self.usage(second.tenant_id, 90, "2026-01-20T00:00:00Z", "late")
        self.run_billing("2026-02-02")
        self.assertEqual(self.charged(agreement, "storage_pool"), {"2026-01-01": 135})

    def test_a_pool_of_what_is_ordered(self):
        """TRADE 1: instances of all tenants, by the days on which they were ordered."""
        self.book_sub.price_ids.filtered(lambda price: price.code == "base").amount = 0
        first = self.subscription(start="2026-04-01")
        self.subscription(start="2026-04-16", company="Südwind")
        agreement = self.agree(("base_pool", 10), start="2026-04-01")
        first.action_change("base", 3, "2026-04-16")
        self.run_billing("2026-05-01")
        # One for the first half; three and one for the second.
        self.assertEqual(self.charged(agreement, "base_pool"), {"2026-04-01": 25})

    def test_nothing_is_charged_twice(self):
        """X-09: a driver priced by tenant is not pooled as well."""
        with self.assertRaisesRegex(UserError, "for each tenant"):
            self.agree(("storage_pool", 1))

    def test_components_of_a_partner_and_of_a_tenant(self):
        """TRADE 1: what looks at a portfolio stands on a partner, in arrears."""
        subscription = self.subscription()
        with self.assertRaises(ValidationError):
            self.env["billing.plan.component"].create(
                {
                    "plan_id": self.plan.id,
                    "code": "floor",
                    "name": "Floor",
                    "portfolio": "commitment",
                }
            )
        component = self.env["billing.plan.component"].create(
            {
                "plan_id": self.plan.id,
                "code": "floor",
                "name": "Floor",
                "timing": "arrears",
                "portfolio": "commitment",
            }
        )
        with self.assertRaisesRegex(ValidationError, "partner agreement"):
            self.env["billing.subscription.item"].create(
                {
                    "subscription_id": subscription.id,
                    "component_id": component.id,
                    "valid_from": "2026-02-01",
                }
            )
