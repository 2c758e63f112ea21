from odoo import fields, models


class ProgramAccessLog(models.Model):
    """Who looked at a partner, acted for it or changed its records: read from the audit trail and
    shown to the partner (PG-045, X-06)."""

    _name = "program.access.log"
    _description = "Who looked at us"
    _auto = False
    _order = "happened_at desc, id desc"
    _depends = {
        "governance.event": ["happened_at", "kind", "actor_name", "node_ref", "old_value",
                             "new_value", "reason", "res_name", "res_model"],
    }  # fmt: skip

    program_node_id = fields.Many2one("program.partner", string="Partner", readonly=True)
    happened_at = fields.Datetime(string="When", readonly=True)
    kind = fields.Selection(
        [
            ("view_as", "Looked at"),
            ("act_for", "Acted for"),
            ("platform_override", "Changed by the platform"),
        ],
        readonly=True,
    )
    actor_name = fields.Char(string="Who", readonly=True)
    actor_node = fields.Char(string="Of", readonly=True)
    what = fields.Char(readonly=True)
    reason = fields.Char(readonly=True)

    @property
    def _table_query(self):
        return """
            SELECT e.id, p.id AS program_node_id, e.happened_at, e.kind, e.actor_name,
                   e.old_value AS actor_node,
                   CASE WHEN e.kind = 'platform_override'
                        THEN concat_ws(': ', e.res_name, NULLIF(e.new_value, ''))
                        ELSE COALESCE(NULLIF(e.new_value, ''), e.res_name) END AS what,
                   e.reason
              FROM governance_event e
              JOIN program_partner p ON p.id = e.node_ref
             WHERE e.kind IN ('view_as', 'act_for', 'platform_override')
        """
