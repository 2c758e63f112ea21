from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class GovernanceApproval(models.Model):
    """Signatures of gates: with a condition, by a stand-in, of which side."""

    _inherit = "governance.approval"

    side = fields.Selection(
        [("implementation", "Implementation"), ("operations", "Platform operations")],
        compute="_compute_side",
        store=True,
        index=True,
        help="Two boards: who answers for the project, who for the machines (PG-113).",
    )

    @api.depends("group_id")
    def _compute_side(self):
        operations = self.env.ref(
            "partner_governance.group_platform_operations", raise_if_not_found=False
        )
        for approval in self:
            is_theirs = approval.group_id == operations
            approval.side = "operations" if is_theirs else "implementation"

    @api.model
    def _roles_of(self, user, requester=None):
        lent = self.env["governance.stand.in"]._groups_lent(user, requester)
        return super()._roles_of(user, requester) | lent

    @api.model
    def _roles_domain(self, user):
        lent = [
            Domain("group_id", "in", away.all_group_ids.ids) & Domain("requester_id", "!=", away.id)
            for away in self.env["governance.stand.in"]._away_for(user)
        ]
        return Domain.OR([super()._roles_domain(user), *lent])

    def _approve_with_condition(self, name, owner, due_date):
        """Approve, and let the review pass only for as long as the condition is kept."""
        self.ensure_one()
        self._check_may_sign()
        if self.res_model != "governance.review":
            raise UserError(self.env._("Only the review of a gate passes with conditions."))
        if due_date < fields.Date.context_today(self):
            raise UserError(self.env._("A condition is due today or later."))
        self._record()._add_condition(self, name, owner, due_date)
        return self.action_approve()
