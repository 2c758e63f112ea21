from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..adapters import facts as facts_adapter
from ..engine.changes import Version, planned
from ..engine.seasons import Season, fits, horizon, spans

BATCH = 100


class BillingSeason(models.Model):
    """A quantity that comes back every year on the same days, laid down as dated versions some
    years ahead (TB-058)."""

    _name = "billing.season"
    _description = "Yearly season"
    _order = "subscription_id, first, id"
    _rec_name = "component_id"

    subscription_id = fields.Many2one(
        "billing.subscription", required=True, index=True, ondelete="restrict", readonly=True
    )
    program_node_id = fields.Many2one(
        related="subscription_id.program_node_id", store=True, index=True
    )
    component_id = fields.Many2one(
        "billing.plan.component", required=True, ondelete="restrict", readonly=True
    )
    quantity = fields.Float(digits=(16, 6), readonly=True)
    ends = fields.Boolean(readonly=True, help="The component is not there in the season.")
    first = fields.Date(string="From", required=True, readonly=True)
    until = fields.Date(
        required=True, readonly=True, help="First day on which the usual quantity holds again."
    )
    last = fields.Date(
        string="Ended on", readonly=True, help="No season begins on this day or later."
    )
    laid_until = fields.Date(
        string="Laid down until", readonly=True, help="The last season that is on the subscription."
    )
    problem = fields.Text(readonly=True, help="Why a later season could not be laid down.")
    reason = fields.Char(readonly=True)
    looked_at = fields.Date(
        readonly=True, copy=False, help="The day on which the scheduler has looked at it."
    )

    def _season(self):
        return Season(self.first, self.until, self.last or None)

    def _wish(self, day):
        """The engine's version from ``day`` on."""
        quantity = facts_adapter.decimal(self.quantity)
        return Version(self.component_id.code, day, quantity, self.ends)

    @api.model
    def _cron(self):
        """Lay down the seasons that have come into sight, each once a day."""
        today = self.env["billing.run"]._clock().date()
        domain = [
            ("last", "=", False),
            ("subscription_id.state", "in", ("active", "suspended")),
            "|",
            ("looked_at", "=", False),
            ("looked_at", "<", today),
        ]
        while found := self.search(domain, limit=BATCH, order="id"):
            locked = found.try_lock_for_update()
            locked._lay()
            locked.looked_at = today
            left = self.env["ir.cron"]._commit_progress(
                len(locked), remaining=self.search_count(domain)
            )
            # All that is left is locked by others: the scheduler comes again.
            if not left or not locked:
                return

    def _lay(self):
        """Add what is missing up to the horizon; again adds nothing."""
        for season in self:
            one = season.subscription_id
            try:
                with self.env.cr.savepoint():
                    found = spans(season._season(), season.laid_until, one._season_horizon())
                    for first, until in found:
                        known = [facts_adapter.version(item) for item in one.item_ids.sorted("id")]
                        versions = planned(known, [season._wish(first)], until, keep_pending=True)
                        one._add_versions(versions, season.reason)
                    if found:
                        season.laid_until = found[-1][0]
                    if season.problem:
                        season.problem = False
            except UserError as error:
                season.problem = str(error)

    def action_end(self):
        """No further season; what is on the subscription and has not begun is taken back."""
        for season in self:
            one = season.subscription_id
            one._check_running()
            today = one._today()
            # Safe: checked to be the node's own subscription.
            season.sudo().last = today
            known = [facts_adapter.version(item) for item in one.item_ids.sorted("id")]
            laid = season.laid_until + timedelta(days=1)
            for first, until in spans(Season(season.first, season.until), today, laid):
                usual = one._usual(known, season, first)
                one._add_versions(planned(known, [usual], until), season.reason)
        return True


class BillingSubscription(models.Model):
    _inherit = "billing.subscription"

    season_ids = fields.One2many("billing.season", "subscription_id", readonly=True)

    def _season_horizon(self):
        # Safe: only a day is taken from the contract, to lay down quantities.
        terms = self.sudo().leg_ids.filtered("customer_id").mapped("term_until")
        ahead = horizon(self._today(), max(filter(None, terms), default=None))
        ends = [day for day in (self.end_date, self.ended_on) if day]
        return min([ahead, *ends])

    def _usual(self, known, season, first):
        """What held before a season began, as a wish for its days."""
        code = season.component_id.code
        before = [one for one in known if one.code == code and one.day < first]
        last = max(before, key=lambda one: one.day, default=None)
        if last is None:
            return Version(code, first, ends=True)
        held = [one for one in before if one.day == last.day][-1]
        return Version(code, first, held.quantity, held.ends)

    def _plan_change(self, wishes, until=None, keep_pending=False, yearly=False):
        """The versions that make the wishes hold; every year where they are a yearly season. A
        change for good keeps the seasons that come back, over its new quantities.

        :raises UserError: a season that is not over before it comes back
        """
        versions = []
        for wish in wishes:
            days = [(wish.day, until)]
            if yearly:
                season = Season(wish.day, until) if until else None
                if not season or not fits(season):
                    raise UserError(
                        self.env._(
                            "A season that comes back every year needs a day on which it is over, "
                            "less than a year after its first one."
                        )
                    )
                days += spans(season, wish.day, self._season_horizon())
            for first, end in days:
                versions += self._plan_versions([replace(wish, day=first)], end, keep_pending)
        if not until and not keep_pending:
            versions += self._seasons_again(wishes, versions)
        return tuple(versions)

    def _seasons_again(self, wishes, versions):
        """What lays the yearly seasons over a change for good."""
        known = [facts_adapter.version(item) for item in self.item_ids.sorted("id")]
        known += versions
        again = []
        days = {wish.code: wish.day for wish in wishes if not wish.ends}
        for season in self.season_ids.filtered(lambda one: not one.last):
            if (day := days.get(season.component_id.code)) is None:
                continue
            for first, until in spans(season._season(), day, self._season_horizon()):
                added = planned([*known, *again], [season._wish(first)], until)
                again += added
        return again

    def _apply_change(self, kind, arguments, reason):
        if kind == "withdraw":
            # Safe: checked by the wizard to be the node's own subscription.
            self.sudo().season_ids.filtered(lambda one: not one.last).last = self._today()
        done = super()._apply_change(kind, arguments, reason)
        for wish in arguments.get("dropped", ()):
            # Safe: as above; what is dropped for good does not come back with its season.
            self.sudo().season_ids.filtered(
                lambda one, wish=wish: not one.last and one.component_id.code == wish.code
            ).last = wish.day
        for wish, until in arguments.get("seasons", ()):
            # Safe: as above; a season has no other way in.
            season = (
                self.env["billing.season"]
                .sudo()
                .create(
                    {
                        "subscription_id": self.id,
                        "component_id": self._component(wish.code).id,
                        "quantity": float(wish.quantity),
                        "ends": wish.ends,
                        "first": wish.day,
                        "until": until,
                        "reason": reason,
                    }
                )
            )
            laid = spans(season._season(), wish.day, self._season_horizon())
            season.laid_until = max([wish.day, *(first for first, _until in laid)])
        return done
