from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine.changes import next_boundary


class BillingHandover(models.Model):
    """The money of a change of hands (TRADE 2): a customer or partners move, a partner or a
    customer leaves. Planned and looked at first; carried out by the run of its day.

    Consent is not asked here: what needs it belongs to a `program.transfer`, which alone plans and
    withdraws it; the platform's administrators plan here what needs none.
    """

    _name = "billing.handover"
    _description = "Change of hands"
    _order = "day desc, id desc"

    kind = fields.Selection(
        [
            ("customer", "A customer moves to another partner"),
            ("upline", "Partners move below another partner"),
            ("exit", "A partner leaves"),
            ("end", "A customer leaves"),
        ],
        required=True,
        default="customer",
    )
    # The desk reads tenants, and no contacts of partners: it names the customer by one of these.
    tenant_id = fields.Many2one(
        "hosting.tenant",
        string="Customer's tenant",
        ondelete="restrict",
        help="Any tenant of the customer: all that it has with its partner go.",
    )
    customer_id = fields.Many2one(
        "res.partner",
        string="Customer",
        ondelete="restrict",
        compute="_compute_customer_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    node_ids = fields.Many2many("program.partner", string="Partners that move")
    leaving_id = fields.Many2one("program.partner", string="Partner that leaves")
    receiver_id = fields.Many2one(
        "program.partner",
        ondelete="restrict",
        index=True,
        help="Who takes the customers, and whom the partners stand below from the day on.",
    )
    receiver_customer_id = fields.Many2one(
        "res.partner",
        string="Contact at the receiver",
        ondelete="restrict",
        domain="[('program_node_id', '=', receiver_id)]",
        help="The receiver's own contact of the customer; empty: a copy is made.",
    )
    price_book_id = fields.Many2one(
        "billing.price.book",
        string="Retail book",
        ondelete="restrict",
        help="By which the customers are charged where their seller changes; empty: the new "
        "seller's newest one.",
    )
    day = fields.Date(
        compute="_compute_day",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="At its midnight contracts close and open. Default: the next period of the tenant.",
    )
    reason = fields.Selection(
        [
            ("agreed", "Agreed"),
            ("notice", "Customer's notice"),
            ("default", "Default"),
            ("insolvency", "Insolvency"),
        ],
        required=True,
        default="agreed",
    )
    note = fields.Text()
    end_policy = fields.Selection(
        [("credit", "Credit what is unused"), ("no_refund", "No refund")],
        string="Refund",
        default="credit",
        required=True,
        help="Where a customer leaves: what happens with what was charged in advance.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("planned", "Planned"),
            ("done", "Done"),
            ("withdrawn", "Withdrawn"),
        ],
        default="draft",
        required=True,
        index=True,
        readonly=True,
        copy=False,
    )
    problem = fields.Text(readonly=True, copy=False, help="Why it could not be carried out.")
    fingerprint = fields.Char(readonly=True, copy=False)
    leg_ids = fields.One2many("billing.handover.leg", "handover_id", readonly=True)
    amount_ids = fields.One2many("billing.handover.amount", "handover_id", readonly=True)

    @api.depends("tenant_id")
    def _compute_customer_id(self):
        for one in self.filtered("tenant_id"):
            one.customer_id = one.tenant_id.partner_id.commercial_partner_id

    @api.depends("kind", "customer_id", "node_ids", "leaving_id", "day")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for one in self:
            # Safe: the name of the customer that the desk has chosen by its tenant.
            who = one.sudo().customer_id.name or one.leaving_id.name or one.node_ids[:1].name or ""
            one.display_name = f"{kinds.get(one.kind, '')}: {who} {one.day or ''}".strip()

    @api.depends("kind", "customer_id", "node_ids", "leaving_id")
    def _compute_day(self):
        """The first boundary of a period among the tenants concerned; a day chosen stays."""
        for one in self:
            found = one._subscriptions().filtered("start_date")
            today = one.env["billing.run"]._clock().date()
            one.day = min(
                (next_boundary(each._calendar(), each._today()) for each in found),
                default=one.day or today,
            )

    @api.constrains(
        "kind",
        "customer_id",
        "node_ids",
        "leaving_id",
        "receiver_id",
        "receiver_customer_id",
        "price_book_id",
    )
    def _check_parties(self):
        for one in self:
            if one.kind in ("customer", "end") and not one.customer_id:
                raise ValidationError(self.env._("Say which customer it is about."))
            if one.kind == "upline" and not one.node_ids:
                raise ValidationError(self.env._("Say which partners move."))
            if one.kind == "exit" and not one.leaving_id:
                raise ValidationError(self.env._("Say which partner leaves."))
            if one.kind != "end" and not one.receiver_id:
                raise ValidationError(self.env._("Say who receives."))
            if one.receiver_id and one.receiver_id in (one._giver() | one.node_ids):
                raise ValidationError(
                    self.env._("%(node)s cannot receive from itself.", node=one.receiver_id.name)
                )
            if one.price_book_id and one.price_book_id.audience != "retail":
                raise ValidationError(self.env._("Customers are charged by a retail book."))
            contact = one.receiver_customer_id
            if contact and (one.kind != "customer" or contact.program_node_id != one.receiver_id):
                raise ValidationError(
                    self.env._(
                        "The contact at the receiver is one of its own, and for one customer "
                        "that moves: leave it empty otherwise."
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_draft(self):
        if any(one.state != "draft" for one in self):
            raise UserError(self.env._("What was planned is withdrawn, never deleted."))

    def write(self, vals):
        if not self.env.su and any(one.state != "draft" for one in self):
            raise UserError(self.env._("It is planned already: withdraw it and plan another."))
        return super().write(vals)

    # What it is about.

    def _giver(self):
        """The partner whose customers are concerned; none where only uplines change."""
        if self.kind == "exit":
            return self.leaving_id
        return self._customer().program_node_id

    def _moved(self):
        """Partners that get another upline."""
        return {"upline": self.node_ids, "exit": self.leaving_id.downline_ids}.get(
            self.kind, self.node_ids.browse()
        )

    def _moved_customers(self):
        """The subscriptions whose customer gets another partner, or leaves."""
        domain = {
            "customer": [("partner_id.commercial_partner_id", "=", self._customer().id)],
            "end": [("partner_id.commercial_partner_id", "=", self._customer().id)],
            "exit": [("program_node_id", "=", self.leaving_id.id)],
        }.get(self.kind)
        if domain is None:
            return self.env["billing.subscription"]
        return self._running([("tenant_id", "!=", False), *domain])

    def _customer(self):
        # Safe: whose customer it is; the desk has chosen it by its tenant.
        return self.sudo().customer_id.commercial_partner_id

    def _branches(self):
        """The subscriptions of the partners that get another upline, and of those below."""
        moved = self._moved()
        if not moved:
            return self.env["billing.subscription"]
        return self._running(
            [("tenant_id", "!=", False), ("program_node_id", "child_of", moved.ids)]
        )

    def _fees(self):
        """What partners that go are charged themselves: it ends, the new upline has its own."""
        # With a partner that leaves ends what it agreed with those below it, too.
        nodes = self.leaving_id | self._moved() if self.kind == "exit" else self.node_ids
        if self.kind not in ("exit", "upline") or not nodes:
            return self.env["billing.subscription"]
        return self._running([("subject_node_id", "in", nodes.ids)])

    def _running(self, domain):
        # Safe: called by the desk's own planning; amounts are shown to the parties alone.
        return (
            self.env["billing.subscription"]
            .sudo()
            .search([("state", "in", ("active", "suspended")), *domain])
        )

    def _subscriptions(self):
        return self._moved_customers() | self._branches() | self._fees()
