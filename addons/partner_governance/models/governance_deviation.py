from odoo import api, fields, models
from odoo.exceptions import UserError

AREAS = [
    ("module_scope", "Modules"),
    ("integrations", "Integrations"),
    ("data_rules", "Data rules"),
    ("deployment", "Deployment"),
]


class GovernanceDeviation(models.Model):
    """Where a deal leaves its architecture template, and what is done about it (PG-112)."""

    _name = "governance.deviation"
    _description = "Deviation from the architecture template"
    _order = "review_id desc, area, id"

    review_id = fields.Many2one("governance.review", required=True, ondelete="restrict", index=True)
    program_node_id = fields.Many2one(
        related="review_id.program_node_id", store=True, index=True, ondelete="restrict"
    )
    area = fields.Selection(AREAS, required=True)
    standard = fields.Text(string="The template says", compute="_compute_standard")
    name = fields.Char(string="What is different", required=True)
    reason = fields.Char(string="Why", required=True)
    treatment = fields.Selection(
        [("risk", "A risk"), ("change", "A change request"), ("accept", "Accepted as it is")],
        string="Becomes",
        required=True,
        default="risk",
    )
    raised = fields.Char(string="Followed up in", readonly=True, copy=False)

    @api.depends("area", "review_id.architecture_id")
    def _compute_standard(self):
        for deviation in self:
            template = deviation.review_id.architecture_id
            deviation.standard = template._standard(deviation.area) if deviation.area else ""

    @api.model_create_multi
    def create(self, vals_list):
        deviations = super().create(vals_list)
        deviations._check_open()
        return deviations

    def write(self, vals):
        self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        self._check_open()

    def _check_open(self):
        """What was signed is not changed afterwards."""
        for deviation in self:
            # Safe: the state of the deviation's own review.
            if not self.env.su and deviation.sudo().review_id.state != "asked":
                raise UserError(
                    self.env._("This review is decided; deviations are listed while it waits.")
                )

    def _raise(self):
        """Turn what was signed into risks and change requests, once; each says what it became
        (PG-119)."""
        for deviation in self.filtered(lambda one: not one.raised):
            record = deviation.review_id._gate_record()
            if deviation.treatment == "risk":
                deviation.raised = (
                    self.env["governance.risk"]
                    ._from_deviation(
                        record, deviation.name, deviation.reason, deviation.review_id.requester_id
                    )
                    .display_name
                )
            elif deviation.treatment == "change":
                deviation.raised = (
                    self.env["governance.change.request"]
                    .create(
                        {
                            "name": deviation.name,
                            "description": deviation.reason,
                            "scope_impact": deviation.name,
                            "owner_id": deviation.review_id.requester_id.id,
                            "res_model": record._name,
                            "res_id": record.id,
                            "program_node_id": deviation.program_node_id.id,
                        }
                    )
                    .display_name
                )


class GovernanceReview(models.Model):
    _inherit = "governance.review"

    is_architecture = fields.Boolean(related="gate_id.is_architecture")
    architecture_id = fields.Many2one(
        "governance.architecture",
        string="Compared with",
        compute="_compute_architecture_id",
        store=True,
        ondelete="restrict",
    )
    module_scope = fields.Text(related="architecture_id.module_scope")
    integrations = fields.Text(related="architecture_id.integrations")
    data_rules = fields.Text(related="architecture_id.data_rules")
    deployment = fields.Text(related="architecture_id.deployment")
    deviation_ids = fields.One2many("governance.deviation", "review_id", string="Deviations")

    @api.depends("gate_id", "deal_id")
    def _compute_architecture_id(self):
        for review in self:
            deal = review.deal_id
            review.architecture_id = (
                (deal.architecture_id or review.tier_id.architecture_id)
                if review.gate_id.is_architecture
                else False
            )

    def _passed(self):
        done = super()._passed()
        # Safe: what was signed is followed up, whoever signed last.
        self.sudo().deviation_ids._raise()
        return done
