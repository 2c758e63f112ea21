from odoo import api, fields, models


class GovernanceRulebookTrial(models.TransientModel):
    """A past deal that a draft of the rules would classify otherwise."""

    _name = "governance.rulebook.trial"
    _description = "Rules tried on a deal"
    _order = "tier_after desc, id"

    rulebook_id = fields.Many2one("governance.rulebook", readonly=True)
    deal_id = fields.Many2one("program.deal", readonly=True)
    deal_state = fields.Selection(related="deal_id.state")
    tier_before = fields.Integer(readonly=True)
    tier_after = fields.Integer(readonly=True)
    reasons_before = fields.Char(string="Because of (now)", readonly=True)
    reasons_after = fields.Char(string="Because of (draft)", readonly=True)

    @api.model
    def _named(self, outcome, names):
        """The rules and flags of an outcome, by their names."""
        codes = (*outcome.reasons, *outcome.flags)
        return ", ".join(names.get(code, code) for code in codes)
