from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .governance_action import OPEN

CONDITION_FIELDS = frozenset(("name", "due_date", "user_id"))


class GovernanceAction(models.Model):
    """A condition of a gate's pass: its owner reports it as met; whoever holds the function that
    set it, or the programme desk, confirms it (PG-110)."""

    _inherit = "governance.action"

    approval_id = fields.Many2one(
        "governance.approval",
        string="Set with the signature",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
    )
    is_condition = fields.Boolean(compute="_compute_is_condition")
    confirmed_by = fields.Char(string="Confirmed by", compute="_compute_confirmed_by")
    can_report = fields.Boolean(compute="_compute_can_confirm")
    can_confirm = fields.Boolean(
        string="Mine to confirm", compute="_compute_can_confirm", search="_search_can_confirm"
    )

    @api.depends("res_model")
    def _compute_is_condition(self):
        for action in self:
            action.is_condition = action.res_model == "governance.review"

    @api.depends("approval_id.name", "approval_id.node_id")
    def _compute_confirmed_by(self):
        desk = self.env._("the programme desk")
        for action in self:
            # Safe: names of the function and party, as the signature beside it says them.
            approval = action.sudo().approval_id
            action.confirmed_by = (
                self.env._(
                    "%(role)s at %(party)s, or the programme desk",
                    role=approval.name,
                    party=approval.node_name,
                )
                if approval
                else desk
            )

    @api.depends("state", "user_id", "approval_id")
    @api.depends_context("uid")
    def _compute_can_confirm(self):
        for action in self:
            confirms = action.is_condition and action._may_confirm()
            action.can_confirm = confirms and action.state in OPEN
            action.can_report = (
                action.is_condition
                and not confirms
                and action.state == "open"
                and action.user_id == self.env.user
            )

    @api.model
    def _search_can_confirm(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        waiting = Domain("res_model", "=", "governance.review") & Domain("state", "in", OPEN)
        return waiting & self._confirms_domain()

    @api.model
    def _confirms_domain(self):
        """Conditions that the current user may confirm, as ``_may_confirm`` says it of one."""
        if self.env.su:
            return Domain.TRUE
        # Safe: compares what signatures demand with the caller's own binding.
        user, Approval = self.env.user.sudo(), self.env["governance.approval"].sudo()
        signed = Domain("requester_id", "!=", user.id)
        unsigned = Domain.FALSE
        if user.has_group("partner_governance.group_platform_programme"):
            unsigned = Domain("approval_id", "=", False)
        else:
            node = self.env["program.isolation"]._scope().node_id
            signed &= Domain("node_id", "=", node) & Approval._roles_domain(user)
        of_signatures = Domain("approval_id", "in", Approval._search(signed))
        return Domain("user_id", "!=", user.id) & (unsigned | of_signatures)

    def _may_confirm(self):
        """Whether the current user may say that a condition is met: the desk, or who could give
        the signature that set it, a stand-in and a successor included. Never its own owner, nor
        whoever asked for the review."""
        self.ensure_one()
        if self.env.su:
            return True
        # Safe: compares what the signature demanded with the caller's own binding.
        user, own = self.env.user.sudo(), self.sudo()
        approval = own.approval_id
        if user in (own.user_id | approval.requester_id):
            return False
        if user.has_group("partner_governance.group_platform_programme"):
            return True
        return approval.node_id.id == self.env[
            "program.isolation"
        ]._scope().node_id and approval.group_id in approval._roles_of(user, approval.requester_id)

    def write(self, vals):
        """A condition stays as it was signed; its notes are whoever works on it's."""
        isolation = self.env["program.isolation"]
        conditions = self.filtered("is_condition")
        if conditions and not self.env.su:
            for name in CONDITION_FIELDS & vals.keys():
                if not isolation._harmless(conditions, name, vals[name]):
                    raise AccessError(
                        self.env._("A condition stays as it was set by whoever signed the review.")
                    )
        return super().write(vals)

    def action_done(self):
        """A condition is reported by its owner, and closed by whoever confirms it."""
        conditions = self.filtered("is_condition")
        reported = conditions.filtered(lambda one: not one._may_confirm())
        reported._report()
        return super(GovernanceAction, self - reported).action_done()

    def _report(self):
        for one in self:
            one.check_access("read")
            if one.user_id != self.env.user:
                raise AccessError(one._who_closes())
            if one.state != "open":
                raise UserError(one._who_closes())
            # Safe: its owner says so; the state has no other way in.
            one.sudo()._move("reported")
            one.sudo()._ask_to_confirm()

    def _who_closes(self):
        # Safe: its owner and signer, told to whoever reads the condition.
        return self.env._(
            "“%(name)s” is a condition: %(owner)s reports it as met, then it is confirmed by "
            "%(who)s.",
            name=self.name,
            owner=self.sudo().user_id.name,
            who=self.confirmed_by,
        )

    def _ask_to_confirm(self):
        """Tell whoever set it that its owner has done it; as the system."""
        signer = self.approval_id.user_id.filtered("active")
        people = signer or self.approval_id._signers()
        self.message_post(
            body=self.env._("Reported as met. Confirm it, or send it back."),
            author_id=self.env.user.partner_id.id,
            partner_ids=people.partner_id.ids,
        )

    def action_send_back(self):
        """Not met: its owner goes on with it."""
        for one in self:
            one.check_access("read")
            if not (one.is_condition and one._may_confirm()):
                raise AccessError(one._who_closes())
            if one.state != "reported":
                raise UserError(
                    self.env._("“%(name)s” has not been reported as met.", name=one.name)
                )
            # Safe: who confirms it has been checked just above.
            own = one.sudo()
            own._move("open", reason=self.env._("not met yet"))
            own.message_post(
                body=self.env._("Not met yet."),
                author_id=self.env.user.partner_id.id,
                partner_ids=own.user_id.partner_id.ids,
            )
        return True

    def _close(self, state):
        """A condition is met when it is confirmed; its owner may give it up, which takes the pass
        back."""
        conditions = self.filtered("is_condition")
        for one in conditions:
            one.check_access("read")
            gives_up = state == "dropped" and one.user_id == self.env.user
            if not gives_up and not one._may_confirm():
                raise AccessError(one._who_closes())
        # Safe: who closes a condition has been checked above; an upline only reads the action.
        super(GovernanceAction, conditions.sudo())._close(state)
        return super(GovernanceAction, self - conditions)._close(state)

    def _after_closing(self):
        done = super()._after_closing()
        for action in self.filtered("is_condition"):
            self.env["governance.review"].browse(action.res_id)._condition_closed(action)
        return done
