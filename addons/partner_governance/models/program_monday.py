import datetime

from odoo import api, models


class ProgramMonday(models.AbstractModel):
    """What a person has to see to: who, why, what to do, by when, which own money is at stake.

    Each part of the product adds a source: a method ``_monday_<code>`` that returns, for the
    current user and by one set-based query, rows ``{"who": str, "why": str, "todo": str, "due":
    date or False, "res_model": str, "res_id": int, "money": Decimal or None}``.
    """

    _name = "program.monday"
    _description = "Monday list"

    @api.model
    def _rows(self):
        """Rows of all sources, the most pressing first."""
        rows = []
        for name in sorted(dir(type(self))):
            if name.startswith("_monday_"):
                rows += getattr(self, name)()
        return sorted(rows, key=lambda row: (row["due"] or datetime.date.max, row["who"]))

    @api.model
    def _monday_signatures(self):
        """Signatures that the current user can give."""
        found = self.env["governance.approval"].search([("can_sign", "=", True)], limit=50)
        return [
            {
                "who": each.program_node_id.sudo().name,  # safe: the name of who asks to sign
                "why": self.env._("%(kind)s: %(subject)s", kind=each.kind, subject=each.subject),
                "todo": self.env._("Sign as %(role)s", role=each.name),
                "due": each.due_date,
                "res_model": each._name,
                "res_id": each.id,
                "money": None,
            }
            for each in found
        ]

    @api.model
    def _monday_actions(self):
        """Open actions of the current user."""
        found = self.env["governance.action"].search(
            [("user_id", "=", self.env.uid), ("state", "=", "open")], limit=50
        )
        return [
            {
                "who": each.program_node_id.sudo().name,  # safe: whose action it is
                "why": self.env._("You own this action"),
                "todo": each.name,
                "due": each.due_date,
                "res_model": each._name,
                "res_id": each.id,
                "money": None,
            }
            for each in found
        ]
