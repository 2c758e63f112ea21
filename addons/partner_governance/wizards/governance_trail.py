from odoo import api, fields, models
from odoo.fields import Command

LIMIT = 200
COLUMNS = ("happened_at", "kind", "actor_name", "res_name", "old_value", "new_value", "reason")


class GovernanceTrail(models.TransientModel):
    """The audit rows of a record that the reader reads: who, when, before, after, why."""

    _name = "governance.trail"
    _description = "Audit trail of a record"

    name = fields.Char(readonly=True)
    line_ids = fields.One2many("governance.trail.line", "trail_id", readonly=True)

    @api.model
    def _open(self, records):
        """A dialog with the events of ``records``: those in reach of the reader, and of partner
        staff those of their own node alone, since an event may tell what only its node knows.

        :param records: recordsets, of several models
        :raises AccessError: for the first one, where it is out of reach
        """
        records[0].check_access("read")
        scope = self.env["program.isolation"]._scope()
        own = [("node_ref", "=", scope.node_id)] if scope.fenced else []
        found = self.env["governance.event"].sudo()
        for record in records:
            # Safe: of records that the reader may read, what happened to them; nothing else.
            found |= found.search(
                [
                    ("res_model", "=", record._name),
                    ("res_ref", "in", record._filtered_access("read").ids),
                    *own,
                ],
                limit=LIMIT,
            )
        rows = found.sorted("id", reverse=True)[:LIMIT]
        trail = self.create(
            {
                "name": records[0][:1].display_name,
                "line_ids": [Command.create({name: row[name] for name in COLUMNS}) for row in rows],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who, when, before, after"),
            "res_model": self._name,
            "res_id": trail.id,
            "view_mode": "form",
            "target": "new",
        }


class GovernanceTrailLine(models.TransientModel):
    """One audit row as it was when the dialog opened."""

    _name = "governance.trail.line"
    _description = "Audit row of a record"
    _order = "happened_at desc, id"

    trail_id = fields.Many2one("governance.trail", required=True, ondelete="cascade")
    happened_at = fields.Datetime(readonly=True)
    kind = fields.Char(readonly=True)
    actor_name = fields.Char(string="Who", readonly=True)
    res_name = fields.Char(string="What", readonly=True)
    old_value = fields.Char(string="Before", readonly=True)
    new_value = fields.Char(string="After", readonly=True)
    reason = fields.Char(readonly=True)
