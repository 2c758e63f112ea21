from .common import DISTRIBUTOR, SIMPLE, ProgramCase


class TestTrace(ProgramCase):
    def test_one_thread_from_qualification_to_customer_success(self):
        """X-02: six steps in order; what nothing answers is not connected; names are text."""
        deal = self.deal(self.sub, company="<b>Nord</b>", answers=DISTRIBUTOR)
        steps = self.env["governance.trace"]._steps(deal)
        self.assertEqual(
            [step["name"] for step in steps],
            [
                "Qualification",
                "Architecture",
                "Project controls",
                "Hosting",
                "Support",
                "Customer success",
            ],
        )
        self.assertEqual(steps[0]["state"], "Ready to ask")
        self.assertEqual(steps[1]["state"], deal.tier_id.architecture_template)
        self.assertEqual(steps[3]["state"], "not connected")
        html = str(deal.trace_html)
        self.assertIn(f"/odoo/governance.qualification/{deal.qualification_id.id}", html)
        self.assertNotIn("<b>Nord</b>", html)

    def test_the_customer_page_shows_the_threads_of_its_own_deals(self):
        """X-02, X-05: on the customer's page, as the reader may read; of others nothing."""
        deal = self.deal(self.sub, answers=SIMPLE)
        customer = self.env["res.partner"].create(
            {"name": "Nordwind", "is_company": True, "program_node_id": self.sub.id}
        )
        deal.sudo().lead_ids.partner_id = customer
        for user in (self.user(self.sub, "sales"), self.user(self.master, "manager")):
            self.env.invalidate_all()
            self.assertIn(deal.reference, str(customer.with_user(user).trace_html), user.login)
        # A contact of another partner that stands on no deal of the reader's branch.
        other = self.env["res.partner"].create(
            {"name": "Sur", "is_company": True, "program_node_id": self.master.id}
        )
        foreign = self.deal(self.stranger, company="Sur", answers=SIMPLE)
        foreign.sudo().lead_ids.with_context(tracking_disable=True).write({"partner_id": other.id})
        self.env.invalidate_all()
        self.assertFalse(other.with_user(self.user(self.master, "manager")).trace_html)
