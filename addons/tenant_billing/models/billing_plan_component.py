from odoo import api, fields, models
from odoo.exceptions import ValidationError

STREAMS = [
    ("hosting", "Hosting"),
    ("storage", "Storage"),
    ("backup", "Backup"),
    ("integration", "Integrations"),
    ("environment", "Environments"),
    ("monitoring", "Monitoring"),
    ("support", "Support"),
    ("compliance", "Compliance"),
    ("subscription", "Subscription"),
    ("retainer", "Enhancement retainer"),
    ("optimisation", "Process optimisation"),
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

    @api.constrains("plan_id", "meter_id")
    def _check_one_component_a_meter(self):
        """One measurement is priced once (DESIGN 4.6)."""
        for plan in self.plan_id:
            metered = plan.component_ids.filtered("meter_id")
            if len(metered) != len(metered.meter_id):
                raise ValidationError(
                    self.env._("Two components of “%(plan)s” use one meter.", plan=plan.name)
                )

    def write(self, vals):
        """What subscriptions refer to keeps its meaning: the ledger's key is made of it."""
        fixed = {"code", "kind", "timing", "meter_id", "plan_id"} & vals.keys()
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
