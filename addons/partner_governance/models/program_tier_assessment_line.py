from odoo import api, fields, models


class ProgramTierAssessmentLine(models.Model):
    """How one criterion stood; of a missing one, who sees to it and by when."""

    _name = "program.tier.assessment.line"
    _description = "Criterion of an assessment"
    _order = "assessment_id desc, id"

    assessment_id = fields.Many2one(
        "program.tier.assessment", required=True, readonly=True, ondelete="cascade", index=True
    )
    metric_id = fields.Many2one("program.metric", required=True, readonly=True, ondelete="restrict")
    pillar = fields.Selection(related="metric_id.pillar")
    unit = fields.Selection(related="metric_id.unit")
    direction = fields.Selection(related="metric_id.direction")
    value = fields.Float(string="Measured", readonly=True, digits=(16, 1))
    counted = fields.Float(
        readonly=True,
        digits=(16, 1),
        help="After few cases were pulled to the neutral value.",
    )
    cases = fields.Integer(string="n", readonly=True, help="Cases behind the figure.")
    target = fields.Float(readonly=True, digits=(16, 1))
    points = fields.Float(readonly=True, digits=(5, 1))
    weight = fields.Integer(readonly=True)
    floor = fields.Integer(string="Points at least", readonly=True)
    state = fields.Selection(
        [("met", "Met"), ("missing", "Missing"), ("unknown", "Not connected")],
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", string="Owner", ondelete="restrict")
    due_date = fields.Date(string="By")

    @api.depends("metric_id", "assessment_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.metric_id.name

    def action_drill(self):
        """The records behind the figure as it was frozen; what the reader may not read is not
        in the list."""
        self.ensure_one()
        fact = (self.assessment_id.frozen or {}).get("facts", {}).get(self.metric_id.code)
        if not fact or not fact["records"][1]:
            return self.metric_id._drill(self.assessment_id.program_node_id)
        model, ids = fact["records"]
        return {
            "type": "ir.actions.act_window",
            "name": self.metric_id.name,
            "res_model": model,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", ids)],
        }
