"""X-13, PG-096, TB-032, TB-033, CS-002: the regional industrial distributor, end to end.

Seed 000, line 18. Registered by a sub-partner, signed by it and by its master, sold at its own
price, provisioned as a real second Odoo database, metered over HTTP, billed for three months on
three legs, set up from a blueprint over JSON-2, changed by hand, live, scored.
"""

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.partner_governance.tests.common import DISTRIBUTOR
from odoo.addons.tenant_billing.engine import rating, scenario
from odoo.addons.tenant_billing.tests.common import BillingMixin

START, MONTHS = date(2026, 1, 12), (date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1))


@tagged("standard", "-at_install", "post_install")
class TestIndustrialDistributor(BillingMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_billing()
        cls.keep_books(cls.root, cls.master)

    def test_the_whole_story(self):
        """X-13: chapters 2 to 8 of the story, in the order in which they happen."""
        deal = self.registered_and_qualified()
        self.refused_until_signed(deal)
        subscription = self.sold_and_won(deal)
        tenant = subscription.tenant_id
        self.provisioned(tenant)
        self.metered(tenant)
        self.billed(subscription)
        self.set_up_from_the_blueprint(tenant)
        self.renamed_by_hand(tenant)
        self.live_and_scored(tenant)
        self.seen_by_each_as_it_should(deal, subscription)

    # -- chapters -------------------------------------------------------------------

    def registered_and_qualified(self):
        """PG-096: five fields, nine answers, and what follows from them."""
        deal = self.as_user(self.sub, "sales", "program.deal").create(
            {
                "company_name": "Nordwind Industriebedarf",
                "country_id": self.env.ref("base.de").id,
                "identity": "nordwind.example",
                "contact_name": "Jörn Matthiesen",
                "expected_month": "2026-01-01",
            }
        )
        deal.qualification_id.write(DISTRIBUTOR)
        answers = deal.qualification_id
        self.assertEqual(answers.classification, "Structured distribution deployment")
        self.assertEqual(answers.tier_level, 2)
        self.assertIn("Several warehouses", answers.trigger_names)
        self.assertEqual(answers.lead_role, "Senior solution lead")
        self.assertEqual(answers.architecture_template, "Multi-warehouse distribution")
        self.assertIn("recurring", answers.infrastructure_advice)
        master = self.user(self.master, "manager")
        self.assertEqual(answers.with_user(master).sku_count, "45,000")
        self.assertFalse(deal.lead_ids.with_user(master).has_access("read"))
        return deal

    def refused_until_signed(self, deal):
        """PG-081: the Won button waits for two signatures, none of them the requester's."""
        with self.assertRaisesRegex(UserError, "the review of tier 2"):
            deal.lead_ids.action_set_won()
        deal.action_request_review()
        approvals = deal.sudo().review_ids.approval_ids
        self.assertEqual(approvals.node_id, self.sub | self.master)
        with self.assertRaisesRegex(UserError, "You asked for this review"):
            approvals[0].with_user(self.user(self.sub, "sales")).action_approve()
        with self.assertRaisesRegex(UserError, "signature of Senior solution lead"):
            deal.lead_ids.action_set_won()
        self.sign_all(deal)
        self.assertEqual(deal.gate_state, "passed")

    def sold_and_won(self, deal):
        """TB-019, TB-032: an offer at the sub's price; won, it becomes three dated legs."""
        action = deal.action_offer_hosting()
        offer = self.as_user(self.sub, "sales", "billing.offer").browse(action["res_id"])
        offer.write({"start_date": START, "timezone": "UTC"})
        subscription = self.win_offer(offer, deal)
        legs = subscription.leg_ids.sorted("sequence")
        self.assertEqual(
            [(leg.seller_id, leg.buyer_id) for leg in legs],
            [
                (self.root, self.master),
                (self.master, self.sub),
                (self.sub, self.env["program.partner"]),
            ],
        )
        self.assertEqual(len(set(legs.price_book_id.ids)), 3)
        return subscription

    def win_offer(self, offer, deal):
        offer.action_send()
        offer.action_accept()
        deal.lead_ids.action_set_won()
        self.assertEqual(deal.state, "won")
        return offer.sudo().subscription_id

    @mute_logger("odoo.addons.tenant_billing.models.hosting_operation")
    def provisioned(self, tenant):
        """TB-072: one click, and a real second Odoo database answers with its own process."""
        tenant.with_user(self.user(self.sub, "delivery")).action_provision()
        self.send_outbox()
        self.assertEqual(tenant.state, "provisioned", tenant.operation_ids.mapped("error"))
        connection = tenant.connection_ids
        version = connection._transport().version()
        self.assertEqual(version.value["version_info"][0], 19)
        self.assertNotEqual(connection.database, self.env.cr.dbname)

    def send_outbox(self):
        with self.enter_registry_test_mode():
            for row in self.env["program.outbox"].search([("state", "=", "waiting")]):
                row._send()
        self.env.invalidate_all()

    def metered(self, tenant):
        """R-20: usage over HTTP; a repeat changes nothing, another payload is a conflict."""
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.user(self.sub, "delivery"))
            ._generate("usage_ingest", "meter", fields.Datetime.now() + timedelta(days=30))
        )
        self.tenant_uuid = tenant.usage_uuid
        batch = [self.event(f"e{day}", f"2026-0{day}-05T00:00:00Z", 60 + 10 * day)
                 for day in (1, 2, 3)]  # fmt: skip
        self.assertEqual(self.report(key, batch), ["accepted"] * 3)
        self.assertEqual(self.report(key, batch), ["duplicate"] * 3)
        changed = [self.event("e1", "2026-01-05T00:00:00Z", 999)]
        self.assertEqual(self.report(key, changed), ["conflict"])

    def event(self, ident, at, value):
        return {
            "specversion": "1.0",
            "id": ident,
            "source": "/monitor",
            "type": "usage",
            "time": at,
            "data": {"tenant": self.tenant_uuid, "meter": "storage_gb", "value": value},
        }

    def report(self, key, events):
        answer = self.url_open(
            "/billing/usage/v1/events",
            data=json.dumps(events),
            headers={
                "Authorization": f"Bearer {key}",
                "Content-Type": "application/cloudevents-batch+json",
            },
        )
        body = answer.json()
        results = body["results"] if isinstance(body, dict) else body
        return [result["status"] for result in results]

    def charges(self, subscription):
        return self.env["billing.charge"].search([("subscription_id", "=", subscription.id)])

    def billed(self, subscription):
        """TB-032, TB-033: three months by ``as_of``; once; prorated; equal to the simulator."""
        for day in MONTHS:
            self.run_billing(day)
        charges = self.charges(subscription)
        self.assertTrue(charges)
        self.run_billing(MONTHS[-1])
        self.assertEqual(self.charges(subscription), charges)
        first = charges.filtered(
            lambda each: each.component_code == "base" and each.period_start == START
        )
        self.assertEqual(len(first), 3)
        self.assert_ledger_is_the_engines(subscription)
        self.assert_documents(subscription)
        subscription.action_change("base", 2, date(2026, 3, 10), "one more environment")
        self.run_billing(MONTHS[-1])
        self.assertGreater(len(self.charges(subscription)), len(charges))
        self.assert_ledger_is_the_engines(subscription)

    def assert_ledger_is_the_engines(self, subscription):
        """Every leg's ledger, to the cent, is what ``./setup/simulate billing`` prints."""
        for leg in subscription.leg_ids:
            document = leg.subscription_id._scenario(leg, MONTHS[-1])
            booked = sum(leg.charge_ids.mapped("amount"))
            printed = self.simulate(document)
            self.assertEqual(
                Decimal(printed["total"]), Decimal(str(round(booked, 2))), leg.display_name
            )
            parsed = scenario.parse(document)
            target = rating.target(parsed.terms, parsed.as_of)
            self.assertEqual(sum(charge.amount for charge in target), Decimal(printed["total"]))

    def simulate(self, document):
        root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        ran = subprocess.run(
            [sys.executable, os.path.join(root, "setup", "simulate"), "billing", "-"],
            input=json.dumps(document).encode(),
            capture_output=True,
        )
        self.assertEqual(ran.returncode, 0, ran.stderr)
        return json.loads(ran.stdout)

    def assert_documents(self, subscription):
        """One invoice per seller, buyer, currency and billing day where the seller bills here;
        a statement where it keeps its own books; the buyer's draft bill where both are here."""
        moves = self.charges(subscription).move_line_id.move_id
        for move in moves:
            self.assertEqual(move.state, "posted")
        sales = moves.filtered(lambda move: move.move_type == "out_invoice")
        self.assertEqual(sales.company_id, (self.root | self.master).company_id)
        pairs = [(move.company_id, move.partner_id, move.invoice_date) for move in sales]
        self.assertEqual(len(pairs), len(set(pairs)))
        bills = self.env["account.move"].search(
            [("move_type", "=", "in_invoice"), ("company_id", "=", self.master.company_id.id)]
        )
        self.assertEqual(set(bills.mapped("state")), {"draft"})
        wholesale = sales.filtered(lambda move: move.company_id == self.root.company_id)
        self.assertEqual(
            sum(bills.mapped("amount_untaxed")), sum(wholesale.mapped("amount_untaxed"))
        )
        own_books = self.env["billing.statement"].search([("seller_id", "=", self.sub.id)])
        self.assertTrue(own_books)
        self.assertFalse(own_books.move_ids)

    def set_up_from_the_blueprint(self, tenant):
        """DB-002, DB-010: the plan is shown first, applied, and the second plan is empty."""
        worker = self.user(self.sub, "delivery")
        tenant.with_user(worker).blueprint_version_id = self.env.ref(
            "distribution_blueprints.multi_warehouse_1_0"
        )
        plan = self.env["blueprint.plan"].browse(tenant.with_user(worker).action_plan()["res_id"])
        created = plan.line_ids.filtered(lambda line: line.action == "create").mapped("key")
        self.assertIn("wh_hamburg", created)
        plan.with_user(worker).action_apply()
        self.send_outbox()
        self.assertEqual(tenant.run_ids.state, "done", tenant.run_ids.text)
        again = self.env["blueprint.plan"].browse(tenant.with_user(worker).action_plan()["res_id"])
        self.assertEqual(again.state, "empty")

    def renamed_by_hand(self, tenant):
        """D-04: a warehouse renamed on the tenant is drift, with who did it."""
        connection = tenant.connection_ids
        wire = connection._transport()
        found = wire.call("stock.warehouse", "search", params={"domain": [["name", "=", "Bremen"]]})
        wire.call("stock.warehouse", "write", ids=found.value, params={"vals": {"name": "Weser"}})
        tenant.with_user(self.user(self.sub, "delivery")).action_check_drift()
        drift = self.env["blueprint.drift"].search([("connection_id", "=", connection.id)])
        self.assertEqual((drift.before, drift.after), ("Bremen", "Weser"))
        self.assertTrue(drift.who)

    def live_and_scored(self, tenant):
        """CS-002, CS-006 … CS-009: three reviews; four dimensions that sum to the score."""
        tenant.with_user(self.user(self.sub, "delivery")).action_go_live()
        account = tenant.cs_account_ids
        go_live = tenant.go_live_date
        self.assertEqual(
            account.review_ids.sorted("planned_date").mapped("planned_date"),
            [go_live + timedelta(days=days) for days in (30, 90, 180)],
        )
        for name, value in (
            ("metric_process_coverage", 80),
            ("metric_tickets_month", 2),
            ("metric_availability", 99.9),
            ("metric_expansion_pulse", 6),
        ):
            self.env["cs.sample"].create(
                {
                    "account_id": account.id,
                    "metric_id": self.env.ref(f"cs_health.{name}").id,
                    "value": value,
                    "source": "test",
                }
            )
        account.action_score_now()
        snapshot = self.env["cs.snapshot"].search([("account_id", "=", account.id)], limit=1)
        points = snapshot.contribution_ids.mapped("points")
        self.assertAlmostEqual(sum(points), snapshot.score, places=2)
        self.assertEqual(len(set(snapshot.contribution_ids.mapped("dimension"))), 4)

    def seen_by_each_as_it_should(self, deal, subscription):
        """X-05: operations up the tree, money to its parties, nothing to strangers."""
        tenant = subscription.tenant_id
        retail = subscription.leg_ids.filtered(lambda leg: leg.seller_id == self.sub)
        bought = subscription.leg_ids.filtered(lambda leg: leg.seller_id == self.master)
        master, finance = self.user(self.master, "manager"), self.user(self.sub, "finance")
        self.assertTrue(tenant.with_user(master).has_access("read"))
        self.assertFalse(retail.with_user(master).has_access("read"))
        self.assertTrue(bought.with_user(master).has_access("read"))
        self.assertTrue((retail | bought).with_user(finance).has_access("read"))
        stranger = self.user(self.stranger, "manager")
        for record in (deal, tenant, subscription, retail):
            self.assertFalse(record.with_user(stranger).has_access("read"), record._name)
        delivery = self.user(self.sub, "delivery")
        for model in ("billing.leg", "billing.charge", "billing.price", "billing.offer"):
            self.assertFalse(self.env[model].with_user(delivery).has_access("read"), model)
