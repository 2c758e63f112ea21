from odoo import Command, fields, models
from odoo.exceptions import UserError


class BillingOffer(models.Model):
    """From an accepted offer to the running subscription."""

    _inherit = "billing.offer"

    def action_accept(self):
        """The customer says yes: a draft subscription at the prices quoted. Where the deal is
        won already, it starts."""
        for offer in self:
            if offer.state not in ("draft", "sent"):
                raise UserError(
                    self.env._(
                        "%(offer)s is neither a draft nor sent, so it cannot be accepted.",
                        offer=offer.display_name,
                    )
                )
            offer.check_access("write")
            if offer.state == "draft":
                offer.action_send()
            # Safe: book, subscription and state follow from the offer that the user may write.
            own = offer.sudo()
            own._ensure_customer()
            own._make_agreed_book()
            own._make_subscription()
            own.state = "accepted"
            if own.deal_id.state == "won":
                own._start()
        return True

    def _ensure_customer(self):
        """The customer as a company contact of the seller, from what the deal says."""
        if self.partner_id:
            return
        deal, lead = self.deal_id, self.deal_id.lead_ids[:1]
        self.partner_id = lead.partner_id.commercial_partner_id or self.env["res.partner"].create(
            {
                "name": deal.company_name,
                "is_company": True,
                "country_id": deal.country_id.id,
                "email": self.email or lead.email_from,
                "program_node_id": self.program_node_id.id,
                "company_id": self.program_node_id.company_id.id,
            }
        )
        if lead and not lead.partner_id:
            lead.partner_id = self.partner_id

    def _make_agreed_book(self):
        """The prices quoted, kept for this customer whatever the retail book does later."""
        seller = self.env["billing.subscription"]._contract_seller(self.program_node_id)
        listed, day = self.price_book_id, self.start_date or fields.Date.context_today(self)
        self.agreed_book_id = self.env["billing.price.book"].create(
            {
                "name": self.env._("Agreed in %(offer)s", offer=self.display_name),
                "audience": "agreed",
                "seller_id": seller.id,
                "currency_id": self.currency_id.id,
                "trial_days": self.trial_days,
                "discount_percent": self.discount_percent,
                "discount_months": self.discount_months,
                "tax_included": self.price_book_id.tax_included,
                # Without an own list the defaults hold.
                **(self.price_book_id._term_values() if self.price_book_id else {}),
                "term_months": self.term_months,
                "parent_id": self._book_behind(seller).id,
                "price_ids": [
                    Command.create(
                        {
                            "code": line.code,
                            **line._price_values(),
                            # Whose list it is made of says what a bundle is made of.
                            "split_ids": listed._price_of(line.code, day)._parts()
                            if listed.seller_id == seller
                            else [],
                        }
                    )
                    for line in self.line_ids
                ],
            }
        )

    def _book_behind(self, seller):
        """The own list, for components that come later; none where the currency is another."""
        book = self.price_book_id
        same = book.seller_id == seller and book.currency_id == self.currency_id
        return book if same else book.browse()

    def _make_subscription(self):
        start = self.start_date or fields.Date.context_today(self)
        self.subscription_id = self.env["billing.subscription"].create(
            {
                "program_node_id": self.program_node_id.id,
                "plan_id": self.plan_id.id,
                "partner_id": self.partner_id.id,
                "deal_id": self.deal_id.id,
                "start_date": start,
                "anchor_day": self.anchor_day,
                "timezone": self.timezone,
                "interval": self.plan_id.interval,
                "interval_count": self.plan_id.interval_count,
                "item_ids": [
                    Command.create(
                        {
                            "component_id": line.component_id.id,
                            "valid_from": start,
                            "quantity": line.quantity,
                            "reason": line.reason,
                        }
                    )
                    for line in self.line_ids
                ],
            }
        )

    def _start(self):
        """The deal is won: request the tenant and start the subscription with its legs.

        Runs as the system; an offer that is started already is left alone.
        """
        for offer in self:
            subscription = offer.subscription_id
            if subscription.tenant_id or subscription.state != "draft":
                continue
            owner = subscription._contract_seller(offer.program_node_id)
            is_own = owner == offer.program_node_id
            subscription.tenant_id = self.env["hosting.tenant"].create(
                {
                    "name": offer.partner_id.name,
                    "program_node_id": owner.id,
                    "partner_id": offer.partner_id.id,
                    "deal_id": offer.deal_id.id,
                    "profile_id": offer.profile_id.id,
                    "user_id": (offer.deal_id.user_id if is_own else owner._first_manager()).id,
                }
            )
            subscription._activate(
                offer.agreed_book_id, offer.start_date or fields.Date.context_today(offer)
            )
