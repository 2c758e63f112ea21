from odoo import api, fields, models


class GovernanceQuestionSet(models.Model):
    """What a kind of deal is asked, and which gates it meets."""

    _name = "governance.question.set"
    _description = "Gate set of a kind of deal"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(selection="_selection_kind", string="Kind of deal", required=True)
    sequence = fields.Integer(default=10)
    mandatory_ids = fields.Many2many(
        "governance.question",
        "governance_question_set_mandatory_rel",
        string="Must be answered",
    )
    further_ids = fields.Many2many(
        "governance.question", "governance_question_set_further_rel", string="Make it precise"
    )
    gate_ids = fields.Many2many(
        "governance.gate", string="Gates", help="None named: this kind of deal meets every gate."
    )

    _kind_uniq = models.Constraint("UNIQUE (kind)", "This kind of deal has a gate set already.")

    @api.model
    def _selection_kind(self):
        return self.env["program.deal"]._fields["kind"]._description_selection(self.env)

    @api.model
    def _by_kind(self):
        """``{kind: set}``, one query."""
        # Few rows of policy: pylint: disable-next=no-search-all
        return {one.kind: one for one in self.search([])}

    def write(self, vals):
        done = super().write(vals)
        if {"mandatory_ids", "further_ids"} & vals.keys():
            self.env["governance.rulebook"]._reclassify(self.mapped("kind"))
        return done
