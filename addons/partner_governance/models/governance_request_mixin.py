from odoo import api, models
from odoo.exceptions import UserError


class GovernanceRequestMixin(models.AbstractModel):
    """What is asked for about a record and holds once it is signed: draft, asked, approved or
    refused, withdrawn. The model defines ``state``, whose signatures it takes, and what follows."""

    _name = "governance.request.mixin"
    _description = "Asked for and signed"
    _inherit = ["governance.subject.mixin", "governance.signed.mixin"]
    # The kind of its events in the trail.
    _request_kind = ""

    def _signature_demands(self):
        """Who signs: rows for ``_ask_signatures``."""
        raise NotImplementedError

    def _ask(self, reason=""):
        """To its signatures; by an action that has checked its caller and the record."""
        self.ensure_one()
        # Safe: the caller may write the request; its state has no other way in.
        own = self.sudo()
        own._move("asked", reason)
        own._ask_signatures(own._signature_demands())

    def _signed(self):
        done = super()._signed()
        for one in self.filtered(lambda each: each.state == "asked"):
            one._move("approved")
        return done

    def _sign_refused(self, reason):
        done = super()._sign_refused(reason)
        for one in self.filtered(lambda each: each.state == "asked"):
            one._move("refused", reason)
        return done

    def _withdraw(self):
        """No longer wanted; by an action that has checked its caller and the record."""
        self.ensure_one()
        if self.state in ("asked", "approved"):
            # Safe: the caller may write the request; nobody need sign it any more.
            self.sudo()._withdraw_signatures(self.env._("withdrawn"))
        self._move("withdrawn")

    def _move(self, state, reason=""):
        """Into another state, and the trail says so."""
        old = self.state
        # Safe: whoever calls has checked that the caller may write the request; no other way in.
        self.sudo().state = state
        self._trace(old, state, reason)

    def _trace(self, old, new, reason=""):
        self.env["governance.event"]._record(
            self._request_kind, self, node=self.program_node_id, old=old, new=new, reason=reason
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_draft_only(self):
        for one in self.filtered(lambda each: each.state != "draft"):
            raise UserError(
                self.env._("“%(what)s” stays in its register: withdraw it.", what=one.display_name)
            )
