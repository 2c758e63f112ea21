from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import email_normalize


class BillingPriceNotice(models.Model):
    """Notices leave as statements do: by the outbox, from their seller's own sender, in their
    buyer's language (TB-071, TRADE 7)."""

    _name = "billing.price.notice"
    _inherit = ["billing.price.notice", "billing.sending.mixin"]
    _outbox_kinds = ("price_notice",)

    is_own = fields.Boolean(compute="_compute_is_own", help="The reader is its seller.")

    @api.depends("seller_id")
    @api.depends_context("uid")
    def _compute_is_own(self):
        for one in self:
            one.is_own = self.env["program.isolation"]._is_of_own_node(one, "seller_id")

    def _is_sender(self):
        return self.is_own

    def action_send(self):
        """Send it once more, by finance of its seller."""
        if not self.env.user.has_group("partner_governance.group_partner_finance"):
            raise AccessError(self.env._("Finance of the seller does this."))
        if not self.env["program.isolation"]._is_of_own_node(self, "seller_id"):
            raise AccessError(self.env._("Only its seller does this."))
        # Safe: checked above to be the seller's own notices.
        self.sudo().filtered(lambda one: one.send_state != "nothing")._queue_send()

    def _queue_send(self):
        """Hand notices to the outbox; what keeps one from leaving stands on it."""
        for one in self:
            address = ", ".join(one._addresses())
            problem = one._send_problem(address)
            one.write(
                {
                    "send_state": "failed" if problem else "queued",
                    "sent_to": address or False,
                    "send_error": problem,
                }
            )
            if not problem:
                self.env["program.outbox"]._post("price_notice", one, one.seller_id)

    def _send_problem(self, address):
        if not address:
            return self.env._(
                "%(buyer)s has no e-mail address to send the notice to.",
                buyer=self.buyer_id.name or self.customer_id.name,
            )
        return False if self.seller_id._sender() else self.seller_id._sender_missing()

    def _addresses(self):
        """Managers and finance of a partner; the customer itself."""
        if self.customer_id:
            found = [self.customer_id.email]
        else:
            people = self.buyer_id.user_ids.filtered(
                lambda user: user.has_group("partner_governance.group_partner_finance")
            )
            found = people.mapped("email")
        return sorted({email_normalize(each or "") for each in found} - {False, ""})

    def _outbox_price_notice(self):
        """Called by the outbox, as the system, after the commit.

        :raises UserError: where the mail server does not take it; the outbox tries again
        """
        self.ensure_one()
        if self.send_state != "queued":
            return
        values = self._mail_values()
        day = self.sent_on or self.env["billing.run"]._clock().date()
        self.write({"send_state": "sent", "send_error": False, "sent_on": day})
        self.seller_id._send_mail(values)

    def _mail_values(self):
        contact = self.buyer_id.partner_id or self.customer_id.commercial_partner_id
        own = self.with_context(lang=contact.lang or self.env.lang)
        if self.is_withdrawn:
            subject = own.env._("Withdrawn: %(name)s", name=self.name)
        else:
            subject = own.env._("Price change: %(name)s", name=self.name)
        values = {"notice": own, "face": own.seller_id._face()}
        return {
            "subject": subject,
            "email_to": self.sent_to,
            "body_html": own.env["ir.qweb"]._render("tenant_billing.price_notice_mail", values),
        }

    def _mute(self):
        """Take back what has not left yet.

        :return: the notices that nobody was told of
        """
        unsent = self.filtered(lambda one: not one.sent_on)
        self.env["program.outbox"].search(
            [
                ("kind", "=", "price_notice"),
                ("res_model", "=", self._name),
                ("res_id", "in", unsent.ids),
                ("state", "!=", "sent"),
            ]
        ).unlink()
        unsent.write({"send_state": "nothing", "send_error": False})
        return unsent
