from itertools import combinations

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.dimensions import disjoint, parse_filter
from ..engine.errors import BillingError
from ..exceptions import engine_message

STREAMS = [
    ("hosting", "Managed hosting"),
    ("storage", "Storage"),
    ("backup", "Backup"),
    ("integration", "Integrations"),
    ("environment", "Environments"),
    ("monitoring", "Monitoring"),
    ("support", "Application support"),
    ("compliance", "Compliance"),
    ("subscription", "Subscription"),
    ("retainer", "Enhancement retainer"),
    ("analytics", "Analytics"),
    ("forecasting", "AI forecasting"),
    ("integration_monitoring", "Integration monitoring"),
    ("optimisation", "Process optimisation"),
    ("oem", "OEM / embedded programme"),
    ("implementation", "Implementation"),
    ("margin", "Platform margin"),
    ("fee", "Programme fees"),
    ("enablement", "Enablement fees"),
    ("shared", "Shared services"),
    ("operations", "Cloud operations"),
    ("setup", "One-off services"),
]


class BillingPlanComponent(models.Model):
    """One priced part of a plan. Its code joins it to prices and stays for good."""

    _name = "billing.plan.component"
    _description = "Component of a hosting plan"
    _order = "plan_id, sequence, id"
    _rec_names_search = ["name", "code"]

    plan_id = fields.Many2one("billing.plan", required=True, index=True, ondelete="restrict")
    sequence = fields.Integer(default=10)
    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    stream = fields.Selection(STREAMS, required=True, default="hosting")
    kind = fields.Selection(
        [("recurring", "Recurring"), ("metered", "Metered"), ("one_off", "One-off")],
        required=True,
        default="recurring",
    )
    timing = fields.Selection(
        [("advance", "In advance"), ("arrears", "In arrears")],
        compute="_compute_timing",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    meter_id = fields.Many2one("billing.meter", ondelete="restrict")
    dimension_filter = fields.Text(
        string="Only usage with",
        help="One key=value a line, e.g. environment=production or region=eu; empty: all usage of "
        "the meter. A key on several lines takes any of its values.",
    )
    # The filter as the database reads it: what no component takes is listed in SQL.
    dimension_values = fields.Json(compute="_compute_dimension_values", store=True)
    default_quantity = fields.Float(default=1)
    optional = fields.Boolean(help="Not on an offer unless somebody adds it.")

    _code_uniq = models.Constraint(
        "UNIQUE (plan_id, code)", "A component of this plan has this code already."
    )

    @api.depends("kind")
    def _compute_timing(self):
        for component in self:
            metered = component.kind == "metered"
            component.timing = "arrears" if metered else component.timing or "advance"

    @api.depends("dimension_filter")
    def _compute_dimension_values(self):
        for component in self:
            wanted = component._dimension_filter()
            component.dimension_values = {name: sorted(wanted[name]) for name in wanted} or False

    @api.constrains("code")
    def _check_code(self):
        self.env["billing.price.mixin"]._refuse_per_user(self.mapped("code"))

    @api.constrains("kind", "timing", "meter_id")
    def _check_metered(self):
        for component in self:
            if component.kind == "metered" and not component.meter_id:
                raise ValidationError(
                    self.env._("“%(name)s” is metered: choose its meter.", name=component.name)
                )
            if component.kind == "metered" and component.timing == "advance":
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is metered, so it is charged in arrears.", name=component.name
                    )
                )

    @api.constrains("plan_id", "meter_id", "dimension_filter")
    def _check_one_component_a_meter(self):
        """One measurement is priced once (DESIGN 4.6): filters on one meter are disjoint."""
        for plan in self.plan_id:
            for components in plan.component_ids.filtered("meter_id").grouped("meter_id").values():
                filters = [component._dimension_filter() for component in components]
                if not all(disjoint(*pair) for pair in combinations(filters, 2)):
                    raise ValidationError(
                        self.env._(
                            "Two components of “%(plan)s” use one meter and could take the same "
                            "usage. Give both a filter on the same key, with different values.",
                            plan=plan.name,
                        )
                    )

    def _dimension_filter(self):
        """The filter as the engine takes it.

        :raises ValidationError:
        """
        try:
            return parse_filter(self.dimension_filter)
        except BillingError as error:
            raise ValidationError(engine_message(self.env, error)) from error

    def write(self, vals):
        """What subscriptions refer to keeps its meaning: the ledger's key is made of it."""
        fixed = {"code", "kind", "timing", "meter_id", "plan_id", "dimension_filter"} & vals.keys()
        if fixed and self.env["billing.subscription.item"].sudo().search_count(
            [("component_id", "in", self.ids)], limit=1
        ):
            changed = any(
                component._fields[name].convert_to_write(component[name], component) != vals[name]
                for component in self
                for name in fixed
            )
            if changed:
                raise ValidationError(
                    self.env._(
                        "A subscription uses this component, so its code, kind and meter stay. "
                        "Add another component instead."
                    )
                )
        return super().write(vals)
