from odoo import api, fields, models
from odoo.exceptions import UserError

from ..adapters import desired
from ..engine.errors import BlueprintError
from ..engine.ordering import order
from ..engine.resources import check, version_hash
from ..exceptions import message

FROZEN = ("name", "blueprint_id", "resource_ids", "group_xmlids", "content_hash", "state")


class BlueprintVersion(models.Model):
    """A version of a blueprint: a draft until it is released, then frozen and hashed."""

    _name = "blueprint.version"
    _description = "Blueprint version"
    _order = "blueprint_id, id desc"

    name = fields.Char(string="Version", required=True, default="1.0")
    blueprint_id = fields.Many2one(
        "blueprint.blueprint", required=True, index=True, ondelete="restrict"
    )
    state = fields.Selection(
        [("draft", "Draft"), ("released", "Released")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    resource_ids = fields.One2many("blueprint.resource", "version_id", copy=True)
    resource_count = fields.Integer(compute="_compute_resource_count")
    group_xmlids = fields.Char(
        string="Rights that the key needs",
        help="External ids of groups on the tenant, separated by blanks; given to the key's own "
        "user once the modules that bring them are installed.",
    )
    notes = fields.Text(string="What is new", translate=True)
    content_hash = fields.Char(string="Hash", readonly=True, copy=False)
    released_at = fields.Datetime(readonly=True, copy=False)
    released_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    _name_uniq = models.Constraint(
        "UNIQUE (blueprint_id, name)", "This version of the blueprint exists already."
    )

    @api.depends("name", "blueprint_id")
    def _compute_display_name(self):
        for version in self:
            version.display_name = f"{version.blueprint_id.name or ''} {version.name or ''}"

    @api.depends("resource_ids")
    def _compute_resource_count(self):
        for version in self:
            version.resource_count = len(version.resource_ids)

    def write(self, vals):
        if set(FROZEN) & vals.keys():
            self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_released(self):
        self._check_draft()

    def _check_draft(self):
        """:raise UserError: the version is released"""
        for version in self:
            if version.state == "released":
                raise UserError(message(self.env, "version_frozen", version=version.display_name))

    def _resources(self):
        """The engine's resources of a released version.

        :raise UserError: a draft, or not what was released
        """
        self.ensure_one()
        if self.state != "released":
            raise UserError(message(self.env, "version_not_released", version=self.display_name))
        resources = desired.read_resources(self.resource_ids)
        if version_hash(resources) != self.content_hash:
            raise UserError(message(self.env, "version_tampered", version=self.display_name))
        return resources

    def action_release(self):
        """Check the resources, hash them, freeze the version.

        :raise UserError: naming every fault of every resource
        """
        for version in self:
            version._check_draft()
            resources = desired.read_resources(version.resource_ids)
            faults = [self._fault(code) for code in check(resources)]
            if not faults:
                try:
                    order(resources)
                except BlueprintError as error:
                    faults = [message(self.env, error.code, key=", ".join(error.keys))]
            if faults:
                raise UserError("\n".join(faults))
            version.check_access("write")
            # Safe: the caller may write the version; its release has no other way in.
            version.sudo().write(
                {
                    "state": "released",
                    "content_hash": version_hash(resources),
                    "released_at": fields.Datetime.now(),
                    "released_by_id": self.env.uid,
                }
            )

    def _fault(self, code):
        name, _, rest = code.partition(":")
        key, _, detail = rest.partition(":")
        return message(self.env, name, key=key, detail=detail)

    def action_new_version(self):
        """A draft with the same resources, to change and release."""
        self.ensure_one()
        number = len(self.blueprint_id.version_ids) + 1
        draft = self.copy({"name": f"{number}.0"})
        return {
            "type": "ir.actions.act_window",
            "res_model": "blueprint.version",
            "res_id": draft.id,
            "view_mode": "form",
        }
