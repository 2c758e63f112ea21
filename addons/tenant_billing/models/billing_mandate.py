from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

ANSWERED = {"state", "accepted_on", "accepted_by_id", "ended_on", "ended_by_id"}


class BillingMandate(models.Model):
    """A seller lets its upline post and send in its name, from a day until either ends it
    (TRADE 1). Without one an upline posts in nobody's books."""

    _name = "billing.mandate"
    _description = "Mandate to post for a seller"
    _inherit = ["mail.thread"]
    _order = "date_from desc, id desc"

    seller_id = fields.Many2one(
        "program.partner",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["program.isolation"]._scope().node_id or False,
    )
    holder_id = fields.Many2one(
        "program.partner",
        string="Upline",
        compute="_compute_holder_id",
        store=True,
        precompute=True,
        index=True,
        ondelete="restrict",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env["billing.run"]._clock().date(),
        help="The upline sees documents billed from the first day of this month on.",
    )
    date_until = fields.Date(string="Ends on", help="First day on which it no longer holds.")
    evidence = fields.Char(
        required=True, help="Where the agreement is: its number, date, who signed. Attach it below."
    )
    state = fields.Selection(
        [
            ("offered", "Offered"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
            ("ended", "Ended"),
        ],
        default="offered",
        required=True,
        index=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    accepted_on = fields.Date(readonly=True, copy=False)
    accepted_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    ended_on = fields.Date(readonly=True, copy=False)
    ended_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    is_running = fields.Boolean(
        string="Runs today", compute="_compute_is_running", search="_search_is_running"
    )
    is_giver = fields.Boolean(compute="_compute_is_giver", help="The reader gives it.")

    _one_accepted = models.UniqueIndex(
        "(seller_id) WHERE state = 'accepted'", "This seller has given a mandate already."
    )
    _days = models.Constraint(
        "CHECK (date_until IS NULL OR date_until > date_from)", "A mandate ends after it begins."
    )

    @api.depends("seller_id", "holder_id")
    def _compute_display_name(self):
        for one in self:
            # Safe: the names of its two parties, one of which reads.
            own = one.sudo()
            one.display_name = f"{own.seller_id.name or ''} → {own.holder_id.name or ''}"

    @api.depends("state", "date_from", "date_until", "seller_id.upline_id", "holder_id")
    def _compute_is_running(self):
        for one in self:
            one.is_running = bool(one.filtered_domain(self._running()))

    def _search_is_running(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._running() if True in value else ~self._running()

    @api.depends("seller_id")
    @api.depends_context("uid")
    def _compute_is_giver(self):
        for one in self:
            one.is_giver = self.env["program.isolation"]._is_of_own_node(one, "seller_id")

    @api.model
    def _running(self):
        today = self.env["billing.run"]._clock().date()
        return fields.Domain(
            [
                ("state", "=", "accepted"),
                ("date_from", "<=", today),
                "|",
                ("date_until", "=", False),
                ("date_until", ">", today),
            ]
        )

    @api.model
    def _held_by(self, node_id):
        """Running mandates of the holder, as the system. Read fresh: an end acts at once."""
        # Safe: mandates that the asking node itself holds.
        return self.sudo().search([*self._running(), ("holder_id", "=", node_id)])

    @api.depends("seller_id")
    def _compute_holder_id(self):
        """The upline on the day on which it is given; another upline ends it."""
        for one in self:
            one.holder_id = one.seller_id.upline_id

    @api.constrains("seller_id", "holder_id")
    def _check_upline(self):
        for one in self:
            # Safe: whether the seller that gives the mandate has this upline.
            own = one.sudo()
            if not own.holder_id or own.holder_id != own.seller_id.upline_id:
                raise ValidationError(
                    self.env._("A mandate is given to one's own upline: nobody else can hold it.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Offered by its seller alone: the platform's people give none for a partner."""
        for vals in vals_list:
            self._check_answer(vals)
        found = super().create(vals_list)
        found._check_party("seller_id")
        found._note("offered")
        return found

    def _check_answer(self, vals):
        if not self.env.su and vals.keys() & ANSWERED:
            raise AccessError(self.env._("A mandate is answered and ended by its buttons."))

    def write(self, vals):
        self._check_answer(vals)
        if not self.env.su and any(one.state != "offered" for one in self):
            raise UserError(self.env._("What was answered stays: end it and give another one."))
        if not self.env.su and vals.keys() & {"seller_id", "holder_id"}:
            raise UserError(self.env._("Its parties stay: end it and give another one."))
        if not self.env.su and not all(self.mapped("is_giver")):
            raise AccessError(self.env._("Only its seller changes what it offers."))
        return super().write(vals)

    def action_accept(self):
        self._check_party("holder_id")
        self._answer("accepted")

    def action_refuse(self):
        self._check_party("holder_id")
        self._answer("refused")

    def action_end(self):
        """Either side ends it, at once."""
        self._check_party("seller_id", "holder_id")
        for one in self:
            if one.state not in ("offered", "accepted"):
                raise UserError(self.env._("It is over already."))
        # Safe: checked above that the caller is a manager of one of its parties.
        self.sudo()._end()

    def action_month_end(self):
        """The month-end of the seller, for the holder."""
        self.ensure_one()
        scope = self.env["program.isolation"]._scope()
        if not self.is_running or self.sudo().holder_id.id != scope.node_id:
            raise AccessError(self.env._("This mandate does not run today."))
        today = self.env["billing.run"]._clock().date()
        # Safe: the holder of a running mandate opens the month of its seller.
        return self.env["billing.close"]._of(self.sudo().seller_id, today)._open()

    def _answer(self, state):
        for one in self:
            if one.state != "offered":
                raise UserError(self.env._("It has been answered already."))
        values = {"state": state}
        if state == "accepted":
            today = self.env["billing.run"]._clock().date()
            values.update(accepted_on=today, accepted_by_id=self.env.uid)
        # Safe: checked by the caller that this is a manager of its holder.
        self.sudo().write(values)
        self.sudo()._check_upline()
        self._note(state)

    def _end(self):
        today = self.env["billing.run"]._clock().date()
        self.write({"state": "ended", "ended_on": today, "ended_by_id": self.env.uid})
        self._note("ended")

    def _note(self, state):
        for one in self.sudo():
            # Safe: the audit trail, for both parties by the seller's node.
            self.env["governance.event"]._record(
                f"billing.mandate.{state}", one, one.seller_id, "", one.holder_id.name, one.evidence
            )

    def _check_party(self, *names):
        """:raises AccessError: but for a manager of one of the parties that ``names`` say"""
        if self.env.su:
            return
        scope = self.env["program.isolation"]._scope()
        if not self.env.user.has_group("partner_governance.group_partner_manager"):
            raise AccessError(self.env._("Mandates are given, answered and ended by managers."))
        # Safe: compares the parties with the caller's own node.
        for one in self.sudo():
            if scope.node_id not in [one[name].id for name in names]:
                raise AccessError(
                    self.env._(
                        "Only %(parties)s does this.",
                        parties=" / ".join(one[name].name for name in names),
                    )
                )

    # What it allows.

    @api.model
    def _check_books(self, records, day):
        """Whether the caller may post and send for the sellers of ``records``: finance of the
        seller itself, or of its upline under a running mandate, which is written down.

        :param records: with ``seller_id``, as the system
        :param day: name of the field that says when they are billed
        :raises AccessError: for anybody else
        """
        scope = self.env["program.isolation"]._scope()
        if scope.kind == "system":
            return
        if not self.env.user.has_group("partner_governance.group_partner_finance"):
            raise AccessError(self.env._("Finance of the seller does this."))
        foreign = records.filtered(lambda one: one.seller_id.id != scope.node_id)
        if not foreign:
            return
        begun = {
            mandate.seller_id: mandate._covers_from() for mandate in self._held_by(scope.node_id)
        }
        for one in foreign:
            if one.seller_id not in begun or one[day] < begun[one.seller_id]:
                raise AccessError(self.env._("Only its seller does this."))
        for seller, own in foreign.grouped("seller_id").items():
            names = ", ".join(own[:5].mapped("display_name"))
            self.env["governance.event"]._record(
                "billing.mandate.used", own[0], seller, "", f"{names} ({len(own)})"
            )

    def _covers_from(self):
        return self.date_from.replace(day=1)


class ProgramPartner(models.Model):
    _inherit = "program.partner"

    billing_mandate_ids = fields.One2many("billing.mandate", "seller_id", readonly=True)

    def write(self, vals):
        done = super().write(vals)
        if "upline_id" in vals:
            # Safe: a mandate ends with the upline that holds it.
            for node in self.sudo():
                node.billing_mandate_ids.filtered(
                    lambda one, node=node: (
                        one.state in ("offered", "accepted") and one.holder_id != node.upline_id
                    )
                )._end()
        return done
