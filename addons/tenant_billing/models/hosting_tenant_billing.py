import uuid
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError

USAGE_SCOPE = "usage_ingest"
KEY_DAYS = 365


class HostingTenant(models.Model):
    """What a tenant uses, and the key by which it is reported."""

    _inherit = "hosting.tenant"

    usage_uuid = fields.Char(
        string="Usage id",
        default=lambda self: str(uuid.uuid4()),
        readonly=True,
        copy=False,
        help="Names this tenant in usage events.",
    )
    usage_timezone = fields.Char(
        default="UTC",
        required=True,
        readonly=True,
        copy=False,
        help="Time zone at whose midnight the days of its usage begin.",
    )
    subscription_ids = fields.One2many("billing.subscription", "tenant_id")
    usage_bucket_ids = fields.One2many("billing.usage.bucket", "tenant_id")
    usage_threshold_ids = fields.One2many("billing.usage.threshold", "tenant_id", string="Alerts")
    capacity_ids = fields.One2many("hosting.capacity", "tenant_id", string="Capacity")

    _usage_uuid_uniq = models.Constraint("UNIQUE (usage_uuid)", "This usage id is taken.")

    def _init_column(self, column_name):
        """Tenants from before this field get an id each, not the same one."""
        if column_name != "usage_uuid":
            return super()._init_column(column_name)
        self.env.cr.execute(
            "UPDATE hosting_tenant SET usage_uuid = gen_random_uuid() WHERE usage_uuid IS NULL"
        )

    def _may_report_usage(self):
        """Those whose usage the user may report. What is reported is billed, so to see a tenant
        is not enough: its own delivery and hosting report it, and its partner's finance."""
        allowed = self._filtered_access("write")
        if self.env.user.has_group("partner_governance.group_partner_finance"):
            node_id = self.env["program.isolation"]._scope_of_person().node_id
            allowed |= self.filtered(lambda tenant: tenant.program_node_id.id == node_id)
        return allowed

    def action_usage_key(self):
        """A key of the user's own that may report usage and nothing else; shown once."""
        self.ensure_one()
        self.check_access("write")
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Only people of the programme report usage."))
        # Safe: a key of the user itself, whose scope opens the usage endpoint alone; sudo for
        # a year's validity.
        key = (
            self.env["res.users.apikeys"]
            .sudo()
            ._generate(
                USAGE_SCOPE,
                self.env._("Usage of %(tenant)s", tenant=self.display_name),
                fields.Datetime.now() + timedelta(days=KEY_DAYS),
            )
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Key for usage events"),
            "res_model": "res.users.apikeys.show",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_key": key},
        }

    def action_open_subscriptions(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Subscriptions"),
            "res_model": "billing.subscription",
            "view_mode": "list,form",
            "domain": [("tenant_id", "=", self.id)],
        }
