from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ..adapters.prices import decimal
from ..engine.close import TILES, Group, summary
from ..engine.holds import month_of, off_percent

READY = [("state", "=", "draft"), ("hold_state", "in", ("none", "released"))]
DOMAINS = {
    "ready": READY,
    "held": [("state", "=", "draft"), ("hold_state", "=", "held")],
    "parked": [("state", "=", "draft"), ("hold_state", "=", "parked")],
    "posted": [("state", "=", "issued")],
    "sent": [("state", "=", "issued"), ("send_state", "in", ("sent", "nothing"))],
    "failed": [("state", "=", "issued"), ("send_state", "=", "failed")],
    "total": [],
}


class BillingClose(models.Model):
    """The month-end of a seller on one screen: what is ready, held, parked, posted and sent of
    the documents billed in a month, against last month (TRADE 4, TB-069)."""

    _name = "billing.close"
    _description = "Month-end"
    _order = "month desc, id desc"

    seller_id = fields.Many2one(
        "program.partner", required=True, readonly=True, index=True, ondelete="restrict"
    )
    month = fields.Date(required=True, readonly=True, index=True, help="Its first day.")
    currency_id = fields.Many2one(related="seller_id.company_id.currency_id")
    run_id = fields.Many2one("billing.run", readonly=True, ondelete="set null")
    ready_count = fields.Integer(string="Ready", compute="_compute_tiles")
    ready_amount = fields.Monetary(string="Ready, net", compute="_compute_tiles")
    held_count = fields.Integer(string="Held", compute="_compute_tiles")
    held_amount = fields.Monetary(string="Held, net", compute="_compute_tiles")
    parked_count = fields.Integer(string="Parked", compute="_compute_tiles")
    parked_amount = fields.Monetary(string="Parked, net", compute="_compute_tiles")
    posted_count = fields.Integer(string="Posted", compute="_compute_tiles")
    posted_amount = fields.Monetary(string="Posted, net", compute="_compute_tiles")
    sent_count = fields.Integer(string="Sent", compute="_compute_tiles")
    sent_amount = fields.Monetary(string="Sent, net", compute="_compute_tiles")
    total_count = fields.Integer(string="Documents", compute="_compute_tiles")
    total_amount = fields.Monetary(string="Net", compute="_compute_tiles")
    unsent_count = fields.Integer(string="To be sent", compute="_compute_tiles")
    queued_count = fields.Integer(string="On their way", compute="_compute_tiles")
    failed_count = fields.Integer(string="Could not be sent", compute="_compute_tiles")
    last_count = fields.Integer(string="Documents last month", compute="_compute_tiles")
    last_amount = fields.Monetary(string="Net last month", compute="_compute_tiles")
    last_posted_count = fields.Integer(string="Posted last month", compute="_compute_tiles")
    last_posted_amount = fields.Monetary(string="Posted last month, net", compute="_compute_tiles")
    last_sent_count = fields.Integer(string="Sent last month", compute="_compute_tiles")
    last_sent_amount = fields.Monetary(string="Sent last month, net", compute="_compute_tiles")
    difference = fields.Char(string="Against last month", compute="_compute_tiles")
    waiting_count = fields.Integer(string="Charges not drafted", compute="_compute_counts")
    waiting_amount = fields.Monetary(string="Not drafted, net", compute="_compute_counts")
    held_ids = fields.Many2many("billing.statement", string="To decide", compute="_compute_lists")
    parked_ids = fields.Many2many(
        "billing.statement", string="Parked drafts", compute="_compute_lists"
    )
    failed_ids = fields.Many2many(
        "billing.statement", string="Not delivered", compute="_compute_lists"
    )
    item_ids = fields.Many2many("billing.parked", string="Not billed", compute="_compute_lists")
    item_count = fields.Integer(string="Parked items", compute="_compute_counts")
    state = fields.Selection(
        [
            ("empty", "Nothing billed"),
            ("decide", "To decide"),
            ("ready", "Ready to close"),
            ("running", "Under way"),
            ("done", "Closed"),
        ],
        compute="_compute_state",
    )

    is_own = fields.Boolean(compute="_compute_is_own", help="The reader is its seller.")

    _month_uniq = models.Constraint("UNIQUE (seller_id, month)", "This month is there already.")

    @api.depends("seller_id", "month")
    def _compute_display_name(self):
        for one in self:
            month = format_date(self.env, one.month, date_format="LLLL y")
            # Safe: the name of the seller whose month the reader may read.
            one.display_name = f"{one.sudo().seller_id.name}, {month}"

    @api.depends("seller_id", "month")
    @api.depends_context("uid")
    def _compute_tiles(self):
        groups = self._groups()
        scope = self.env["program.isolation"]._scope()
        held = self.env["billing.mandate"]._held_by(scope.node_id)
        begun = {mandate.seller_id.id: mandate._covers_from() for mandate in held}
        for one in self:
            last = (one.month - timedelta(days=1)).replace(day=1)
            now = summary(groups.get((one.seller_id.id, one.month), ()))
            # The holder of a mandate learns nothing of the time before it.
            since = None if one.is_own else begun.get(one.seller_id.id)
            known = since is None or last >= since
            before = summary(groups.get((one.seller_id.id, last), ()) if known else ())
            for name in (*TILES, "total"):
                one[f"{name}_count"] = now[name].count
                one[f"{name}_amount"] = float(now[name].amount)
            for name in ("unsent", "queued", "failed"):
                one[f"{name}_count"] = now[name].count
            one.last_count, one.last_amount = before["total"].count, float(before["total"].amount)
            for name in ("posted", "sent"):
                one[f"last_{name}_count"] = before[name].count
                one[f"last_{name}_amount"] = float(before[name].amount)
            percent = off_percent(now["total"].amount, before["total"].amount)
            one.difference = "" if percent is None else f"{percent:+.1f} %"

    @api.depends("seller_id")
    @api.depends_context("uid")
    def _compute_is_own(self):
        scope = self.env["program.isolation"]._scope()
        for one in self:
            one.is_own = scope.kind == "system" or one.seller_id.id == scope.node_id

    def _groups(self):
        """The engine's groups of documents by (seller, month): this month's and last month's."""
        if not self:
            return {}
        months = self.mapped("month")
        # Safe: sums of the sellers whose month-end the reader may read.
        rows = (
            self.env["billing.statement"]
            .sudo()
            ._read_group(
                [
                    ("seller_id", "in", self.seller_id.ids),
                    ("billing_day", ">=", (min(months) - timedelta(days=1)).replace(day=1)),
                    ("billing_day", "<", month_of(max(months))[1]),
                ],
                ["seller_id", "billing_day:month", "state", "hold_state", "send_state"],
                ["__count", "company_amount:sum"],
            )
        )
        found = {}
        for seller, month, state, hold, send, count, amount in rows:
            group = Group(state, hold, send, count, decimal(amount))
            found.setdefault((seller.id, month), []).append(group)
        return found

    @api.depends("seller_id", "month")
    def _compute_lists(self):
        """The exceptions, by the reader's own rights."""
        lists = {name: self._statements_by_month(name) for name in ("held", "parked", "failed")}
        items = self._items_by_month()
        for one in self:
            key = one.seller_id.id, one.month
            for name, found in lists.items():
                one[f"{name}_ids"] = found.get(key, ())
            one.item_ids = items.get(key, ())

    @api.depends("seller_id", "month")
    def _compute_counts(self):
        """What the list of months says of them; as many queries for many months as for one."""
        items, waiting = self._items_by_month(), self._waiting_by_month()
        for one in self:
            key = one.seller_id.id, one.month
            one.item_count = len(items.get(key, ()))
            one.waiting_count, one.waiting_amount = waiting.get(key, (0, 0))

    def _statements_by_month(self, tile):
        """Statements of a tile by (seller, month)."""
        found = self.env["billing.statement"].search_fetch(self._domain(tile))
        return found.grouped(lambda each: (each.seller_id.id, month_of(each.billing_day)[0]))

    def _items_by_month(self):
        """Parked items by (seller, month). What stopped before it had a day is shown where one
        looks for it: this month."""
        today = self.env["billing.run"]._clock().date()
        found = self.env["billing.parked"].search([("seller_id", "in", self.seller_id.ids)])
        return found.grouped(
            lambda item: (
                item.seller_id.id,
                month_of(item.billing_day or item.statement_id.billing_day or today)[0],
            )
        )

    def _waiting_by_month(self):
        """Number and sum of the charges that are on no document, by (seller, month)."""
        groups = self.env["billing.charge"]._read_group(
            self._waiting(),
            ["seller_id", "billing_day:month"],
            ["__count", "company_amount:sum"],
        )
        return {(seller.id, month): (count, amount) for seller, month, count, amount in groups}

    def _domain(self, tile):
        return [*self._days(), *DOMAINS[tile]]

    def _waiting(self):
        """Charges of the months that are on no document."""
        return [("statement_id", "=", False), *self._days()]

    def _days(self):
        """Whatever is billed from the first of these months to the last one."""
        months = self.mapped("month")
        return [
            ("seller_id", "in", self.seller_id.ids),
            ("billing_day", ">=", min(months)),
            ("billing_day", "<", month_of(max(months))[1]),
        ]

    @api.depends("seller_id", "month")
    def _compute_state(self):
        for one in self:
            # Safe: whether the run that this month-end started is done.
            running = one.sudo().run_id and one.sudo().run_id.state != "done"
            if running:
                one.state = "running"
            elif one.held_count or one.failed_count or one.item_count:
                one.state = "decide"
            elif one.ready_count or one.unsent_count:
                one.state = "ready"
            else:
                one.state = "done" if one.total_count else "empty"
