from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from ..engine.routes import HERE, OWN, change_problem, next_month, route_on

ROUTES = [(HERE, "Bills here"), (OWN, "Own books")]


class BillingRoute(models.Model):
    """From which day on a seller bills by which route (TRADE 1): on record, never changed;
    another day is another record."""

    _name = "billing.route"
    _description = "Billing route of a seller"
    _inherit = ["program.node.mixin"]
    _order = "program_node_id, valid_from desc, id desc"

    program_node_id = fields.Many2one(string="Seller", required=True)
    route = fields.Selection(ROUTES, required=True)
    valid_from = fields.Date(
        required=True,
        default=lambda self: next_month(self.env["billing.run"]._clock().date()),
        help="The first day of a month: a change starts with a billing period.",
    )
    reason = fields.Char()
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("running", "Holds"),
            ("past", "Past"),
            ("withdrawn", "Withdrawn"),
        ],
        compute="_compute_state",
    )
    active = fields.Boolean(default=True, readonly=True)

    _day_uniq = models.UniqueIndex(
        "(program_node_id, valid_from) WHERE active",
        "This seller has a billing route from this day on. Withdraw that one first.",
    )

    @api.depends("route", "valid_from")
    def _compute_display_name(self):
        labels = dict(self._fields["route"]._description_selection(self.env))
        for one in self:
            day = one.valid_from and format_date(self.env, one.valid_from)
            one.display_name = f"{labels.get(one.route, '')}, {day or ''}"

    @api.depends("valid_from", "active", "program_node_id.billing_route_ids.valid_from")
    def _compute_state(self):
        today = self.env["billing.run"]._clock().date()
        for one in self:
            # Safe: days of the routes of the very seller whose record is read.
            days = one.sudo().program_node_id.billing_route_ids.mapped("valid_from")
            begun = max((day for day in days if day <= today), default=None)
            if not one.active:
                one.state = "withdrawn"
            elif not one.valid_from or one.valid_from > today:
                one.state = "planned"
            else:
                one.state = "running" if one.valid_from == begun else "past"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_finance()
        found = super().create(vals_list)
        for one in found:
            one._check_change()
            # Safe: the audit trail of the very record that was just made.
            self.env["governance.event"]._record(
                "billing.route",
                one.sudo(),
                one.sudo().program_node_id,
                one._before(),
                f"{one.route} {one.valid_from}",
                reason=one.reason,
            )
        return found

    def write(self, vals):
        # Withdrawn by its button alone, which asks whether it has begun or is charged by.
        if vals.keys() - ({"reason", "active"} if self.env.su else {"reason"}):
            raise UserError(
                self.env._("A route stays on record. Make another one from a later month on.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A route stays on record. Withdraw it before its first day."))

    def action_withdraw(self):
        """Take back a change that has not begun."""
        self._check_finance()
        self.check_access("write")
        for one in self:
            if one.state != "planned" and one._charged_until():
                raise UserError(self.env._("It has begun. Make another one from a later month on."))
            # Safe: checked above to be a planned change that the caller may write.
            own = one.sudo()
            own.active = False
            own._check_charged(own._before())
            self.env["governance.event"]._record(
                "billing.route.withdrawn", own, own.program_node_id, f"{own.route} {own.valid_from}"
            )

    def _check_finance(self):
        """:raises AccessError: but for finance of the seller, and the platform's staff"""
        if self.env.su or self.env.user.has_group("partner_governance.group_platform_staff"):
            return
        if not self.env.user.has_group("partner_governance.group_partner_finance"):
            raise AccessError(self.env._("Finance of the seller says by which route it bills."))

    def _before(self):
        """What would hold on its first day without it."""
        # Safe: the route of the seller itself, on one day.
        node = self.sudo().program_node_id
        return node._route_without(self, self.valid_from)

    def _charged_until(self):
        """The newest day on which it sells or buys: both look at its route."""
        node = self.program_node_id.id
        # Safe: the newest day alone, of the seller whose record it is.
        found = (
            self.env["billing.charge"]
            .sudo()
            ._read_group(
                ["|", ("seller_id", "=", node), ("buyer_id", "=", node)],
                aggregates=["billing_day:max"],
            )
        )
        return found[0][0] or None

    def _check_change(self):
        today = self.env["billing.run"]._clock().date()
        # Safe: whether the seller's own company has books.
        company = self.sudo().program_node_id.company_id
        if self.route == HERE and not company.chart_template:
            raise ValidationError(
                self.env._(
                    "%(company)s has no chart of accounts. Load one under Accounting → "
                    "Configuration, then choose “Bills here”.",
                    company=company.name,
                )
            )
        until = self._charged_until()
        problem = change_problem(self.valid_from, self.route, self._before(), today, until)
        texts = {
            "route_first_day": self.env._("A change of route starts on the first day of a month."),
            "route_past": self.env._(
                "A change of route is never in the past: choose %(day)s or a later month.",
                day=next_month(today),
            ),
            "route_charged": until
            and self.env._(
                "Charges are booked up to %(until)s by the route that holds then: choose %(day)s "
                "or a later month.",
                until=until,
                day=next_month(until),
            ),
        }
        if problem:
            raise ValidationError(texts[problem])

    def _check_charged(self, before):
        until = self._charged_until()
        if before != self.route and until and until >= self.valid_from:
            raise UserError(
                self.env._(
                    "Charges are booked up to %(until)s by this route already. Make another one "
                    "from a later month on.",
                    until=until,
                )
            )


class ProgramPartner(models.Model):
    _inherit = "program.partner"

    billing_route_ids = fields.One2many(
        "billing.route",
        "program_node_id",
        string="Changes of route",
        domain=[("active", "=", True)],
        readonly=True,
    )
    first_route = fields.Selection(
        ROUTES,
        string="Route at its beginning",
        readonly=True,
        copy=False,
        help="Until the first change: by whether its company had a chart of accounts when it "
        "began. A chart that is loaded later changes nothing.",
    )
    billing_route = fields.Selection(ROUTES, compute="_compute_billing_route", help="Today.")

    @api.depends("first_route", "billing_route_ids.valid_from", "billing_route_ids.active")
    def _compute_billing_route(self):
        today = self.env["billing.run"]._clock().date()
        for node in self:
            # Safe: tells whether books are kept here, nothing of what is in them.
            node.billing_route = node.sudo()._billing_route_on(today)

    def _billing_route_on(self, day):
        """``here`` or ``own`` on ``day``: the one place that says by which route a seller bills.
        Called as the system."""
        return self._route_without(self.env["billing.route"], day)

    def _route_without(self, record, day):
        records = [(one.valid_from, one.route) for one in self.billing_route_ids - record]
        return route_on(records, self.first_route or OWN, day)

    @api.model_create_multi
    def create(self, vals_list):
        nodes = super().create(vals_list)
        nodes._note_first_route()
        return nodes

    def _note_first_route(self):
        """Put on record by which route those begin of whom nothing is said yet."""
        for node in self.filtered(lambda one: not one.first_route):
            # Safe: whether the node's own company has books here, noted on the node itself.
            own = node.sudo()
            own.first_route = HERE if own.company_id.chart_template else OWN
