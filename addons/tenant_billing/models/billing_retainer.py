from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..adapters import facts as facts_adapter
from ..adapters import retainer as adapter


class BillingPlanComponent(models.Model):
    """A recurring component that grants hours, and the metered one that prices hours beyond
    (TB-022)."""

    _inherit = "billing.plan.component"

    retainer_hours = fields.Float(
        string="Hours a period",
        digits=(16, 2),
        help="For each one of its quantity; 0: no retainer.",
    )
    retainer_carry = fields.Selection(
        [("none", "Not carried over"), ("capped", "Carried over up to"), ("all", "Carried over")],
        string="Hours left",
        required=True,
        default="none",
    )
    retainer_cap = fields.Float(
        string="At most (hours)", digits=(16, 2), help="What is carried over together."
    )
    retainer_periods = fields.Integer(
        string="For (periods)", help="Hours carried over expire after so many; 0: never."
    )
    retainer_beyond = fields.Selection(
        [("priced", "Priced"), ("refused", "Refused")],
        string="Hours beyond",
        required=True,
        default="priced",
        help="Priced: by the component that takes them. Refused: they cannot be entered.",
    )
    overage_of_id = fields.Many2one(
        "billing.plan.component",
        string="Takes hours beyond",
        ondelete="restrict",
        domain="[('plan_id', '=', plan_id), ('retainer_hours', '>', 0)]",
        help="The retainer whose hours beyond it this component prices.",
    )
    overage_ids = fields.One2many("billing.plan.component", "overage_of_id")

    _retainer = models.Constraint(
        "CHECK (COALESCE(retainer_hours, 0) >= 0 AND COALESCE(retainer_cap, 0) >= 0"
        " AND COALESCE(retainer_periods, 0) >= 0)",
        "Hours and periods of a retainer are 0 or more.",
    )

    @api.constrains("retainer_hours", "kind", "overage_of_id", "meter_id", "plan_id")
    def _check_retainer(self):
        for component in self:
            if component.retainer_hours and component.kind != "recurring":
                raise ValidationError(
                    self.env._("“%(name)s” grants hours, so it is recurring.", name=component.name)
                )
            source = component.overage_of_id
            if source and (
                component.kind != "metered"
                or component.meter_id.aggregation != "sum"
                or not source.retainer_hours
                or source.plan_id != component.plan_id
                or len(source.overage_ids) > 1
            ):
                raise ValidationError(
                    self.env._(
                        "“%(name)s” prices hours beyond a retainer: it is metered by a sum, and "
                        "the only one for a component of the same plan that grants hours.",
                        name=component.name,
                    )
                )

    def write(self, vals):
        """What subscriptions are charged by keeps its rules: they decide the past as well."""
        fixed = {
            "retainer_hours",
            "retainer_carry",
            "retainer_cap",
            "retainer_periods",
            "overage_of_id",
        }
        if fixed & vals.keys():
            # Safe: asks whether a subscription uses it, tells nothing of it.
            items = self.env["billing.subscription.item"].sudo()
            if items.search_count([("component_id", "in", self.ids)], limit=1):
                raise ValidationError(
                    self.env._(
                        "A subscription uses this component, so the rules of its hours stay. Add "
                        "another component instead."
                    )
                )
        return super().write(vals)


class BillingSubscription(models.Model):
    """The hours of a subscription's retainer, as they stand in its running period."""

    _inherit = "billing.subscription"

    retainer_component_id = fields.Many2one(
        "billing.plan.component",
        string="Retainer",
        compute="_compute_retainer_component_id",
        store=True,
        index="btree_not_null",
    )
    retainer_period_ids = fields.One2many("billing.retainer.period", "subscription_id")
    retainer_entry_ids = fields.One2many("billing.retainer.entry", "subscription_id")
    retainer_request_ids = fields.One2many("billing.retainer.request", "subscription_id")
    retainer_available = fields.Float(
        string="Hours available",
        compute="_compute_retainer",
        help="Carried over and granted in the running period.",
    )
    retainer_used = fields.Float(string="Hours used", compute="_compute_retainer")
    retainer_left = fields.Float(string="Hours left", compute="_compute_retainer")
    retainer_beyond = fields.Float(string="Hours beyond", compute="_compute_retainer")
    retainer_percent = fields.Float(string="Used", compute="_compute_retainer")

    @api.depends("item_ids.component_id")
    def _compute_retainer_component_id(self):
        for one in self:
            granting = one.item_ids.component_id.filtered("retainer_hours")
            one.retainer_component_id = granting[:1]

    @api.constrains("item_ids")
    def _check_one_retainer(self):
        for one in self:
            one._check_retainers()

    def _check_retainers(self):
        if len(self.item_ids.component_id.filtered("retainer_hours")) > 1:
            raise ValidationError(
                self.env._("A subscription has one retainer: its hours are one balance.")
            )

    def _activate(self, retail_book, day):
        done = super()._activate(retail_book, day)
        if done:
            self._refresh_retainers()
        return done

    @api.depends("retainer_period_ids.used", "retainer_period_ids.closing")
    def _compute_retainer(self):
        for one in self:
            today = one._today() if one.retainer_component_id else False
            now = one.retainer_period_ids.filtered(
                lambda period, today=today: period.date_from <= today < period.date_until
            )[:1]
            one.retainer_available = now.carried + now.granted
            one.retainer_used = now.used
            one.retainer_left = now.closing
            one.retainer_beyond = now.overage
            available = now.carried + now.granted
            one.retainer_percent = 100 * now.used / available if available else 0

    def _retainer_account(self, last, more=()):
        """The engine's account of the retainer up to a day, with hours only thought of."""
        self.ensure_one()
        # Safe: hours and quantities of the subscription itself, for whoever may enter hours.
        own = self.sudo()
        service = adapter.Service(
            tuple(facts_adapter.version(item) for item in own.item_ids.sorted("id")),
            tuple((each.date_from, each.date_until or None) for each in own.pause_ids),
            own.ended_on or None,
        )
        hours = [*adapter.read_retained(own)[own.id], *more]
        return adapter.retainer_account(own, own.retainer_component_id, service, hours, last)

    def action_open_retainer_entries(self):
        return self._open_of_retainer("billing.retainer.entry", self.env._("Hours"))

    def action_open_retainer_requests(self):
        return self._open_of_retainer("billing.retainer.request", self.env._("Backlog"))

    def action_open_retainer_periods(self):
        return self._open_of_retainer("billing.retainer.period", self.env._("Burn-down"))

    def _open_of_retainer(self, model, name):
        self.ensure_one()
        modes = {
            "billing.retainer.entry": "list,graph,pivot",
            "billing.retainer.request": "kanban,list,form",
            "billing.retainer.period": "graph,list",
        }
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": modes[model],
            "domain": [("subscription_id", "=", self.id)],
            "context": {"default_subscription_id": self.id},
        }


class BillingSubscriptionItem(models.Model):
    _inherit = "billing.subscription.item"

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        retainers = items.subscription_id.filtered("retainer_component_id")
        for one in retainers:
            one._check_retainers()
        retainers.filtered(lambda one: one.state != "draft")._refresh_retainers()
        return items
