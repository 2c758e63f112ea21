from odoo import fields, models
from odoo.exceptions import UserError


class ProgramTransferStep(models.Model):
    """What is left to do when a customer leaves, with its evidence (PG-151)."""

    _name = "program.transfer.step"
    _description = "Step of an exit"
    _order = "transfer_id, due_date, id"

    transfer_id = fields.Many2one(
        "program.transfer", required=True, index=True, ondelete="restrict"
    )
    code = fields.Selection(
        [
            ("final_bill", "Final bill"),
            ("data_export", "Data export handed over"),
            ("retention", "Retention date agreed"),
            ("deletion", "Deletion record"),
        ],
        required=True,
        readonly=True,
    )
    due_date = fields.Date(required=True)
    done_on = fields.Date(readonly=True)
    evidence = fields.Char()

    def write(self, vals):
        if not self.env.su:
            for step in self.filtered("done_on"):
                raise UserError(
                    self.env._(
                        "“%(step)s” is done and stays as it was written.", step=step.display_name
                    )
                )
        return super().write(vals)

    def action_done(self):
        """:raise UserError: without evidence"""
        self.check_access("write")
        for step in self.filtered(lambda each: not each.done_on):
            if not step.evidence:
                raise UserError(
                    self.env._("Name the evidence of “%(step)s” first.", step=step.display_name)
                )
            # Safe: who may write the step has been checked above.
            step.sudo().done_on = fields.Date.context_today(self)
            self.env["governance.event"]._record(
                "transfer_step",
                step,
                node=step.sudo().transfer_id.program_node_id,
                new=step.code,
                reason=step.evidence,
            )
        return True

    def _compute_display_name(self):
        labels = dict(self._fields["code"]._description_selection(self.env))
        for step in self:
            step.display_name = labels.get(step.code, "")
