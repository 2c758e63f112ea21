from odoo import api, fields, models
from odoo.exceptions import UserError

from .billing_plan_component import STREAMS


class BillingDriver(models.Model):
    """A driver of infrastructure pricing that plans are made of: compute, storage,
    environments … (DESIGN 4.5, TB-001). None counts people."""

    _name = "billing.driver"
    _description = "Pricing driver"
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    stream = fields.Selection(STREAMS, required=True)
    kind = fields.Selection(
        [("recurring", "Recurring"), ("metered", "Metered"), ("one_off", "One-off")],
        required=True,
        default="recurring",
    )
    meter_id = fields.Many2one("billing.meter", ondelete="restrict")
    explanation = fields.Char(string="One is", translate=True)
    needs_reason = fields.Boolean(help="Whoever quotes it says why the customer needs it.")
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "A driver has this code already.")

    @api.constrains("code")
    def _check_code(self):
        self.env["billing.price.mixin"]._refuse_per_user(self.mapped("code"))

    def _component_values(self):
        return [
            {
                "driver_id": driver.id,
                "code": driver.code,
                "name": driver.name,
                "stream": driver.stream,
                "kind": driver.kind,
                "meter_id": driver.meter_id.id,
                "optional": True,
            }
            for driver in self
        ]


class BillingPlan(models.Model):
    _inherit = "billing.plan"

    def action_add_drivers(self):
        """Add the drivers that the plan does not have yet, as optional components."""
        for plan in self:
            plan.check_access("write")
            meters = plan.component_ids.meter_id
            new = self.env["billing.driver"].search(
                [("code", "not in", plan.component_ids.mapped("code"))]
            )
            new = new.filtered(lambda driver, meters=meters: driver.meter_id not in meters)
            self.env["billing.plan.component"].create(
                [{"plan_id": plan.id, **values} for values in new._component_values()]
            )
        return True


class BillingPlanComponent(models.Model):
    _inherit = "billing.plan.component"

    driver_id = fields.Many2one("billing.driver", ondelete="restrict")


class BillingOfferLine(models.Model):
    _inherit = "billing.offer.line"

    reason = fields.Char(help="Why the customer needs it; asked for where its driver says so.")
    needs_reason = fields.Boolean(related="component_id.driver_id.needs_reason")


class BillingOffer(models.Model):
    _inherit = "billing.offer"

    def _check_sendable(self):
        done = super()._check_sendable()
        for line in self.line_ids:
            if line.needs_reason and not (line.reason or "").strip():
                raise UserError(
                    self.env._(
                        "%(name)s needs a reason: write on its line why the customer needs it.",
                        name=line.component_id.name,
                    )
                )
        return done
