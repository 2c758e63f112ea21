from datetime import date
from decimal import Decimal

from odoo.exceptions import AccessError

from ..engine.scenario import output, parse
from .common import BillingCase


class TestBillingChain(BillingCase):
    """Issue 2: offer → won → subscription with legs → charges, run by as_of."""

    def amounts(self, leg):
        """Ledger of a leg: ``{(component, start, end): Decimal}``, revisions added up."""
        found = {}
        for charge in leg.charge_ids:
            key = (charge.component_code, str(charge.period_start), str(charge.period_end))
            found[key] = found.get(key, Decimal(0)) + Decimal(str(charge.amount))
        return {key: amount for key, amount in found.items() if amount}

    def simulated(self, leg, as_of):
        """The same by the simulator, from the JSON that it takes."""
        document = leg.subscription_id._scenario(leg, date.fromisoformat(as_of))
        found = {}
        for charge in output(parse(document))["charges"]:
            key = (charge["component"], charge["period_start"], charge["period_end"])
            found[key] = found.get(key, Decimal(0)) + Decimal(charge["amount"])
        return {key: amount for key, amount in found.items() if amount}

    def test_the_won_deal_yields_the_chain(self):
        """TB-031, issue 2: three legs, each with its own price book; nothing typed twice."""
        subscription = self.subscription()
        self.assertEqual(subscription.state, "active")
        self.assertEqual(subscription.tenant_id.partner_id.name, "Nordwind Industriebedarf")
        self.assertEqual(subscription.tenant_id.state, "requested")
        legs = subscription.leg_ids.sorted("sequence")
        self.assertEqual(legs.mapped("seller_id"), self.root | self.master | self.sub)
        self.assertEqual(legs[:2].mapped("buyer_id"), self.master | self.sub)
        self.assertEqual(legs[2].customer_id, subscription.partner_id)
        self.assertEqual(legs[0].price_book_id, self.book_master)
        self.assertEqual(legs[1].price_book_id, self.book_sub)
        self.assertEqual(legs[2].price_book_id.audience, "agreed")
        self.assertEqual(set(legs.mapped("date_from")), {date(2026, 1, 10)})

    def test_an_offer_accepted_after_the_deal_is_won(self):
        """Issue 2: in whichever order, the subscription starts once."""
        offer = self.offer(self.sub, company="Spät AG")
        offer.deal_id.lead_ids.action_set_won()
        offer.action_accept()
        subscription = offer.sudo().subscription_id
        self.assertEqual(subscription.state, "active")
        offer.sudo()._start()
        self.assertEqual(len(subscription.tenant_id.deal_id.tenant_ids), 1)
        self.assertEqual(len(subscription.leg_ids), 3)

    def test_one_usage_event_on_each_level(self):
        """TB-032: one event, the right amount on each level, reconciled to the cent."""
        subscription = self.subscription()
        self.assertEqual(
            self.usage(subscription.tenant_id, "113.37", "2026-02-05T08:00:00Z"), "accepted"
        )
        for as_of in ("2026-01-31", "2026-02-28", "2026-03-31"):
            self.run_billing(as_of)
        storage = {}
        for leg in subscription.leg_ids:
            self.assertEqual(self.amounts(leg), self.simulated(leg, "2026-03-31"), leg.display_name)
            storage[leg.seller_id] = self.amounts(leg)["storage", "2026-02-01", "2026-03-01"]
        # 113.37 GB, 50 included: 63.37 GB at 0.08, 0.12 and 0.20.
        self.assertEqual(storage[self.root], Decimal("5.07"))
        self.assertEqual(storage[self.master], Decimal("7.60"))
        self.assertEqual(storage[self.sub], Decimal("12.67"))

    def test_the_first_month_is_prorated(self):
        """TB-033: 10 to 31 January are 22 of 31 days."""
        subscription = self.subscription()
        self.run_billing("2026-01-10")
        customer = subscription.leg_ids.filtered("customer_id")
        self.assertEqual(
            self.amounts(customer),
            {
                ("base", "2026-01-10", "2026-02-01"): Decimal("85.16"),
                ("support", "2026-01-10", "2026-02-01"): Decimal("42.58"),
            },
        )

    def test_run_again_books_nothing(self):
        """TB-033: a second run of the same day finds nothing to do."""
        self.subscription()
        first = self.run_billing("2026-03-31")
        self.assertGreater(first.charge_count, 0)
        again = self.run_billing("2026-03-31")
        self.assertEqual((again.charge_count, again.document_count, again.posted_count), (0, 0, 0))

    def test_a_backdated_change_books_the_difference(self):
        """TB-033: what was booked stays; only the difference is added, on a later document."""
        subscription = self.subscription()
        self.run_billing("2026-02-28")
        before = self.env["billing.charge"].search([])
        subscription.action_change("base", 2, "2026-02-15")
        self.run_billing("2026-03-05")
        added = self.env["billing.charge"].search([("id", "not in", before.ids)])
        self.assertTrue(added)
        self.assertGreaterEqual(min(added.mapped("billing_day")), date(2026, 3, 1))
        for leg in subscription.leg_ids:
            self.assertEqual(self.amounts(leg), self.simulated(leg, "2026-03-05"))

    def test_a_missing_wholesale_price_is_said_before_the_customer_signs(self):
        """TB-019: the seller hears it when sending; nothing about the upline's prices."""
        self.book_master.price_ids.filtered(lambda price: price.code == "support").unlink()
        offer = self.offer(self.sub)
        with self.assertRaisesRegex(Exception, "wholesale prices of this plan"):
            offer.action_send()

    def test_each_driver_is_priced_by_the_engine(self):
        """TB-070: the offer's sums, one-off apart from recurring."""
        offer = self.offer(self.sub)
        # 120 + 60 a month, 70 GB expected, 50 of them included.
        self.assertEqual(offer.recurring_total, 184.00)
        setup = self.plan.component_ids.filtered(lambda one: one.code == "setup")
        offer.write(
            {"line_ids": [(0, 0, {"component_id": setup.id, "quantity": 1, "amount": 450})]}
        )
        self.assertEqual((offer.recurring_total, offer.one_off_total), (184.00, 450.00))

    def test_cost_and_margin_for_priced_roles(self):
        """TB-070, TRADE 7: own cost by the upline's book; sales sees neither."""
        offer = self.offer(self.sub)
        priced = offer.with_user(self.user(self.sub, "manager"))
        # 80 + 35 + 20 GB at 0.12.
        self.assertEqual((priced.cost_total, priced.margin), (117.40, 66.60))
        with self.assertRaises(AccessError):
            offer.read(["cost_total"])
