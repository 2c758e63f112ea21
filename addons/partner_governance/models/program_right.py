from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ..engine import rights

REMIND_DAYS = 60
# What the holder itself answers for; all else is the granter's to say.
HOLDER_FIELDS = frozenset(("incident_contacts", "languages", "channels"))
# What a promise of a service level hangs on.
PROMISE = (
    "kind", "granter_id", "holder_id", "scope", "availability", "response_hours", "date_from",
    "date_until",
)  # fmt: skip


class ProgramRight(models.Model):
    """A dated right that one partner holds from another, with its evidence (PG-029)."""

    _name = "program.right"
    _description = "Right"
    _inherit = ["program.right.terms", "mail.thread", "mail.activity.mixin"]
    _order = "holder_id, kind, date_from desc, id desc"

    granter_id = fields.Many2one(
        "program.partner",
        string="Granted by",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user.sudo().program_partner_id,
    )
    holder_id = fields.Many2one(
        "program.partner", string="Held by", index=True, ondelete="restrict"
    )
    scope = fields.Selection(
        [("partner", "The whole partner"), ("customer", "One customer")],
        required=True,
        default="partner",
    )
    customer_id = fields.Many2one("res.partner", string="Customer", ondelete="restrict")
    date_from = fields.Date(string="From", required=True, default=fields.Date.context_today)
    date_until = fields.Date(string="Until", index=True, help="First day without it.")
    evidence = fields.Char(help="Agreement, clause, date: where it is written.")
    reminded_for = fields.Date(readonly=True, copy=False)
    is_red = fields.Boolean(compute="_compute_red", store=True, index=True)
    red_reason = fields.Char(string="Missing", compute="_compute_red", store=True)
    state = fields.Selection(
        [("planned", "Planned"), ("running", "Running"), ("expired", "Expired")],
        compute="_compute_state",
        search="_search_state",
    )

    _parties = models.Constraint(
        "CHECK (holder_id IS NOT NULL OR customer_id IS NOT NULL)",
        "Say who holds the right: a partner, or a customer.",
    )
    _differ = models.Constraint(
        "CHECK (holder_id IS NULL OR holder_id <> granter_id)",
        "Nobody grants a right to itself.",
    )
    _period = models.Constraint(
        "CHECK (date_until IS NULL OR date_until >= date_from)",
        "A right cannot end before it begins.",
    )

    @api.depends("kind", "holder_id", "customer_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for right in self:
            # Safe: the name of the party of a right that the reader reads.
            who = (right.sudo().customer_id or right.sudo().holder_id).name or ""
            right.display_name = f"{kinds.get(right.kind, '')}: {who}"

    @api.depends(lambda self: ["kind", *self._term_fields()])
    def _compute_red(self):
        for right in self:
            names = right._lacking()
            right.is_red = bool(names)
            right.red_reason = ", ".join(
                self._fields[name]._description_string(self.env) for name in names
            )

    @api.depends("date_from", "date_until")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for right in self:
            if right.date_from and right.date_from > today:
                right.state = "planned"
            elif right.date_until and right.date_until <= today:
                right.state = "expired"
            else:
                right.state = "running"

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        ways = {
            "planned": Domain("date_from", ">", today),
            "running": self._running_domain(today),
            "expired": Domain("date_until", "<=", today),
        }
        return Domain.OR(ways[each] for each in value if each in ways)

    @api.model
    def _running_domain(self, day):
        return Domain("date_from", "<=", day) & (
            Domain("date_until", "=", False) | Domain("date_until", ">", day)
        )

    @api.model
    def _holds(self, kind, node, day=None):
        """Whether ``node`` holds a right of ``kind`` for itself as a whole on ``day``."""
        day = day or fields.Date.context_today(self)
        # Safe: answers yes or no, to code that acts for the partner.
        return bool(
            self.sudo().search_count(
                self._running_domain(day)
                & Domain("kind", "=", kind)
                & Domain("holder_id", "=", node.id)
                & Domain("scope", "=", "partner"),
                limit=1,
            )
        )

    @api.model
    def _releasers(self, node, customers):
        """Who may send a release of ``node`` out, the platform aside: whom the running release
        right names that covers it (PG-033). For a customer with a right of its own that is this
        one, for all others the right of the whole partner.

        :param customers: contacts that it is for, one for each tenant, empty where it has none
        :return: for each of them ``program.partner``; empty where no right covers it
        """
        # Safe: tells whoever may send a release out whether its partner holds the right.
        found = self.sudo().search(
            self._running_domain(fields.Date.context_today(self))
            & Domain("kind", "=", "release")
            & Domain("holder_id", "=", node.id)
        )
        whole = found.filtered(lambda right: right.scope == "partner")
        single = (found - whole).grouped(lambda right: right.customer_id.commercial_partner_id)
        parties = self.env["governance.responsibility"]._parties(node)
        senders = []
        for customer in customers:
            rights = single.get(customer.commercial_partner_id, whole)
            nodes = [parties[right.release_approver or "partner"] for right in rights]
            senders.append(node.browse().union(*nodes))
        return senders

    # Who may say what.

    @api.model_create_multi
    def create(self, vals_list):
        found = super().create(vals_list)
        found._check_granter()
        for right in found:
            right._note("granted")
        return found

    def write(self, vals):
        if vals.keys() - HOLDER_FIELDS:
            self._check_granter()
        before = {right.id: right.date_until for right in self}
        promising = self.filtered(lambda each: each.kind == "sla" and each.scope == "partner")
        # Safe: names of holders, whose promises are compared below.
        holders = promising.sudo().holder_id
        done = super().write(vals)
        if not self.env.su and not vals.keys().isdisjoint(PROMISE):
            self._check_downstream(holders)
        if "date_until" in vals:
            # Safe: another end is reminded of anew; who may set it has been checked above.
            self.sudo().filtered("reminded_for").reminded_for = False
        if {"date_until", "date_from", "availability", "response_hours"} & vals.keys():
            for right in self:
                right._note("changed", str(before[right.id] or ""))
        return done

    def _check_granter(self):
        """:raise AccessError: a partner changes what it has not granted"""
        isolation = self.env["program.isolation"]
        if isolation._scope().kind == "platform":
            return
        if not isolation._is_of_own_node(self, "granter_id"):
            raise AccessError(
                self.env._("A right is changed by who grants it: ask %(who)s.",
                           who=self[:1].sudo().granter_id.name)
            )  # fmt: skip

    def _note(self, what, old=""):
        self.env["governance.event"]._record(
            "right",
            self,
            node=self.sudo().holder_id or self.sudo().granter_id,
            old=old,
            new=f"{what} {self.kind} {self.date_from} – {self.date_until or ''}".strip(),
            reason=self.evidence or "",
        )

    @api.constrains(*PROMISE)
    def _check_promise(self):
        """A promise downstream is not beyond what is held upstream (PG-032)."""
        today = fields.Date.context_today(self)
        for right in self.filtered(
            lambda each: each.kind == "sla" and not (each.date_until and each.date_until <= today)
        ):
            # Safe: compares with what the promising partner itself holds.
            granter = right.sudo().granter_id
            if granter.is_root:
                continue
            held = self._held_promises(granter, right.date_from)
            beyond = rights.exceeds(right._promise(), tuple(each._promise() for each in held))
            if beyond and not self._has_exception(right):
                raise ValidationError(right._promise_refused(beyond, held))

    def _check_downstream(self, holders):
        """What is lowered or ends still covers what its holder has promised (PG-032).

        People are held to it; where the system ends rights, with a change of hands or of model,
        it grants others in their place.
        """
        today = fields.Date.context_today(self)
        days = {today, *(each.date_until for each in self if each.date_until)}
        for day in sorted(day for day in days if day >= today):
            # Safe: compares what the holders promised with what they hold.
            promised = self.sudo().search(
                self._running_domain(day)
                & Domain("kind", "=", "sla")
                & Domain("granter_id", "in", holders.ids)
            )
            for holder in promised.granter_id.filtered("upline_id"):
                held = self._held_promises(holder, day)
                for down in promised.filtered(lambda each, who=holder: each.granter_id == who):
                    beyond = rights.exceeds(
                        down._promise(), tuple(each._promise() for each in held)
                    )
                    if beyond and not self._has_exception(down):
                        raise ValidationError(
                            self.env._(
                                "%(holder)s has promised more than that from what it holds here. "
                                "Have its promise lowered first, or an exception approved for "
                                "%(holder)s.",
                                holder=holder.name,
                            )
                        )

    @api.model
    def _has_exception(self, right):
        """Whether an approved exception lets this promise, or all of its granter, stand."""
        return self.env["governance.exception"]._permits_promise(right)

    def _promise(self):
        self.ensure_one()
        return rights.Promise(
            Decimal(str(self.availability or 0)), Decimal(str(self.response_hours or 0))
        )

    def _promise_refused(self, beyond, held):
        if beyond == ("nothing_held",):
            return self.env._(
                "%(who)s holds no service level from its upline, so it can promise none. Have "
                "one granted first, or an exception approved.",
                who=self.sudo().granter_id.name,
            )
        best = max(held, key=lambda each: each.availability)
        return self.env._(
            "The promise goes beyond what is held upstream: %(down)s %% and %(down_hours)s h, "
            "held are %(up)s %% and %(up_hours)s h. Lower it, or have an exception approved.",
            down=self.availability,
            down_hours=self.response_hours,
            up=best.availability,
            up_hours=best.response_hours,
        )

    # Coming back.

    @api.model
    def _held_promises(self, node, day):
        """The service levels that ``node`` itself holds on ``day``."""
        # Safe: compares with what the promising partner itself holds.
        return self.sudo().search(
            self._running_domain(day)
            & Domain("kind", "=", "sla")
            & Domain("scope", "=", "partner")
            & Domain("holder_id", "=", node.id)
        )

    @api.model
    def _cron_rights(self, limit=500):
        """What ends soon comes back to who grants it, once per end."""
        today = fields.Date.context_today(self)
        soon = self.search(
            Domain("date_until", "<=", fields.Date.add(today, days=REMIND_DAYS))
            & Domain("date_until", ">=", fields.Date.subtract(today, days=REMIND_DAYS))
            & Domain("reminded_for", "=", False),
            order="date_until, id",
            limit=limit,
        )
        for right in soon:
            right.reminded_for = right.date_until
            right.activity_schedule(
                "mail.mail_activity_data_todo",
                max(right.date_until, today),
                summary=self.env._("This right ends: renew it or let it end"),
                user_id=right.granter_id._first_person().id or self.env.uid,
            )
            self.env["governance.event"]._record(
                "right_ends", right, node=right.holder_id, new=str(right.date_until)
            )
        self.env["ir.cron"]._commit_progress(len(soon), remaining=int(len(soon) == limit))


class ProgramPartner(models.Model):
    _inherit = "program.partner"

    right_ids = fields.One2many("program.right", "holder_id", string="Rights", readonly=True)
    red_right_count = fields.Integer(compute="_compute_red_right_count")

    @api.depends("right_ids.is_red")
    def _compute_red_right_count(self):
        today = fields.Date.context_today(self)
        Right = self.env["program.right"]
        counts = dict(
            Right._read_group(
                Right._running_domain(today)
                & Domain("is_red", "=", True)
                & Domain("holder_id", "in", self.ids),
                ["holder_id"],
                ["__count"],
            )
        )
        for node in self:
            node.red_right_count = counts.get(node._origin, 0)
