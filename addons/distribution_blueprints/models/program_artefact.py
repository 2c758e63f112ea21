from odoo import fields, models


class ProgramArtefact(models.Model):
    """A process map, script or checklist belongs to the blueprint that it describes (PG-065)."""

    _inherit = "program.artefact"

    blueprint_id = fields.Many2one(
        "blueprint.blueprint", string="Blueprint", index="btree_not_null", ondelete="restrict"
    )


class BlueprintBlueprint(models.Model):
    _inherit = "blueprint.blueprint"

    artefact_ids = fields.One2many("program.artefact", "blueprint_id", string="Library")
