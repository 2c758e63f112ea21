import hashlib
from datetime import datetime

from odoo import models
from odoo.tools import SQL

from ..adapters import facts as adapter
from ..adapters.preview import difference, invoice_values, line_values
from ..engine.changes import Version, next_boundary, standing


class BillingSubscription(models.Model):
    """A change as the wizard makes it: thought of first, then done by the named actions."""

    _inherit = "billing.subscription"

    def action_open_change(self):
        """Change, pause or end it; what it costs is shown before it is confirmed."""
        self.ensure_one()
        return self.env["billing.subscription.change"]._open(self)

    def action_open_resume(self):
        self.ensure_one()
        return self.env["billing.subscription.change"]._open(self, "resume")

    def _exact(self, quantity):
        return adapter.decimal(quantity)

    def _standing(self, code, day):
        """The engine's version of a component that holds on a day, or None."""
        known = [adapter.version(item) for item in self.item_ids.sorted("id")]
        return standing(known, code, day)

    def _restated(self):
        """Wishes for what holds today, of the components that are to change later."""
        today = max(self._today(), self.start_date)
        known = [adapter.version(item) for item in self.item_ids.sorted("id")]
        for code in {version.code for version in known if version.day > today}:
            now = standing(known, code, today)
            if now is None or now.ends:
                yield Version(code, today, ends=True)
            else:
                yield Version(code, today, now.quantity)

    def _thought(self, kind, arguments):
        """What `what_if` needs to know for a change."""
        if kind in ("change", "withdraw"):
            items = [
                adapter.Item(self._component(version.code), version)
                for version in arguments["versions"]
            ]
            return {"items": items} if kind == "change" else {"items": items, "end": None}
        day = arguments["day"]
        if kind == "end":
            policy = arguments["policy"]
            last = next_boundary(self._calendar(), day) if policy == "period_end" else day
            return {"end": adapter.end_change(last, policy)}
        pauses = [(each.date_from, each.date_until or None) for each in self.pause_ids]
        if kind == "pause":
            return {"pauses": [*pauses, (day, arguments["until"] or None)]}
        return {"pauses": list(_resumed(pauses, day))}

    def _apply_change(self, kind, arguments, reason):
        if kind == "change":
            return self._add_versions(arguments["versions"], reason)
        if kind == "pause":
            return self.action_pause(arguments["day"], arguments["until"], reason)
        if kind == "resume":
            return self.action_resume(arguments["day"])
        if kind == "end":
            return self.action_end(arguments["day"], arguments["policy"])
        self._add_versions(arguments["versions"], reason)
        return self.action_withdraw_end() if self.ended_on else True

    def _preview_change(self, legs, thought, day):
        """What a change books on the legs, and their next invoices with and without it.

        :return: values of preview lines, and of invoices to come
        """
        # Safe: the caller passes the legs that its user may read; prices are read for them.
        own = self.sudo()
        facts = adapter.read_facts(own, datetime.max)
        after = adapter.what_if(facts, own, **thought)
        today = max(filter(None, (self._today(), self.rated_until)))
        until = max(today, day)
        names = {component.code: component.name for component in own.plan_id.component_ids}
        open_rows = own._open_rows(legs)
        lines, invoices = [], []
        for leg in legs.sudo():
            lines += [
                line_values(leg, booking, names, today)
                for booking in difference(
                    own._target(leg, facts, until), own._target(leg, after, until)
                )
            ]
            invoices += invoice_values(
                leg,
                open_rows.get(leg.id, {}),
                own._preview(leg, until, facts, legs.sudo()),
                own._preview(leg, until, after, legs.sudo()),
                today,
            )
        return lines, invoices

    def _open_rows(self, legs):
        """What is booked and on no document yet: {leg id: {billing day: amount}}."""
        found = {}
        for leg, day, amount in self.env["billing.charge"]._read_group(
            [("leg_id", "in", legs.ids), ("statement_id", "=", False)],
            ["leg_id", "billing_day:day"],
            ["amount:sum"],
        ):
            found.setdefault(leg.id, {})[day] = amount
        return found

    def _fingerprint(self, *asked):
        """A hash of what is asked for and of the facts that it was worked out from."""
        state = (
            self.state,
            self.ended_on,
            self.end_policy,
            self.rated_until,
            sorted(self.item_ids.ids),
            [(each.date_from, each.date_until) for each in self.pause_ids],
            self._price_versions(),
        )
        return hashlib.sha256(repr((asked, state)).encode()).hexdigest()

    def _price_versions(self):
        """Which prices there are, and when they were written."""
        # Safe: only a hash of it is told.
        lines = self.sudo().leg_ids.price_book_id._lineages()
        prices = (
            self.env["billing.price"]
            .sudo()
            .search_fetch(
                [("book_id", "in", [book.id for line in lines.values() for book in line])],
                ["write_date"],
                order="id",
            )
        )
        return [(price.id, price.write_date) for price in prices]

    def _take_turns(self):
        """Of two changes at once the later one fails to serialize and is tried again, on what
        the first one left. A lock alone would not show it what that was."""
        self.env.cr.execute(
            SQL(
                "UPDATE billing_subscription SET write_date = write_date WHERE id IN %s",
                tuple(self.ids),
            )
        )


def _resumed(pauses, day):
    """The pauses as `action_resume` leaves them."""
    done = False
    for first, until in pauses:
        if done or (until and until <= day):
            yield first, until
        else:
            done = True
            if first < day:
                yield first, day
