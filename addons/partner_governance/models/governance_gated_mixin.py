from odoo import models


class GovernanceGatedMixin(models.AbstractModel):
    """A model that stops at a gate: the last door looks at what is stored, not at the keys.

    Every change of a stored column ends in ``_write_multi``, whether a button, an import, a
    recompute or another record caused it; so that is where the outcome is checked.
    """

    _name = "governance.gated.mixin"
    _description = "Stops at a gate"

    def _gate_fields(self):
        """Stored fields whose change can carry a record through the gate."""
        return frozenset()

    def _gate_check(self):
        """Raise when one of these records stands behind a gate that it has not passed."""

    def _gate_stood_behind(self):
        """Those that the database has behind the gate already: what passed, stays passed."""
        return self.browse()

    def _write_multi(self, vals_list):
        watched = self._gate_fields()
        touched = any(watched & vals.keys() for vals in vals_list)
        behind = self._gate_stood_behind() if touched else self.browse()
        done = super()._write_multi(vals_list)
        moved = self.browse(
            record.id for record, vals in zip(self, vals_list, strict=True) if watched & vals.keys()
        )
        if moved - behind:
            (moved - behind)._gate_check()
        return done
