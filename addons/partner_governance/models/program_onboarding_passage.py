from odoo import api, fields, models

from ..engine import onboarding as engine


class ProgramOnboardingPassage(models.Model):
    """One partner's way through one stage: when it came, when it went (PG-063)."""

    _name = "program.onboarding.passage"
    _description = "Time in an onboarding stage"
    _order = "program_node_id, stage_sequence"

    program_node_id = fields.Many2one(
        "program.partner", string="Partner", required=True, index=True, ondelete="restrict"
    )
    stage_id = fields.Many2one("program.onboarding.stage", required=True, ondelete="restrict")
    stage_sequence = fields.Integer(related="stage_id.sequence", store=True)
    entered_on = fields.Date(required=True)
    closed_on = fields.Date(index=True)
    due_on = fields.Date(required=True, string="Target", index=True)
    skipped = fields.Boolean(help="The commercial model needs nothing of this stage.")
    days = fields.Integer(string="Days in stage", compute="_compute_days")
    is_stalled = fields.Boolean(
        string="Stalled", compute="_compute_days", search="_search_is_stalled"
    )

    _once = models.Constraint(
        "UNIQUE (program_node_id, stage_id)", "This partner has passed this stage already."
    )

    @api.depends("entered_on", "closed_on", "due_on")
    def _compute_days(self):
        today = fields.Date.context_today(self)
        for passage in self:
            passage.days = engine.days_in_stage(passage.entered_on, passage.closed_on, today)
            passage.is_stalled = engine.is_stalled(passage.due_on, passage.closed_on, today)

    @api.model
    def _search_is_stalled(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        today = fields.Date.context_today(self)
        return [("closed_on", "=", False), ("due_on", "<", today)]
