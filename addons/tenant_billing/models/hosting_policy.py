from odoo import api, fields, models
from odoo.exceptions import UserError

# What each type of tenant means for its releases (TB-042, TB-043).
RELEASE_CONTROL = {"multi_tenant": "shared", "dedicated": "own"}


class HostingPolicy(models.Model):
    """A standard that hosting keeps: environments, monitoring, backup, recovery (TB-038)."""

    _name = "hosting.policy"
    _description = "Hosting policy"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("environment", "Environment standards"),
            ("monitoring", "Monitoring"),
            ("backup", "Backup"),
            ("recovery", "Recovery"),
        ],
        required=True,
    )
    summary = fields.Char(
        required=True, translate=True, help="One sentence that a customer understands."
    )
    details = fields.Text(translate=True)
    profile_ids = fields.Many2many("hosting.profile", string="Hosting profiles")
    active = fields.Boolean(default=True)


class HostingProfile(models.Model):
    _inherit = "hosting.profile"

    policy_ids = fields.Many2many("hosting.policy", string="Policies")
    release_control = fields.Selection(
        [
            ("shared", "Shared: one release for all, in waves"),
            ("own", "Own: this tenant's partner says when"),
        ],
        compute="_compute_release_control",
        store=True,
    )

    @api.depends("deployment")
    def _compute_release_control(self):
        for profile in self:
            profile.release_control = RELEASE_CONTROL[profile.deployment]

    def _policies(self):
        """What a tenant of this profile gets: the policies, and the profile's own figures."""
        self.ensure_one()
        figures = {
            "backup": self.env._(
                "every %(hours)s hours, kept %(days)s days",
                hours=self.backup_hours,
                days=self.backup_retention_days,
            ),
            "recovery": self.env._(
                "back within %(rto)s hours, at most %(rpo)s hours of work lost",
                rto=self.rto_hours,
                rpo=self.rpo_hours,
            ),
        }
        return [
            {
                "name": policy.name,
                "kind": policy.kind,
                "summary": policy.summary,
                "figures": figures.get(policy.kind, ""),
            }
            for policy in self.policy_ids
        ]


class HostingTenant(models.Model):
    _inherit = "hosting.tenant"

    release_control = fields.Selection(related="profile_id.release_control", string="Releases")


class BillingPlan(models.Model):
    _inherit = "billing.plan"

    deployment = fields.Selection(related="profile_id.deployment", string="Tenant type")
    release_control = fields.Selection(related="profile_id.release_control", string="Releases")


class BillingSubscription(models.Model):
    _inherit = "billing.subscription"

    hosting_profile_id = fields.Many2one(
        "hosting.profile",
        string="Hosting profile",
        compute="_compute_hosting_profile_id",
        store=True,
        ondelete="restrict",
    )
    policy_ids = fields.Many2many(related="hosting_profile_id.policy_ids", string="Policies")
    release_control = fields.Selection(
        related="hosting_profile_id.release_control", string="Releases"
    )

    @api.depends("tenant_id.profile_id", "plan_id.profile_id")
    def _compute_hosting_profile_id(self):
        for one in self:
            one.hosting_profile_id = one.tenant_id.profile_id or one.plan_id.profile_id


class BillingOffer(models.Model):
    _inherit = "billing.offer"

    policy_ids = fields.Many2many(related="profile_id.policy_ids", string="Policies")
    release_control = fields.Selection(related="profile_id.release_control", string="Releases")

    def _check_sendable(self):
        """A footprint is sold on machines of its kind alone (TB-042, TB-043)."""
        done = super()._check_sendable()
        for code, deployment in (
            ("footprint_shared", "multi_tenant"),
            ("footprint_dedicated", "dedicated"),
        ):
            line = self.line_ids.filtered(lambda one, code=code: one.code == code)
            if line and self.profile_id and self.profile_id.deployment != deployment:
                raise UserError(
                    self.env._(
                        "“%(name)s” does not go with the profile “%(profile)s”: choose another "
                        "profile, or take it out.",
                        name=line[0].component_id.name,
                        profile=self.profile_id.name,
                    )
                )
        return done
