from odoo import fields, models


class ProgramVertical(models.Model):
    """An industry that partners work in."""

    _name = "program.vertical"
    _description = "Industry"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint("UNIQUE (name)", "This industry exists already.")


class ProgramPartner(models.Model):
    """Where and in which industries a partner works (PG-016)."""

    _inherit = "program.partner"

    country_ids = fields.Many2many("res.country", string="Countries")
    state_ids = fields.Many2many(
        "res.country.state",
        string="Regions",
        help="Of a country none of whose regions is named, the partner works in all.",
    )
    vertical_ids = fields.Many2many(
        "program.vertical", string="Industries", help="None named: all of them."
    )
    overlap_count = fields.Integer(
        compute="_compute_overlap_count", groups="partner_governance.group_platform_staff"
    )

    def _compute_overlap_count(self):
        counts = {node.id: 0 for node in self}
        for name in ("first_id", "second_id"):
            groups = self.env["program.overlap"]._read_group(
                [(name, "in", self.ids)], [name], ["__count"]
            )
            for node, count in groups:
                counts[node.id] += count
        for node in self:
            node.overlap_count = counts[node.id]

    def action_open_overlaps(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "partner_governance.program_overlap_action"
        )
        action["domain"] = ["|", ("first_id", "=", self.id), ("second_id", "=", self.id)]
        return action
