import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from .billing_run import NOBODYS_FAULT

_logger = logging.getLogger(__name__)
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
    left_people = fields.Text(
        string="Log-ins left behind",
        readonly=True,
        copy=False,
        groups="partner_governance.group_platform_staff",
        help="They read invoices of the old seller that are open.",
    )
    money_problem = fields.Text(
        compute="_compute_money_problem",
        compute_sudo=True,
        groups="partner_governance.group_platform_staff",
    )

    @api.depends("tenant_id")
    def _compute_customer_id(self):
        done = super()._compute_customer_id()
        for one in self.filtered("tenant_id"):
            one.customer_id = one.tenant_id.partner_id.commercial_partner_id
        return done

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
        done = super()._preview()
        self._renew_money()
        if self.handover_id:
            self.handover_id._preview()
        return done

    def _renew_money(self):
        """Its draft anew: contracts may have begun or ended since the last one."""
        Handover = self.env["billing.handover"]
        old, self.handover_id = self.handover_id, False
        old.filtered(lambda each: each.state == "draft").unlink()
        if self._has_money():
            self.handover_id = Handover.create(self._handover_values())

    def _has_money(self):
        if self.kind in ("customer", "end") and not self.customer_id:
            # Whoever is nobody's contact has no contract.
            return False
        return bool(self.env["billing.handover"].new(self._handover_values())._subscriptions())

    def _signed(self):
        done = super()._signed()
        self._plan_money()
        return done

    def _plan_money(self):
        """What is signed is the change of hands; its contracts and amounts are those of today.

        Whoever signs last has no part in what the other parties' books lack: it stays planned,
        the desk reads why, and each run tries again.
        """
        if self._try_money(self._renew_money) and self.handover_id:
            self._try_money(self._confirm_money)

    def _confirm_money(self):
        self.handover_id._preview()
        self.handover_id._confirm()
        self.problem = False

    def _try_money(self, step):
        """Whether ``step`` was done, or else taken back and its reason kept.

        :raises OperationalError: nobody's fault (a lost serialization): all of it comes again
        """
        try:
            with self.env.cr.savepoint():
                step()
        except NOBODYS_FAULT:
            raise
        except UserError as error:
            reason = str(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, signing and billing go on
            reason = self.env._("Unexpected error, see the server's log.")
            _logger.warning("billing: the money of transfer %s", self.id, exc_info=error)
        else:
            return True
        self.handover_id.problem = reason
        self.problem = self.env._(
            "Its contracts cannot move yet. The programme desk reads why; each billing run tries "
            "again."
        )
        return False

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

    def _today(self):
        """By the clock of billing, whose run carries out what has money."""
        return self.env["billing.run"]._clock().date() if self.handover_id else super()._today()

    def _leave_people(self, people):
        """Keep ``people`` at the old seller's contact, and say who they are."""
        names = "\n".join(people.mapped("login"))
        for one in self if names else self.browse():
            one.left_people = "\n".join(filter(None, (one.left_people, names)))

    def _is_ours(self):
        return super()._is_ours() and not self.handover_id and not self._has_money()

    def _leave(self):
        if self.kind == "exit" and self.handover_id and self.handover_id.state != "done":
            raise UserError(self.env._("The contracts of the partner have not moved yet."))
        return super()._leave()
