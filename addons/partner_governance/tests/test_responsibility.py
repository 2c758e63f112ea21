from odoo.exceptions import AccessError, ValidationError

from .common import ProgramCase

# PG-039: platform = stability, architecture, security, enablement; partner = the rest.
PLATFORM_LINES = ("stability", "architecture", "security", "enablement")
PARTNER_LINES = ("acquisition", "design", "governance", "growth")


class TestResponsibility(ProgramCase):
    """PG-039 … PG-044, PG-118, PG-123: who answers for what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Matrix = cls.env["governance.responsibility"]

    def line(self, code):
        return self.env["governance.responsibility.template"].search(
            [("code", "=", code), ("model_ids.code", "=", "white_label")]
        )

    def test_every_new_partner_has_all_lines(self):
        """PG-039, PG-123: filled from the template of the model, no gap."""
        for node in self.nodes:
            self.assertEqual(node.responsibility_gap_count, 0, node.name)
            self.assertTrue(all(node.responsibility_ids.mapped("accountable")))
        for code in PLATFORM_LINES:
            self.assertEqual(self.Matrix._accountable(code, self.sub), self.root)
        for code in PARTNER_LINES:
            self.assertEqual(self.Matrix._accountable(code, self.sub), self.sub)

    def test_the_lines_of_the_seeds(self):
        """PG-040, PG-041, PG-042, PG-043, PG-044, PG-123: each has exactly one owner."""
        owner = self.Matrix._accountable
        self.assertEqual(owner("provisioning", self.sub), self.root)
        self.assertEqual(owner("production_change", self.sub), self.sub)
        self.assertEqual(owner("escalation", self.sub2), self.master)
        self.assertEqual(owner("support", self.oem), self.oem)
        self.assertEqual(owner("cloud_operations", self.sub), self.root)
        self.assertEqual(owner("devops", self.sub), self.root)
        staging = self.sub.responsibility_ids.filtered(lambda line: line.code == "staging")
        self.assertEqual((staging.accountable, staging.cadence_days), ("partner", 30))

    def test_a_second_accountable_is_refused_by_name(self):
        """PG-123: the refusal names the line and both parties; nobody is refused too."""
        line = self.sub.responsibility_ids.filtered(lambda line: line.code == "support")
        with self.assertRaisesRegex(ValidationError, "Support of the customer.*Partner, Platform"):
            line.platform_role = "accountable"
        with self.assertRaisesRegex(ValidationError, "Nobody is accountable"):
            line.write({"partner_role": False, "platform_role": False})

    def test_a_deal_deviates_and_the_delivery_partner_answers(self):
        """PG-044, PG-118: the deviation holds for its record alone; the engaged one answers."""
        deal = self.deal(self.sub)
        other = self.deal(self.sub, company="Hafen Logistik")
        self.as_user(self.sub, "manager", "governance.responsibility").create(
            {
                "deal_id": deal.id,
                "template_id": self.line("production_change").id,
                "delivery_role": "accountable",
                "reason": "Nordlicht runs the project",
            }
        )
        owner = self.Matrix._accountable
        self.assertEqual(owner("production_change", deal), self.sub, "nobody is engaged yet")
        self.engage(self.sub, self.delivery, deal_id=deal.id)
        self.assertEqual(owner("production_change", deal), self.delivery)
        self.assertEqual(owner("production_change", other), self.sub)
        shown = deal.matrix_ids.filtered(lambda line: line.code == "production_change")
        self.assertEqual((shown.deal_id, shown.deviates), (deal, True))
        self.assertEqual(len(deal.matrix_ids), len(self.sub.responsibility_ids))
        read = deal.with_user(self.user(self.delivery, "delivery")).responsibility_ids
        self.assertEqual(read.accountable, "delivery")

    def test_a_project_has_its_matrix(self):
        """PG-118: the matrix on the project, the partner's own where it does not deviate."""
        project = self.env["project.project"].create(
            {"name": "Roll-out", "program_node_id": self.sub.id}
        )
        self.assertEqual(len(project.matrix_ids), len(self.sub.responsibility_ids))
        self.assertEqual(self.Matrix._accountable("design", project), self.sub)

    def test_no_partner_takes_or_hands_over_a_duty(self):
        """PG-041: neither its own approver instead of the platform, nor its duty on another."""
        deal = self.deal(self.sub)
        mine = self.as_user(self.sub, "manager", "governance.responsibility")
        for code, role in (("provisioning", "partner_role"), ("support", "platform_role")):
            with self.assertRaises(AccessError):
                mine.create(
                    {"deal_id": deal.id, "template_id": self.line(code).id, role: "accountable"}
                )
        # Whoever reads the deal, by engagement or from above, deviates nothing on it.
        self.engage(self.sub, self.delivery, deal_id=deal.id)
        for node in (self.delivery, self.master):
            with self.assertRaises(AccessError):
                self.as_user(node, "manager", "governance.responsibility").create(
                    {
                        "deal_id": deal.id,
                        "template_id": self.line("support").id,
                        "delivery_role": "accountable",
                    }
                )
        own = self.sub.responsibility_ids.filtered(lambda line: line.code == "provisioning")
        with self.assertRaises(AccessError):
            own.with_user(self.user(self.sub, "manager")).write(
                {"platform_role": "consulted", "partner_role": "accountable"}
            )
        with self.assertRaises(AccessError):
            self.as_user(self.stranger, "manager", "governance.responsibility").create(
                {
                    "deal_id": deal.id,
                    "template_id": self.line("support").id,
                    "partner_role": "accountable",
                }
            )

    def test_a_line_is_about_one_record(self):
        """PG-041, X-05: with an own deal beside it nobody who is engaged changes the matrix of
        another partner's project."""
        project = self.env["project.project"].create(
            {"name": "Nordwind", "program_node_id": self.sub.id}
        )
        self.engage(self.sub, self.delivery, project_id=project.id)
        values = {
            "template_id": self.line("support").id,
            "deal_id": self.deal(self.delivery).id,
            "project_id": project.id,
            "partner_role": "consulted",
            "delivery_role": "accountable",
        }
        for mine in (
            self.as_user(self.delivery, "manager", "governance.responsibility"),
            self.Matrix,
        ):
            with (
                self.assertRaisesRegex(ValidationError, "Deal, Project"),
                self.env.cr.savepoint(),
            ):
                mine.create(values)
        self.assertEqual(self.Matrix._accountable("support", project), self.sub)
        values.pop("deal_id")
        line = self.Matrix.create(values)
        with self.assertRaisesRegex(ValidationError, "one record only"), self.env.cr.savepoint():
            line.deal_id = self.deal(self.sub)

    def test_the_platform_moves_a_line_and_the_trail_says_so(self):
        """PG-123: old and new party stand in the audit trail."""
        line = self.sub.responsibility_ids.filtered(lambda line: line.code == "support")
        line.with_user(self.staff()).write(
            {"partner_role": "responsible", "upline_role": "accountable", "reason": "Start-up"}
        )
        self.assertTrue(line.deviates)
        event = self.env["governance.event"].search(
            [("kind", "=", "responsibility"), ("res_ref", "=", line.id)]
        )
        self.assertEqual(
            (event.old_value, event.new_value, event.reason), ("partner", "upline", "Start-up")
        )

    def test_another_model_has_other_lines(self):
        """PG-039: lines nobody changed follow the new model, a deviation stays."""
        line = self.sub.responsibility_ids.filtered(lambda line: line.code == "growth")
        line.write({"partner_role": "responsible", "upline_role": "accountable"})
        self.sub.commercial_model_id = self.env.ref("partner_governance.model_referral")
        self.assertEqual(self.Matrix._accountable("support", self.sub), self.master)
        self.assertEqual(line.accountable, "upline")
        self.assertEqual(self.sub.responsibility_gap_count, 0)

    def test_a_missing_line_is_a_gap(self):
        """PG-123: counted for the risk indicators, and closed from the template."""
        self.env["governance.responsibility.template"].create(
            {
                "name": "Data residency",
                "code": "residency",
                "model_ids": self.sub.commercial_model_id.ids,
                "platform_role": "accountable",
            }
        )
        self.sub.invalidate_recordset()
        self.assertEqual(
            (self.sub.responsibility_gap_count, self.sub.responsibility_gaps), (1, "Data residency")
        )
        self.sub.action_complete_responsibilities()
        self.sub.invalidate_recordset()
        self.assertEqual(self.sub.responsibility_gap_count, 0)

    def test_the_change_approver_comes_from_the_matrix(self):
        """PG-041: who answers for production changes approves them."""
        deal = self.deal(self.sub)
        change = self.env["governance.change.request"].new(
            {"res_model": "program.deal", "res_id": deal.id, "program_node_id": self.sub.id}
        )
        self.assertEqual(change._approver_node(), self.sub)
        line = self.sub.responsibility_ids.filtered(lambda one: one.code == "production_change")
        line.write({"partner_role": "responsible", "upline_role": "accountable"})
        self.assertEqual(change._approver_node(), self.master)
