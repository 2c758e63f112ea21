from odoo import api, fields, models


class ProgramMonday(models.AbstractModel):
    """Staging that has not been refreshed as often as the matrix says."""

    _inherit = "program.monday"

    @api.model
    def _monday_staging(self):
        """My live tenants' staging past the cadence of “Staging is kept up”; one without a
        refresh on record says so (PG-042)."""
        Environment = self.env["hosting.environment"]
        if not Environment.has_access("read"):
            return []
        found = Environment.search(
            [
                ("kind", "=", "staging"),
                ("tenant_id.state", "=", "live"),
                ("tenant_id.user_id", "=", self.env.uid),
            ],
            limit=50,
        )
        # Safe: when the reader's own environments were refreshed, and the cadence of its matrix.
        refreshed = dict(
            self.env["hosting.operation"]
            .sudo()
            ._read_group(
                [
                    ("environment_id", "in", found.ids),
                    ("kind", "=", "refresh"),
                    ("state", "=", "done"),
                ],
                ["environment_id"],
                ["ended_at:max"],
            )
        )
        cadences = dict(
            self.env["governance.responsibility"]
            .sudo()
            ._read_group(
                [
                    ("program_node_id", "in", found.program_node_id.ids),
                    ("code", "=", "staging"),
                    ("cadence_days", ">", 0),
                ],
                ["program_node_id"],
                ["cadence_days:min"],
            )
        )
        today = fields.Date.context_today(self)
        rows = []
        for one in found:
            cadence, last = cadences.get(one.program_node_id), refreshed.get(one)
            due = last and cadence and fields.Date.add(fields.Date.to_date(last), days=cadence)
            if cadence and (not due or due < today):
                rows.append(self._staging_row(one, cadence, last, due))
        return rows

    @api.model
    def _staging_row(self, one, cadence, last, due):
        return {
            "who": one.tenant_id.display_name,
            "why": self.env._(
                "Staging is refreshed every %(days)s days; last refresh: %(last)s",
                days=cadence,
                last=str(fields.Date.to_date(last)) if last else self.env._("not recorded"),
            ),
            "todo": self.env._("Refresh it from production"),
            "due": due or False,
            "res_model": one.tenant_id._name,
            "res_id": one.tenant_id.id,
            "money": None,
        }
