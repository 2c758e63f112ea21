from .test_billing_lifecycle import LifecycleCase


class TestUseOfPlan(LifecycleCase):
    """TB-074: the list of renewals says how much of the plan is used."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one = cls.subscription(company="Befristet GmbH", start="2026-01-01")
        cls.leg = cls.one.leg_ids.filtered("customer_id").with_user(cls.manager)

    def note(self, day="2026-05-10"):
        self.clock(day)
        self.env.invalidate_all()
        return self.leg.use_note

    def test_average_of_three_periods(self):
        """TB-074: of each allowance, above it or not."""
        self.assertEqual(self.note("2026-01-20"), "Storage: no full period yet")
        for day, value in (("02-03", 40), ("03-03", 60), ("04-03", 86)):
            self.usage(self.one.tenant_id, value, f"2026-{day}T00:00:00Z")
        self.env["billing.usage.bucket"]._roll_up_pending()
        self.assertEqual(self.note(), "Storage 62 of 50 GB (124 %)")
        self.assertTrue(self.leg.is_above_plan)
        # Within the allowance nothing is charged, and it shows all the same.
        self.assertEqual(self.note("2026-03-05"), "Storage 20 of 50 GB (40 %)")
        self.assertFalse(self.leg.is_above_plan)

    def test_it_stands_in_the_list(self):
        """TB-074: and opens for everybody who has the menu."""
        view = self.env.ref("tenant_billing.billing_renewal_view_list")
        arch = self.env["billing.leg"].with_user(self.manager).get_view(view.id, "list")["arch"]
        self.assertIn("use_note", arch)

    def test_the_number_of_queries_does_not_grow(self):
        """DESIGN 7: whatever the number of contracts."""
        more = self.one | self.subscription(company="A") | self.subscription(company="B")
        for one in more:
            self.usage(one.tenant_id, 60, "2026-01-05T00:00:00Z")
        self.env["billing.usage.bucket"]._roll_up_pending()
        self.env.flush_all()

        def count(subscriptions):
            self.env.invalidate_all()
            legs = subscriptions.leg_ids.filtered("customer_id").with_user(self.manager)
            legs.mapped("date_from")
            before = self.env.cr.sql_log_count
            legs.mapped("use_note")
            return self.env.cr.sql_log_count - before

        count(more)
        self.assertEqual(count(more), count(self.one))
