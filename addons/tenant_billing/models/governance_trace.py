from odoo import api, models


class GovernanceTrace(models.AbstractModel):
    """Hosting of a deal: its tenants, as the reader may read them (X-02)."""

    _inherit = "governance.trace"

    @api.model
    def _hosting(self, deal):
        Tenant = self.env["hosting.tenant"]
        if not Tenant.has_access("read"):
            return super()._hosting(deal)
        tenants = Tenant.search([("deal_id", "=", deal.id)], order="id")
        name = self.env._("Hosting")
        if not tenants:
            return self._step(name, self.env._("no tenant yet"))
        states = dict(Tenant._fields["state"]._description_selection(self.env))
        tones = {"live": "success", "suspended": "danger", "terminated": "secondary"}
        last = tenants[-1]
        return self._step(
            name,
            ", ".join(f"{one.reference}: {states[one.state]}" for one in tenants),
            tones.get(last.state, "warning"),
            last,
        )
