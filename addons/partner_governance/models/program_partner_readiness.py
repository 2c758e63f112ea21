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
        lacking = {subject: getattr(self, f"_readiness_{subject}")() for subject in SUBJECTS}
        for node in self:
            for subject in SUBJECTS:
                node[f"readiness_{subject}"] = "; ".join(lacking[subject][node]) or ready
            node.readiness_count = sum(not lacking[subject][node] for subject in SUBJECTS)

    def _readiness_items(self, *codes):
        """``{node: sentences}`` on the items named that are needed and not accepted; a partner
        without any of them has shown nothing."""
        found = {}
        for node in self:
            items = node.onboarding_item_ids.filtered(
                lambda item: item.requirement_id.code in codes
            )
            found[node] = [
                self.env._("no accepted evidence for “%(what)s”", what=item.name)
                for item in items
                if item.state not in ("accepted", "not_needed")
            ]
            if not items:
                found[node] = [self.env._("not shown")]
        return found

    def _readiness_hosting(self):
        return self._readiness_items("deployment_patterns", "solution_architecture")

    def _readiness_onboarding(self):
        return {
            node: []
            if node.onboarding_state == "active"
            else [self.env._("in the stage “%(stage)s”", stage=node.onboarding_stage_id.name or "")]
            for node in self
        }

    def _readiness_governance(self):
        items = self._readiness_items("escalation_paths")
        # Safe: what each node itself lacks.
        return {node: node.sudo()._onboarding_last_demands() + items[node] for node in self}

    def _readiness_security(self):
        """Whether a security checklist is signed off, by one query."""
        rows = self.env["program.checklist"]._read_group(
            [
                ("program_node_id", "in", self.ids),
                ("kind", "=", "security"),
                ("state", "=", "signed"),
            ],
            ["program_node_id"],
        )
        signed = {node.id for (node,) in rows}
        lacking = [self.env._("no security checklist signed off")]
        return {node: [] if node.id in signed else lacking for node in self}

    def _readiness_success(self):
        return self._readiness_items("cs_metrics", "onboarding_playbooks")
