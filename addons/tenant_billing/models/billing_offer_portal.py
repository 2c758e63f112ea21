from datetime import timedelta

from markupsafe import Markup, escape

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, email_normalize

from ..engine.zones import UTC, local_day

VALID_DAYS = 30


class BillingOffer(models.Model):
    """The offer at its customer: a link by mail, signed or refused there, under the seller's
    brand alone (TB-070, TRADE 6)."""

    _name = "billing.offer"
    _inherit = ["billing.offer", "portal.mixin"]

    email = fields.Char(
        string="Sent to",
        compute="_compute_email",
        store=True,
        readonly=False,
        copy=False,
        help="Where the link goes; empty: nobody is written to, give the link yourself.",
    )
    valid_until = fields.Date(
        default=lambda self: fields.Date.context_today(self) + timedelta(days=VALID_DAYS),
        copy=False,
        tracking=True,
        help="Last day on which it can be accepted; empty: open.",
    )
    deal_state = fields.Selection(related="deal_id.state", string="Deal is")
    is_expired = fields.Boolean(compute="_compute_is_expired")
    mailed_on = fields.Datetime(readonly=True, copy=False)
    mail_problem = fields.Char(compute="_compute_mail_problem")
    signature = fields.Image(
        max_width=1024, max_height=1024, attachment=True, readonly=True, copy=False
    )
    signed_by = fields.Char(readonly=True, copy=False, tracking=True)
    signed_on = fields.Datetime(readonly=True, copy=False)
    signed_ip = fields.Char(string="Signed from", readonly=True, copy=False)
    problem = fields.Text(
        readonly=True, copy=False, help="Why the customer's signature has made no subscription yet."
    )
    refusal = fields.Text(string="Why refused", readonly=True, copy=False)
    waiting_for = fields.Text(compute="_compute_waiting_for")

    @api.depends("partner_id", "deal_id")
    def _compute_email(self):
        for offer in self:
            if offer.state != "draft":
                # It has been sent there; the customer that acceptance makes changes nothing.
                offer.email = offer.email
                continue
            lead = offer.deal_id.lead_ids[:1]
            found = offer.partner_id.email or lead.email_from or offer.deal_id.contact_name
            offer.email = email_normalize(found or "") or False

    @api.depends("valid_until", "timezone")
    def _compute_is_expired(self):
        for offer in self:
            until = offer.valid_until
            offer.is_expired = bool(until and until < offer._today())

    def _today(self):
        return local_day(fields.Datetime.now().replace(tzinfo=UTC), self.timezone or "UTC")

    def _compute_access_url(self):
        for offer in self:
            offer.access_url = f"/my/hosting-offers/{offer.id}"

    def _compute_mail_problem(self):
        # Safe: what became of the reader's own mail, nobody else's.
        rows = (
            self.env["program.outbox"]
            .sudo()
            .search_fetch(
                [
                    ("kind", "in", ("offer", "offer_signed")),
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                ],
                ["res_id", "error"],
                order="id",
            )
        )
        # Of several the last one: what was sent again is no problem any more.
        errors = {row.res_id: row.error for row in rows}
        for offer in self:
            offer.mail_problem = errors.get(offer.id, False)

    @api.depends("state", "deal_id.state", "deal_id.missing")
    def _compute_waiting_for(self):
        for offer in self:
            # Safe: the gate of the reader's own deal, told at every door alike.
            deal = offer.sudo().deal_id
            waits = offer.state == "accepted" and deal.state != "won"
            missing = (deal.missing or "").replace("\n", "; ")
            offer.waiting_for = waits and missing or False

    def _files_fixed(self):
        """Those whose files stay as they are: `ir.attachment` asks."""
        return self.filtered("signed_on")

    def write(self, vals):
        agreed = {"term_months", "profile_id", "price_book_id", "timezone"} & vals.keys()
        if agreed and not self.env.su and any(one.state != "draft" for one in self):
            raise UserError(
                self.env._("The customer has this offer. Take it back to draft to change it.")
            )
        if "valid_until" in vals and not self.env.su and self.filtered("signed_on"):
            raise UserError(self.env._("The customer has signed this offer, so its day stays."))
        return super().write(vals)

    def action_send(self):
        for offer in self:
            if offer.is_expired:
                raise UserError(offer._expired())
        done = super().action_send()
        for offer in self:
            offer._portal_ensure_token()
            if offer.email:
                self.env["program.outbox"]._post("offer", offer, offer.sudo().program_node_id)
        return done

    def action_accept(self):
        self._take_turns()
        for offer in self:
            if offer.is_expired and not offer.signed_on:
                raise UserError(offer._expired())
        done = super().action_accept()
        # Safe: the caller has just accepted it; what stood in the way is gone.
        self.sudo().problem = False
        return done

    def action_draft(self):
        if self.filtered("signed_on"):
            raise UserError(
                self.env._("The customer has signed it: make another offer for a change.")
            )
        return super().action_draft()

    def action_win(self):
        """Win the deal of the accepted offer: its gate is asked, then the service starts."""
        self.ensure_one()
        self.deal_id.lead_ids[:1].action_set_won()
        return True

    def action_customer_view(self):
        """The page as the customer reads it."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.get_portal_url(), "target": "new"}

    def _expired(self):
        return self.env._(
            "%(offer)s was valid until %(day)s. Set a later day to send or accept it.",
            offer=self.display_name,
            day=self.valid_until,
        )

    def _take_turns(self):
        """Of two answers at once the later one fails to serialize and is tried again, on what
        the first one left: two tabs, a double click, the seller's button at the same time."""
        self.check_access("write")
        if not self:
            return
        self.flush_recordset()
        self.env.cr.execute(
            SQL("UPDATE billing_offer SET write_date = write_date WHERE id IN %s", tuple(self.ids))
        )
        self.invalidate_recordset(["state", "signed_on"])

    def _is_open(self):
        """Whether the customer may still answer."""
        return self.state == "sent" and not self.signed_on and not self.is_expired

    # What the customer does. Runs as the system, for whoever holds the link.

    def _sign(self, name, signature, address):
        """Keep the signature, and make the draft subscription. What stands in the way is told
        to the seller, never to the customer, whose signature is kept.

        :return: False where it could not be answered any more
        """
        self._take_turns()
        if not self._is_open():
            return False
        self.write(
            {
                "signed_by": name,
                "signed_on": fields.Datetime.now(),
                "signed_ip": address,
                "signature": signature,
            }
        )
        try:
            with self.env.cr.savepoint():
                self.action_accept()
        except UserError as error:
            self.problem = str(error)
        self._tell(self.env._("Signed by %(name)s", name=name), self.problem or self.waiting_for)
        self.env["governance.event"]._record(
            "billing.offer.signed", self, self.program_node_id, "", name, address
        )
        self.env["program.outbox"]._post("offer_signed", self, self.program_node_id)
        return True

    def _decline(self, reason):
        """The customer says no, and why.

        :return: False where it could not be answered any more
        """
        self._take_turns()
        if not self._is_open():
            return False
        self.refusal = reason
        self.action_refuse()
        self._tell(self.env._("Refused by the customer"), reason)
        return True

    def _tell(self, what, note):
        """On the offer, and a to-do for whoever owns the deal."""
        self.message_post(body=f"{what}. {note or ''}".strip())
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=what,
            # The customer's own words are text, whatever they look like.
            note=escape(note or ""),
            user_id=self.deal_id.user_id.id or self.create_uid.id,
        )

    # What leaves after the commit.

    def _outbox_offer(self):
        """The link, by mail under the seller's brand. Called by the outbox, as the system."""
        if self.state != "sent" or not self.email:
            return
        self._mail("tenant_billing.billing_offer_mail", self.env._("Your offer"))
        self.mailed_on = fields.Datetime.now()

    def _outbox_offer_signed(self):
        """The signed document on the offer, and to its customer. Called by the outbox."""
        name = f"{self.reference} {self.env._('signed')}.pdf"
        # By the system itself: nobody's own file of that name is sent as the signed one.
        attachment = (
            self.env["ir.attachment"]
            .with_user(SUPERUSER_ID)
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("name", "=", name),
                    ("create_uid", "=", SUPERUSER_ID),
                ],
                limit=1,
            )
        )
        if not attachment:
            report = self.env["ir.actions.report"]
            pdf, _kind = report._render_qweb_pdf("tenant_billing.billing_offer_report", self.ids)
            attachment = attachment.create(
                {
                    "name": name,
                    "raw": pdf,
                    "mimetype": "application/pdf",
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        if self.email:
            self._mail(
                "tenant_billing.billing_offer_signed_mail",
                self.env._("Your signed offer"),
                attachment,
            )

    def _mail(self, template, subject, attachments=()):
        """One mail to the customer, from the brand's own sender or visibly not at all."""
        seller = self._quote_seller()
        face = seller._face()
        offer = self.with_context(lang=self.partner_id.lang or self.env.lang)
        body = offer.env["ir.qweb"]._render(
            template, {"offer": offer, "face": face, "url": self.get_base_url()}
        )
        seller._send_mail(
            {
                "subject": f"{subject} {self.reference}, {face['name']}",
                "body_html": Markup(body),
                "email_to": self.email,
                "model": self._name,
                "res_id": self.id,
                "attachment_ids": [(4, each.id) for each in attachments],
            }
        )


class BillingOfferLine(models.Model):
    _inherit = "billing.offer.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_draft()
        return lines
