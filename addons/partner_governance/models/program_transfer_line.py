from odoo import fields, models


class ProgramTransferLine(models.Model):
    """One thing that a change of hands does, without money."""

    _name = "program.transfer.line"
    _description = "Effect of a change of hands"
    _order = "transfer_id, sequence, id"

    transfer_id = fields.Many2one("program.transfer", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    topic = fields.Selection(
        [
            ("reads", "Who reads"),
            ("owner", "Owner"),
            ("deal", "Open deal"),
            ("approval", "Open signature"),
            ("right", "Right that ends"),
            ("tree", "Tree"),
        ],
        required=True,
    )
    name = fields.Char(required=True)
    before = fields.Char()
    after = fields.Char()
