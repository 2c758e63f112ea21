from markupsafe import Markup

from odoo import fields, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

CHECKLISTS = {
    "create": (
        _lt("Make the database on the hosting profile's machine"),
        _lt("Give the administrator a new password; see that admin/admin fails"),
        _lt("Make a user for the control plane and an API key of scope rpc"),
        _lt("Enter address, database and key in the environment's connection, and test it"),
        _lt("Set backup and monitoring up as the profile says"),
    ),
    "copy": (
        _lt("Copy the database and neutralise the copy"),
        _lt("Revoke the API keys on the copy: they came along"),
    ),
    "suspend": (_lt("Stop the server; show the notice page"), _lt("Leave backups running")),
    "lift": (_lt("Start the server and log in once"),),
    "backup": (_lt("Back the database and its files up"), _lt("See that the file can be read")),
    "restore": (_lt("Restore into a new database"), _lt("Compare counts before switching")),
    "terminate": (
        _lt("Make the last backup and note where it is kept, and until when"),
        _lt("Revoke keys, stop the server, delete the database"),
    ),
}
GENERAL = (_lt("Carry it out as the runbook says"), _lt("Log in once and look at the result"))


class HostingProvisioner(models.Model):
    _inherit = "hosting.provisioner"

    project_id = fields.Many2one(
        "project.project", ondelete="restrict", help="Where the tasks of manual work go."
    )

    def _perform_manual(self, operation):
        """A task with a checklist; the person who did it reports the operation done."""
        if not operation.task_id:
            steps = CHECKLISTS.get(operation.kind, GENERAL)
            items = Markup("").join(Markup("<li>%s</li>") % self.env._(step) for step in steps)
            task = self.env["project.task"].create(
                {
                    "name": operation.name,
                    "project_id": self._manual_project().id,
                    "description": Markup('<ul class="o_checklist">%s</ul>') % items,
                    "program_node_id": self.program_node_id.id,
                    "user_ids": False,
                }
            )
            operation.write({"task_id": task.id, "progress": self.env._("Waits for a person.")})
        return None

    def _manual_project(self):
        if not self.project_id:
            self.project_id = self.env["project.project"].create(
                {
                    "name": self.env._("Hosting requests"),
                    "program_node_id": self.program_node_id.id,
                    "company_id": self.program_node_id.company_id.id,
                    "privacy_visibility": "employees",
                }
            )
        return self.project_id
