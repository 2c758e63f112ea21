from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProgramTierCriterion(models.Model):
    """What a tier asks of one metric. The platform's counts for everybody; a master asks more of
    its own branch, never less (PG-017)."""

    _name = "program.tier.criterion"
    _description = "Criterion of a partner tier"
    _inherit = ["program.node.mixin"]
    _order = "grade_id, pillar, id"

    grade_id = fields.Many2one(
        "res.partner.grade", string="Tier", required=True, ondelete="cascade", index=True
    )
    metric_id = fields.Many2one("program.metric", required=True, ondelete="restrict")
    pillar = fields.Selection(related="metric_id.pillar", store=True)
    unit = fields.Selection(related="metric_id.unit")
    direction = fields.Selection(related="metric_id.direction")
    target = fields.Float(required=True, help="The value that gives all points.")
    weight = fields.Integer(
        default=1, help="Within the whole. Sales count nothing, and a master's demands do not lift."
    )
    floor = fields.Integer(string="Points at least", help="Of this criterion alone, 0 to 100.")
    # Whoever stands below the owner reads what is asked of it.
    program_published = fields.Boolean(default=True, readonly=True)

    _once = models.UniqueIndex(
        "(grade_id, metric_id, program_node_id)", "This tier asks for this metric already."
    )
    _numbers = models.Constraint(
        "CHECK (target >= 0 AND weight >= 0 AND floor BETWEEN 0 AND 100)",
        "A target and a weight are not below zero, points are 0 to 100.",
    )

    @api.depends("grade_id", "metric_id")
    def _compute_display_name(self):
        for record in self:
            record.display_name = f"{record.grade_id.name}: {record.metric_id.name}"

    @api.constrains("weight", "metric_id")
    def _check_sales(self):
        for record in self:
            if record.pillar == "sales" and record.weight:
                raise ValidationError(
                    self.env._(
                        "“%(metric)s” is sales: it is shown and weighs nothing. Set the weight "
                        "to 0.",
                        metric=record.metric_id.name,
                    )
                )

    @api.constrains("target", "weight", "floor", "program_node_id", "grade_id", "metric_id")
    def _check_stricter(self):
        for record in self:
            owner = record.program_node_id
            if owner.is_root:
                continue
            if not owner.is_master:
                raise ValidationError(
                    self.env._("Only the platform and master partners set criteria.")
                )
            # Safe: compares with what the platform and the masters above ask of this branch.
            above = self.sudo().search(
                [
                    ("grade_id", "=", record.grade_id.id),
                    ("metric_id", "=", record.metric_id.id),
                    ("program_node_id", "parent_of", owner.id),
                    ("id", "!=", record.id),
                ]
            )
            if not above:
                if record.weight or not record.floor:
                    raise ValidationError(
                        self.env._(
                            "“%(metric)s” is not asked by the platform: give it points to reach "
                            "and the weight 0, so that it lifts nobody.",
                            metric=record.metric_id.name,
                        )
                    )
                continue
            targets = above.mapped("target")
            if record.direction == "higher":
                looser, bound = record.target < max(targets), max(targets)
            else:
                looser, bound = record.target > min(targets), min(targets)
            if looser or record.floor < max(above.mapped("floor")):
                raise ValidationError(
                    self.env._(
                        "“%(metric)s” would be looser than what is asked above you (target "
                        "%(target)s, points %(floor)s). A master asks more, never less.",
                        metric=record.metric_id.name,
                        target=f"{bound:g}",
                        floor=max(above.mapped("floor")),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        for record in records:
            record._tell("", record._said())
        return records

    def write(self, vals):
        before = {record: record._said() for record in self}
        done = super().write(vals)
        for record, old in before.items():
            if record._said() != old:
                record._tell(old, record._said())
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_told(self):
        for record in self:
            record._tell(record._said(), "")

    def _said(self):
        return f"target {self.target:g}, weight {self.weight}, points {self.floor}"

    def _tell(self, old, new):
        self.env["governance.event"]._record(
            "tier_criterion", self, node=self.program_node_id, old=old, new=new
        )
