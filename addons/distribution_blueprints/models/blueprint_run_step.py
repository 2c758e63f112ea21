from odoo import fields, models


class BlueprintRunStep(models.Model):
    """The journal of a run: an intent before each change is sent, its result after."""

    _name = "blueprint.run.step"
    _description = "Step of a run"
    _order = "run_id, number, id"

    run_id = fields.Many2one("blueprint.run", required=True, index=True, ondelete="restrict")
    number = fields.Integer(required=True)
    op = fields.Char(string="Step", required=True)
    key = fields.Char()
    res_model = fields.Char(string="Model")
    record_ref = fields.Integer(string="Id on the tenant")
    payload = fields.Json(string="Intent")
    payload_hash = fields.Char()
    state = fields.Selection(
        [
            ("intent", "Sent, no answer yet"),
            ("ok", "Done"),
            ("retryable", "Not done"),
            ("unknown", "Unknown"),
            ("fatal", "Refused"),
        ],
        default="intent",
        required=True,
    )
    code = fields.Char()
    started_at = fields.Datetime(default=fields.Datetime.now)
    ended_at = fields.Datetime()
