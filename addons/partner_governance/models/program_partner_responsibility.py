from odoo import api, fields, models


class ProgramPartner(models.Model):
    """A partner's matrix comes complete from the template of its model."""

    _inherit = "program.partner"

    responsibility_ids = fields.One2many(
        "governance.responsibility",
        "program_node_id",
        string="Responsibilities",
        domain=[("is_own", "=", True)],
    )
    responsibility_gaps = fields.Char(
        string="Nobody answers for", compute="_compute_responsibility_gaps"
    )
    responsibility_gap_count = fields.Integer(compute="_compute_responsibility_gaps")

    @api.model_create_multi
    def create(self, vals_list):
        nodes = super().create(vals_list)
        self.env["governance.responsibility"]._complete(nodes)
        return nodes

    def write(self, vals):
        moved = self.browse()
        if vals.get("commercial_model_id"):
            moved = self.filtered(
                lambda node: node.commercial_model_id.id != vals["commercial_model_id"]
            )
        done = super().write(vals)
        if moved:
            self.env["governance.responsibility"]._follow_model(moved)
        return done

    @api.depends("responsibility_ids.accountable", "commercial_model_id", "upline_id.active")
    def _compute_responsibility_gaps(self):
        known = self.filtered("id")
        gaps = self.env["governance.responsibility"]._gaps(known._origin)
        for node in self:
            names = gaps.get(node._origin.id, [])
            node.responsibility_gaps = ", ".join(names)
            node.responsibility_gap_count = len(names)

    def action_complete_responsibilities(self):
        """Take lines that the template has got since."""
        self.check_access("write")
        self.env["governance.responsibility"]._complete(self)
        return True


class GovernanceMatrixMixin(models.AbstractModel):
    """A record of a partner with a responsibility matrix of its own: the partner's lines, and
    where it deviates (``responsibility_ids``)."""

    _name = "governance.matrix.mixin"
    _description = "Has a responsibility matrix"

    matrix_ids = fields.Many2many(
        "governance.responsibility", string="Responsibilities", compute="_compute_matrix_ids"
    )

    @api.depends("program_node_id", "responsibility_ids.accountable")
    @api.depends_context("uid")
    def _compute_matrix_ids(self):
        Line = self.env["governance.responsibility"]
        for record in self:
            lines = Line._matrix(record._origin).values()
            # The reader's own rights decide which of them it sees: who is engaged, the shared ones.
            record.matrix_ids = Line.browse(line.id for line in lines)._filtered_access("read")


class ProgramDeal(models.Model):
    _name = "program.deal"
    _inherit = ["program.deal", "governance.matrix.mixin"]

    responsibility_ids = fields.One2many(
        "governance.responsibility", "deal_id", string="Deviating responsibilities"
    )


class ProjectProject(models.Model):
    _name = "project.project"
    _inherit = ["project.project", "governance.matrix.mixin"]

    responsibility_ids = fields.One2many(
        "governance.responsibility", "project_id", string="Deviating responsibilities"
    )
