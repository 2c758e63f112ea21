from odoo import fields, models


class ProgramModelRequirement(models.Model):
    """A record that a commercial model, or the master role, demands before a partner becomes
    active (PG-008, PG-009, PG-010)."""

    _name = "program.model.requirement"
    _description = "Demand of a commercial model"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    commercial_model_id = fields.Many2one("program.commercial.model", index=True)
    for_master = fields.Boolean(string="Of the master role")
    description = fields.Text(
        string="What it has to say", translate=True, help="Shown to the partner that brings it."
    )

    _code_uniq = models.Constraint("UNIQUE (code)", "A demand with this code exists already.")
    _one_source = models.Constraint(
        "CHECK (for_master = (commercial_model_id IS NULL))",
        "A demand is either one commercial model's or the master role's.",
    )
