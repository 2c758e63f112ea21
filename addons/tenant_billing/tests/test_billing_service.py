from odoo import Command
from odoo.exceptions import AccessError, UserError

from .common import BillingCase


class TestBillingService(BillingCase):
    """What a customer buys beside its machines: boundaries, response, policies, releases."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.support = cls.component("support")
        cls.support.write(
            {
                "response_hours": 4,
                "response_window": "24x7",
                "clause_ids": [
                    Command.create({"name": "Answering questions", "case_class": "implementation"}),
                    Command.create(
                        {"name": "New reports", "is_excluded": True, "case_class": "change"}
                    ),
                ],
            }
        )
        cls.component("base").clause_ids = [
            Command.create({"name": "Keeping it running", "case_class": "incident"})
        ]
        cls.plan.write({"review_months": 3, "upgrade_by": "seller", "upgrade_months": 12,
                        "upgrade_price": "included"})  # fmt: skip

    @classmethod
    def component(cls, code):
        return cls.plan.component_ids.filtered(lambda one: one.code == code)

    def test_boundaries_decide_what_is_billable(self):
        """TB-034: inside is included, outside is billable and names its clause; what nobody says
        is unsaid, and what leaves the subscription says nothing any more."""
        one = self.subscription(start="2026-01-01")
        tenant = one.tenant_id
        kind, clause = tenant._service_verdict("incident")
        self.assertEqual((kind, clause.name), ("included", "Keeping it running"))
        kind, clause = tenant._service_verdict("change")
        self.assertEqual((kind, clause.name), ("billable", "New reports"))
        self.assertEqual(tenant._service_verdict("defect")[0], "unsaid")
        self.env.ref("tenant_billing.packaging_hosting_support").active = False
        one.sudo().action_change("support", 0, "2026-03-01")
        self.assertEqual(
            tenant._service_verdict("change", one._check_day("2026-02-28"))[0], "billable"
        )
        self.assertEqual(
            tenant._service_verdict("change", one._check_day("2026-03-01"))[0], "unsaid"
        )

    def test_the_subscription_shows_what_it_promises(self):
        """TB-035, TB-036, TB-037, TB-038: response, upgrades, reviews, policies; what is measured
        elsewhere reads “not connected”."""
        one = self.subscription(start="2026-01-01").with_user(self.user(self.sub, "delivery"))
        self.assertEqual(one.response_commitment, "First answer within 4 hours, around the clock")
        self.assertEqual((one.sla_note, one.review_note), ("not connected", "not connected"))
        self.assertEqual((one.review_months, one.upgrade_price), (3, "included"))
        self.assertEqual(str(one.next_upgrade_date), "2027-01-01")
        self.assertEqual(
            set(one.policy_ids.mapped("kind")), {"environment", "monitoring", "backup", "recovery"}
        )
        self.assertEqual(one.clause_ids.mapped("component_id.code"), ["base", "support"])

    def test_the_customer_reads_them_on_the_offer(self):
        """TB-034, TB-036, TB-038: with the figures of the profile."""
        offer = self.offer(self.sub).sudo()
        shown = offer._print()
        self.assertEqual(
            shown["boundaries"][1],
            {
                "name": "Support, gold",
                "included": ["Answering questions"],
                "excluded": ["New reports"],
            },
        )
        self.assertIn("First answer within 4 hours, around the clock", shown["promises"])
        self.assertIn("A new version every 12 months, included.", shown["promises"])
        backup = next(each for each in shown["policies"] if each["kind"] == "backup")
        self.assertEqual(backup["figures"], "every 24 hours, kept 14 days")

    def test_tenant_types(self):
        """TB-042, TB-043: shared release discipline, or own release control, on profile, plan,
        offer, subscription and tenant; a footprint goes with its own kind alone."""
        one = self.subscription(start="2026-01-01")
        for record in (self.plan, one, one.tenant_id):
            self.assertEqual(record.release_control, "shared")
        dedicated = self.env.ref("tenant_billing.profile_dedicated")
        one.tenant_id.sudo().profile_id = dedicated
        self.assertEqual((one.release_control, one.tenant_id.deployment), ("own", "dedicated"))
        self.plan.component_ids.create(
            {"plan_id": self.plan.id, "code": "footprint_dedicated", "name": "Own machines"}
        )
        for book in (self.book_master, self.book_sub, self.book_retail):
            book.price_ids.create(
                {"book_id": book.id, "code": "footprint_dedicated", "amount": 500}
            )
        offer = self.offer(self.sub, company="Eigene GmbH")
        with self.assertRaisesRegex(UserError, "does not go with the profile"):
            offer.action_send()
        offer.profile_id = dedicated
        offer.action_send()
        self.assertIn("upgraded when you say so", " ".join(offer.sudo()._print()["promises"]))

    def test_only_the_owner_of_a_plan_says_what_it_includes(self):
        """X-05: a partner that may sell a published plan does not rewrite it."""
        manager = self.user(self.sub, "manager")
        clause = self.support.clause_ids[0].with_user(manager)
        self.assertEqual(clause.name, "Answering questions")
        with self.assertRaises(AccessError):
            clause.name = "Everything"
        with self.assertRaises(AccessError):
            self.env["billing.service.clause"].with_user(manager).create(
                {"component_id": self.support.id, "name": "Everything"}
            )
