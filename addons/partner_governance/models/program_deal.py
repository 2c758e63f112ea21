import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


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
    identity_key = fields.Char(compute="_compute_identity_key", store=True, index=True)
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
            ("won", "Won"),
            ("lost", "Lost"),
        ],
        default="registered",
        required=True,
        tracking=True,
        copy=False,
        readonly=True,
    )
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
    gate_state = fields.Selection(
        [
            ("open", "Answers missing"),
            ("ready", "Ready to ask"),
            ("waiting", "Waiting for signatures"),
            ("passed", "Passed"),
            ("refused", "Refused"),
        ],
        string="Qualification gate",
        compute="_compute_gate_state",
    )
    missing = fields.Text(string="Still missing", compute="_compute_gate_state")

    @api.depends("company_name", "reference")
    def _compute_display_name(self):
        for deal in self:
            deal.display_name = f"{deal.reference or ''} {deal.company_name or ''}".strip()

    @api.depends("identity")
    def _compute_identity_key(self):
        for deal in self:
            deal.identity_key = self._identity_key(deal.identity)

    @api.model
    def _identity_key(self, identity):
        """``https://www.Example.com/x`` → ``example.com``; a VAT number without its blanks."""
        text = (identity or "").strip().lower()
        text = re.sub(r"^(https?://)?(www\.)?", "", text).split("/")[0].split("?")[0]
        return re.sub(r"[^a-z0-9.\-]", "", text)

    @api.depends("qualification_ids")
    def _compute_qualification_id(self):
        for deal in self:
            deal.qualification_id = deal.qualification_ids[:1]

    @api.depends(
        "qualification_ids.fingerprint",
        "qualification_ids.is_complete",
        "review_ids.state",
        "review_ids.approval_ids.state",
    )
    def _compute_gate_state(self):
        gate = self.env.ref("partner_governance.gate_commercial", raise_if_not_found=False)
        for deal in self:
            missing = gate._missing(deal) if gate else []
            review = deal._review_of(gate) if gate else self.env["governance.review"]
            deal.missing = "\n".join(missing)
            if not missing:
                deal.gate_state = "passed"
            elif review.state == "refused":
                deal.gate_state = "refused"
            elif review.state == "asked":
                deal.gate_state = "waiting"
            elif deal.qualification_id.is_complete:
                deal.gate_state = "ready"
            else:
                deal.gate_state = "open"

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
        deals._program_protect()
        return deals

    def write(self, vals):
        done = super().write(vals)
        if "identity" in vals:
            self._program_protect()
        return done

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

    def _program_protect(self):
        """The second registration of one company waits for the programme desk, and says only
        that (TRADE 7)."""
        for deal in self.filtered(lambda deal: deal.identity_key and deal.state == "registered"):
            # Safe: whether somebody else holds the company is answered by one fixed sentence.
            twin = self.sudo().search(
                [
                    ("identity_key", "=", deal.identity_key),
                    ("id", "<", deal.id),
                    ("program_node_id", "!=", deal.program_node_id.id),
                    ("state", "in", ("registered", "won")),
                ],
                limit=1,
            )
            if twin:
                deal.sudo().state = "conflict"
                deal.message_post(
                    body=self.env._(
                        "This company is protected or under review; the programme desk answers "
                        "within two working days."
                    )
                )

    def _review_of(self, gate):
        """The newest review of this deal at a gate."""
        return self.review_ids.filtered(lambda review: review.gate_id == gate)[:1]

    def _program_answers_changed(self, difference):
        """A changed answer reopens what was asked or passed, and shows the difference."""
        lines = "; ".join(f"{label}: {old} → {new}" for label, old, new in difference)
        for deal in self:
            stale = deal.review_ids.filtered(lambda review: review.state in ("asked", "passed"))
            stale._reopen(lines)
            deal._program_pass_by_rule()

    def _program_pass_by_rule(self):
        """Tier 1 without a flag passes itself, in the same save, and the trail says so."""
        gate = self.env.ref("partner_governance.gate_commercial")
        for deal in self:
            answers = deal.qualification_id
            if not answers.is_complete or answers.is_flagged or answers.tier_level != 1:
                continue
            if deal._review_of(gate).state == "passed":
                continue
            gate._open_review(deal, by_rule=self.env._("decided by rule: tier 1, no flag"))

    def action_request_review(self):
        """Ask for the signatures that the deal's tier demands."""
        self.ensure_one()
        gate = self.env.ref("partner_governance.gate_commercial")
        answers = self.qualification_id
        if not answers.is_complete:
            raise UserError(
                self.env._("Answer these first: %(missing)s.", missing=answers.missing_names or "")
            )
        review = self._review_of(gate)
        if review.state not in ("asked", "passed"):
            review = gate._open_review(self)
        return True

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
