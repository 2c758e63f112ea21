from odoo import api, fields, models


class GovernanceDecision(models.Model):
    """A decision may be a meeting's."""

    _inherit = "governance.decision"

    @api.model
    def _selection_subject(self):
        name = "governance.council"
        # Safe: the name of a model.
        return [*super()._selection_subject(), (name, self.env["ir.model"].sudo()._get(name).name)]


class GovernanceCouncil(models.Model):
    """What a meeting decided stays on the next ones until it is closed (PG-146)."""

    _inherit = "governance.council"

    decision_ids = fields.Many2many(
        "governance.decision", string="Decisions", compute="_compute_decision_ids"
    )

    @api.depends("state")
    def _compute_decision_ids(self):
        found = self._carried("governance.decision")
        for meeting in self:
            meeting.decision_ids = found[meeting]

    def action_new_decision(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decision"),
            "res_model": "governance.decision",
            "view_mode": "form",
            "target": "new",
            "context": {"default_res_model": self._name, "default_res_id": self.id},
        }
