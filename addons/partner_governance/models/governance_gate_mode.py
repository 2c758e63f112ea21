from odoo import fields, models


class GovernanceGateMode(models.Model):
    """From a day on a gate observes, warns or enforces, for a partner's branch or for the whole
    programme (PG-153)."""

    _name = "governance.gate.mode"
    _description = "Mode of a gate from a day on"
    _order = "gate_id, date_from desc"

    gate_id = fields.Many2one("governance.gate", required=True, ondelete="cascade", index=True)
    program_node_id = fields.Many2one(
        "program.partner",
        string="Partner and its branch",
        ondelete="restrict",
        index=True,
        help="Empty: the whole programme.",
    )
    date_from = fields.Date(string="From", required=True, default=fields.Date.context_today)
    mode = fields.Selection(
        [("observe", "Observe"), ("warn", "Warn"), ("enforce", "Enforce")],
        required=True,
        default="enforce",
    )

    _row_uniq = models.UniqueIndex(
        "(gate_id, COALESCE(program_node_id, 0), date_from)",
        "This gate has a mode from that day already.",
    )
