from odoo import fields, models
from odoo.tools import SQL


class ProgramOnboardingReport(models.Model):
    """Days in each stage, those still running counted up to today."""

    _name = "program.onboarding.report"
    _description = "Time in stage"
    _auto = False
    _order = "entered_on desc"

    program_node_id = fields.Many2one("program.partner", string="Partner", readonly=True)
    commercial_model_id = fields.Many2one("program.commercial.model", readonly=True)
    stage_id = fields.Many2one("program.onboarding.stage", readonly=True)
    entered_on = fields.Date(readonly=True)
    closed_on = fields.Date(readonly=True)
    days = fields.Integer(string="Days in stage", readonly=True, aggregator="avg")
    days_over = fields.Integer(string="Days over target", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT passage.id, passage.program_node_id, node.commercial_model_id,
                   passage.stage_id, passage.entered_on, passage.closed_on,
                   COALESCE(passage.closed_on, CURRENT_DATE) - passage.entered_on AS days,
                   GREATEST(0, COALESCE(passage.closed_on, CURRENT_DATE) - passage.due_on)
                       AS days_over
              FROM program_onboarding_passage passage
              JOIN program_partner node ON node.id = passage.program_node_id
             WHERE NOT COALESCE(passage.skipped, FALSE)
            """
        )
