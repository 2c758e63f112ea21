from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL


class GovernanceApproval(models.Model):
    """One signature that a record asks for: as what, at which party, until when."""

    _name = "governance.approval"
    _description = "Signature"
    _order = "res_model, res_id desc, sequence, id"

    res_model = fields.Char(string="Record's model", required=True, index=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, index=True, readonly=True
    )
    subject = fields.Char(compute="_compute_subject")
    kind = fields.Char(compute="_compute_subject")
    deal_id = fields.Many2one("program.deal", readonly=True, index=True, ondelete="restrict")
    program_node_id = fields.Many2one(
        "program.partner",
        string="Partner",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    requester_id = fields.Many2one(
        "res.users", string="Asked by", readonly=True, ondelete="restrict"
    )
    name = fields.Char(string="Signs as", required=True, readonly=True)
    sequence = fields.Integer(default=10, readonly=True)
    node_id = fields.Many2one(
        "program.partner",
        string="Signing party",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    node_name = fields.Char(related="node_id.name", string="At", related_sudo=True)
    group_id = fields.Many2one("res.groups", required=True, readonly=True, ondelete="restrict")
    due_date = fields.Date(string="Answer by", readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("void", "No longer asked"),
        ],
        default="waiting",
        required=True,
        readonly=True,
        index=True,
        copy=False,
    )
    is_current = fields.Boolean(default=True, readonly=True, copy=False)
    user_id = fields.Many2one(
        "res.users", string="Signed by", readonly=True, ondelete="restrict", copy=False
    )
    signed_at = fields.Datetime(readonly=True, copy=False)
    reason = fields.Char(readonly=True, copy=False)
    question = fields.Char(readonly=True, copy=False)
    can_sign = fields.Boolean(compute="_compute_can_sign", search="_search_can_sign")

    @api.depends("res_model", "res_id")
    def _compute_subject(self):
        by_model = defaultdict(list)
        for approval in self:
            by_model[approval.res_model].append(approval.res_id)
        # Safe: whoever reads a signature is told the name of what is to be signed.
        names = {
            (model, record.id): record.display_name
            for model, ids in by_model.items()
            if model in self.env
            for record in self.env[model].sudo().browse(ids).exists()
        }
        titles = {
            model: self.env["ir.model"].sudo()._get(model).name
            for model in by_model
            if model in self.env
        }
        for approval in self:
            approval.subject = names.get((approval.res_model, approval.res_id), "")
            approval.kind = titles.get(approval.res_model, "")

    @api.depends("subject", "name")
    def _compute_display_name(self):
        for approval in self:
            approval.display_name = f"{approval.subject}: {approval.name}"

    @api.depends("state", "node_id", "group_id", "requester_id")
    @api.depends_context("uid")
    def _compute_can_sign(self):
        for approval in self:
            approval.can_sign = approval.state == "waiting" and not approval._obstacle()

    @api.model
    def _search_can_sign(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        # Safe: reads the caller's own roles.
        user = self.env.user.sudo()
        node = self.env["program.isolation"]._scope().node_id
        mine = (
            Domain("state", "=", "waiting")
            & Domain("is_current", "=", True)
            & Domain("node_id", "=", node)
            & Domain("requester_id", "!=", user.id)
            & self._roles_domain(user)
        )
        return mine & Domain("id", "not in", self._kept_waiting(user, node))

    @api.model
    def _kept_waiting(self, user, node):
        """Signatures owed by ``node`` for which another of the same record comes first, or of
        whose record ``user`` has signed another: ``_obstacle`` says it of one."""
        self.flush_model(["res_model", "res_id", "node_id", "state", "is_current", "sequence"])
        self.flush_model(["user_id"])
        return SQL(
            """
            SELECT owed.id
              FROM governance_approval AS owed
              JOIN governance_approval AS other
                ON other.res_id = owed.res_id
               AND other.res_model = owed.res_model
               AND other.id != owed.id
               AND other.is_current
             WHERE owed.node_id = %(node)s
               AND owed.state = 'waiting'
               AND (
                    (other.state = 'waiting' AND other.sequence < owed.sequence)
                    OR (other.state = 'approved' AND other.user_id = %(user)s)
               )
            """,
            node=node,
            user=user.id,
        )

    @api.model
    def _roles_of(self, user, requester=None):
        """Hook: the roles that a person signs with."""
        return user.all_group_ids

    @api.model
    def _roles_domain(self, user):
        """Hook: signatures whose role ``user`` has; as ``_roles_of`` says it of one."""
        return Domain("group_id", "in", user.all_group_ids.ids)

    def _record(self):
        """The record that asks for this signature, in the caller's environment."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id)

    def _obstacle(self):
        """Why the current user cannot sign, or an empty text."""
        self.ensure_one()
        # Safe: compares the signature's demands with the caller's own binding.
        user, demand = self.env.user.sudo(), self.sudo()
        record = demand._record()
        if record.sign_state != "asked" or not demand.is_current:
            return self.env._("This review is closed.")
        if demand.requester_id == user:
            return self.env._("You asked for this review, so somebody else must sign it.")
        others = record._current_approvals() - demand
        if others.filtered(lambda each: each.state == "approved" and each.user_id == user):
            return self.env._("You have signed this review already; each signature is another's.")
        node = self.env["program.isolation"]._scope().node_id
        if demand.node_id.id != node:
            return self.env._("This signature is owed by %(party)s.", party=demand.node_id.name)
        if demand.group_id not in demand._roles_of(user, demand.requester_id):
            return self.env._(
                "This signature needs the role “%(role)s”.", role=demand.group_id.name
            )
        before = others.filtered(
            lambda each: each.state == "waiting" and each.sequence < demand.sequence
        )
        if before:
            return self.env._(
                "First %(role)s at %(party)s signs.", role=before[0].name, party=before[0].node_name
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

    def action_ask(self, question=""):
        """Ask back before signing; the question goes to whoever asked for the signature."""
        if not question:
            raise UserError(self.env._("Say what you want to know."))
        for approval in self:
            approval._check_may_sign()
            # Safe: who may sign may ask; the question is written beside the signature.
            approval.sudo().question = question
            record = approval.sudo()._record()
            if hasattr(record, "message_post"):
                record.message_post(
                    body=self.env._(
                        "%(role)s asks before signing: %(question)s",
                        role=approval.name,
                        question=question,
                    ),
                    author_id=self.env.user.partner_id.id,
                    partner_ids=approval.sudo().requester_id.partner_id.ids,
                )
        return True

    def action_open_subject(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.subject,
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    def _check_may_sign(self):
        self.check_access("read")
        obstacle = self._obstacle()
        if obstacle:
            raise UserError(obstacle)
        if self.state != "waiting":
            raise UserError(self.env._("This signature has been given already."))

    def _sign(self, state, reason):
        for approval in self:
            approval._check_may_sign()
            approval._give(state, reason)

    def _give(self, state, reason):
        """Keep the current user's answer, and do what follows from it."""
        self.ensure_one()
        # Safe: whoever calls it has checked what the signature demands.
        signed = self.sudo()
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
            signed._record()._refuse_signature(reason)
        else:
            signed._record()._after_signature()
