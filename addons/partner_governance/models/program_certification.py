from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import certification as engine


class ProgramCertificationKind(models.Model):
    """What a person can be certified in."""

    _name = "program.certification.kind"
    _description = "Kind of certificate"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    months = fields.Integer(string="Valid for (months)", default=24, help="0: it never expires.")
    is_delivery = fields.Boolean(
        string="Counts for delivery", help="Counts where a partner needs certified people."
    )

    _code_uniq = models.Constraint("UNIQUE (code)", "A certificate with this code exists already.")


class ProgramCertification(models.Model):
    """A certificate of one person; it counts for the partner that the person works for, while
    the person works there (PG-062)."""

    _name = "program.certification"
    _description = "Certificate"
    _inherit = ["program.node.mixin"]
    _order = "issued_on desc, id desc"

    program_node_id = fields.Many2one(required=True, readonly=True)
    person_id = fields.Many2one(
        "res.partner", string="Person", required=True, index=True, ondelete="restrict"
    )
    user_id = fields.Many2one(
        "res.users", compute="_compute_user_id", store=True, index=True, ondelete="restrict"
    )
    kind_id = fields.Many2one("program.certification.kind", required=True, ondelete="restrict")
    issued_on = fields.Date(required=True, default=fields.Date.context_today)
    expires_on = fields.Date(
        compute="_compute_expires_on", store=True, readonly=False, index=True, precompute=True
    )
    revoked_on = fields.Date()
    issuer_id = fields.Many2one(
        "res.users", string="Issued by", ondelete="restrict", default=lambda self: self.env.uid
    )
    evidence_link = fields.Char(string="Evidence (link)")
    evidence_file = fields.Binary(attachment=True)
    is_held = fields.Boolean(
        string="Works here", compute="_compute_is_held", store=True, index=True
    )
    state = fields.Selection(
        [
            ("valid", "Valid"),
            ("upcoming", "Not yet"),
            ("expired", "Expired"),
            ("revoked", "Revoked"),
            ("left", "Left"),
        ],
        compute="_compute_state",
        search="_search_state",
    )

    @api.depends("person_id", "kind_id")
    def _compute_display_name(self):
        for each in self:
            each.display_name = f"{each.sudo().person_id.name}: {each.kind_id.name}"

    @api.depends("person_id.user_ids")
    def _compute_user_id(self):
        for each in self:
            people = each.person_id.with_context(active_test=False).user_ids
            each.user_id = people.filtered("program_partner_id")[:1] or people[:1]

    @api.depends("kind_id", "issued_on")
    def _compute_expires_on(self):
        for each in self:
            each.expires_on = (
                engine.expiry(each.issued_on, each.kind_id.months) if each.issued_on else False
            )

    @api.depends("user_id.active", "user_id.program_partner_id", "person_id.active")
    def _compute_is_held(self):
        for each in self:
            user = each.user_id
            each.is_held = each.person_id.active and (
                not user or (user.active and user.program_partner_id == each.program_node_id)
            )

    @api.depends("issued_on", "expires_on", "revoked_on", "is_held")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for each in self:
            each.state = engine.state(
                engine.Certificate(
                    each.issued_on or today,
                    each.expires_on or None,
                    each.revoked_on or None,
                    each.is_held,
                ),
                today,
            )

    @api.model
    def _valid_domain(self):
        today = fields.Date.context_today(self)
        return [
            ("is_held", "=", True),
            ("issued_on", "<=", today),
            "|",
            ("expires_on", "=", False),
            ("expires_on", ">", today),
            "|",
            ("revoked_on", "=", False),
            ("revoked_on", ">", today),
        ]

    @api.model
    def _search_state(self, operator, value):
        if operator != "in" or set(value) != {"valid"}:
            return NotImplemented
        return self._valid_domain()

    def _files_fixed(self):
        """All: a certificate is changed by whoever may write it, never its file alone."""
        return self

    @api.constrains("person_id", "program_node_id")
    def _check_person(self):
        for each in self.sudo():
            if each.person_id.program_node_id != each.program_node_id:
                raise ValidationError(
                    self.env._(
                        "%(person)s does not work for %(node)s: a certificate is a person's, and "
                        "counts where that person works.",
                        person=each.person_id.name,
                        node=each.program_node_id.name,
                    )
                )


class ProgramPartner(models.Model):
    _inherit = "program.partner"

    certification_ids = fields.One2many("program.certification", "program_node_id")

    def _certified_people(self, kinds=None):
        """Certified people of each node today, each person once.

        :param kinds: `program.certification.kind` that count; those for delivery by default
        :return: {node id: number of people}
        """
        domain = [("program_node_id", "in", self.ids)]
        domain += [("kind_id", "in", kinds.ids)] if kinds else [("kind_id.is_delivery", "=", True)]
        # Safe: a number of people of the caller's own recordset.
        Certification = self.env["program.certification"].sudo()
        groups = Certification._read_group(
            domain + Certification._valid_domain(),
            ["program_node_id"],
            ["person_id:count_distinct"],
        )
        return {node.id: count for node, count in groups}

    def _certified_people_count(self):
        """Certified people of this node today."""
        self.ensure_one()
        return self._certified_people().get(self.id, 0)
