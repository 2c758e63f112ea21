from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, formataddr

from ..adapters import holds as adapter


class BillingStatement(models.Model):
    """Issued documents leave by mail under their seller's brand, after the commit; payment terms
    count from the day of sending (TRADE 4, DESIGN 4.3)."""

    _inherit = "billing.statement"

    send_state = fields.Selection(
        [
            ("no", "Not sent"),
            ("queued", "On its way"),
            ("sent", "Sent"),
            ("failed", "Could not be sent"),
            ("nothing", "Nothing to send"),
        ],
        string="Sending",
        default="no",
        required=True,
        index=True,
        readonly=True,
        copy=False,
    )
    sent_on = fields.Date(
        readonly=True, copy=False, help="Payment terms and reminders count from this day."
    )
    sent_to = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    send_error = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)

    def action_send(self):
        """Send issued documents, also once more."""
        self._check_seller()
        for one in self:
            if one.state != "issued":
                raise UserError(
                    self.env._(
                        "%(reference)s is a draft: it is sent once it is posted.",
                        reference=one.reference,
                    )
                )
        # Safe: checked above to be the seller's own documents.
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
        if not self._sender():
            return self.env._(
                "%(seller)s has no sender: enter the support e-mail of its brand and send again.",
                seller=self.seller_id.name,
            )
        return False

    def _brand(self):
        return self.seller_id.brand_ids.filtered("active")[:1]

    def _sender(self):
        """The seller's own sender; nobody else's stands in for it."""
        brand, company = self._brand(), self.seller_id.company_id
        address = brand.support_email or company.email
        return address and formataddr((brand.name or company.name, address))

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
        mail = self.env["mail.mail"].create(self._mail_values())
        self.write({"send_state": "sent", "send_error": False})
        mail.send(raise_exception=True)
        if mail.state != "sent":
            raise UserError(mail.failure_reason or self.env._("The mail was not taken."))

    def _mail_values(self):
        brand, sender = self._brand(), self._sender()
        contact = self.buyer_id.partner_id or self.customer_id.commercial_partner_id
        own = self.with_context(lang=contact.lang or self.env.lang)
        name = own.invoice_name or own.reference
        values = {"statement": own, "brand": brand, "company": self.seller_id.company_id}
        return {
            "subject": own.env._(
                "%(kind)s %(number)s from %(seller)s",
                kind=own._kind_text(),
                number=name,
                seller=brand.name or self.seller_id.name,
            ),
            "body_html": own.env["ir.qweb"]._render("tenant_billing.statement_mail", values),
            "email_from": sender,
            "reply_to": sender,
            "email_to": self.sent_to,
            "auto_delete": False,
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


class ProgramOutbox(models.Model):
    _inherit = "program.outbox"

    def _send(self):
        """A document that could not be sent says so, while the outbox tries again and after."""
        done = super()._send()
        if not done and self.kind == "billing_statement":
            statement = self.env["billing.statement"].browse(self.res_id)
            statement.send_error = self.error
            if self.state == "failed":
                statement.send_state = "failed"
        return done
