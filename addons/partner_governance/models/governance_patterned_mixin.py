from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class GovernancePatternedMixin(models.AbstractModel):
    """Something built that follows an approved pattern, or runs under an exception (PG-122)."""

    _name = "governance.patterned.mixin"
    _description = "Follows a pattern"
    _inherit = ["program.node.mixin", "governance.owned.mixin"]
    # Kind of the pattern, and of the exception that stands in for one.
    _pattern_kind = ""

    name = fields.Char(required=True)
    project_id = fields.Many2one("project.project", index=True, ondelete="restrict")
    pattern_id = fields.Many2one(
        "governance.pattern", string="Approved pattern", index=True, ondelete="restrict"
    )
    purpose = fields.Text(string="What it does")
    state = fields.Selection(
        [("proposed", "Proposed"), ("in_use", "In use"), ("retired", "Retired")],
        default="proposed",
        required=True,
        index=True,
        readonly=True,
        copy=False,
    )
    coverage = fields.Selection(
        [("pattern", "Pattern"), ("exception", "Exception"), ("none", "Neither")],
        compute="_compute_coverage",
    )

    @api.depends("pattern_id", "pattern_id.is_approved", "pattern_id.kind")
    def _compute_coverage(self):
        excepted = self.env["governance.exception"]._running_ids(self._pattern_kind, self)
        for one in self:
            if one._has_pattern():
                one.coverage = "pattern"
            else:
                one.coverage = "exception" if one.id in excepted else "none"

    def _has_pattern(self):
        pattern = self.pattern_id
        return bool(pattern) and pattern.is_approved and pattern.kind == self._pattern_kind

    @api.constrains("project_id", "program_node_id")
    def _check_project(self):
        for one in self:
            # Safe: compares whose records they are, tells nothing of them.
            owner = one.project_id.sudo().program_node_id
            if owner and owner != one.program_node_id:
                raise ValidationError(
                    self.env._(
                        "“%(what)s” is built for another partner's project: its owner records it.",
                        what=one.name,
                    )
                )

    @api.constrains("pattern_id", "state")
    def _check_covered(self):
        self.invalidate_recordset(["coverage"])
        for one in self:
            if one.pattern_id and one.pattern_id.kind != self._pattern_kind:
                raise UserError(
                    self.env._("“%(pattern)s” is no pattern for this.", pattern=one.pattern_id.name)
                )
            if one.state == "in_use" and one.coverage == "none":
                raise UserError(
                    self.env._(
                        "“%(what)s” names no approved pattern and has no running exception. "
                        "Choose a pattern, or ask for an exception (button “Ask for an "
                        "exception”).",
                        what=one.name,
                    )
                )

    def action_use(self):
        self._move("proposed", "in_use")
        return True

    def action_retire(self):
        self._move("in_use", "retired")
        return True

    def _move(self, old, new):
        for one in self:
            one.check_access("write")
            if one.state != old:
                raise UserError(self.env._("“%(what)s” is not there yet.", what=one.name))
            # Safe: the caller may write it; the constraint looks at what covers it.
            one.sudo().state = new
            self.env["governance.event"]._record(
                self._pattern_kind, one, node=one.program_node_id, old=old, new=new
            )

    def action_ask_exception(self):
        """The exception's form, filled in."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask for an exception"),
            "res_model": "governance.exception",
            "view_mode": "form",
            "context": {
                "default_kind": self._pattern_kind,
                "default_name": self.name,
                "default_res_model": self._name,
                "default_res_id": self.id,
            },
        }
