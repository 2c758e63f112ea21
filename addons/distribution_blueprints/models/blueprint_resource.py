import json

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..adapters.desired import as_text


class BlueprintResource(models.Model):
    """One desired thing on a tenant; the engine's ``Resource`` as a record."""

    _name = "blueprint.resource"
    _description = "Blueprint resource"
    _order = "version_id, sequence, id"

    version_id = fields.Many2one("blueprint.version", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("module", "Module"),
            ("setting", "Setting"),
            ("product_category", "Product category"),
            ("warehouse", "Warehouse"),
            ("record", "Other record"),
        ],
        required=True,
        default="record",
    )
    key = fields.Char(required=True, help="Its name on the tenant, unique in the version.")
    res_model = fields.Char(string="Model", help="Of other records; the kinds imply theirs.")
    values_json = fields.Json(string="Values as data", default=dict)
    values_text = fields.Text(
        string="Values", compute="_compute_values_text", inverse="_inverse_values_text"
    )
    summary = fields.Char(compute="_compute_summary")
    ownership_json = fields.Json(string="Ownership as data", default=dict)
    ownership_text = fields.Text(
        string="Ownership",
        compute="_compute_ownership_text",
        inverse="_inverse_ownership_text",
        help="Per field: owned (kept), seed (set once) or observed (compared only).",
    )
    lifecycle = fields.Selection(
        [
            ("technical", "Technical: made again when deleted"),
            ("business", "Business: a person is asked when deleted"),
        ],
        required=True,
        default="technical",
    )
    removal = fields.Selection(
        [("forget", "Leave it as it is"), ("archive", "Archive it")],
        string="When left out",
        required=True,
        default="forget",
    )
    company_key = fields.Char(string="Company", help="main, or the key of a company.")
    depends = fields.Char(string="Needs first", help="Keys, separated by blanks.")
    natural = fields.Char(string="Found by", help="Fields, separated by blanks.")

    _key_uniq = models.Constraint(
        "UNIQUE (version_id, key)", "This key occurs in the version already."
    )

    @api.depends("values_json")
    def _compute_summary(self):
        for resource in self:
            values = resource.values_json or {}
            resource.summary = "; ".join(f"{n}: {as_text(v)}" for n, v in values.items())

    @api.depends("values_json")
    def _compute_values_text(self):
        for resource in self:
            resource.values_text = json.dumps(resource.values_json or {}, indent=2)

    def _inverse_values_text(self):
        for resource in self:
            resource.values_json = self._parsed(resource.values_text)

    @api.depends("ownership_json")
    def _compute_ownership_text(self):
        for resource in self:
            resource.ownership_text = json.dumps(resource.ownership_json or {}, indent=2)

    def _inverse_ownership_text(self):
        for resource in self:
            resource.ownership_json = self._parsed(resource.ownership_text)

    @api.model
    def _parsed(self, text):
        """:raise ValidationError: no JSON object"""
        try:
            data = json.loads(text or "{}")
        except ValueError as error:
            raise ValidationError(
                self.env._("This is no JSON: %(error)s.", error=str(error))
            ) from None
        if not isinstance(data, dict):
            raise ValidationError(self.env._("Write an object: {“field”: value}."))
        return data

    @api.model_create_multi
    def create(self, vals_list):
        resources = super().create(vals_list)
        resources.version_id._check_draft()
        return resources

    def write(self, vals):
        self.version_id._check_draft()
        result = super().write(vals)
        self.version_id._check_draft()  # nothing moves into a released version either
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_released(self):
        self.version_id._check_draft()
