from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..exceptions import message


class HostingTenant(models.Model):
    """What a tenant is set up with: chosen blueprint, plans, runs, drift."""

    _inherit = "hosting.tenant"

    blueprint_version_id = fields.Many2one(
        "blueprint.version",
        string="Blueprint",
        compute="_compute_blueprint_version_id",
        store=True,
        readonly=False,
        ondelete="restrict",
        domain=[("state", "=", "released")],
        tracking=True,
        help="What this tenant is set up with; proposed from the deal's governance tier.",
    )
    plan_ids = fields.One2many("blueprint.plan", "tenant_id", string="Plans")
    run_ids = fields.One2many("blueprint.run", "tenant_id", string="Runs")
    plan_count = fields.Integer(compute="_compute_plan_count")
    drift_count = fields.Integer(string="Open drift", compute="_compute_drift_count")
    open_run_id = fields.Many2one(
        "blueprint.run", string="Being applied", compute="_compute_open_run_id"
    )

    @api.depends("deal_id")
    def _compute_blueprint_version_id(self):
        for tenant in self.filtered(lambda tenant: not tenant.blueprint_version_id):
            # Safe: proposes a published blueprint by the tier of the tenant's own deal.
            tier = tenant.deal_id.sudo().qualification_ids[:1].tier_id
            version = self.env["blueprint.blueprint"].sudo()._recommended(tier)
            node = tenant.program_node_id.sudo()
            above = (node.parent_path or "").split("/")
            owner = version.blueprint_id.program_node_id
            published = version.blueprint_id.program_published and str(owner.id) in above
            if version and (owner == node or published):
                tenant.blueprint_version_id = version.id

    @api.depends("plan_ids")
    def _compute_plan_count(self):
        groups = self.env["blueprint.plan"]._read_group(
            [("tenant_id", "in", self.ids)], ["tenant_id"], ["__count"]
        )
        counts = {tenant.id: count for tenant, count in groups}
        for tenant in self:
            tenant.plan_count = counts.get(tenant.id, 0)

    def _compute_drift_count(self):
        groups = self.env["blueprint.drift"]._read_group(
            [("tenant_id", "in", self.ids), ("state", "=", "open")], ["tenant_id"], ["__count"]
        )
        counts = {tenant.id: count for tenant, count in groups}
        for tenant in self:
            tenant.drift_count = counts.get(tenant.id, 0)

    @api.depends("run_ids.state")
    def _compute_open_run_id(self):
        for tenant in self:
            tenant.open_run_id = tenant.run_ids.filtered(
                lambda run: run.state in ("queued", "running")
            )[:1]

    def _check_may_deliver(self):
        """:raise AccessError: not a person of delivery, or not a tenant to work on: one of
        the own branch, or one with a running engagement that allows work"""
        if self.env.su:
            return
        if not (
            self.env.user.has_group("partner_governance.group_partner_delivery")
            or self.env.user.has_group("partner_governance.group_platform_staff")
        ):
            raise AccessError(message(self.env, "may_not_deliver"))
        self.check_access("write")

    def _delivery_connection(self):
        """The connection of the production environment.

        :raise UserError: there is none
        """
        self.ensure_one()
        connection = self.connection_ids.filtered(lambda c: c.environment_id.kind == "production")[
            :1
        ]
        if not connection:
            raise UserError(message(self.env, "connection_missing", tenant=self.display_name))
        return connection

    def action_plan(self):
        """Plan the tenant's blueprint and show the plan; nothing is written to the tenant."""
        self._check_may_deliver()
        connection = self._delivery_connection()
        if not self.blueprint_version_id:
            raise UserError(message(self.env, "version_missing", tenant=self.display_name))
        return connection._action_plan(self.blueprint_version_id)

    def action_check_drift(self):
        return self._delivery_connection().action_check_drift()

    def action_open_plans(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plans"),
            "res_model": "blueprint.plan",
            "view_mode": "list,form",
            "domain": [("tenant_id", "=", self.id)],
        }

    def action_open_drift(self):
        return self._delivery_connection().action_open_drift()
