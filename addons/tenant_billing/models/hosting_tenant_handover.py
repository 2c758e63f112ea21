from odoo import api, models
from odoo.tools import SQL


class HostingTenant(models.Model):
    """A tenant changes hands: what is operational goes with it, its whole history too."""

    _inherit = "hosting.tenant"

    @api.depends_context("uid")
    def _compute_display_name(self):
        """Whoever had it once still reads its name on old documents; the number is its
        present partner's own."""
        done = super()._compute_display_name()
        known = self._program_known()
        for tenant in self - known:
            tenant.display_name = tenant.name
        return done

    def _program_known(self):
        """Those that the person logged in reaches, although the code works as the system."""
        isolation = self.env["program.isolation"]
        scope = isolation._scope_of_person()
        if scope.kind in ("system", "platform"):
            return self
        return isolation._visible(self, scope)

    def _change_hands(self, node, contacts):
        """Give the tenants to ``node``; runs as the system, from a change of hands.

        :param contacts: {id of a contact: id of the same customer as a contact of ``node``}
        """
        if not self:
            return
        for tenant in self:
            customer = tenant.partner_id.commercial_partner_id
            tenant.partner_id = contacts.get(customer.id, customer.id)
        self._give_to(self.env["billing.subscription"]._contract_seller(node))
        for one in self.subscription_ids:
            customer = one.partner_id.commercial_partner_id
            one.write(
                {
                    "program_node_id": node.id,
                    "reference": node._next_reference(one._name, one._reference_prefix),
                    "partner_id": contacts.get(customer.id, customer.id),
                }
            )

    def _give_to(self, owner):
        """Whose they are from now on: who contracts with their customers. As the system."""
        for tenant in self:
            tenant.write(
                {
                    "program_node_id": owner.id,
                    "reference": owner._next_reference(self._name, self._reference_prefix),
                    "user_id": owner._first_manager().id,
                }
            )
        # Rights that the partner before gave on them end with its own.
        self.engagement_ids.filtered(
            lambda each: each.owner_id != owner and each.state in ("offered", "running")
        )._set_state("ended")
        for model in ("billing.usage.event", "billing.usage.bucket"):
            table = self.env[model]
            table.flush_model(["program_node_id", "tenant_id"])
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET program_node_id = %s WHERE tenant_id IN %s",
                    SQL.identifier(table._table),
                    owner.id,
                    tuple(self.ids),
                )
            )
            table.invalidate_model(["program_node_id"])


class BillingSubscription(models.Model):
    _inherit = "billing.subscription"

    @api.depends_context("uid")
    def _compute_display_name(self):
        """As of the tenant: the number is its present partner's own."""
        done = super()._compute_display_name()
        isolation = self.env["program.isolation"]
        scope = isolation._scope_of_person()
        if scope.kind not in ("system", "platform"):
            for one in self - isolation._visible(self, scope):
                # Safe: the name on documents that the reader is party to.
                own = one.sudo()
                subject = own.tenant_id or own.subject_node_id or own.partner_id
                one.display_name = subject.name or ""
        return done


class ProgramPartner(models.Model):
    _inherit = "program.partner"

    def _first_manager(self):
        """Who takes over what comes to the partner."""
        group = self.env.ref("partner_governance.group_partner_manager")
        people = self.user_ids.filtered(lambda user: group in user.all_group_ids)
        return people.sorted("id")[:1]
