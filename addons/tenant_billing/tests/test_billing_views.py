from lxml import etree

from odoo.addons.partner_governance.tests.common import ROLES

from .common import BillingCase

ACTIONS = (
    "billing_offer_action",
    "billing_subscription_action",
    "billing_usage_bucket_action",
    "billing_usage_unpriced_action",
    "billing_usage_threshold_action",
    "hosting_capacity_action",
    "billing_statement_action",
    "billing_close_action",
    "billing_parked_action",
    "billing_buyer_action",
    "billing_charge_action",
    "billing_leg_action",
    "billing_renewal_action",
    "billing_discount_action",
    "billing_driver_action",
    "billing_packaging_rule_action",
    "billing_price_book_action",
    "billing_plan_action",
    "billing_service_action",
    "hosting_policy_action",
    "hosting_tenant_action",
    "billing_mrr_movement_action",
    "billing_mrr_bridge_action",
    "billing_mrr_retention_action",
    "billing_mrr_retention_year_action",
    "billing_mrr_cohort_action",
    "billing_margin_action",
    "billing_cost_action",
    "billing_recognition_action",
    "billing_lifetime_action",
)
SKIPPED = ("graph", "pivot", "search")


class TestBillingViews(BillingCase):
    """Every screen opens for everybody who has its menu, on real records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        subscription = cls.subscription()
        cls.customer = subscription.partner_id
        cls.usage(subscription.tenant_id, 70, "2026-01-12T00:00:00Z")
        cls.run_billing("2026-02-01")
        cls.env["billing.mrr.movement"]._rebuild("2026-02-01")
        cls.env["billing.recognition"]._rebuild()

    def specification(self, model, names):
        """What the web client asks for: the fields of a view, and names of what they point at."""
        fields = self.env[model]._fields
        return {
            name: {"fields": {"display_name": {}}} if fields[name].relational else {}
            for name in names
        }

    def test_lists_and_forms_open(self):
        """X-09: no role meets an access error on a screen that its menu offers."""
        for node in (self.master, self.sub):
            for role in ROLES:
                for name in ACTIONS:
                    self.open(name, self.user(node, role))

    def test_staff_opens_the_runs(self):
        """TB-033: progress and parked ones are for the platform's staff."""
        for name in (
            *ACTIONS,
            "billing_run_action",
            "billing_run_failure_action",
            "billing_parked_age_action",
            "billing_meter_action",
        ):
            self.open(name, self.staff(f"staff.{name}"))

    def open(self, name, user):
        action = self.env.ref(f"tenant_billing.{name}")
        model = self.env[action.res_model].with_user(user)
        if not model.has_access("read"):
            return
        with self.subTest(action=name, user=user.login):
            modes = action.view_mode.split(",")
            views = model.get_views([(False, mode) for mode in modes])["views"]
            for mode in modes:
                if mode in SKIPPED:
                    continue
                arch = etree.fromstring(views[mode]["arch"])
                names = arch.xpath("//field[not(ancestor::field)]/@name")
                self.env.invalidate_all()
                model.web_search_read([], self.specification(action.res_model, names), limit=5)

    def test_a_list_names_who_is_billed(self):
        """TB-069: partner or customer, in one column, as whoever may read the contract."""
        for seller, buyer in ((self.master, self.sub.name), (self.sub, self.customer.name)):
            reader = self.user(seller, "finance")
            for model in ("billing.leg", "billing.charge", "billing.statement"):
                found = self.env[model].with_user(reader).search([("seller_id", "=", seller.id)])
                with self.subTest(model=model, seller=seller.name):
                    self.assertEqual(set(found.mapped("buyer_name")), {buyer})
        charge = self.env["billing.charge"].search([("price_model", "!=", False)], limit=1)
        labels = dict(charge._fields["price_model"]._description_selection(self.env))
        self.assertIn(charge.price_model, labels)
