from odoo import fields, models


class ProgramOnboardingRequirement(models.Model):
    """What a partner shows evidence of in a stage, and for which commercial models."""

    _name = "program.onboarding.requirement"
    _description = "Onboarding requirement"
    _order = "stage_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    stage_id = fields.Many2one("program.onboarding.stage", required=True, ondelete="restrict")
    model_ids = fields.Many2many(
        "program.commercial.model",
        string="Needed for",
        help="For other commercial models it reads “not needed” and counts as met.",
    )
    evidence = fields.Char(string="Accepted evidence", translate=True)
    is_inheritable = fields.Boolean(
        string="A master's standard",
        help="A sub-partner works by its master's and confirms it, instead of showing its own.",
    )

    _code_uniq = models.Constraint("UNIQUE (code)", "A requirement with this code exists already.")
