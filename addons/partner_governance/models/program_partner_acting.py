from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import AccessError

from ..adapters import team as adapter
from ..engine import team


class ProgramPartner(models.Model):
    """Acting for a sub-partner, within limits, logged and shown to it (X-06)."""

    _inherit = "program.partner"

    upline_may_act = fields.Boolean(
        string="Upline may act for us",
        readonly=True,
        copy=False,
        help="Your upline may work on your onboarding items and invite people for you. Each such "
        "act stands in “Who looked at us”.",
    )
    upline_may_act_since = fields.Date(string="May act since", readonly=True, copy=False)
    may_manage_team = fields.Boolean(compute="_compute_may_manage_team")

    def _compute_may_manage_team(self):
        for node in self:
            node.may_manage_team = node._acts_as() in ("own", "platform")

    def _acts_as(self):
        """In which capacity the caller may act for this node: own, platform, upline or nothing."""
        # Safe: compares the caller's own node and roles with the tree.
        return team.acts_as(adapter.actor(self.env), adapter.read_team(self.sudo()))

    def _check_acts_for(self, what):
        """Let the node's own managers, or its upline with its consent, act; log the latter.

        :param what: what is done, as the partner reads it afterwards
        :raise AccessError: the caller is neither
        """
        for node in self:
            if not node._acts_as():
                raise AccessError(
                    self.env._(
                        "%(node)s has not allowed its upline to act for it.",
                        node=node.sudo().name,
                    )
                )
            node._note_acting(what)

    def _note_acting(self, what):
        """What others do for a partner is shown to it."""
        if self.env.uid == SUPERUSER_ID:
            return
        for node in self.filtered(lambda each: each._acts_as() in ("upline", "platform")):
            self.env["governance.event"]._record(
                "act_for",
                node,
                node=node,
                old=self.env.user.sudo().program_partner_id.name or "",
                reason=what,
            )

    def action_allow_upline(self):
        self._set_upline_may_act(True)

    def action_refuse_upline(self):
        self._set_upline_may_act(False)

    def _set_upline_may_act(self, value):
        for node in self:
            actor = adapter.actor(self.env)
            if self.env.uid != SUPERUSER_ID and not (actor.manager and actor.node_id == node.id):
                raise AccessError(self.env._("That is decided by the partner's own managers."))
            # Safe: the caller is a manager of this very node.
            node.sudo().write(
                {
                    "upline_may_act": value,
                    "upline_may_act_since": value and fields.Date.context_today(node),
                }
            )
            self.env["governance.event"]._record(
                "upline_consent", node, node=node, new="given" if value else "withdrawn"
            )
