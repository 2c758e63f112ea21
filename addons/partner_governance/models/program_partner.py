import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL


class ProgramPartner(models.Model):
    """One node of the programme tree; the platform is the root."""

    _name = "program.partner"
    _description = "Programme partner"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _parent_name = "upline_id"
    _parent_store = True
    _order = "parent_path, id"

    name = fields.Char(related="partner_id.name", store=True, readonly=False)
    active = fields.Boolean(default=True, tracking=True)
    partner_id = fields.Many2one(
        "res.partner", string="Company", required=True, ondelete="restrict", copy=False
    )
    upline_id = fields.Many2one(
        "program.partner", string="Upline", ondelete="restrict", index=True, tracking=True
    )
    downline_ids = fields.One2many("program.partner", "upline_id", string="Sub-partners")
    parent_path = fields.Char(index=True)
    commercial_model_id = fields.Many2one(
        "program.commercial.model", required=True, ondelete="restrict", tracking=True
    )
    model_code = fields.Selection(related="commercial_model_id.code", string="Model")
    is_master = fields.Boolean(string="Master partner", tracking=True)
    is_root = fields.Boolean(compute="_compute_is_root", store=True)
    territory = fields.Char()
    code = fields.Char(
        string="Partner code",
        required=True,
        default=lambda self: secrets.token_hex(4).upper(),
        copy=False,
        help="Tell it to a partner that wants to engage you: nobody can look you up.",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Own company",
        ondelete="restrict",
        copy=False,
        help="The partner's own root company: it quotes and brands under it. With a chart of "
        "accounts it bills here, otherwise it keeps its own books.",
    )
    user_ids = fields.One2many("res.users", "program_partner_id", string="People")
    user_count = fields.Integer(compute="_compute_user_count")
    downline_count = fields.Integer(compute="_compute_downline_count")
    engagement_ids = fields.One2many("program.engagement", "owner_id", string="Engagements given")
    brand_ids = fields.One2many("program.brand", "program_node_id")

    _partner_uniq = models.Constraint(
        "UNIQUE (partner_id)", "This company is a programme partner already."
    )
    _code_uniq = models.Constraint("UNIQUE (code)", "Two partners cannot share a code.")
    _company_uniq = models.Constraint(
        "UNIQUE (company_id)", "This company belongs to another programme partner."
    )
    _one_root = models.UniqueIndex("((1)) WHERE upline_id IS NULL", "There is one platform.")

    @api.depends("upline_id")
    def _compute_is_root(self):
        for node in self:
            node.is_root = not node.upline_id

    @api.depends("user_ids")
    def _compute_user_count(self):
        groups = self.env["res.users"]._read_group(
            [("program_partner_id", "in", self.ids)], ["program_partner_id"], ["__count"]
        )
        counts = {node.id: count for node, count in groups}
        for node in self:
            node.user_count = counts.get(node.id, 0)

    @api.depends("downline_ids")
    def _compute_downline_count(self):
        groups = self._read_group([("upline_id", "in", self.ids)], ["upline_id"], ["__count"])
        counts = {node.id: count for node, count in groups}
        for node in self:
            node.downline_count = counts.get(node.id, 0)

    @api.constrains("upline_id")
    def _check_upline(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A partner cannot be its own upline."))
        for node in self:
            upline = node.upline_id
            if upline and not (upline.is_master or upline.is_root):
                raise ValidationError(
                    self.env._(
                        "%(upline)s is not a master partner, so %(node)s cannot stand below it. "
                        "Give it the master role first.",
                        upline=upline.name,
                        node=node.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("A programme partner is never deleted, it is archived: its history stays.")
        )

    @api.model_create_multi
    def create(self, vals_list):
        nodes = super().create(vals_list)
        nodes._ensure_company()
        nodes._ensure_team()
        for node in nodes:
            # Safe: the contact is the node's own company.
            node.partner_id.sudo().program_node_id = node
        return nodes

    def _ensure_company(self):
        """Give each node its own root company, made before its first user."""
        for node in self.filtered(lambda node: not node.company_id):
            contact = node.partner_id.sudo()
            upline = node.upline_id.sudo().company_id
            # Safe: makes the node's own company, nobody else's. A partner keeps its own books until
            # somebody loads a chart of accounts: core would install the country's localisation
            # and load its chart at once, and by that name of the context it does not.
            node.sudo().company_id = (
                self.env["res.company"]
                .sudo()
                .with_context(chart_template_load=True)
                .create(
                    {
                        "name": contact.name,
                        "partner_id": contact.id,
                        "country_id": contact.country_id.id or upline.country_id.id,
                        "currency_id": upline.currency_id.id or self.env.company.currency_id.id,
                        "program_node_id": node.id,
                    }
                )
            )
        for node in self:
            # Safe: links the node's own company back to it.
            node.sudo().company_id.program_node_id = node

    def _ensure_team(self):
        """A sales team of the node itself: the pipeline reads the leader's name and picture."""
        # Safe: a team is made for the node, in its own company.
        Team = self.env["crm.team"].sudo()
        existing = Team.search([("program_node_id", "in", self.ids)]).program_node_id
        Team.create(
            [
                {
                    "name": node.name,
                    "company_id": node.company_id.id,
                    "program_node_id": node.id,
                    "use_opportunities": True,
                }
                for node in self - existing
            ]
        )

    @api.model
    def _root(self):
        """The platform's node, empty before it is made."""
        return self.search([("upline_id", "=", False)], limit=1)

    @api.model
    def _ensure_root(self):
        root = self._root()
        if root:
            return root
        company = self.env.ref("base.main_company")
        return self.create(
            {
                "partner_id": company.partner_id.id,
                "commercial_model_id": self.env.ref("partner_governance.model_platform").id,
                "is_master": True,
                "company_id": company.id,
            }
        )

    def _next_reference(self, code, prefix):
        """The node's next number for ``code``: no number tells another partner's volume."""
        return self._next_references(code, prefix, 1)[0]

    def _next_references(self, code, prefix, count):
        """The node's next ``count`` numbers for ``code``, taken together."""
        self.ensure_one()
        # Safe: a counter of the node's own company.
        Sequence = self.env["ir.sequence"].sudo()
        domain = [("code", "=", code), ("company_id", "=", self.company_id.id)]
        sequence = Sequence.search(domain, limit=1)
        if not sequence:
            # Of two first ones at once the second fails to serialize and is tried again, so that
            # there is one counter. A lock alone would not show it what the first one made.
            self.env.cr.execute(
                SQL("UPDATE program_partner SET write_date = write_date WHERE id = %s", self.id)
            )
            sequence = Sequence.create(
                {
                    "name": f"{code} {self.name}",
                    "code": code,
                    "prefix": prefix,
                    "padding": 4,
                    "company_id": self.company_id.id,
                }
            )
        if sequence.implementation != "standard" or sequence.use_date_range:
            return [sequence.next_by_id() for _number in range(count)]
        numbers = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"ir_sequence_{sequence.id:03}",
                count,
            )
        )
        return [sequence.get_next_char(number) for (number,) in numbers]

    @api.model
    def hierarchy_read(self, domain, specification, parent_field, child_field=None, order=None):
        """The tree as the reader may see it: its own node is the top.

        Core adds the parent of a lone record; where that is out of reach, it would be an error.
        """
        found = self.search(domain, limit=2)
        lone = len(found) == 1 and found[parent_field]
        if lone and not found[parent_field]._filtered_access("read"):
            domain = [("id", "in", (found | found.downline_ids).ids)]
            if not found.downline_ids:
                rows = found.web_read({parent_field: {}, **specification})
                return [{**row, parent_field: False} for row in rows]
        rows = super().hierarchy_read(domain, specification, parent_field, child_field, order)
        scope = self.env["program.isolation"]._scope()
        for row in rows:
            if scope.kind == "staff" and row["id"] == scope.node_id:
                row[parent_field] = False
        return rows

    def action_open_team(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("People"),
            "res_model": "res.users",
            "view_mode": "list,kanban",
            "domain": [("program_partner_id", "=", self.id)],
        }
