from odoo import fields, models


class ProgramVertical(models.Model):
    """A trade that a partner may specialise in."""

    _name = "program.vertical"
    _description = "Vertical"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint("UNIQUE (name)", "This vertical exists already.")
