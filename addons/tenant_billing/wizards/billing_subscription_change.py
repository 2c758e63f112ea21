from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..engine.changes import Version, next_boundary


class BillingSubscriptionChange(models.TransientModel):
    """Change, pause, resume or end a subscription: what it books and the next invoices are
    shown first, then the same is done."""

    _name = "billing.subscription.change"
    _description = "Change of a subscription"

    subscription_id = fields.Many2one(
        "billing.subscription", required=True, readonly=True, ondelete="cascade"
    )
    subscription_state = fields.Selection(related="subscription_id.state")
    kind = fields.Selection(
        [
            ("change", "Change quantities"),
            ("pause", "Pause"),
            ("resume", "Resume"),
            ("end", "End"),
            ("withdraw", "Take back what is planned"),
        ],
        string="What",
        required=True,
        default="change",
    )
    when = fields.Selection(
        [
            ("now", "Today"),
            ("day", "On a day"),
            ("period_end", "At the end of the period"),
        ],
        required=True,
        default="now",
    )
    day = fields.Date(help="Days gone by are fine: the next run books the difference.")
    until = fields.Date(
        string="Only until",
        help="First day on which what held before holds again: for a season or a pause.",
    )
    policy = fields.Selection(
        [("credit", "Credit what is unused"), ("no_refund", "No refund")],
        string="Charged in advance",
        required=True,
        default="credit",
    )
    yearly = fields.Boolean(
        string="Every year", help="The season comes back on the same days, until it is ended."
    )
    keep_pending = fields.Boolean(
        string="Keep later changes", help="Changes already planned for later days still happen."
    )
    reason = fields.Char()
    line_ids = fields.One2many("billing.subscription.change.line", "change_id")
    effective_day = fields.Date(compute="_compute_effective_day")
    preview_ids = fields.One2many("billing.preview.line", "change_id", readonly=True)
    invoice_ids = fields.One2many("billing.subscription.change.invoice", "change_id", readonly=True)
    planned = fields.Text(string="Laid down", readonly=True, help="Each season, from and until.")
    fingerprint = fields.Char(help="What the preview was made from.")
    is_priced = fields.Boolean(compute="_compute_is_priced")

    @api.depends("kind", "when", "day", "subscription_id")
    def _compute_effective_day(self):
        for change in self:
            one = change.subscription_id
            today = one._today()
            if change.kind == "withdraw":
                change.effective_day = today
            elif change.when == "period_end":
                change.effective_day = next_boundary(one._calendar(), today)
            else:
                change.effective_day = change.day if change.when == "day" else today

    def write(self, vals):
        done = super().write(vals)
        if {"kind", "when", "day"} & vals.keys():
            self._refresh_lines()
        return done

    @api.onchange("kind", "when", "day")
    def _onchange_day(self):
        self._refresh_lines()

    def _refresh_lines(self):
        """What each component has on the day from which the change holds; a line that nobody
        has touched follows it."""
        for change in self.filtered("effective_day"):
            one = change.subscription_id
            day = max(change.effective_day, one.start_date)
            for line in change.line_ids:
                there, quantity = self._there(one, line.component_id, day)
                if (line.was_present, line.current) == (there, quantity):
                    continue
                if line.quantity == line.current and line.present == line.was_present:
                    line.quantity, line.present = quantity, there
                line.current, line.was_present = quantity, there

    @api.model
    def _there(self, subscription, component, day):
        """Whether a component is part of it on a day, and its quantity."""
        now = subscription._standing(component.code, day)
        there = bool(now and not now.ends)
        return there, float(now.quantity) if there else 0.0

    @api.depends_context("uid")
    def _compute_is_priced(self):
        self.is_priced = self.env["billing.leg"].has_access("read")

    @api.model
    def _open(self, subscription, kind="change"):
        """A new change of a subscription, filled with what holds."""
        subscription._check_running()
        change = self.create(
            {
                "subscription_id": subscription.id,
                "kind": kind,
                "line_ids": [Command.create(values) for values in self._line_values(subscription)],
            }
        )
        return change._show()

    @api.model
    def _line_values(self, subscription):
        today = max(subscription._today(), subscription.start_date)
        for component in subscription.plan_id.component_ids:
            there, quantity = self._there(subscription, component, today)
            if there and component.kind == "one_off":
                continue
            yield {
                "component_id": component.id,
                "present": there,
                "was_present": there,
                "current": quantity,
                "quantity": quantity,
            }

    def _wishes(self):
        for line in self.line_ids:
            metered = line.kind == "metered"
            if metered:
                quantity = line.quantity or 1
                moved, ends = line.present != line.was_present, not line.present
            else:
                quantity = line.quantity
                moved, ends = quantity != line.current, not quantity
            if moved:
                yield Version(
                    line.component_id.code,
                    self.effective_day,
                    self.subscription_id._exact(0 if ends else quantity),
                    ends,
                )

    def _arguments(self):
        """What is to be done, checked: the subscription's own words for it."""
        self.ensure_one()
        one = self.subscription_id
        one._check_running()
        if not self.effective_day:
            raise UserError(self.env._("Choose the day from which it holds."))
        day = one._check_day(self.effective_day)
        if self.kind == "change":
            wishes = list(self._wishes())
            versions = one._plan_change(wishes, self.until or None, self.keep_pending, self.yearly)
            if not versions:
                raise UserError(self.env._("Nothing changes: enter another quantity."))
            seasons = [(wish, self.until) for wish in wishes] if self.yearly else []
            for_good = not self.until and not self.keep_pending
            dropped = [wish for wish in wishes if wish.ends and for_good]
            return {"versions": versions, "seasons": seasons, "dropped": dropped}
        if self.kind == "withdraw":
            return {"versions": one._plan_versions(one._restated())}
        if self.kind == "end":
            if self.when == "period_end":
                # The policy itself finds the end of the period that holds this day.
                return {"day": one._today(), "policy": "period_end"}
            return {"day": day, "policy": self.policy}
        return {"day": day, "until": self.until}

    def action_preview(self):
        """Show what it books and the next invoices, on the legs that the user is party to."""
        arguments = self._arguments()
        thought = self.subscription_id._thought(self.kind, arguments)
        self.planned = self._shown_versions(arguments.get("versions", ()))
        # A search: the user's own legs alone, none for those who see no money.
        legs = self.env["billing.leg"]
        if self.is_priced:
            legs = legs.search([("subscription_id", "=", self.subscription_id.id)])
        lines, invoices = self.subscription_id._preview_change(legs, thought, self.effective_day)
        self.write(
            {
                "preview_ids": [Command.clear(), *map(Command.create, lines)],
                "invoice_ids": [Command.clear(), *map(Command.create, invoices)],
                "fingerprint": self._fingerprint(),
            }
        )
        return self._show()

    def _shown_versions(self, versions):
        """The dated versions that a change adds, a line each."""
        names = {one.code: one.name for one in self.subscription_id.plan_id.component_ids}
        return "\n".join(
            f"{format_date(self.env, version.day)}: {names[version.code]} × "
            f"{0 if version.ends else version.quantity.normalize():f}"
            for version in sorted(versions, key=lambda version: version.day)
        )

    def action_confirm(self):
        """Do what was shown."""
        self.subscription_id._take_turns()
        arguments = self._arguments()
        if not self.fingerprint:
            raise UserError(self.env._("Look at the preview first."))
        if self.fingerprint != self._fingerprint():
            raise UserError(
                self.env._("Something has changed since the preview. Look at it again.")
            )
        self.subscription_id._apply_change(self.kind, arguments, self.reason)
        return {"type": "ir.actions.act_window_close"}

    def _fingerprint(self):
        """The state that the preview was made from, and what is asked for."""
        own = [self.kind, self.effective_day, self.until, self.policy, self.keep_pending]
        own.append(self.yearly)
        lines = [(line.component_id.code, line.quantity, line.present) for line in self.line_ids]
        return self.subscription_id._fingerprint(own, lines)

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change %(name)s", name=self.subscription_id.display_name),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class BillingSubscriptionChangeLine(models.TransientModel):
    _name = "billing.subscription.change.line"
    _description = "Component in a change"
    _order = "component_id"

    change_id = fields.Many2one("billing.subscription.change", required=True, ondelete="cascade")
    component_id = fields.Many2one("billing.plan.component", required=True, readonly=True)
    kind = fields.Selection(related="component_id.kind")
    current = fields.Float(
        string="Without it", digits=(16, 6), readonly=True, help="On the day from which it holds."
    )
    quantity = fields.Float(string="New", digits=(16, 6), help="0: no longer part of it.")
    present = fields.Boolean(string="Measured", help="Usage is charged.")
    was_present = fields.Boolean(readonly=True)


class BillingSubscriptionChangeInvoice(models.TransientModel):
    _name = "billing.subscription.change.invoice"
    _description = "Invoice to come"
    _order = "party, billing_day, id"

    change_id = fields.Many2one("billing.subscription.change", required=True, ondelete="cascade")
    party = fields.Char(string="Seller → buyer")
    billing_day = fields.Date()
    currency_id = fields.Many2one("res.currency")
    before = fields.Monetary(string="As it is")
    after = fields.Monetary(string="After the change")
