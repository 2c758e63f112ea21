from odoo import api, fields, models
from odoo.exceptions import UserError


class GovernanceStaffing(models.Model):
    """One role on a project and who fills it (PG-101, PG-148)."""

    _name = "governance.staffing"
    _description = "Staffing of a project"
    _order = "project_id, id"

    project_id = fields.Many2one("project.project", required=True, index=True, ondelete="cascade")
    program_node_id = fields.Many2one(
        related="project_id.program_node_id", store=True, index=True, ondelete="restrict"
    )
    role_id = fields.Many2one("project.role", required=True, index=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", string="Filled by", index=True, ondelete="restrict")
    deputy_id = fields.Many2one("res.users", string="Stand-in", ondelete="restrict")
    is_mandatory = fields.Boolean(string="Mandatory", readonly=True)

    _deputy_differs = models.Constraint(
        "CHECK (deputy_id IS NULL OR deputy_id <> user_id)", "Nobody stands in for oneself."
    )

    def write(self, vals):
        for name in ("role_id", "project_id"):
            if name in vals and any(seat[name].id != vals[name] for seat in self):
                self._check_not_demanded()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_not_demanded(self):
        self._check_not_demanded()

    def _check_not_demanded(self):
        """:raise UserError: a seat that the tier demands would go away"""
        for seat in self.filtered("is_mandatory"):
            if not self.env.su:
                raise UserError(
                    self.env._(
                        "The governance tier demands the role “%(role)s”: say who fills it.",
                        role=seat.role_id.name,
                    )
                )
