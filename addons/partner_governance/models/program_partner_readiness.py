from odoo import fields, models

SUBJECTS = ("hosting", "onboarding", "governance", "security", "success")


class ProgramPartner(models.Model):
    """Whether a partner can run the operating model again and again: hosting, onboarding,
    governance, security, customer success (X-04)."""

    _inherit = "program.partner"

    readiness_hosting = fields.Char(string="Hosting", compute="_compute_readiness")
    readiness_onboarding = fields.Char(string="Onboarding", compute="_compute_readiness")
    readiness_governance = fields.Char(string="Governance", compute="_compute_readiness")
    readiness_security = fields.Char(string="Security", compute="_compute_readiness")
    readiness_success = fields.Char(string="Customer success", compute="_compute_readiness")
    readiness_count = fields.Integer(string="Ready of five", compute="_compute_readiness")

    def _compute_readiness(self):
        ready = self.env._("Ready")
        for node in self:
            ok = 0
            for subject in SUBJECTS:
                lacking = getattr(node, f"_readiness_{subject}")()
                ok += not lacking
                node[f"readiness_{subject}"] = "; ".join(lacking) or ready
            node.readiness_count = ok

    def _readiness_items(self, *codes):
        """Sentences on the items named that are needed and not accepted."""
        return [
            self.env._("no accepted evidence for “%(what)s”", what=item.name)
            for item in self.onboarding_item_ids
            if item.requirement_id.code in codes and item.state not in ("accepted", "not_needed")
        ]

    def _readiness_hosting(self):
        return self._readiness_items("deployment_patterns", "solution_architecture")

    def _readiness_onboarding(self):
        if self.onboarding_state == "active":
            return []
        return [self.env._("in the stage “%(stage)s”", stage=self.onboarding_stage_id.name or "")]

    def _readiness_governance(self):
        # Safe: what the node itself lacks.
        return self.sudo()._onboarding_last_demands() + self._readiness_items("escalation_paths")

    def _readiness_security(self):
        signed = self.env["program.checklist"].search_count(
            [
                ("program_node_id", "=", self.id),
                ("kind", "=", "security"),
                ("state", "=", "signed"),
            ],
            limit=1,
        )
        return [] if signed else [self.env._("no security checklist signed off")]

    def _readiness_success(self):
        return self._readiness_items("cs_metrics", "onboarding_playbooks")
