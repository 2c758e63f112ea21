from odoo import fields, models


class BillingUsageKey(models.Model):
    """What makes a usage event count once. Never purged, whatever happens to the event."""

    _name = "billing.usage.key"
    _description = "Usage event, seen"
    _order = "id desc"

    reporter_id = fields.Many2one(
        "program.partner", required=True, ondelete="restrict", help="Who reported it."
    )
    source = fields.Char(required=True)
    event_id = fields.Char(required=True)
    payload_hash = fields.Char(required=True)

    _uniq = models.UniqueIndex(
        "(reporter_id, source, event_id)", "This usage event was reported already."
    )
