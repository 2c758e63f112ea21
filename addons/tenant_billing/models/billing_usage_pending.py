from odoo import fields, models


class BillingUsagePending(models.Model):
    """A day of a tenant's meter whose events wait to be rolled up.

    Written with the events and only ever added to, so that many clients can report one tenant at
    once. The roll-up takes away the rows that it saw.
    """

    _name = "billing.usage.pending"
    _description = "Usage to roll up"
    _log_access = False

    tenant_id = fields.Many2one("hosting.tenant", required=True, ondelete="restrict")
    meter_id = fields.Many2one("billing.meter", required=True, ondelete="restrict")
    day = fields.Date(required=True)

    _by_tenant = models.Index("(tenant_id, meter_id)")
