from odoo import fields, models


class GovernanceCommunicationPlan(models.Model):
    """Who is told what, how fast and by whom when something happens (PG-130)."""

    _name = "governance.communication.plan"
    _description = "Communication plan"
    _inherit = ["mail.thread", "program.node.mixin", "governance.owned.mixin"]
    _order = "name"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    audience = fields.Char(required=True, help="Who is told: customers, partners, authorities.")
    channel = fields.Selection(
        [("mail", "Mail"), ("phone", "Phone"), ("status", "Status page"), ("portal", "Portal")],
        required=True,
        default="mail",
    )
    minutes = fields.Integer(string="First notice within (minutes)", required=True, default=60)
    repeat_minutes = fields.Integer(string="Then every (minutes)", default=120)
    template = fields.Text(string="Text to begin with")
    notice_ids = fields.One2many("governance.notice", "plan_id", string="Notices")

    _in_time = models.Constraint("CHECK (minutes > 0)", "A first notice has its time.")
