from dataclasses import replace
from datetime import datetime

from odoo import models
from odoo.exceptions import UserError

from ..adapters import facts as facts_adapter
from ..adapters import handover as adapter
from ..adapters import terms as terms_adapter
from ..engine.changes import next_boundary
from ..engine.errors import BillingError
from ..exceptions import engine_message, message


class BillingHandover(models.Model):
    """Which legs close and open, what they cost, and doing it (DESIGN 4.4, TRADE 2)."""

    _inherit = "billing.handover"

    def _plans(self):
        """What happens to each subscription whose chain changes.

        :raises UserError: naming each price that is missing
        :return: list of (subscription, the engine's `Rechain`, values of the legs to open)
        """
        moved = self._moved_customers()
        staying = (self._branches() - moved).filtered(self._goes_on)
        members = [(one, one.program_node_id, False) for one in staying]
        if self.kind != "end":
            gone = moved.filtered(self._goes_on)
            members += [(one, self.receiver_id, True) for one in gone]
        everyone = self.env["billing.subscription"].union(*(one for one, _node, _moves in members))
        legs = self.env["billing.leg"].search(
            [("subscription_id", "in", everyone.ids), ("side_terms_id", "=", False)]
        )
        charged = {
            leg.id
            for (leg,) in self.env["billing.charge"]._read_group(
                [("leg_id", "in", legs.ids)], ["leg_id"]
            )
        }
        by_subscription = legs.grouped("subscription_id")
        uplines = dict.fromkeys(self._moved(), self.receiver_id)
        found, missing, books = [], set(), {}
        for one, node, moves in members:
            path = self._path(node, uplines)
            try:
                plan = adapter.plan(one, by_subscription.get(one, ()), path, self.day, charged)
            except BillingError as error:
                raise UserError(
                    self.env._(
                        "%(subscription)s: %(reason)s",
                        subscription=one.display_name,
                        reason=engine_message(self.env, error),
                    )
                ) from error
            self._find_books(one, path, plan, books, missing)
            if not missing:
                customer = self._contact(one) if moves else one.partner_id.commercial_partner_id
                values = [
                    adapter.leg_values(one, opened, plan.start, books, customer, path)
                    for opened in plan.open
                ]
                found.append((one, plan, values))
        if missing:
            raise UserError("\n".join(sorted(missing)))
        return found

    def _goes_on(self, one):
        """Whether a subscription still runs on the day."""
        ends = [day for day in (one.ended_on, one.end_date) if day]
        return not ends or min(ends) > max(self.day, one.start_date)

    def _path(self, node, uplines):
        """The partners from the platform down to who sells to the customers of ``node``, in the
        tree as it is once ``uplines`` ({node: upline}) hold. Who has no tenants of its own sells
        nothing."""
        path = [node]
        while upline := uplines.get(path[0], path[0].upline_id):
            if upline in path:
                raise UserError(self.env._("A partner cannot be its own upline."))
            path.insert(0, upline)
        while len(path) > 1 and path[-1]._lacks_tenancy():
            path.pop()
        return path

    def _find_books(self, one, path, plan, books, missing):
        """Add the price books of the legs that open to ``books``; what no price is known for is
        told in ``missing``."""
        nodes = {each.id: each for each in path}
        codes = one.item_ids.mapped("code")
        for _place, (_kind, seller_id), buyer in plan.open:
            seller = nodes[seller_id]
            buyer = nodes[buyer[1]] if buyer != adapter.CUSTOMER else None
            if (seller, buyer) not in books:
                books[seller, buyer] = self._book(seller, buyer)
            lacking = books[seller, buyer]._missing(codes)
            if lacking:
                missing.add(
                    self.env._(
                        "%(seller)s has no price of %(codes)s for %(buyer)s.",
                        seller=seller.name,
                        codes=", ".join(lacking),
                        buyer=buyer.name if buyer else self.env._("its customers"),
                    )
                )

    def _book(self, seller, buyer):
        Book = self.env["billing.price.book"]
        if buyer:
            return Book._wholesale(seller, buyer)
        return (
            self.price_book_id if self.price_book_id.seller_id == seller else Book._retail(seller)
        )

    def _contact(self, one):
        """The contact of a customer that moves, as its new seller knows it: the old one until
        the day, since a copy is made then."""
        return self.receiver_customer_id or one.partner_id.commercial_partner_id

    # The preview.

    def _preview(self):
        """What will happen, kept on the record; its fingerprint."""
        self.ensure_one()
        plans = self._plans()
        ending = self._ending().filtered(self._goes_on)
        Leg = self.env["billing.leg"]
        opened = {
            one: [Leg.new(values) for values in values_list] for one, _plan, values_list in plans
        }
        everyone = ending.union(*opened)
        facts = facts_adapter.read_facts(everyone, datetime.max)
        books = Leg.union(*(leg for legs in opened.values() for leg in legs)).price_book_id
        facts = replace(facts, prices={**facts.prices, **facts_adapter.read_prices(books)})
        legs, amounts = [], []
        for one, plan, _values in plans:
            names = {each.code: each.name for each in one.plan_id.component_ids}
            known = {leg.id: leg for leg in facts.legs[one.id]}
            for change, idents in (
                ("closes", plan.close), ("closes", plan.drop), ("stays", plan.keep)
            ):  # fmt: skip
                for leg in map(known.get, idents):
                    legs.append(self._leg_values(one, leg, change, plan.start))
                    if change == "closes" and leg.id not in plan.drop:
                        charges = self._last_charges(one, leg, facts)
                        amounts += [adapter.amount_values(leg, change, c, names) for c in charges]
            for leg in opened[one]:
                legs.append(self._leg_values(one, leg, "opens", plan.start))
                charges = self._first_charges(one, leg, facts)
                amounts += [adapter.amount_values(leg, "opens", c, names) for c in charges]
        for one in ending:
            names = {each.code: each.name for each in one.plan_id.component_ids}
            end = facts_adapter.end_change(self.day, self.end_policy)
            after = facts_adapter.what_if(facts, one, end=end)
            for leg in facts.legs[one.id]:
                if leg.date_until:
                    continue
                legs.append(self._leg_values(one, leg, "ends", self.day))
                charges = self._last_charges(one, leg, after)
                amounts += [adapter.amount_values(leg, "ends", c, names) for c in charges]
        # In the order of each chain; of one place, what closes first.
        legs.sort(key=lambda values: (values["subscription_id"], values["sequence"]))
        return self._show(legs, amounts)

    def _ending(self):
        """Subscriptions that end with it."""
        return self._fees() | (
            self._moved_customers() if self.kind == "end" else self.env["billing.subscription"]
        )

    def _last_charges(self, one, leg, facts):
        """What falls due on the day that the leg closes: the credit of what is unused, and the
        last days in arrears, as far as they are measured by now."""
        until = replace(terms_adapter.window(leg, facts), until=self.day)
        charges = one._target(leg, facts, self.day, until)
        return [charge for charge in charges if charge.due == self.day]

    def _first_charges(self, one, leg, facts):
        """What the new leg charges for its first period."""
        until = next_boundary(one._calendar(), leg.date_from)
        charges = one._target(leg, facts, until)
        return [charge for charge in charges if charge.period_start < until]

    def _leg_values(self, one, leg, change, day):
        return {
            "subscription_id": one.id,
            "sequence": leg.sequence,
            "change": change,
            "party": leg.display_name,
            "day": False if change == "stays" else day,
            "book": leg.price_book_id.name,
            "term_until": change in ("closes", "ends")
            and leg.term_until
            and leg.term_until > day
            and leg.term_until,
        }

    # Doing it.

    def _carry_out(self):
        """Close and open the legs, move the tree and what is read, all or nothing."""
        self.ensure_one()
        everyone = self._subscriptions()
        if everyone.try_lock_for_update(allow_referencing=True) != everyone:
            raise UserError(message(self.env, "subscription_busy"))
        moved, ending = self._moved_customers(), self._ending()
        plans = self._plans()
        contacts = self._receive_contacts(moved) if self.kind != "end" else {}
        leavers, nodes = self._leavers(), self._moved()
        for node in nodes:
            node.upline_id = self.receiver_id
        self._rechain(plans, contacts)
        for one in ending.filtered(self._goes_on):
            one.action_end(self.day, self.end_policy)
        tenants = moved.tenant_id if self.kind != "end" else moved.tenant_id.browse()
        tenants._change_hands(self.receiver_id, contacts)
        self._stop_reading(leavers, tenants, nodes)
        self.env["billing.subscription"].union(*(one for one, *_rest in plans))._check_chain()
        self.write({"state": "done", "problem": False})
        self._tell("done")

    def _rechain(self, plans, contacts):
        """Close, drop and open the legs of all chains.

        :param contacts: {id of a contact: id of the same customer as a contact of the receiver}
        """
        Leg = self.env["billing.leg"]
        closing, dropped, opened = {}, [], []
        for _one, plan, values_list in plans:
            closing.setdefault(plan.start, []).extend(plan.close)
            dropped += plan.drop
            opened += [
                {
                    **values,
                    "customer_id": contacts.get(values["customer_id"], values["customer_id"]),
                }
                for values in values_list
            ]
        for day, idents in closing.items():
            Leg.browse(idents).date_until = day
        gone = Leg.browse(dropped)
        self.env["billing.mrr.movement"]._forget(gone)
        gone.discount_ids.unlink()
        gone.opening_ids.unlink()
        gone.unlink()
        # Neither trial nor introductory discount: those are for who is new.
        Leg.create(opened)
