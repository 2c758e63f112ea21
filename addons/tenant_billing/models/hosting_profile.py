from odoo import fields, models


class HostingProfile(models.Model):
    """A hosting standard that tenants follow: what it runs on, what is backed up, what is kept."""

    _name = "hosting.profile"
    _description = "Hosting profile"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    deployment = fields.Selection(
        [("multi_tenant", "Multi-tenant"), ("dedicated", "Dedicated")],
        required=True,
        default="multi_tenant",
    )
    description = fields.Text(translate=True)
    backup_hours = fields.Integer(string="Backup every (hours)", default=24)
    backup_retention_days = fields.Integer(string="Backups kept (days)", default=14)
    rto_hours = fields.Integer(string="Recovery time objective (hours)", default=8)
    rpo_hours = fields.Integer(string="Recovery point objective (hours)", default=24)
    provisioner_id = fields.Many2one(
        "hosting.provisioner", ondelete="restrict", help="Empty: the first that is ready."
    )
    active = fields.Boolean(default=True)
