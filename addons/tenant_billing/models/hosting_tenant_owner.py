from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProgramPartner(models.Model):
    _inherit = "program.partner"

    def _lacks_tenancy(self):
        """Whether the node's commercial model has no tenants of its own (PG-007): somebody above
        it sells the hosting to the customers that it brings, and has their tenants."""
        return bool(self.upline_id and self.commercial_model_id) and not self.has_tenancy

    @api.constrains("commercial_model_id")
    def _check_keeps_tenants(self):
        for model, nodes in self.grouped("commercial_model_id").items():
            if found := nodes._tenants_obstacle(model):
                raise ValidationError(found)

    def _tenants_obstacle(self, model):
        """What keeps these nodes from ``model``, with what to do first; or empty. With another
        model its tenants would stand with a partner that may have none, and no change of hands
        would have given them to who contracts with their customers."""
        if not model or model.has_tenancy:
            return ""
        # Safe: tells how many there are to who changes the model of their partner.
        groups = self.sudo().env["hosting.tenant"].with_context(active_test=False)._read_group(
            [
                ("program_node_id", "in", self.ids),
                ("program_node_id.upline_id", "!=", False),
                ("state", "!=", "terminated"),
            ],
            ["program_node_id"],
            ["__count"],
        )  # fmt: skip
        for node, count in groups:
            return self.env._(
                "%(node)s has tenants (%(count)s), and a partner of the model “%(model)s” has none "
                "of its own. Move their customers to %(owner)s first (Partners → Changes of "
                "hands, with consent).",
                node=node.name,
                count=count,
                model=model.name,
                owner=self.env["billing.subscription"]._contract_seller(node.upline_id).name,
            )
        return ""


class ProgramCommercialModel(models.Model):
    _inherit = "program.commercial.model"

    @api.constrains("has_tenancy")
    def _check_keeps_tenants(self):
        nodes = self.env["program.partner"].with_context(active_test=False)
        nodes.search([("commercial_model_id", "in", self.ids)])._check_keeps_tenants()


class ProgramModelTerm(models.Model):
    _inherit = "program.model.term"

    def _obstacle(self, node):
        return super()._obstacle(node) or node._tenants_obstacle(self.commercial_model_id)


class HostingTenant(models.Model):
    """A tenant belongs to a partner whose model has tenants of its own (PG-007)."""

    _inherit = "hosting.tenant"

    @api.constrains("program_node_id")
    def _check_tenancy(self):
        for tenant in self:
            # Safe: the model of the partner itself, and who it works for.
            node = tenant.sudo().program_node_id
            if node._lacks_tenancy():
                raise ValidationError(
                    self.env._(
                        "%(node)s has no tenants of its own: its commercial model is "
                        "“%(model)s”. This one belongs to %(owner)s, which contracts with the "
                        "customer.",
                        node=node.name,
                        model=node.commercial_model_id.name,
                        owner=self.env["billing.subscription"]._contract_seller(node).name,
                    )
                )

    def _settle_owners(self):
        """Tenants that a partner without tenants of its own has brought belong to who contracts
        with their customers; again it changes nothing. Runs as the system.

        One whose customer has its contract with the partner itself, or had it, stays: only a
        change of hands moves it with its contract.
        """
        today = fields.Date.context_today(self)
        legs = self.env["billing.leg"].search(
            [("tenant_id", "in", self.ids), ("customer_id", "!=", False)]
        )
        legs = legs.grouped("tenant_id")
        for tenant in self:
            node = tenant.subscription_ids[:1].program_node_id or tenant.program_node_id
            owner = self.env["billing.subscription"]._contract_seller(node)
            if not node._lacks_tenancy() or tenant.program_node_id == owner:
                continue
            known = legs.get(tenant)
            running = known and known.filtered(
                lambda leg: not leg.date_until or leg.date_until > today
            )
            if not known or running.seller_id == owner:
                tenant._give_to(owner)


class GovernanceUpgrade(models.AbstractModel):
    _inherit = "governance.upgrade"

    @api.model
    def _settle_tenants(self):
        """Tenants of older databases that stand with a partner that may have none."""
        self.env["hosting.tenant"].search(
            [
                ("program_node_id.upline_id", "!=", False),
                ("program_node_id.commercial_model_id.has_tenancy", "=", False),
            ]
        )._settle_owners()
