from odoo import api, fields, models
from odoo.exceptions import UserError

from ..adapters import qualification as adapter
from ..engine import qualification as engine

UNKNOWN = ("unknown", "Unknown")


class GovernanceQualification(models.Model):
    """The answers on a deal. Which of them are asked is said by the question set of its kind.

    A field is an answer when it says ``answer=True``; addons add questions that way.
    """

    _name = "governance.qualification"
    _description = "Qualification"
    _inherit = ["mail.thread"]
    _rec_name = "deal_id"

    deal_id = fields.Many2one("program.deal", required=True, ondelete="cascade", index=True)
    program_node_id = fields.Many2one(
        related="deal_id.program_node_id", store=True, index=True, ondelete="restrict"
    )

    sku_count = fields.Char(
        string="Articles (SKUs)",
        help="A number, or “unknown”.",
        tracking=True,
        answer=True,
        number=True,
    )
    warehouse_count = fields.Char(
        string="Warehouses",
        help="A number, or “unknown”.",
        tracking=True,
        answer=True,
        number=True,
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
        answer=True,
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
        answer=True,
    )
    lot_serial = fields.Selection(
        [
            ("none", "None"),
            ("lots", "Lots"),
            ("lots_expiry", "Lots with expiry"),
            ("serial", "Serial numbers"),
            ("serial_expiry", "Serial numbers with expiry"),
            UNKNOWN,
        ],
        string="Lots and serial numbers",
        tracking=True,
        answer=True,
    )
    has_expiry = fields.Boolean(
        string="Expiry dates", compute="_compute_has_expiry", store=True, help="Goods expire."
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
        answer=True,
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
        answer=True,
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
        answer=True,
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
        answer=True,
    )

    field_sales = fields.Boolean(string="Field sales team", tracking=True, answer=True)
    customer_pricing = fields.Boolean(
        string="Customer-specific pricing", tracking=True, answer=True
    )
    pricing_documented = fields.Boolean(
        string="Pricing logic is documented", tracking=True, answer=True
    )
    barcode = fields.Boolean(string="Barcode workflows", tracking=True, answer=True)
    third_party_logistics = fields.Boolean(
        string="Third-party logistics", tracking=True, answer=True
    )
    country_count = fields.Integer(
        string="Countries with an entity", default=1, tracking=True, answer=True
    )
    oem_channel = fields.Boolean(string="OEM channel", tracking=True, answer=True)
    field_service = fields.Boolean(string="Field service", tracking=True, answer=True)
    history_years = fields.Integer(string="Years of history to migrate", tracking=True, answer=True)
    custom_share = fields.Integer(string="Customisation wanted (%)", tracking=True, answer=True)
    valuation_automation = fields.Selection(
        [("manual", "Manual"), ("automated", "Automated"), UNKNOWN],
        string="Valuation entries",
        tracking=True,
        answer=True,
    )
    portal_detail = fields.Char(string="What the portal must do", tracking=True, answer=True)
    integration_count = fields.Integer(string="Integrations", tracking=True, answer=True)
    integration_types = fields.Char(
        string="Which integrations",
        help="e.g. EDIFACT orders, two marketplaces, a carrier.",
        tracking=True,
        answer=True,
    )
    close_days = fields.Integer(string="Days to close a month", tracking=True, answer=True)
    entity_count = fields.Integer(string="Legal entities", tracking=True, answer=True)
    currency_count = fields.Integer(string="Currencies", tracking=True, answer=True)
    go_live_months = fields.Integer(string="Months until go-live", tracking=True, answer=True)

    # Merchants, expansions, renewals, services, referrals.
    merchant_profile = fields.Selection(
        [
            ("d2c", "Direct to consumer"),
            ("omnichannel", "Omnichannel retailer"),
            ("marketplace", "Marketplace seller"),
            ("hybrid", "Wholesale and distribution hybrid"),
            UNKNOWN,
        ],
        string="Merchant profile",
        tracking=True,
        answer=True,
    )
    orders_month = fields.Char(
        string="Orders a month",
        help="A number, or “unknown”.",
        tracking=True,
        answer=True,
        number=True,
    )
    sales_channels = fields.Selection(
        [("one", "One"), ("few", "Two or three"), ("many", "Four or more"), UNKNOWN],
        string="Sales channels",
        tracking=True,
        answer=True,
    )
    fulfilment = fields.Selection(
        [
            ("own", "Own warehouse"),
            ("third_party", "Third party"),
            ("mixed", "Both"),
            UNKNOWN,
        ],
        string="Fulfilment",
        tracking=True,
        answer=True,
    )
    expansion_scope = fields.Selection(
        [
            ("same", "More of the same"),
            ("module", "New processes"),
            ("entity", "A new entity or country"),
            UNKNOWN,
        ],
        string="What is added",
        tracking=True,
        answer=True,
    )
    renewal_change = fields.Selection(
        [("none", "As it is"), ("more", "More"), ("less", "Less"), UNKNOWN],
        string="What changes",
        tracking=True,
        answer=True,
    )
    services_scope = fields.Selection(
        [
            ("training", "Training"),
            ("advice", "Advice"),
            ("migration", "Migration"),
            ("development", "Development"),
            UNKNOWN,
        ],
        string="Which services",
        tracking=True,
        answer=True,
    )
    services_days = fields.Char(
        string="Days of service",
        help="A number, or “unknown”.",
        tracking=True,
        answer=True,
        number=True,
    )
    referral_need = fields.Selection(
        [("distribution", "Distribution"), ("commerce", "Ecommerce"), ("other", "Other"), UNKNOWN],
        string="What the company needs",
        tracking=True,
        answer=True,
    )

    _deal_uniq = models.Constraint("UNIQUE (deal_id)", "A deal is qualified once.")

    @api.depends("lot_serial")
    def _compute_has_expiry(self):
        for answers in self:
            answers.has_expiry = answers.lot_serial in ("lots_expiry", "serial_expiry")

    @api.model
    def _valid_field_parameter(self, field, name):
        return name in ("answer", "number") or super()._valid_field_parameter(field, name)

    @api.model
    def _answer_names(self):
        """Fields that are answers, in the order in which they are defined."""
        return tuple(
            name for name, field in self._fields.items() if getattr(field, "answer", False)
        )

    @api.model
    def _number_names(self):
        """Answers that are numbers or "unknown"."""
        return tuple(
            name for name, field in self._fields.items() if getattr(field, "number", False)
        )

    @api.model
    def _questions(self):
        """``[(field, label)]`` of everything that a rule can look at."""
        return [
            (name, self._fields[name]._description_string(self.env))
            for name in self._answer_names()
        ]

    @api.constrains(lambda self: self._number_names())
    def _check_numbers(self):
        for record in self:
            for name in self._number_names():
                value = (record[name] or "").strip().lower()
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
        changed = set(vals) & set(self._answer_names())
        if changed:
            self.deal_id._check_answers_open()
        before = {record.id: adapter.answers(record) for record in self} if changed else {}
        done = super().write(vals)
        for record in self if changed else ():
            difference = adapter.difference(record, before[record.id])
            if difference:
                record.deal_id._program_answers_changed(difference)
        return done

    def action_request_review(self):
        return self.deal_id.action_request_review()
