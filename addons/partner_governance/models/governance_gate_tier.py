from odoo import models


class GovernanceGate(models.Model):
    """What a partner's own tier gives at the gates (PG-001)."""

    _inherit = "governance.gate"

    def _demanded(self, record):
        """Without the upline's signature up to the governance tier that the partner signs itself.
        The platform has nobody above it, so its second signature stays, and no gate is left
        without any."""
        demanded = super()._demanded(record)
        # Safe: what the tier of the record's own partner gives.
        node = record.sudo().program_node_id
        if not node.upline_id or record._gate_tier().level > node._tier_benefit("signs_tier"):
            return demanded
        return demanded.filtered(lambda each: each.party != "upline") or demanded
