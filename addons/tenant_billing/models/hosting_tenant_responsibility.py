from odoo import api, fields, models
from odoo.fields import Domain


class GovernanceResponsibility(models.Model):
    """A tenant may deviate from the matrix of its partner, deal and project (PG-044)."""

    _inherit = "governance.responsibility"

    tenant_id = fields.Many2one("hosting.tenant", index="btree_not_null", ondelete="cascade")

    _tenant_uniq = models.UniqueIndex(
        "(tenant_id, code) WHERE tenant_id IS NOT NULL",
        "The tenant deviates in this line already.",
    )

    @api.model
    def _subject_fields(self):
        return {**super()._subject_fields(), "hosting.tenant": "tenant_id"}

    @api.model
    def _subjects(self, record):
        """What its deal and its project deviate in holds for a tenant too."""
        found = super()._subjects(record)
        if record._name != "hosting.tenant":
            return found
        # Safe: which deviations hold for a tenant is the same for everybody who reads it.
        own = record.sudo()
        above = [("deal_id", own.deal_id), ("project_id", own.project_id)]
        return [*((name, subject) for name, subject in above if subject), *found]


class HostingTenant(models.Model):
    """Who answers for what on a tenant, and which rights hold for it (PG-030, PG-044)."""

    _name = "hosting.tenant"
    _inherit = ["hosting.tenant", "governance.matrix.mixin"]

    responsibility_ids = fields.One2many(
        "governance.responsibility", "tenant_id", string="Deviations"
    )
    right_ids = fields.Many2many("program.right", string="Rights", compute="_compute_right_ids")

    @api.depends("deal_id", "project_id")
    def _compute_matrix_ids(self):
        return super()._compute_matrix_ids()

    @api.depends("program_node_id", "partner_id")
    @api.depends_context("uid")
    def _compute_right_ids(self):
        """Those of its partner as a whole, and those for its customer alone; as the reader reads
        them."""
        Right = self.env["program.right"]
        # Safe: compares numbers; an engaged or higher reader may not open the customer's contact.
        customer_of = {
            tenant.id: tenant.partner_id.commercial_partner_id.id for tenant in self.sudo()
        }
        nodes, customers = self.program_node_id, set(customer_of.values()) - {False}
        whole = Domain("holder_id", "in", nodes.ids) & Domain("scope", "=", "partner")
        single = Domain("customer_id", "in", list(customers))
        found = Right.search(
            Right._running_domain(fields.Date.context_today(self)) & (whole | single)
        )
        for tenant in self:
            customer = customer_of[tenant.id]
            tenant.right_ids = found.filtered(
                lambda right, node=tenant.program_node_id, customer=customer: (
                    right.sudo().customer_id.id == customer  # Safe: as above.
                    if right.scope == "customer"
                    else right.holder_id == node
                )
            )
