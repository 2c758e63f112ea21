from odoo import api, fields, models

from odoo.addons.partner_governance.engine import risk as engine


class GovernanceSubjectMixin(models.AbstractModel):
    """Exceptions, changes, decisions and risks may be about a tenant."""

    _inherit = "governance.subject.mixin"

    @api.model
    def _selection_subject(self):
        found = super()._selection_subject()
        return [*found, ("hosting.tenant", self.env["hosting.tenant"]._description)]


class HostingTenant(models.Model):
    """An incident of a tenant is escalated to whoever answers for it (PG-043)."""

    _name = "hosting.tenant"
    _inherit = ["hosting.tenant", "governance.escalated.mixin"]


class GovernanceRisk(models.Model):
    """Hosting that is sold below what it costs (PG-140)."""

    _inherit = "governance.risk"

    @api.model
    def _indicator_underpriced_hosting(self, nodes):
        """The share of a partner's tenants that brought less than they cost in the last 90 days,
        as a level: neither counts nor amounts leave the partner."""
        today = fields.Date.context_today(self)
        # Safe: works out a level of each partner's own margin; no figure is told (PG-140).
        rows = (
            self.env["billing.margin"]
            .sudo()
            ._read_group(
                [
                    ("program_node_id", "in", nodes.ids),
                    ("tenant_id", "!=", False),
                    ("stream", "=", "hosting"),
                    ("day", ">", fields.Date.subtract(today, days=90)),
                    ("day", "<=", today),
                ],
                ["program_node_id", "tenant_id"],
                ["margin:sum"],
            )
        )
        total, bad = {}, {}
        for node, _tenant, margin in rows:
            total[node.id] = total.get(node.id, 0) + 1
            bad[node.id] = bad.get(node.id, 0) + (margin < 0)
        return {
            node: engine.Indicator(0, 0, engine.indicator(bad[node], count).level)
            for node, count in total.items()
        }


class ProgramPartner(models.Model):
    """How standard a partner's tenants are (PG-149)."""

    _inherit = "program.partner"

    standardisation_index = fields.Float(
        string="Standardisation (%)",
        compute="_compute_standardisation",
        digits=(16, 1),
        help="Share of the partner's tenants without an open exception about them.",
    )
    tenants_measured = fields.Integer(string="Tenants measured", compute="_compute_standardisation")

    @api.depends_context("uid")
    def _compute_standardisation(self):
        found = self._standardisation()
        for node in self:
            share, count = found.get(node.id, (None, 0))
            node.standardisation_index = share or 0
            node.tenants_measured = count

    def _standardisation(self):
        """``{node id: (percent or None, tenants)}``; running tenants, exceptions that hold now."""
        tenants = self.env["hosting.tenant"]._read_group(
            [
                ("program_node_id", "in", self.ids),
                ("state", "in", ("provisioned", "live", "suspended")),
            ],
            ["program_node_id"],
            ["id:array_agg"],
        )
        ids = [ident for _node, own in tenants for ident in own]
        Exception_ = self.env["governance.exception"]
        odd = {
            ident
            for (ident,) in Exception_._read_group(
                [
                    ("res_model", "=", "hosting.tenant"),
                    ("res_id", "in", ids),
                    *Exception_._holding_domain(),
                ],
                ["res_id"],
            )
        }
        return {
            node.id: (engine.standardisation(len(odd.intersection(own)), len(own)), len(own))
            for node, own in tenants
        }
