from odoo import api, fields, models


class ProgramModelProposal(models.TransientModel):
    """Asks for another commercial model or for the master role."""

    _name = "program.model.proposal"
    _description = "Change model or role"

    node_id = fields.Many2one("program.partner", string="Partner", required=True)
    commercial_model_id = fields.Many2one("program.commercial.model", required=True)
    is_master = fields.Boolean(string="Master partner")
    date_from = fields.Date(string="From", required=True, default=fields.Date.context_today)
    reason = fields.Char(required=True)

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        node = self.env["program.partner"].browse(values.get("node_id"))
        if node:
            values["commercial_model_id"] = node.commercial_model_id.id
            values["is_master"] = node.is_master
        return values

    def action_ask(self):
        self.ensure_one()
        self.node_id._propose_model(
            self.commercial_model_id, self.is_master, self.date_from, self.reason
        )
        return {"type": "ir.actions.act_window_close"}
