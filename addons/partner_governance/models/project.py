from odoo import fields, models


class ProjectProject(models.Model):
    _name = "project.project"
    _inherit = ["project.project", "program.node.mixin"]

    engagement_ids = fields.One2many("program.engagement", "project_id", string="Engagements")


class ProjectTask(models.Model):
    _name = "project.task"
    _inherit = ["project.task", "program.node.mixin"]
