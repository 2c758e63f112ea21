from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProgramDeal(models.Model):
    """The registration of a deal, which the branch sees; the opportunity is the partner's own."""

    _name = "program.deal"
    _description = "Deal registration"
    _inherit = ["mail.thread", "mail.activity.mixin", "program.reference.mixin"]
    _order = "id desc"
    _reference_prefix = "D-"
    _rec_names_search = ["company_name", "reference"]
    # Whoever sees the deal of its branch may comment on it.
    _mail_post_access = "read"

    company_name = fields.Char(string="Company", required=True, tracking=True)
    country_id = fields.Many2one("res.country", ondelete="restrict")
    identity = fields.Char(
        string="VAT number or web address", help="What tells this company from others."
    )
    contact_name = fields.Char(string="Contact", help="Name or e-mail address.")
    expected_month = fields.Date(string="Expected month")
    kind = fields.Selection(
        [
            ("distributor", "New distributor"),
            ("merchant", "New merchant"),
            ("expansion", "Expansion"),
            ("renewal", "Renewal"),
            ("services", "Services only"),
            ("referral", "Referral"),
        ],
        required=True,
        default="distributor",
    )
    user_id = fields.Many2one(
        "res.users", string="Responsible", default=lambda self: self.env.user, tracking=True
    )
    state = fields.Selection(
        [
            ("registered", "Registered"),
            ("conflict", "Protected or under review"),
            ("declined", "Protected for somebody else"),
            ("won", "Won"),
            ("lost", "Lost"),
        ],
        default="registered",
        required=True,
        tracking=True,
        copy=False,
        readonly=True,
    )
    won_on = fields.Date(string="Won on", readonly=True, copy=False)
    lead_ids = fields.One2many(
        "crm.lead",
        "program_deal_id",
        string="Opportunity",
        groups="partner_governance.group_partner_sales",
    )
    qualification_ids = fields.One2many("governance.qualification", "deal_id")
    qualification_id = fields.Many2one(
        "governance.qualification",
        string="Answers",
        compute="_compute_qualification_id",
    )
    review_ids = fields.One2many("governance.review", "deal_id", string="Reviews")
    engagement_ids = fields.One2many("program.engagement", "deal_id", string="Engagements")
    tier_id = fields.Many2one(
        related="qualification_ids.tier_id", string="Governance tier", store=True, index=True
    )
    tier_level = fields.Integer(related="qualification_ids.tier_level", string="Tier", store=True)
    classification = fields.Char(related="qualification_ids.classification")
    answered_count = fields.Integer(related="qualification_ids.answered_count")

    @api.depends("company_name", "reference")
    def _compute_display_name(self):
        for deal in self:
            deal.display_name = f"{deal.reference or ''} {deal.company_name or ''}".strip()

    @api.depends("qualification_ids")
    def _compute_qualification_id(self):
        for deal in self:
            deal.qualification_id = deal.qualification_ids[:1]

    @api.constrains("expected_month")
    def _check_expected_month(self):
        for deal in self:
            if deal.expected_month and deal.expected_month.year < 2000:
                raise ValidationError(self.env._("The expected month lies too far in the past."))

    @api.model_create_multi
    def create(self, vals_list):
        deals = super().create(vals_list)
        deals._ensure_qualification()
        deals._ensure_opportunity()
        return deals

    def _ensure_qualification(self):
        # Safe: an empty questionnaire of the deal itself.
        self.env["governance.qualification"].sudo().create(
            [{"deal_id": deal.id} for deal in self if not deal.qualification_ids]
        )

    def _ensure_opportunity(self):
        """The partner's own opportunity behind the registration; none is typed twice."""
        if self.env.context.get("program_deal_of_lead"):
            return
        for deal in self:
            # Safe: the opportunity is made for the node and the person of the deal.
            self.env["crm.lead"].sudo().create(
                {
                    "name": deal.company_name,
                    "type": "opportunity",
                    "partner_name": deal.company_name,
                    "country_id": deal.country_id.id,
                    "contact_name": deal.contact_name,
                    "date_deadline": deal.expected_month,
                    "user_id": deal.user_id.id,
                    "program_deal_id": deal.id,
                    "program_node_id": deal.program_node_id.id,
                    "company_id": deal.program_node_id.company_id.id,
                    "team_id": deal._program_team().id,
                }
            )

    def _program_team(self):
        # Safe: the team of the deal's own node.
        return (
            self.env["crm.team"]
            .sudo()
            .search([("program_node_id", "=", self.program_node_id.id)], limit=1)
        )

    def action_open_qualification(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Qualification"),
            "res_model": "governance.qualification",
            "res_id": self.qualification_id.id,
            "view_mode": "form",
        }

    def action_open_opportunity(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Opportunity"),
            "res_model": "crm.lead",
            "res_id": self.lead_ids[:1].id,
            "view_mode": "form",
        }
