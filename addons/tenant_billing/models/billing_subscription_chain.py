from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.legs import Leg, check_chain
from ..engine.renewal import term_end
from ..exceptions import message


class BillingSubscription(models.Model):
    """Opening the chain of legs: the tree is read here, and never afterwards (DESIGN 4.4)."""

    _inherit = "billing.subscription"

    @api.model
    def _contract_seller(self, node):
        """Who contracts with a customer that ``node`` brings, and has its tenant: itself, or, for
        a partner whose model has no tenants of its own, who it works for (PG-007, TRADE 1)."""
        while node._lacks_tenancy():
            node = node.upline_id
        return node

    @api.model
    def _uplines(self, node):
        """The nodes from the platform down to ``node``."""
        path = node
        while path[0].upline_id:
            path = path[0].upline_id + path
        return path

    @api.model
    def _wholesale_edges(self, node, codes):
        """``[(seller, buyer, book)]`` from the platform down to ``node``.

        :raises UserError: where a book or a price of ``codes`` is missing on the way
        """
        return self._edges(self._uplines(node), codes)

    @api.model
    def _edges(self, path, codes):
        edges = []
        for seller, buyer in zip(path[:-1], path[1:], strict=True):
            book = self.env["billing.price.book"]._wholesale(seller, buyer)
            if not book or book._missing(codes):
                raise UserError(self._prices_above_missing())
            edges.append((seller, buyer, book))
        return edges

    @api.model
    def _prices_above_missing(self):
        return self.env._(
            "The wholesale prices of this plan are not complete on the way from the platform to "
            "you. Ask your upline or the programme desk."
        )

    def _open_chain(self, retail_book, day):
        """Open all legs of a draft subscription from ``day`` on; about a partner it is one leg, by
        ``retail_book`` where its agreement has one, else by its wholesale book.

        Runs as the system: the seller's people may not read the legs above theirs.
        """
        self.ensure_one()
        codes = self.item_ids.mapped("code")
        if self.subject_node_id:
            path = self._uplines(self.subject_node_id)[-2:]
            edges = [(*path, retail_book)] if retail_book else self._edges(path, codes)
        else:
            node = self._contract_seller(self.program_node_id)
            edges = self._wholesale_edges(node, codes)
        values = [
            {
                "seller_id": seller.id,
                "buyer_id": buyer.id,
                "price_book_id": book.id,
                "currency_id": book.currency_id.id,
            }
            for seller, buyer, book in edges
        ]
        if not self.subject_node_id:
            values.append(
                {
                    "seller_id": node.id,
                    "customer_id": self.partner_id.commercial_partner_id.id,
                    "price_book_id": retail_book.id,
                    "currency_id": retail_book.currency_id.id,
                }
            )
        legs = self.env["billing.leg"].create(
            [
                {"subscription_id": self.id, "sequence": number, "date_from": day, **each}
                for number, each in enumerate(values, start=1)
            ]
        )
        for leg in legs.filtered("price_book_id.trial_days"):
            leg.trial_until = day + timedelta(days=leg.price_book_id.trial_days)
        for leg in legs:
            book = leg.price_book_id
            leg.write({**book._term_values(), "term_until": term_end(day, book.term_months)})
        self.env["billing.discount"].create(
            [
                {
                    "leg_id": leg.id,
                    "percent": book.discount_percent,
                    "date_until": book.discount_months
                    and day + relativedelta(months=book.discount_months),
                    "reason": self.env._("Introductory discount"),
                }
                for leg in legs
                if (book := leg.price_book_id).discount_percent
            ]
        )
        self._check_chain()
        return legs

    def _check_chain(self):
        """Exactly one unbroken chain on each day.

        :raises UserError: where a day has none, or two
        """
        for one in self.filtered("tenant_id"):
            legs = [
                Leg(
                    leg.id,
                    ("node", leg.seller_id.id),
                    ("node", leg.buyer_id.id) if leg.buyer_id else ("customer",),
                    leg.date_from,
                    leg.date_until or None,
                )
                for leg in one.leg_ids
                if not leg.side_terms_id
            ]
            root = self.env["program.partner"]._root()
            if check_chain(legs, ("node", root.id), ("customer",), one.start_date, None):
                raise UserError(message(self.env, "chain_broken"))

    def _check_meters(self):
        """Per tenant and meter one metered component at a time (DESIGN 4.6)."""
        others = self.tenant_id.subscription_ids.filtered(
            lambda one: one != self and one.state in ("active", "suspended")
        )
        twice = others._metered() & self._metered()
        if twice:
            raise UserError(
                self.env._(
                    "Another subscription of this tenant charges %(meters)s already.",
                    meters=", ".join(twice.mapped("name")),
                )
            )

    def _metered(self):
        """The meters that these charge from today on: a component that has ended counts no more,
        and hours beyond a retainer are those of its own subscription."""
        found = self.env["billing.meter"]
        for one in self:
            today = one._today()
            newest = {item.component_id: item for item in one.item_ids.sorted("valid_from")}
            for component, item in newest.items():
                ended = item.ends and item.valid_from <= today
                if component.kind == "metered" and not component.overage_of_id and not ended:
                    found |= component.meter_id
        return found

    def _activate(self, retail_book, day):
        """Start a draft subscription on ``day`` with its chain of legs.

        What is missing on the way is kept as the subscription's problem, so that winning a
        deal never fails for something that its seller cannot know.
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self.write({"start_date": day, "state": "active", "problem": False})
                self.item_ids.write({"valid_from": day})
                self._check_meters()
                self._check_packaging([day])
                self._open_chain(retail_book, day)
        except UserError as error:
            self.problem = str(error)
            return False
        return True

    def action_activate(self):
        """Try again what failed when the deal was won."""
        for one in self:
            one._check_own()
            # Safe: the subscription is the node's own; the chain is read by the system.
            own = one.sudo()
            offer = own.env["billing.offer"].search([("subscription_id", "=", own.id)], limit=1)
            day = own.start_date or offer.start_date or fields.Date.context_today(one)
            if own.state != "draft":
                continue
            if not own.subject_node_id and not (offer.agreed_book_id and own.tenant_id):
                raise UserError(
                    self.env._("It starts with the won deal of an accepted hosting offer.")
                )
            if not own._activate(offer.agreed_book_id, day):
                raise UserError(own.problem)
        return True
