from odoo import api, fields, models

from ..engine import rights

KINDS = [
    ("branding", "Branding"),
    ("pricing", "Pricing authority"),
    ("data", "Data ownership"),
    ("support", "Support"),
    ("sla", "Service level"),
    ("release", "Release management"),
    ("incident", "Incident response"),
    ("roadmap", "Roadmap"),
    ("packaging", "Packaging"),
    ("mandate", "Mandate"),
]
PARTIES = [
    ("partner", "Partner"),
    ("upline", "Upline"),
    ("platform", "Platform"),
    ("delivery", "Delivery partner"),
]
# Names of the engine's terms that are no field names.
FIELD_OF = {"l1": "l1_party"}


class ProgramRightTerms(models.AbstractModel):
    """What a right says, by its kind (PG-030 … PG-036)."""

    _name = "program.right.terms"
    _description = "Terms of a right"

    kind = fields.Selection(KINDS, required=True, index=True)
    territory = fields.Char(help="Where it holds; empty: wherever the partner works.")
    data_role = fields.Selection(
        [
            ("controller", "Controller"),
            ("processor", "Processor"),
            ("joint", "Joint controllers"),
            ("unclear", "Unclear"),
        ],
        string="Holder is",
        default="unclear",
    )
    export_terms = fields.Char(string="Export", help="Format, on whose demand, within how long.")
    exit_terms = fields.Char(string="Exit", help="What happens with the data at the end.")
    support_hours = fields.Char(string="Hours")
    channels = fields.Char()
    languages = fields.Char()
    l1_party = fields.Selection(PARTIES, string="First line")
    l2_party = fields.Selection(PARTIES, string="Second line")
    l3_party = fields.Selection(PARTIES, string="Third line")
    availability = fields.Float(string="Availability, % a month", digits=(6, 3))
    response_hours = fields.Float(string="Answer within hours", digits=(6, 2))
    release_window = fields.Char(string="Window")
    release_approver = fields.Selection(PARTIES, string="Approver")
    notice_days = fields.Integer(string="Days of notice")
    incident_contacts = fields.Text(string="Named contacts")
    severity_matrix = fields.Text()
    communication_duty = fields.Text(string="Duty to tell")
    agreed_on = fields.Date()
    review_on = fields.Date(string="Next review")
    bundle = fields.Text(string="May be bundled")

    @api.model
    def _term_fields(self):
        """Fields that a template hands to a right."""
        return [
            name for name in self.env["program.right.terms"]._fields
            if name not in models.MAGIC_COLUMNS and name not in ("display_name", "kind")
        ]  # fmt: skip

    def _lacking(self):
        """Field names of the terms that are missing or unclear."""
        self.ensure_one()
        names = rights.TERMS.get(self.kind, ())
        terms = {name: self[FIELD_OF.get(name, name)] for name in names}
        return [FIELD_OF.get(name, name) for name in rights.lacking(self.kind, terms)]


class ProgramRightTemplate(models.Model):
    """Which rights a new partner of a model has, and who grants them."""

    _name = "program.right.template"
    _description = "Template of a right"
    _inherit = ["program.right.terms"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    model_ids = fields.Many2many("program.commercial.model", string="Commercial models")
    granter = fields.Selection(
        [("upline", "Upline"), ("platform", "Platform")], required=True, default="upline"
    )
    months = fields.Integer(help="After which it ends; 0: without an end.")
