from datetime import timedelta

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..engine.holds import month_of


class BillingClose(models.Model):
    """What one does on the month-end screen: open it, look behind a tile, close the month."""

    _inherit = "billing.close"

    # Opening it.

    @api.model
    def _of(self, seller, day):
        """The month-end of ``seller`` that ``day`` lies in; made where there is none."""
        month = day.replace(day=1)
        # Safe: an empty record of the seller asked for; its figures are computed.
        own = self.sudo()
        domain = [("seller_id", "=", seller.id), ("month", "=", month)]
        found = own.search(domain) or own.create({"seller_id": seller.id, "month": month})
        return self.browse(found.id)

    @api.model
    def action_open_own(self):
        """This month's screen of the reader's own node."""
        if not self.env.user.has_group("partner_governance.group_partner_finance"):
            raise AccessError(self.env._("Finance closes the month."))
        scope = self.env["program.isolation"]._scope()
        node = self.env["program.partner"].browse(scope.node_id)
        if not node:
            raise AccessError(self.env._("You act for no partner, so there is no month to close."))
        return self._of(node, self.env["billing.run"]._clock().date())._open()

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Month-end"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def action_previous(self):
        return self._of(self.seller_id, self.month - timedelta(days=1))._open()

    def action_next(self):
        return self._of(self.seller_id, month_of(self.month)[1])._open()

    def action_settings(self):
        return self.env["billing.close.policy"].action_open_own()

    def action_list(self):
        """The documents behind a tile (context key ``tile``)."""
        self.ensure_one()
        tile = self.env.context.get("tile")
        if tile == "waiting":
            action = self.env["ir.actions.act_window"]._for_xml_id(
                "tenant_billing.billing_charge_action"
            )
            return {**action, "domain": self._waiting(), "context": {}}
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "tenant_billing.billing_statement_action"
        )
        label = self._fields[f"{tile}_count"]._description_string(self.env)
        return {**action, "name": label, "domain": self._domain(tile), "context": {}}

    # Closing it.

    def action_close(self):
        """Post what is ready and send what is posted; what is held waits for its decision."""
        self.ensure_one()
        # Safe: asks whose month it is; from there on it is one that the caller may close.
        own = self.sudo()
        self.env["billing.mandate"]._check_books(own, "month")
        Statement = own.env["billing.statement"]
        ready = Statement.search(own._domain("ready"))
        unsent = Statement.search([*own._domain("posted"), ("send_state", "=", "no")])
        if not ready | unsent:
            raise UserError(self.env._("Nothing is ready to be posted or sent."))
        own.run_id = own.env["billing.run"]._close_now(ready | unsent)
        self.env["governance.event"]._record(
            "billing.close",
            own,
            own.seller_id,
            new=f"{len(ready)} / {len(ready | unsent)}",
        )
        own.invalidate_recordset()
        return own._tell(len(ready), len(ready | unsent))

    def _tell(self, ready, all_):
        if self.run_id.state == "done":
            text = self.env._(
                "%(posted)s of %(ready)s posted; %(sent)s on their way.",
                posted=self.run_id.posted_count,
                ready=ready,
                sent=self.queued_count,
            )
        else:
            text = self.env._(
                "%(count)s documents are posted and sent in the background.", count=all_
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if self.run_id.failure_ids or self.failed_count else "success",
                "message": text,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
