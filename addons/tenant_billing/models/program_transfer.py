from odoo import api, fields, models
from odoo.exceptions import UserError

from .billing_run import NOBODYS_FAULT

SAME = ("kind", "customer_id", "receiver_id", "day", "reason")


class ProgramTransfer(models.Model):
    """The money of a change of hands: its consent plans the handover, whose run carries out
    both, once (TRADE 2)."""

    _inherit = "program.transfer"

    tenant_id = fields.Many2one(
        "hosting.tenant",
        string="Customer's tenant",
        ondelete="restrict",
        help="Any tenant of the customer names it: all that it has with its partner go.",
    )
    customer_id = fields.Many2one(
        compute="_compute_customer_id", store=True, readonly=False, precompute=True
    )
    handover_id = fields.Many2one(
        "billing.handover", string="Money", readonly=True, copy=False, ondelete="restrict"
    )
    handover_leg_ids = fields.Many2many(
        "billing.handover.leg",
        string="Contracts",
        compute="_compute_handover_leg_ids",
        groups="partner_governance.group_platform_staff",
    )
    handover_amount_ids = fields.Many2many(
        "billing.handover.amount",
        string="Last and first charges",
        compute="_compute_handover_amount_ids",
        groups="partner_governance.group_partner_finance",
    )
    # The desk's alone: it names prices and contracts of either party.
    money_problem = fields.Text(
        compute="_compute_money_problem",
        compute_sudo=True,
        groups="partner_governance.group_platform_staff",
    )

    @api.depends("tenant_id")
    def _compute_customer_id(self):
        for one in self.filtered("tenant_id"):
            one.customer_id = one.tenant_id.partner_id.commercial_partner_id

    @api.depends("handover_id")
    @api.depends_context("uid")
    def _compute_handover_leg_ids(self):
        for one in self:
            one.handover_leg_ids = one._handover_rows("billing.handover.leg")

    @api.depends("handover_id")
    @api.depends_context("uid")
    def _compute_handover_amount_ids(self):
        for one in self:
            one.handover_amount_ids = one._handover_rows("billing.handover.amount")

    def _handover_rows(self, model):
        """Rows of the handover as far as the reader is party to them."""
        # Safe: the number of the handover alone; its rows are searched as the reader.
        return self.env[model].search([("handover_id", "=", self.sudo().handover_id.id or 0)])

    @api.depends("handover_id.problem")
    def _compute_money_problem(self):
        for one in self:
            one.money_problem = one.handover_id.problem

    @api.onchange("kind", "customer_id", "node_id")
    def _onchange_day(self):
        """By default the next period of the customer's tenants."""
        if self.customer_id or self.node_id:
            # Safe: reads when the periods of the chosen customer's own tenants begin.
            probe = self.env["billing.handover"].sudo().new(self._handover_values())
            found = probe._subscriptions()
            if found:
                probe.day = False
                probe._compute_day()
                self.day = probe.day

    def _handover_values(self):
        """Values of ``billing.handover``."""
        self.ensure_one()
        values = {name: self[name].id if name.endswith("_id") else self[name] for name in SAME}
        if self.kind == "upline":
            values["node_ids"] = [(6, 0, self.node_id.ids)]
        elif self.kind == "exit":
            values["leaving_id"] = self.node_id.id
        return values

    def _preview(self):
        """The money part too, where there is any; what no price is known for is refused."""
        super()._preview()
        self._renew_money()
        if self.handover_id:
            self.handover_id._preview()

    def _renew_money(self):
        """Its draft anew: contracts may have begun or ended since the last one."""
        Handover = self.env["billing.handover"]
        old, self.handover_id = self.handover_id, False
        old.filtered(lambda each: each.state == "draft").unlink()
        if self._has_money():
            self.handover_id = Handover.create(self._handover_values())

    def _has_money(self):
        return bool(self.env["billing.handover"].new(self._handover_values())._subscriptions())

    def _signed(self):
        done = super()._signed()
        self._plan_money()
        return done

    def _plan_money(self):
        """What is signed is the change of hands; its contracts and amounts are those of today.

        Never raises: whoever signs last has no part in what the other parties' books lack. It
        stays planned, the desk reads why, and each run tries again.
        """
        self._renew_money()
        money = self.handover_id
        if not money:
            return
        try:
            with self.env.cr.savepoint():
                money._preview()
                money._confirm()
                self.problem = False
        except NOBODYS_FAULT:
            raise
        except UserError as error:
            money.problem = str(error)
            self.problem = self.env._(
                "Its contracts cannot move yet. The programme desk reads why; each billing run "
                "tries again."
            )

    @api.model
    def _plan_missing_money(self):
        """What is signed and whose contracts are planned nowhere yet."""
        for one in self.search([("state", "=", "planned")], order="day, id"):
            if one.handover_id.state not in ("planned", "done"):
                one._plan_money()

    def action_withdraw(self):
        done = super().action_withdraw()
        # Safe: who may withdraw has been checked; the money goes with it.
        money = self.sudo().handover_id.filtered(lambda each: each.state in ("draft", "planned"))
        if money:
            money.action_withdraw()
        return done

    def _is_ours(self):
        return super()._is_ours() and not self.handover_id and not self._has_money()

    def _leave(self):
        if self.kind == "exit" and self.handover_id and self.handover_id.state != "done":
            raise UserError(self.env._("The contracts of the partner have not moved yet."))
        return super()._leave()


class BillingHandover(models.Model):
    _inherit = "billing.handover"

    transfer_ids = fields.One2many("program.transfer", "handover_id", readonly=True)

    def write(self, vals):
        self._check_apart()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_apart(self):
        self._check_apart()

    def action_plan(self):
        self._check_apart()
        return super().action_plan()

    def action_withdraw(self):
        self._check_apart()
        return super().action_withdraw()

    def _check_apart(self):
        """:raises UserError: for people, where it is the money of a change that is signed"""
        # Safe: only whether there is one, and its name.
        found = self.env["program.transfer"] if self.env.su else self.sudo().transfer_ids
        if found:
            raise UserError(
                self.env._(
                    "It belongs to “%(transfer)s” and its signatures: change or withdraw that "
                    "one, under Partners → Changes of hands.",
                    transfer=found[0].display_name,
                )
            )

    def _check_signed(self):
        if self.transfer_ids and "planned" not in self.transfer_ids.mapped("state"):
            raise UserError(
                self.env._(
                    "“%(transfer)s” is not signed.", transfer=self.transfer_ids[0].display_name
                )
            )

    def _confirm(self):
        self._check_signed()
        return super()._confirm()

    @api.model
    def _carry_out_due(self, as_of=None):
        self.env["program.transfer"]._plan_missing_money()
        return super()._carry_out_due(as_of)

    def _carry_out(self):
        """With the contracts go ownership, open deals, rights: in the same transaction."""
        self._check_signed()
        done = super()._carry_out()
        for one in self.transfer_ids:
            one._carry_out()
        return done

    def _receive_contacts(self, subscriptions):
        """The customer's people at the portal read on at their new seller's contact."""
        found = super()._receive_contacts(subscriptions)
        Partner = self.env["res.partner"]
        for old_id, new_id in found.items():
            old, new = Partner.browse(old_id), Partner.browse(new_id)
            if old == new:
                continue
            self._move_portal_people(old, new)
            self.transfer_ids.filtered(
                lambda one, old=old: one.customer_id.commercial_partner_id == old
            ).receiver_customer_id = new
        return found

    def _move_portal_people(self, old, new):
        """Portal users of the contact ``old`` become people of ``new``."""
        people = (
            self.env["res.users"]
            .with_context(active_test=False)
            .search([("share", "=", True), ("partner_id.commercial_partner_id", "=", old.id)])
        )
        for user in people:
            if user.partner_id == old:
                # The company's own log-in: it gets a person at the new contact.
                user.partner_id = self.env["res.partner"].create(
                    {"name": old.name, "email": old.email, "parent_id": new.id, "lang": old.lang}
                )
            else:
                user.partner_id.parent_id = new


class ProgramPartner(models.Model):
    _inherit = "program.partner"

    def _archive_obstacles(self):
        """Contracts of customers that run without an end keep a partner from going, too."""
        found = super()._archive_obstacles()
        # Safe: counts contracts of partners that the caller may archive.
        rows = (
            self.env["billing.subscription"]
            .sudo()
            ._read_group(
                [
                    ("program_node_id", "in", self.ids),
                    ("tenant_id", "!=", False),
                    ("state", "in", ("active", "suspended")),
                    ("end_date", "=", False),
                    ("ended_on", "=", False),
                ],
                ["program_node_id"],
                ["__count"],
            )
        )
        return found + [
            self.env._(
                "%(node)s still has %(count)s running subscriptions without a receiver or an end "
                "date. Plan a change of hands.",
                node=node.name,
                count=count,
            )
            for node, count in rows
        ]
