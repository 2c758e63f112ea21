from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..adapters import shadow as adapter
from .billing_parked import blamed_on


class ProgramPartner(models.Model):
    """A seller that moves in: rated and compared first, billed from its own day on (TB-067)."""

    _inherit = "program.partner"

    shadow_since = fields.Date(
        readonly=True,
        tracking=True,
        help="Its sales are rated and compared with the earlier system's; nothing is booked.",
    )
    live_from = fields.Date(
        string="Bills from",
        readonly=True,
        tracking=True,
        help="First day that is charged here; what lies before it is the earlier system's.",
    )
    in_shadow = fields.Boolean(compute="_compute_in_shadow")
    may_move_in = fields.Boolean(compute="_compute_may_move_in")

    @api.depends("shadow_since", "live_from")
    def _compute_in_shadow(self):
        today = self.env["billing.run"]._clock().date()
        for node in self:
            node.in_shadow = node._is_in_shadow(today)

    @api.depends_context("uid")
    def _compute_may_move_in(self):
        """Whether the reader decides it, and there is something to decide."""
        # Safe: asks whether sellers have been billed for here, tells those who decide it.
        billed = {
            seller.id
            for (seller,) in self.env["billing.charge"]
            .sudo()
            ._read_group([("seller_id", "in", self.ids)], ["seller_id"])
        }
        for node in self:
            node.may_move_in = node._decides() and node.id not in billed

    def _is_in_shadow(self, day):
        return bool(self.shadow_since) and not (self.live_from and self.live_from <= day)

    def action_start_shadow(self):
        """Rate this seller's sales without booking them, until it goes live."""
        for node in self:
            node._check_moves_in()
            # Safe: asks whether the seller has been billed for here, tells nothing of it.
            if (
                self.env["billing.charge"]
                .sudo()
                .search_count([("seller_id", "=", node.id)], limit=1)
            ):
                raise UserError(
                    self.env._(
                        "%(seller)s is billed here already, so there is nothing to rehearse.",
                        seller=node.display_name,
                    )
                )
            node._set_shadow(self.env["billing.run"]._clock().date(), False)
        return True

    def action_go_live(self, day):
        """Book this seller's sales from ``day`` on.

        :raises UserError: where the day is past, or the seller is not in shadow
        """
        self.ensure_one()
        self._check_moves_in()
        day = fields.Date.to_date(day)
        today = self.env["billing.run"]._clock().date()
        if not self._is_in_shadow(today):
            raise UserError(self.env._("%(seller)s is not in shadow.", seller=self.display_name))
        if not day or day < today:
            raise UserError(self.env._("It goes live today or later: choose another day."))
        self._set_shadow(self.shadow_since, day)
        return True

    def action_open_go_live(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Go live"),
            "res_model": "billing.go.live",
            "view_mode": "form",
            "target": "new",
            "context": {"default_seller_id": self.id},
        }

    def _check_moves_in(self):
        """The seller's own manager decides, or the programme's desk."""
        if not self._decides():
            raise AccessError(
                self.env._("A manager of %(seller)s decides that.", seller=self.display_name)
            )

    def _decides(self):
        self.ensure_one()
        user = self.env.user
        own = user.program_partner_id == self and user.has_group(
            "partner_governance.group_partner_manager"
        )
        return (
            self.env.su or own or user.has_group("partner_governance.group_platform_administrator")
        )

    def _set_shadow(self, since, live):
        before = f"{self.shadow_since or ''} → {self.live_from or ''}"
        # Safe: checked above to be the seller's manager or the desk; fields of the server.
        node = self.sudo()
        node.write({"shadow_since": since, "live_from": live})
        self.env["governance.event"]._record(
            "billing.shadow", node, node, before, f"{since or ''} → {live or ''}"
        )


class BillingSubscription(models.Model):
    _inherit = "billing.subscription"

    def _open_ledgers(self, facts, run):
        """Contracts of sellers that went live get their opening day, and what the earlier system
        charged in advance beyond it, as rated here.

        :param run: the run that books them
        :return: whether there was one, so that the facts have to be read again
        """
        opened = False
        for one in self:
            for leg in (*facts.legs.get(one.id, ()), *facts.sides.get(one.id, ())):
                day = leg.seller_id.live_from
                if not day or leg.opening_day or leg.date_from >= day:
                    continue
                if day <= one._as_of(run) and not facts.booked.get(leg.id):
                    charges = ()
                    # A side leg has nothing of its own in advance: a share follows the sale.
                    if not leg.side_terms_id:
                        with blamed_on(leg.seller_id):
                            charges = one._target(leg, facts, day - timedelta(days=1))
                    leg._take_over(day, adapter.openings(charges, day))
                    opened = True
        return opened
