from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from ..engine import transfer as engine


class ProgramTransfer(models.Model):
    """A change of hands: a customer or a partner moves, a partner or a customer leaves
    (TRADE 2, PG-028, PG-150, PG-151)."""

    _name = "program.transfer"
    _description = "Change of hands"
    _inherit = ["governance.signed.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "day desc, id desc"

    kind = fields.Selection(
        [
            ("customer", "A customer moves to another partner"),
            ("upline", "A partner moves below another one"),
            ("exit", "A partner leaves"),
            ("end", "A customer leaves"),
        ],
        required=True,
        default="customer",
    )
    # The desk reads who owns which customer, and no contacts of partners.
    ownership_id = fields.Many2one(
        "program.ownership",
        string="Owned customer",
        ondelete="restrict",
        domain="['|', ('date_until', '=', False),"
        " ('date_until', '>', context_today().strftime('%Y-%m-%d'))]",
        help="A customer by its entry under Ownership, where it has neither a tenant nor a "
        "contact that you read.",
    )
    customer_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_customer_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
    )
    node_id = fields.Many2one("program.partner", string="Partner", ondelete="restrict")
    program_node_id = fields.Many2one(
        "program.partner",
        string="Giver",
        compute="_compute_program_node_id",
        store=True,
        index=True,
        ondelete="restrict",
        readonly=True,
        precompute=True,
    )
    receiver_id = fields.Many2one(
        "program.partner", string="Receiver", index=True, ondelete="restrict", tracking=True
    )
    told_receiver_id = fields.Many2one(
        "program.partner",
        string="Receiver who was asked",
        index=True,
        ondelete="restrict",
        readonly=True,
        copy=False,
        help="It reads the change of hands once its signature is asked, and not before.",
    )
    receiver_customer_id = fields.Many2one(
        "res.partner", string="Contact at the receiver", ondelete="restrict", readonly=True
    )
    old_upline_id = fields.Many2one("program.partner", readonly=True, ondelete="restrict")
    day = fields.Date(
        required=True,
        default=lambda self: engine.next_month(fields.Date.context_today(self)),
        tracking=True,
        help="At its midnight it happens. Default: the next period.",
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
        tracking=True,
    )
    note = fields.Text()
    customer_consent = fields.Char(
        string="Customer's consent", help="Its letter or mail, with the day."
    )
    without_giver = fields.Boolean(
        string="Without the giver",
        tracking=True,
        help="The giver is insolvent, terminated, or silent for ten working days: two people of "
        "the platform sign for it.",
    )
    giver_evidence = fields.Char(
        string="Evidence", help="Why the giver does not sign: order, notice, unanswered letter."
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("asked", "Waiting for signatures"),
            ("planned", "Planned"),
            ("done", "Done"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        default="draft",
        required=True,
        index=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    can_change = fields.Boolean(compute="_compute_can_change")
    problem = fields.Text(readonly=True, copy=False)
    previewed_for = fields.Char(readonly=True, copy=False)
    caretaker_until = fields.Date(readonly=True, copy=False)
    caretaker_told = fields.Boolean(readonly=True, copy=False)
    line_ids = fields.One2many(
        "program.transfer.line", "transfer_id", string="What happens", readonly=True
    )
    step_ids = fields.One2many("program.transfer.step", "transfer_id", string="Left to do")

    @api.depends("ownership_id")
    def _compute_customer_id(self):
        """The contact of the entry chosen; a customer whom nobody has made a contact has none."""
        for one in self.filtered("ownership_id"):
            # Safe: the contact of an entry that the caller could choose.
            one.customer_id = one.sudo().ownership_id._contact()

    @api.depends("kind", "customer_id", "ownership_id", "node_id")
    def _compute_program_node_id(self):
        for one in self:
            if one.kind in ("customer", "end"):
                # Safe: whose customer it is, of a contact or an entry that the caller could choose.
                own = one.sudo()
                contact = own.customer_id.commercial_partner_id
                one.program_node_id = contact.program_node_id or own.ownership_id.program_node_id
            else:
                one.program_node_id = one.node_id

    @api.depends("kind", "customer_id", "ownership_id", "node_id", "day")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for one in self:
            # Safe: the name of what the reader of this record is party to.
            own = one.sudo()
            who = own.customer_id.name or own.ownership_id.company_name or own.node_id.name or ""
            day = format_date(self.env, one.day) if who else ""
            one.display_name = f"{kinds.get(one.kind, '')}: {who} {day}".strip(" :")

    @api.depends("program_node_id", "without_giver", "state", "requester_id")
    @api.depends_context("uid")
    def _compute_can_change(self):
        """Whether the reader changes, confirms or withdraws it: what its buttons would refuse is
        not offered."""
        isolation = self.env["program.isolation"]
        fenced = isolation._scope().fenced
        writes = self.browse().has_access("write")
        for one in self:
            giver = not one.without_giver and (
                not one.program_node_id or isolation._is_of_own_node(one, "program_node_id")
            )
            one.can_change = writes and (giver if fenced else not one._is_only_theirs())

    @api.constrains("kind", "customer_id", "ownership_id", "node_id", "receiver_id")
    def _check_parties(self):
        for one in self.sudo():
            if one.ownership_id and one.ownership_id.program_node_id != one.program_node_id:
                raise ValidationError(
                    self.env._(
                        "%(customer)s belongs to %(node)s: choose one customer.",
                        customer=one.ownership_id.company_name,
                        node=one.ownership_id.program_node_id.name,
                    )
                )
            if one.kind in ("customer", "end") and not (one.customer_id or one.ownership_id):
                raise ValidationError(self.env._("Say which customer it is about."))
            if one.kind in ("upline", "exit") and not one.node_id:
                raise ValidationError(self.env._("Say which partner it is about."))
            if one.kind != "end" and not one.receiver_id:
                raise ValidationError(self.env._("Say who receives."))
            if one.receiver_id and one.receiver_id == one.program_node_id:
                raise ValidationError(
                    self.env._("%(node)s cannot receive from itself.", node=one.receiver_id.name)
                )
            if one.node_id.is_root:
                raise ValidationError(self.env._("The platform neither moves nor leaves."))

    @api.model_create_multi
    def create(self, vals_list):
        found = super().create(vals_list)
        scope = self.env["program.isolation"]._scope()
        for one in found:
            # Safe: what decides is whose customer or partner it is, not what was sent.
            if scope.kind == "staff" and one.sudo().program_node_id.id != scope.node_id:
                raise AccessError(
                    self.env._("A change of hands is begun by the giver or the programme desk.")
                )
        found._check_giver()
        return found

    def write(self, vals):
        if not self.env.su and any(one.state not in ("draft", "refused") for one in self):
            raise UserError(self.env._("It is on its way: withdraw it and begin another."))
        self._check_giver()
        if not self.env.su:
            # Changed after a refusal it is a draft again, which is the giver's alone.
            # Safe: who may write it has been checked just above.
            self.sudo().filtered("told_receiver_id").told_receiver_id = False
        done = super().write(vals)
        # Nor does the giver's own write take its signature out, or make the record another's.
        self._check_giver()
        return done

    def _check_giver(self):
        """:raise AccessError: somebody else than the giver's people or the desk; where it is done
        without the giver, the desk alone
        """
        isolation = self.env["program.isolation"]
        if not isolation._scope().fenced:
            return
        if any(one.without_giver for one in self):
            raise AccessError(self.env._("Only the programme desk acts without the giver."))
        if not isolation._is_of_own_node(self, "program_node_id"):
            raise AccessError(self.env._("Only the giver or the programme desk changes it."))

    @api.ondelete(at_uninstall=False)
    def _unlink_draft(self):
        if any(one.state != "draft" for one in self):
            raise UserError(self.env._("What was asked for is withdrawn, never deleted."))

    # Looking at it, withdrawing.

    def _mark(self):
        """What was previewed: another receiver or day needs another look."""
        return "-".join(
            str(part)
            for part in (
                self.kind, self.customer_id.id or f"o{self.ownership_id.id}", self.node_id.id,
                self.receiver_id.id, self.day,
            )
        )  # fmt: skip

    def action_preview(self):
        """Who reads what afterwards, and what goes to whom."""
        self.check_access("write")
        self._check_giver()
        for one in self:
            # Safe: who may write the record may look at it; lines name no money.
            one.sudo()._preview()
        return True

    def _today(self):
        """The day by whose clock it is carried out."""
        return fields.Date.context_today(self)

    def _check_possible(self):
        """:raise UserError: the day is over, or the receiver cannot be an upline"""
        if self.day < self._today():
            raise UserError(
                self.env._(
                    "%(day)s is over, and nothing changes hands backwards: choose today or later.",
                    day=self.day,
                )
            )
        moving, receiver = self._moving_nodes(), self.receiver_id
        if not moving:
            return
        if not (receiver.active and (receiver.is_master or receiver.is_root)):
            raise UserError(
                self.env._(
                    "%(receiver)s is no master partner, so %(nodes)s cannot stand below it. Give "
                    "it the master role first, or choose another receiver.",
                    receiver=receiver.name,
                    nodes=", ".join(moving.mapped("name")),
                )
            )
        if moving & receiver._above():
            raise UserError(
                self.env._(
                    "%(receiver)s stands below %(nodes)s itself: choose another receiver.",
                    receiver=receiver.name,
                    nodes=", ".join((moving & receiver._above()).mapped("name")),
                )
            )

    def action_withdraw(self):
        """Before its day, by the giver; by the desk what it does without the giver or has asked."""
        self.check_access("write")
        self._check_giver()
        for one in self:
            one._check_desk_withdraws()
            if one.state in ("done", "withdrawn"):
                raise UserError(self.env._("It is done or withdrawn already."))
            # Safe: who may write it has been checked above.
            own = one.sudo()
            own._withdraw_signatures(self.env._("withdrawn"))
            own.state = "withdrawn"
            own._tell("withdrawn")
        return True

    def _is_only_theirs(self):
        """Whether a partner has asked for it, so that the desk does not take it back."""
        scope = self.env["program.isolation"]._scope()
        asked = self.state not in ("draft", "refused")
        others = self.requester_id != self.env.user and self.program_node_id.id != scope.node_id
        return scope.kind == "platform" and asked and others and not self.without_giver

    def _check_desk_withdraws(self):
        if self._is_only_theirs():
            raise AccessError(
                self.env._("What a partner has asked for is withdrawn by its own people.")
            )

    def _tell(self, new, reason=""):
        """In the trail of both, and on the record, which both read."""
        for node in self.program_node_id | self.receiver_id:
            self.env["governance.event"]._record(
                "transfer", self, node=node, new=f"{new} {self.day}", reason=reason or self.reason
            )

    # Its day.

    @api.model
    def _cron_transfers(self):
        """At local midnight of the day; one that cannot be carried out says why."""
        root = self.env["program.partner"]._root()
        zone = root.partner_id.tz or self.env.user.tz or "UTC"
        today = fields.Date.context_today(self.with_context(tz=zone))
        due = self.search([("state", "=", "planned"), ("day", "<=", today)], order="day, id")
        for one in due.filtered(lambda each: each._is_ours()):
            try:
                with self.env.cr.savepoint():
                    one._carry_out()
            except UserError as error:
                one.problem = str(error)
        self._look_after_leavers(today)

    def _is_ours(self):
        """Whether this cron carries it out; with money the billing run does."""
        return True
