from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ..adapters import holds as adapter


class BillingStatement(models.Model):
    """Issued documents leave by mail under their seller's brand, after the commit; payment terms
    count from the day of sending (TRADE 4, DESIGN 4.3)."""

    _name = "billing.statement"
    _inherit = ["billing.statement", "billing.sending.mixin"]
    _outbox_kinds = ("billing_statement",)

    sent_on = fields.Date(help="Payment terms and reminders count from this day.")

    def action_send(self):
        """Send issued documents, also once more."""
        self._check_books()
        for one in self:
            if one.state != "issued":
                raise UserError(
                    self.env._(
                        "%(reference)s is a draft: it is sent once it is posted.",
                        reference=one.reference,
                    )
                )
        # Safe: checked above to be documents that the caller may send.
        self.sudo()._queue_send()

    def _queue_send(self):
        """Hand issued documents to the outbox; one without an address is listed."""
        details = self.env["billing.buyer"]._of(self)
        policies = self.env["billing.close.policy"]._of(self.seller_id)
        for one in self:
            if one.route == "here" and not one._invoice():
                one.send_state = "nothing"
                continue
            address = one._send_address(details.get(adapter.pair(one)), policies[one.seller_id])
            problem = one._send_problem(address)
            one.write(
                {
                    "send_state": "failed" if problem else "queued",
                    "sent_to": address,
                    "send_error": problem,
                }
            )
            if not problem:
                self.env["program.outbox"]._post("billing_statement", one, one.seller_id)
        queued = self.filtered(lambda one: one.send_state != "failed")
        self.env["billing.run.failure"]._solve("send", queued)

    def _send_address(self, details, policy):
        """Where it goes: the seller's own books, or the buyer."""
        if self.route == "own" and policy.books_email:
            return policy.books_email
        contact = self.buyer_id.partner_id or self.customer_id.commercial_partner_id
        return (details and details.email) or contact.email or False

    def _send_problem(self, address):
        """What keeps it from being sent, with what to do; False for nothing."""
        buyer = self.buyer_id.name or self.customer_id.name
        if not address:
            return self.env._(
                "%(buyer)s has no e-mail address. Enter one under Money → Buyers and send again.",
                buyer=buyer,
            )
        if not email_normalize(address):
            return self.env._(
                "“%(address)s” of %(buyer)s is no e-mail address. Put it right under Money → "
                "Buyers and send again.",
                address=address,
                buyer=buyer,
            )
        return False if self.seller_id._sender() else self.seller_id._sender_missing()

    def _outbox_billing_statement(self):
        """Called by the outbox, as the system, after the commit.

        :raises UserError: where the mail server does not take it; the outbox tries again
        """
        self.ensure_one()
        if self.send_state != "queued":
            return
        today = max(self.env["billing.run"]._clock().date(), self.billing_day)
        if not self.sent_on:
            # Before it is printed: the document tells the due date that holds from now on. Where
            # the mail is not taken, the outbox takes all of it back.
            self.sent_on = today
            self._count_from(today)
        values = self._mail_values()
        self.write({"send_state": "sent", "send_error": False})
        self.seller_id._send_mail(values)

    def _mail_values(self):
        contact = self.buyer_id.partner_id or self.customer_id.commercial_partner_id
        own = self.with_context(lang=contact.lang or self.env.lang)
        face = own.seller_id._face()
        name = own.invoice_name or own.reference
        values = {"statement": own, "face": face}
        return {
            "subject": own.env._(
                "%(kind)s %(number)s from %(seller)s",
                kind=own._kind_text(),
                number=name,
                seller=face["name"],
            ),
            "body_html": own.env["ir.qweb"]._render("tenant_billing.statement_mail", values),
            "email_to": self.sent_to,
            "attachment_ids": [
                fields.Command.create(
                    {
                        "name": own._file_name(kind),
                        "raw": own._file(kind),
                        "res_model": self._name,
                        "res_id": self.id,
                    }
                )
                for kind in own._mail_files()
            ],
        }

    def _kind_text(self):
        if self.amount_total < 0:
            return self.env._("Credit note")
        return self.env._("Invoice") if self._invoice() else self.env._("Statement")

    def _mail_files(self):
        """PDF; a partner's with its charges; other books with everything."""
        if self.route == "own":
            return ["pdf", "xlsx", "json", *(["xml"] if self.charge_ids else [])]
        details = self.env["billing.buyer"]._of(self).get(adapter.pair(self))
        files = ["pdf"] + (["xlsx", "json"] if self.buyer_id else [])
        return files + (["xml"] if details and details.send_ubl else [])

    def _count_from(self, day):
        """Payment terms of the posted invoice count from ``day``."""
        move = self._invoice()
        if move.move_type != "out_invoice" or move.state != "posted" or day <= move.invoice_date:
            return
        lines = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        lines = lines.sorted("date_maturity")
        dates = self._due_dates(move, day)
        # Terms that were changed since: every part moves by the days that the sending took.
        later = day - move.invoice_date
        if len(dates) != len(lines):
            dates = [line.date_maturity + later for line in lines]
        for line, due in zip(lines, dates, strict=True):
            line.with_context(skip_invoice_sync=True).date_maturity = due
        if dates:
            move.with_context(skip_invoice_sync=True).invoice_date_due = max(dates)

    @api.model
    def _due_dates(self, move, day):
        term = move.invoice_payment_term_id
        if not term:
            return [day]
        sign = move.direction_sign
        terms = term._compute_terms(
            date_ref=day,
            currency=move.currency_id,
            company=move.company_id,
            tax_amount=move.amount_tax_signed * -sign,
            tax_amount_currency=move.amount_tax * -sign,
            untaxed_amount=move.amount_untaxed_signed * -sign,
            untaxed_amount_currency=move.amount_untaxed * -sign,
            sign=-sign,
        )
        return sorted(line["date"] for line in terms["line_ids"])
