from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..adapters import facts as adapter
from ..engine.changes import Version, next_boundary, planned
from ..engine.errors import BillingError
from ..engine.periods import Calendar
from ..engine.zones import local_day
from ..exceptions import engine_message, message


class BillingSubscription(models.Model):
    """What happens to a running subscription: each action adds a dated fact, from which the
    next run works out the money (DESIGN 4.3). Days gone by are fine."""

    _inherit = "billing.subscription"

    def _today(self):
        """The day it is in the subscription's time zone, by the database clock."""
        return local_day(self.env["billing.run"]._clock(), self.timezone)

    def _calendar(self):
        return Calendar(
            self.start_date, self.interval, self.interval_count, self.anchor_day or None
        )

    def _check_running(self):
        self.ensure_one()
        self._check_own()
        if self._is_referred_here():
            # The seller of a referral's customer reads it, and works on it through these alone.
            self.check_access("read")
            self.browse().check_access("write")
        else:
            self.check_access("write")
        if self.state not in ("active", "suspended"):
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(subscription)s is “%(state)s”: only a running subscription is changed.",
                    subscription=self.display_name,
                    state=labels[self.state],
                )
            )

    def _check_day(self, day):
        """A day on or after the start, as a date."""
        day = fields.Date.to_date(day) or self._today()
        if day < self.start_date:
            raise UserError(
                self.env._(
                    "%(day)s lies before the start of the subscription, %(start)s.",
                    day=day,
                    start=self.start_date,
                )
            )
        return day

    def _component(self, code):
        component = self.plan_id.component_ids.filtered(lambda each: each.code == code)
        if not component:
            raise UserError(self.env._("No component has the code “%(code)s”.", code=code))
        return component

    def action_change(self, code, quantity, day, reason=False):
        """From ``day`` on the component ``code`` has ``quantity``; the next run books the
        difference (TB-033)."""
        self._check_running()
        version = Version(code, self._check_day(day), adapter.decimal(quantity))
        return self._add_versions([version], reason)

    def _plan_versions(self, wishes, until=None, keep_pending=False):
        """The versions that make the wishes hold.

        :param wishes: list of ``engine.changes.Version``
        """
        known = [adapter.version(item) for item in self.item_ids.sorted("id")]
        try:
            return planned(known, wishes, until, keep_pending)
        except BillingError as error:
            raise UserError(engine_message(self.env, error)) from error

    def _add_versions(self, versions, reason=False):
        self._check_lowered(versions, self.item_ids)
        Item = self.env["billing.subscription.item"]
        if self._is_referred_here():
            # Safe: `_check_running` and the line above have let the contract's seller.
            Item = Item.sudo()
        return Item.create(
            [
                {
                    "subscription_id": self.id,
                    "component_id": self._component(version.code).id,
                    "valid_from": version.day,
                    "quantity": float(version.quantity),
                    "ends": version.ends,
                    "reason": reason,
                }
                for version in versions
            ]
        )

    def _check_prices(self, codes):
        """Every leg has a price for what comes onto the subscription, or its run would park it.

        :raises UserError: naming the own book; of the books above only that one is incomplete
        """
        # Safe: tells of the legs above only that a price is missing.
        priced = self.sudo().leg_ids.filtered("price_book_id")
        for leg in priced.sorted(lambda leg: not leg.customer_id):
            book = leg.price_book_id
            missing = book._missing(codes)
            if missing and leg.customer_id:
                raise UserError(
                    message(self.env, "price_missing", book=book.name, codes=", ".join(missing))
                )
            if missing:
                raise UserError(self._prices_above_missing())

    def _check_packaging(self, days):
        """The components that stand on each of the days go together (TB-017); a partner's own
        fees are no package."""
        for day in set(days) if self.tenant_id else ():
            there = self.plan_id.component_ids.filtered(
                lambda one, day=day: (now := self._standing(one.code, day)) and now.there(one.kind)
            )
            self.env["billing.packaging.rule"]._check(there, self.program_node_id)

    def action_pause(self, day=None, until=None, reason=False):
        """Serve nothing from ``day`` (default: today) until the day ``until`` (default: until it
        is resumed). Charges stop but for prices that say they go on."""
        self._check_running()
        first, until = self._check_day(day), fields.Date.to_date(until) or None
        if until and until <= first:
            raise UserError(self.env._("A pause ends after it begins."))
        self._check_lowering(first)
        for pause in self.pause_ids:
            if (not until or pause.date_from < until) and (
                not pause.date_until or pause.date_until > first
            ):
                raise UserError(
                    self.env._(
                        "It is paused from %(day)s already. Resume it on another day instead.",
                        day=pause.date_from,
                    )
                )
        # Safe: the subscription is the node's own; a pause has no other way in.
        self.env["billing.subscription.pause"].sudo().create(
            {
                "subscription_id": self.id,
                "date_from": first,
                "date_until": until,
                "reason": reason,
            }
        )
        self._roll_pauses(self._today())
        return True

    def action_resume(self, day=None):
        """Serve again from ``day`` (default: today); a pause that had not begun by then is
        taken back."""
        self._check_running()
        day = self._check_day(day)
        # Safe: the subscription is the node's own; a pause has no other way in.
        pause = self.sudo().pause_ids.filtered(
            lambda each: not each.date_until or each.date_until > day
        )[:1]
        if not pause:
            raise UserError(self.env._("It is not paused, so there is nothing to resume."))
        if pause.date_from >= day:
            running = pause.state == "running"
            pause.unlink()
            if running:
                self.sudo()._resumed()
        else:
            pause.date_until = day
        self._roll_pauses(self._today())
        return True

    def _roll_pauses(self, day):
        """Begin and end what is due by ``day``."""
        # Safe: what the subscriptions' own pauses say.
        for pause in self.sudo().pause_ids:
            state = pause._state_on(day)
            if state == pause.state:
                continue
            was, pause.state = pause.state, state
            one = pause.subscription_id
            if state == "running" and one.state == "active":
                one.state = "suspended"
            elif state == "over" and was == "running":
                one._resumed()
        # Safe: the servers of the subscriptions' own tenants.
        self.sudo()._pause_servers()

    def _resumed(self):
        if self.state == "suspended":
            self.state = "active"

    def _pause_servers(self):
        """Ask that the tenant's server stands still while it is paused, and goes on after it.

        Looks at what is and what should be, so that what could not be asked for now, since
        something else is under way or no provisioner is ready, is asked for by a later run.
        """
        for one in self.filtered(lambda one: one.pause_ids or one.is_server_paused):
            tenant, paused = one.tenant_id, "running" in one.pause_ids.mapped("state")
            # A server that stands still for another reason is left alone.
            states = ("provisioned", "live") if paused else ("suspended",)
            if (
                paused == one.is_server_paused
                or tenant.state not in states
                or tenant.running_operation_id
                or not tenant._production()
            ):
                continue
            try:
                with self.env.cr.savepoint():
                    self.env["hosting.operation"]._request(
                        tenant._production(), "suspend" if paused else "lift"
                    )
            except UserError as error:
                one._tell_server_waits(str(error))
            else:
                one.is_server_paused = paused

    def _tell_server_waits(self, reason):
        """One to-do for the tenant's owner until somebody has done it."""
        summary = self.env._("The server waits for its pause")
        if summary not in self.tenant_id.activity_ids.mapped("summary"):
            self.tenant_id.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=summary,
                note=reason,
                user_id=self.tenant_id.user_id.id or self.env.uid,
            )

    def _check_manager(self):
        """An end is given and taken back by the same people."""
        manager = self.env.user.has_group("partner_governance.group_partner_manager")
        if not self.env.su and not manager:
            raise AccessError(self.env._("A subscription is ended by a manager of its partner."))

    def action_end(self, day=None, policy="credit"):
        """Stop serving from ``day`` (default: today). A day ahead is kept, and the run of that
        day ends it.

        :param policy: ``credit`` what is unused of the last charge · ``no_refund`` ·
            ``period_end``: on the first day of the next period, so that nothing is left
        """
        self._check_manager()
        for one in self:
            one._check_running()
            last = fields.Date.to_date(day) or one._today()
            if one.start_date and last < one.start_date:
                raise UserError(self.env._("It cannot end before it starts."))
            if policy == "period_end":
                last = next_boundary(one._calendar(), last)
            one._check_lowering(last)
            # Safe: checked above to be the node's own.
            one.sudo().write(
                {
                    "ended_on": last,
                    "end_policy": policy,
                    "state": "ended" if last <= one._today() else one.state,
                }
            )
        return True

    def action_withdraw_end(self):
        """Take back a notice: it goes on as if it had not been ended."""
        self._check_manager()
        self._check_running()
        if not self.ended_on:
            raise UserError(self.env._("No end is known, so there is nothing to take back."))
        # Safe: checked above to be the node's own.
        self.sudo().write({"ended_on": False, "end_policy": False})
        return True
