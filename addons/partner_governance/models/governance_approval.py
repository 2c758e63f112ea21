from odoo import api, fields, models
from odoo.exceptions import UserError


class GovernanceApproval(models.Model):
    """One signature that a review needs."""

    _name = "governance.approval"
    _description = "Signature"
    _order = "review_id desc, sequence, id"

    review_id = fields.Many2one("governance.review", required=True, ondelete="restrict", index=True)
    deal_id = fields.Many2one(related="review_id.deal_id", store=True, index=True)
    program_node_id = fields.Many2one(
        related="review_id.program_node_id", store=True, index=True, ondelete="restrict"
    )
    name = fields.Char(string="Signs as", required=True)
    sequence = fields.Integer(default=10)
    node_id = fields.Many2one(
        "program.partner", string="Signing party", required=True, index=True, ondelete="restrict"
    )
    node_name = fields.Char(related="node_id.name", string="At", related_sudo=True)
    group_id = fields.Many2one("res.groups", required=True, ondelete="restrict")
    due_date = fields.Date(string="Answer by")
    state = fields.Selection(
        [("waiting", "Waiting"), ("approved", "Approved"), ("refused", "Refused")],
        default="waiting",
        required=True,
        copy=False,
    )
    user_id = fields.Many2one("res.users", string="Signed by", ondelete="restrict", copy=False)
    signed_at = fields.Datetime(copy=False)
    reason = fields.Char(copy=False)
    can_sign = fields.Boolean(compute="_compute_can_sign", search="_search_can_sign")

    @api.depends("state", "node_id", "group_id", "review_id.requester_id")
    @api.depends_context("uid")
    def _compute_can_sign(self):
        for approval in self:
            approval.can_sign = approval.state == "waiting" and not approval._obstacle()

    @api.model
    def _search_can_sign(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        waiting = self.search([("state", "=", "waiting"), ("review_id.state", "=", "asked")])
        return [("id", "in", waiting.filtered(lambda each: not each._obstacle()).ids)]

    def _obstacle(self):
        """Why the current user cannot sign, or an empty text."""
        self.ensure_one()
        # Safe: compares the signature's demands with the caller's own binding.
        user, demand = self.env.user.sudo(), self.sudo()
        if demand.review_id.state != "asked":
            return self.env._("This review is closed.")
        if demand.review_id.requester_id == user:
            return self.env._("You asked for this review, so somebody else must sign it.")
        if demand.review_id.approval_ids.filtered(
            lambda each: each.state == "approved" and each.user_id == user
        ):
            return self.env._("You have signed this review already; each signature is another's.")
        node = self.env["program.isolation"]._scope().node_id
        if demand.node_id.id != node:
            return self.env._("This signature is owed by %(party)s.", party=demand.node_id.name)
        if demand.group_id not in user.all_group_ids:
            return self.env._(
                "This signature needs the role “%(role)s”.", role=demand.group_id.name
            )
        return ""

    def action_approve(self):
        self._sign("approved", "")
        return True

    def action_refuse(self, reason=""):
        if not reason:
            raise UserError(self.env._("Say why you refuse."))
        self._sign("refused", reason)
        return True

    def _sign(self, state, reason):
        for approval in self:
            approval.check_access("read")
            obstacle = approval._obstacle()
            if obstacle:
                raise UserError(obstacle)
            if approval.state != "waiting":
                raise UserError(self.env._("This signature has been given already."))
            # Safe: everything that a signature demands has been checked just above.
            signed = approval.sudo()
            signed.write(
                {
                    "state": state,
                    "user_id": self.env.uid,
                    "signed_at": fields.Datetime.now(),
                    "reason": reason,
                }
            )
            self.env["governance.event"]._record(
                f"signature_{state}",
                signed,
                node=signed.program_node_id,
                old="waiting",
                new=state,
                reason=reason,
            )
            if state == "refused":
                signed.review_id._refuse(reason)
            else:
                signed.review_id._after_signature()
