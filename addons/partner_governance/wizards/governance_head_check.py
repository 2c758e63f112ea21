from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import audit


class GovernanceHeadCheck(models.TransientModel):
    """Check the audit trail against a head that was downloaded earlier: rows cut off at its end
    leave a chain that is whole, and only what was kept elsewhere tells."""

    _name = "governance.head.check"
    _description = "Check the audit trail against a kept head"

    kept = fields.Text(string="Kept head", required=True, help="The text of the downloaded file.")
    result = fields.Char(readonly=True)
    is_whole = fields.Boolean(readonly=True)

    @api.model
    def _read_head(self, text):
        try:
            return audit.parse_head(text)
        except ValueError as error:
            raise UserError(
                self.env._("This is no head: paste the whole text of the downloaded file.")
            ) from error

    def action_check(self):
        self.ensure_one()
        head = self._read_head(self.kept)
        broken = self.env["governance.event"]._check_chain(head)
        self.is_whole = not broken
        self.result = (
            self.env["governance.event"]._broken_text(broken)
            if broken
            else self.env._(
                "The trail is whole and goes through row %(number)s as it was kept.",
                number=head.number,
            )
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
