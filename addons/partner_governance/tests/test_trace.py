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
        self.assertEqual(steps[2]["state"], "no project yet")
        self.assertEqual(steps[4]["state"], "not connected")
        html = str(deal.trace_html)
        self.assertIn(f"/odoo/governance.qualification/{deal.qualification_id.id}", html)
        self.assertNotIn("<b>Nord</b>", html)

    def test_architecture_and_project_are_told_from_their_records(self):
        """X-02: the chosen template with its review, and how far the project's controls are."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR).sudo()
        deal.action_request_review()
        self.sign_all(deal)
        deal.lead_ids.action_set_won()
        deal.action_start_project()
        steps = self.env["governance.trace"]._steps(deal)
        review = deal.review_ids.filtered("is_architecture").sorted("id")[-1:]
        template = deal.architecture_id.name or deal.tier_id.architecture_template
        self.assertTrue(review)
        self.assertEqual((steps[1]["state"], steps[1]["record"]), (f"{template}: Passed", review))
        self.assertEqual(
            (steps[2]["state"], steps[2]["tone"]), ("Planned, 0 of 5 milestones", "warning")
        )
        self.assertEqual(steps[2]["record"], deal.project_ids)
        for role in ("sales", "delivery", "finance", "manager"):
            self.env.invalidate_all()
            html = str(deal.with_user(self.user(self.sub, role)).trace_html)
            self.assertIn("Planned, 0 of 5 milestones", html, role)
        deal.project_ids.governance_state = "started"
        deal.project_ids.milestone_ids[:1].is_reached = True
        step = self.env["governance.trace"]._steps(deal)[2]
        self.assertEqual((step["state"], step["tone"]), ("Started, 1 of 5 milestones", "success"))
        deal.project_ids.milestone_ids[1].deadline = "2026-01-01"
        self.assertEqual(self.env["governance.trace"]._steps(deal)[2]["tone"], "danger")

    def test_the_review_of_a_change_is_not_the_qualification(self):
        """X-02: the newest review of the deal itself opens, not one of a change of it."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR).sudo()
        change = self.as_user(self.sub, "sales", "governance.change.request").create(
            {
                "name": "New kernel",
                "description": "End of support",
                "scope_impact": "One restart",
                "rollback": "The old image",
                "is_production": True,
                "res_model": "program.deal",
                "res_id": deal.id,
            }
        )
        change.action_ask()
        self.assertTrue(deal.review_ids)
        step = self.env["governance.trace"]._steps(deal)[0]
        self.assertEqual(step["record"], deal.qualification_id)
        deal.action_request_review()
        own = deal.review_ids - change.sudo().review_ids
        step = self.env["governance.trace"]._steps(deal)[0]
        self.assertEqual(step["record"], own)

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
