from odoo import api, fields, models
from odoo.exceptions import UserError

from ..exceptions import message


class HostingProvisioner(models.Model):
    """Who carries operations on tenants' machines out: one interface, three kinds (TB-072)."""

    _name = "hosting.provisioner"
    _description = "Provisioner"
    _inherit = ["program.node.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("manual", "By hand: a task with a checklist"),
            ("webhook", "Webhook: a signed event, the result comes back"),
            ("local", "This machine: Odoo's own command line"),
        ],
        required=True,
        default="manual",
    )
    program_published = fields.Boolean(
        string="For sub-partners too", help="Partners below may have their tenants made by it."
    )
    active = fields.Boolean(default=True)

    @api.model
    def _default_for(self, environment):
        """The provisioner of an environment: the profile's, else the first that is ready.

        :raise UserError: there is none
        """
        profile = environment.tenant_id.profile_id.provisioner_id
        if profile:
            return profile
        node = environment.program_node_id
        path = [int(ident) for ident in (node.parent_path or "").split("/") if ident]
        # Safe: of provisioners that the tenant's own node may use.
        found = self.sudo().search(
            [
                "|",
                ("program_node_id", "=", node.id),
                "&",
                ("program_published", "=", True),
                ("program_node_id", "in", path),
            ]
        )
        ready = found.filtered(lambda provisioner: provisioner._is_ready())
        if not ready:
            raise UserError(message(self.env, "provisioner_missing"))
        return ready[0]

    def _is_ready(self):
        """Whether it can take an operation; by hand one always can."""
        check = getattr(self, f"_is_ready_{self.kind}", None)
        return check() if check else True

    def _perform(self, operation):
        """Carry ``operation`` out. Returns its result, or None when that comes later.

        :raise UserError: refused; any other exception: may be tried again
        """
        self.ensure_one()
        return getattr(self, f"_perform_{self.kind}")(operation)
