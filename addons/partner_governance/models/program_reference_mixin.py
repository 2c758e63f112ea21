from odoo import api, fields, models
from odoo.exceptions import UserError


class ProgramReferenceMixin(models.AbstractModel):
    """A record of a node with a number of that node's own: it tells no other's volume."""

    _name = "program.reference.mixin"
    _description = "Numbered per programme partner"
    _inherit = ["program.node.mixin"]
    # What the model's numbers begin with.
    _reference_prefix = ""

    reference = fields.Char(readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        for record in records:
            # Safe: the number comes from the record's own node.
            own = record.sudo()
            if not own.program_node_id:
                raise UserError(
                    self.env._(
                        "“%(what)s” belongs to a programme partner, and you work for none. Ask "
                        "the programme desk to bind your user to one.",
                        what=self.env["ir.model"]._get(self._name).sudo().name,
                    )
                )
            own.reference = own.program_node_id._next_reference(self._name, self._reference_prefix)
        return records
