from odoo import api, fields, models


class ProgramMonday(models.AbstractModel):
    """What the registers of governance ask of their owners."""

    _inherit = "program.monday"

    @api.model
    def _monday_exceptions(self):
        """My exceptions that end within two weeks, or have ended in the last two (PG-121)."""
        today = fields.Date.context_today(self)
        found = self.env["governance.exception"].search(
            [
                ("owner_id", "=", self.env.uid),
                ("state", "in", ("approved", "expired")),
                ("expiry", ">=", fields.Date.subtract(today, days=14)),
                ("expiry", "<=", fields.Date.add(today, days=14)),
            ],
            limit=50,
        )
        return [
            self._register_row(
                one,
                self.env._("Exception has ended: %(what)s", what=one.name)
                if one.expiry <= today
                else self.env._("Exception ends: %(what)s", what=one.name),
                self.env._("Go back to the rule, or ask anew"),
                one.expiry,
            )
            for one in found
        ]

    @api.model
    def _monday_access_reviews(self):
        """My access reviews that are open (PG-127)."""
        found = self.env["governance.access.review"]
        if not found.has_access("read"):
            return []
        found = found.search([("owner_id", "=", self.env.uid), ("state", "=", "open")], limit=50)
        return [
            self._register_row(
                one,
                self.env._("Access review: %(what)s", what=one.name),
                self.env._("Confirm or correct each person's roles"),
                one.review_date,
            )
            for one in found
        ]

    @api.model
    def _monday_risks(self):
        """My open risks whose review is overdue (PG-138)."""
        found = self.env["governance.risk"].search(
            [("owner_id", "=", self.env.uid), ("state", "=", "open"), ("is_overdue", "=", True)],
            limit=50,
        )
        return [
            self._register_row(
                one,
                self.env._(
                    "Risk, residual %(score)s: %(what)s", score=one.residual_score, what=one.name
                ),
                self.env._("Look at it again"),
                one.review_date,
            )
            for one in found
        ]

    @api.model
    def _monday_conditions(self):
        """Conditions that their owners report as met, and the reader confirms (PG-110)."""
        found = self.env["governance.action"].search(
            [("state", "=", "reported"), ("can_confirm", "=", True)], limit=50
        )
        return [
            self._register_row(
                one,
                self.env._("Reported as met: %(what)s", what=one.name),
                self.env._("Confirm it, or send it back"),
                one.due_date,
            )
            for one in found
        ]

    @api.model
    def _register_row(self, record, why, todo, due):
        return {
            "who": record.program_node_id.sudo().name,  # safe: whose record the reader reads
            "why": why,
            "todo": todo,
            "due": due,
            "res_model": record._name,
            "res_id": record.id,
            "money": None,
        }
