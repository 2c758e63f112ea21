from odoo import api, fields, models
from odoo.exceptions import UserError

from ..adapters import qualification as adapter
from ..engine import qualification as engine

# The nine answers of a new distributor (seed A:17), then what makes them precise.
MANDATORY = (
    "sku_count",
    "warehouse_count",
    "valuation_method",
    "procurement_model",
    "lot_serial",
    "route_complexity",
    "b2b_portal",
    "edi_integrations",
    "finance_close",
)
FURTHER = (
    "field_sales",
    "customer_pricing",
    "pricing_documented",
    "barcode",
    "third_party_logistics",
    "country_count",
    "oem_channel",
    "field_service",
    "history_years",
    "custom_share",
)
UNKNOWN = ("unknown", "Unknown")


class GovernanceQualification(models.Model):
    """The answers on a deal, and what they mean: tier, reasons, flags, recommendations."""

    _name = "governance.qualification"
    _description = "Qualification"
    _inherit = ["mail.thread"]
    _rec_name = "deal_id"

    deal_id = fields.Many2one("program.deal", required=True, ondelete="cascade", index=True)
    program_node_id = fields.Many2one(
        related="deal_id.program_node_id", store=True, index=True, ondelete="restrict"
    )

    sku_count = fields.Char(string="Articles (SKUs)", help="A number, or “unknown”.", tracking=True)
    warehouse_count = fields.Char(
        string="Warehouses", help="A number, or “unknown”.", tracking=True
    )
    valuation_method = fields.Selection(
        [
            ("standard", "Standard price"),
            ("average", "Average cost (AVCO)"),
            ("fifo", "First in, first out (FIFO)"),
            UNKNOWN,
        ],
        string="Inventory valuation",
        tracking=True,
    )
    procurement_model = fields.Selection(
        [
            ("stock", "Buy to stock"),
            ("order", "Buy to order"),
            ("dropship", "Drop shipping"),
            ("subcontract", "Subcontracting"),
            ("vmi", "Vendor-managed inventory"),
            ("mixed", "Mixed"),
            UNKNOWN,
        ],
        string="Procurement",
        tracking=True,
    )
    lot_serial = fields.Selection(
        [
            ("none", "None"),
            ("lots", "Lots"),
            ("lots_expiry", "Lots with expiry"),
            ("serial", "Serial numbers"),
            UNKNOWN,
        ],
        string="Lots and serial numbers",
        tracking=True,
    )
    route_complexity = fields.Selection(
        [
            ("simple", "Receive and ship in one step"),
            ("steps", "Two or three steps"),
            ("cross_dock", "Cross-docking"),
            UNKNOWN,
        ],
        string="Warehouse routes",
        tracking=True,
    )
    b2b_portal = fields.Selection(
        [
            ("none", "Not wanted"),
            ("orders", "Orders and invoices"),
            ("shop", "Full B2B shop"),
            UNKNOWN,
        ],
        string="B2B portal",
        tracking=True,
    )
    edi_integrations = fields.Selection(
        [
            ("none", "None"),
            ("few", "One or two, standard"),
            ("many", "Three or more"),
            ("complex", "Complex EDI"),
            UNKNOWN,
        ],
        string="EDI and marketplaces",
        tracking=True,
    )
    finance_close = fields.Selection(
        [
            ("simple", "One entity, monthly"),
            ("fast", "One entity, within five days"),
            ("group", "Several entities or currencies"),
            UNKNOWN,
        ],
        string="Financial close",
        tracking=True,
    )

    field_sales = fields.Boolean(string="Field sales team", tracking=True)
    customer_pricing = fields.Boolean(string="Customer-specific pricing", tracking=True)
    pricing_documented = fields.Boolean(string="Pricing logic is documented", tracking=True)
    barcode = fields.Boolean(string="Barcode workflows", tracking=True)
    third_party_logistics = fields.Boolean(string="Third-party logistics", tracking=True)
    country_count = fields.Integer(string="Countries with an entity", default=1, tracking=True)
    oem_channel = fields.Boolean(string="OEM channel", tracking=True)
    field_service = fields.Boolean(string="Field service", tracking=True)
    history_years = fields.Integer(string="Years of history to migrate", tracking=True)
    custom_share = fields.Integer(string="Customisation wanted (%)", tracking=True)

    answered_count = fields.Integer(compute="_compute_outcome", store=True)
    tier_id = fields.Many2one(
        "governance.tier",
        string="Governance tier",
        compute="_compute_outcome",
        store=True,
        ondelete="restrict",
    )
    tier_level = fields.Integer(related="tier_id.level", store=True, string="Tier")
    classification = fields.Char(related="tier_id.classification")
    architecture_template = fields.Char(related="tier_id.architecture_template")
    lead_role = fields.Char(related="tier_id.lead_role")
    hosting_profile = fields.Char(related="tier_id.hosting_profile")
    infrastructure_advice = fields.Text(related="tier_id.infrastructure_advice")
    reason_ids = fields.Many2many(
        "governance.qualification.rule",
        "governance_qualification_reason_rel",
        string="Because of",
        compute="_compute_outcome",
        store=True,
    )
    trigger_names = fields.Char(string="Lifted by", compute="_compute_names")
    flag_names = fields.Char(string="Flags", compute="_compute_names")
    missing_names = fields.Char(string="Not answered yet", compute="_compute_names")
    is_complete = fields.Boolean(compute="_compute_outcome", store=True)
    is_flagged = fields.Boolean(compute="_compute_outcome", store=True)
    fingerprint = fields.Char(compute="_compute_outcome", store=True)

    _deal_uniq = models.Constraint("UNIQUE (deal_id)", "A deal is qualified once.")

    @api.model
    def _questions(self):
        """``[(field, label)]`` of everything that a rule can look at."""
        return [
            (name, self._fields[name]._description_string(self.env)) for name in MANDATORY + FURTHER
        ]

    @api.depends(*MANDATORY, *FURTHER)
    def _compute_outcome(self):
        tiers = {
            tier.level: tier for tier in self.env["governance.tier"].search([("level", ">", 0)])
        }
        rules = self.env["governance.qualification.rule"].search([("active", "=", True)])
        by_code = {rule.code: rule for rule in rules}
        compiled = rules._to_engine()
        for record in self:
            outcome = engine.classify(adapter.answers(record), MANDATORY, compiled)
            record.tier_id = tiers.get(outcome.tier)
            record.reason_ids = rules.browse(by_code[code].id for code in outcome.reasons)
            record.is_complete = outcome.complete
            record.is_flagged = bool(outcome.flags)
            record.answered_count = len(MANDATORY) - len(outcome.missing)
            record.fingerprint = adapter.fingerprint(record)

    @api.depends(*MANDATORY, *FURTHER)
    def _compute_names(self):
        rules = self.env["governance.qualification.rule"].search([("active", "=", True)])
        names = {rule.code: rule.name for rule in rules}
        labels = dict(self._questions())
        for record in self:
            outcome = engine.classify(adapter.answers(record), MANDATORY, rules._to_engine())
            record.trigger_names = ", ".join(names[code] for code in outcome.triggers)
            record.flag_names = ", ".join(
                names.get(code)
                or self.env._("%(question)s is unknown", question=labels.get(code, code))
                for code in outcome.flags
            )
            record.missing_names = ", ".join(labels[name] for name in outcome.missing)

    @api.constrains("sku_count", "warehouse_count")
    def _check_numbers(self):
        for record in self:
            for name in ("sku_count", "warehouse_count"):
                value = (record[name] or "").strip()
                if value and value != engine.UNKNOWN and adapter.number(value) is None:
                    raise UserError(
                        self.env._(
                            "“%(value)s” is not a number of %(question)s. Give a number, or "
                            "“unknown” if nobody knows yet.",
                            value=value,
                            question=self._fields[name]._description_string(self.env),
                        )
                    )

    def write(self, vals):
        changed = set(vals) & {*MANDATORY, *FURTHER}
        before = {record.id: adapter.answers(record) for record in self} if changed else {}
        done = super().write(vals)
        for record in self if changed else ():
            difference = adapter.difference(record, before[record.id])
            if difference:
                record.deal_id._program_answers_changed(difference)
        return done

    def action_request_review(self):
        return self.deal_id.action_request_review()
