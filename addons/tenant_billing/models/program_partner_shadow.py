from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..adapters import facts as facts_adapter


class ProgramPartner(models.Model):
    """A seller that moves in: rated and compared, not billed, until it goes live by itself."""

    _inherit = "program.partner"

    in_shadow = fields.Boolean(
        readonly=True, copy=False, help="An earlier system bills: here nothing is booked for it."
    )
    live_from = fields.Date(
        string="Live from", readonly=True, copy=False, help="Nothing before this day is charged."
    )

    def action_enter_shadow(self):
        """Rate what it sells, book and post nothing, until it goes live."""
        if not self.env.user.has_group("partner_governance.group_platform_administrator"):
            raise AccessError(self.env._("Partners are moved in by the platform's administrators."))
        # Safe: asks whether the node has ever been billed for, tells nothing of it.
        Charge = self.env["billing.charge"].sudo()
        for node in self:
            if Charge.search_count([("seller_id", "=", node.id)], limit=1):
                raise UserError(
                    self.env._(
                        "%(node)s bills here already, so it has no shadow months.", node=node.name
                    )
                )
        # Safe: checked above to be the desk.
        self.sudo().in_shadow = True
        return True

    def _go_live(self, day):
        """Bill what the node sells from ``day`` on: nothing before is ever charged, and what an
        earlier system charged in advance beyond it stands as opening charges. Runs as the
        system."""
        for node in self:
            if not node.in_shadow:
                raise UserError(self.env._("%(node)s is live already.", node=node.name))
            legs = self.env["billing.leg"].search(
                [
                    ("seller_id", "=", node.id),
                    ("subscription_id.state", "!=", "draft"),
                    ("opening_day", "=", False),
                    ("date_from", "<", day),
                ]
            )
            facts = facts_adapter.read_facts(legs.subscription_id, fields.Datetime.now())
            for leg in legs:
                one = leg.subscription_id
                leg._take_over(day, facts_adapter.openings(one._target(leg, facts, day), day))
            node.write({"in_shadow": False, "live_from": day})
            self.env["governance.event"]._record("billing.live", node, node, new=f"{day}")


class BillingSubscription(models.Model):
    _inherit = "billing.subscription"

    def _booked_legs(self, facts):
        """Of a seller in shadow nothing is booked."""
        return [leg for leg in super()._booked_legs(facts) if not leg.seller_id.in_shadow]


class BillingShadow(models.Model):
    _inherit = "billing.shadow"

    in_shadow = fields.Boolean(related="seller_id.in_shadow")
    live_day = fields.Date(
        string="Go live on", help="From this day on it is billed here, and nothing before it."
    )

    def action_go_live(self):
        """The seller's own decision."""
        self.ensure_one()
        self.check_access("write")
        scope = self.env["program.isolation"]._scope()
        manager = self.env.user.has_group("partner_governance.group_partner_manager")
        if scope.kind != "system" and (self.sudo().seller_id.id != scope.node_id or not manager):
            raise AccessError(self.env._("A manager of the seller decides when it goes live."))
        if not self.live_day:
            raise UserError(self.env._("Say on which day it goes live."))
        # Safe: checked above to be the seller's own manager; it opens its own contracts alone.
        self.sudo().seller_id._go_live(self.live_day)
        return True
