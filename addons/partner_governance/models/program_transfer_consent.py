from odoo import models
from odoo.exceptions import UserError

from ..engine import transfer as engine


class ProgramTransfer(models.Model):
    """Who consents to a change of hands, and how that is asked (TRADE 2, PG-100, PG-150)."""

    _inherit = "program.transfer"

    def action_confirm(self):
        """Ask for the consent of everybody that it needs."""
        self.check_access("write")
        self._check_giver()
        for one in self:
            if one.state not in ("draft", "refused"):
                raise UserError(self.env._("It has been asked for already."))
            if one.previewed_for != one._mark():
                raise UserError(self.env._("Look at the preview first."))
            # Safe: what stands in the way, of a change that the caller may ask for.
            one.sudo()._check_possible()
            if engine.needs_customer(one.kind) and not one.customer_consent:
                raise UserError(
                    self.env._(
                        "The customer's contract partner changes: name its consent (letter or "
                        "mail, with the day)."
                    )
                )
            if one.without_giver and not one.giver_evidence:
                raise UserError(self.env._("Say by which evidence the giver does not sign."))
            # Safe: the state follows the signatures, which the policy demands.
            one.sudo().write({"state": "asked", "told_receiver_id": one.receiver_id.id})
            one._ask_signatures(one._demands())
            one._sign_by_asking()
        return True

    def _sign_by_asking(self):
        """A manager who asks consents for the own party, and for no other. The desk consents to
        nothing by asking for others: where the platform is a party, somebody else there signs."""
        scope = self.env["program.isolation"]._scope()
        if scope.kind != "staff":
            return
        # Safe: the caller's own roles, and what the caller's own party owes here. A role that is
        # lent for somebody who is away does not count: that one has not asked.
        roles = self.env.user.sudo().all_group_ids
        mine = self._current_approvals().sudo().filtered(
            lambda each: each.node_id.id == scope.node_id and each.group_id in roles
        )[:1]  # fmt: skip
        if mine:
            mine.sudo(False)._give("approved", self.env._("signed by asking for it"))

    def _demands(self):
        """Signatures by the engine's rule, at the parties of this record."""
        own = self.sudo()
        root = self.env["program.partner"].sudo()._root()
        nodes = {
            "giver": own.program_node_id,
            "old_upline": own.node_id.upline_id or root,
            "receiver": own.receiver_id,
            "platform": root,
        }
        names = {
            "giver": self.env._("Giver"),
            "old_upline": self.env._("Present upline"),
            "receiver": self.env._("Receiver"),
            "platform": self.env._("Platform"),
        }
        return [
            {
                "name": names[party],
                "node_id": nodes[party].id,
                "group_id": self._sign_group(role).id,
                "days": 10,
            }
            for party, role in engine.consents(self.kind, self.without_giver)
        ]

    def _signed(self):
        self.state = "planned"
        self._tell("planned")

    def _sign_refused(self, reason):
        self.state = "refused"
        self._tell("refused", reason)
