from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..exceptions import message


class BillingRun(models.Model):
    """A run of a few subscriptions at once, for one who does not want to wait for the night."""

    _inherit = "billing.run"

    single = fields.Boolean(
        string="Of some subscriptions", readonly=True, help="Started by “Bill now” or a retry."
    )
    subscription_ids = fields.Many2many("billing.subscription", readonly=True)

    @api.model
    def _bill_now(self, subscriptions, as_of=None):
        """Book, draft and post what is due of ``subscriptions`` in this transaction.

        A document is drafted whole: with what other subscriptions have open on it.

        :raises UserError: where another run, or a person, holds one of them (R-06)
        :return: an action that says what came of it
        """
        if not subscriptions:
            raise UserError(self.env._("Nothing is left to bill here."))
        locked = subscriptions.try_lock_for_update(allow_referencing=True)
        if locked != subscriptions:
            raise UserError(message(self.env, "subscription_busy"))
        run = self._open(as_of)
        run.write({"single": True, "subscription_ids": [fields.Command.set(subscriptions.ids)]})
        run._finish()
        return run._tell()

    def _told_reason(self, failure):
        """Why something was parked, to its seller and to the platform; others hear that it was:
        the reason may name books and amounts that are not theirs."""
        scope = self.env["program.isolation"]._scope_of_person()
        own = failure.seller_id and failure.seller_id.id == scope.node_id
        if not failure or own or scope.kind in ("system", "platform"):
            return failure.reason
        return message(self.env, "not_billed")

    def _tell(self):
        """A notification: what was billed, or the first reason why not."""
        failures = self.failure_ids.filtered(lambda row: row.state == "open")
        text = self.env._(
            "%(charges)s charges booked, %(documents)s documents made, %(posted)s issued.",
            charges=self.charge_count,
            documents=self.document_count,
            posted=self.posted_count,
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if failures else "success",
                "sticky": bool(failures),
                "message": self._told_reason(failures[:1]) or text,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }


class BillingSubscription(models.Model):
    _inherit = "billing.subscription"

    def action_bill_now(self):
        """What the night would bill, now: every leg of the chain, no day earlier."""
        for one in self:
            one._check_own()
            if one.state == "draft":
                raise UserError(self.env._("It does not run yet: start it first."))
        if not self.env.user.has_group("partner_governance.group_partner_finance"):
            raise AccessError(self.env._("Finance bills."))
        # Safe: checked above to be the node's own; a run bills only what is due anyway.
        own = self.sudo()
        return own.env["billing.run"]._bill_now(own)
