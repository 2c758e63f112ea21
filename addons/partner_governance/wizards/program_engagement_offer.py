from odoo import fields, models


class ProgramEngagementOffer(models.TransientModel):
    """Offers an engagement to a partner outside the own branch, named by its code."""

    _name = "program.engagement.offer"
    _description = "Engage a partner"

    code = fields.Char(string="Partner code", required=True)
    role = fields.Selection(
        [
            ("delivery", "Delivery partner"),
            ("second_line", "Second line support"),
            ("subcontractor", "Subcontractor"),
        ],
        required=True,
        default="delivery",
    )
    date_from = fields.Date(string="From", required=True, default=fields.Date.context_today)
    date_until = fields.Date(string="Ends on")
    deal_id = fields.Many2one("program.deal")
    project_id = fields.Many2one("project.project")
    brand_id = fields.Many2one("program.brand", string="Acts under the brand")

    def _values(self):
        self.ensure_one()
        return {
            "role": self.role,
            "date_from": self.date_from,
            "date_until": self.date_until,
            "deal_id": self.deal_id.id,
            "project_id": self.project_id.id,
            "brand_id": self.brand_id.id,
        }

    def action_offer(self):
        engagement = self.env["program.engagement"]._offer(self.code, self._values())
        return {
            "type": "ir.actions.act_window",
            "res_model": "program.engagement",
            "res_id": engagement.id,
            "view_mode": "form",
        }
