from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError


class ProgramSharedService(models.Model):
    """A service that a master, or the platform, provides to the partners below it (PG-022)."""

    _name = "program.shared.service"
    _description = "Shared service"
    _inherit = ["program.node.mixin"]
    _order = "program_node_id, sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("hosting", "Hosting"),
            ("devops", "DevOps"),
            ("support", "Support governance"),
            ("delivery", "Delivery and project office"),
            ("training", "Training"),
            ("other", "Other"),
        ],
        required=True,
        default="hosting",
    )
    description = fields.Text(string="What it covers", translate=True)
    program_published = fields.Boolean(
        string="Shown to sub-partners", default=True, help="Partners below read it."
    )
    active = fields.Boolean(default=True)
    use_ids = fields.One2many("program.shared.use", "service_id", string="Used by")
    use_count = fields.Integer(string="Used by partners", compute="_compute_use_count")

    @api.depends("use_ids.date_from", "use_ids.date_until")
    def _compute_use_count(self):
        groups = self.env["program.shared.use"]._read_group(
            [("service_id", "in", self.ids), *self.env["program.shared.use"]._running()],
            ["service_id"],
            ["__count"],
        )
        counts = {service.id: count for service, count in groups}
        for service in self:
            service.use_count = counts.get(service.id, 0)

    @api.constrains("program_node_id")
    def _check_provider(self):
        for service in self:
            # Safe: the role of the service's own partner.
            node = service.sudo().program_node_id
            if not (node.is_master or node.is_root):
                raise ValidationError(
                    self.env._(
                        "%(node)s is not a master partner, so nobody stands below to share with.",
                        node=node.name,
                    )
                )


class ProgramSharedUse(models.Model):
    """Since when a partner uses a service that is shared with it, and until when."""

    _name = "program.shared.use"
    _description = "Use of a shared service"
    _order = "date_from desc, id desc"

    service_id = fields.Many2one(
        "program.shared.service", required=True, ondelete="restrict", index=True
    )
    kind = fields.Selection(related="service_id.kind")
    provider_id = fields.Many2one(
        related="service_id.program_node_id",
        string="Provided by",
        store=True,
        index=True,
        ondelete="restrict",
    )
    consumer_id = fields.Many2one(
        "program.partner", string="Used by", required=True, index=True, ondelete="restrict"
    )
    date_from = fields.Date(string="From", required=True, default=fields.Date.context_today)
    date_until = fields.Date(string="Until", help="First day on which it is no longer used.")

    _dates = models.Constraint(
        "CHECK (date_until IS NULL OR date_until >= date_from)",
        "It cannot end before it begins.",
    )
    _once = models.UniqueIndex(
        "(service_id, consumer_id) WHERE date_until IS NULL",
        "This partner uses the service already.",
    )

    @api.model
    def _running(self):
        """The domain of what is used today."""
        today = fields.Date.context_today(self)
        return [
            ("date_from", "<=", today),
            "|",
            ("date_until", "=", False),
            ("date_until", ">", today),
        ]

    @api.depends("service_id", "consumer_id")
    def _compute_display_name(self):
        for use in self:
            # Safe: the name of a service that the reader's own partner provides or uses.
            use.display_name = use.sudo().service_id.name

    @api.constrains("service_id", "consumer_id")
    def _check_below(self):
        for use in self.sudo():
            path = use.consumer_id.parent_path or ""
            if use.consumer_id == use.provider_id or f"/{use.provider_id.id}/" not in f"/{path}":
                raise ValidationError(
                    self.env._(
                        "%(consumer)s does not stand below %(provider)s.",
                        consumer=use.consumer_id.name,
                        provider=use.provider_id.name,
                    )
                )

    def write(self, vals):
        if not self.env["program.isolation"]._is_of_own_node(self, "provider_id"):
            raise AccessError(self.env._("Shared services are recorded by who provides them."))
        return super().write(vals)


class ProgramPartner(models.Model):
    _inherit = "program.partner"

    shared_use_ids = fields.One2many("program.shared.use", "consumer_id", string="Shared services")
