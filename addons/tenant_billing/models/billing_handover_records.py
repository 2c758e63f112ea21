from odoo import fields, models

NOTHING = fields.Domain.FALSE


class BillingHandover(models.Model):
    """What people read after a change of hands: the receiver the tenant and its usage, the
    giver the documents that it is party to and nothing newer (TRADE 2)."""

    _inherit = "billing.handover"

    def _receive_contacts(self, subscriptions):
        """The customers as contacts of the receiver: {id of the giver's contact: id}.

        The giver keeps its own, with what it wrote on it, for what is still owed to it.
        """
        found = {}
        Subscription = self.env["billing.subscription"]
        seller = Subscription._contract_seller(self.receiver_id)
        for contact in subscriptions.partner_id.commercial_partner_id:
            own = self.receiver_customer_id or contact.copy(
                {
                    "name": contact.name,
                    "program_node_id": self.receiver_id.id,
                    "company_id": contact.company_id and self.receiver_id.company_id.id,
                }
            )
            Subscription._billed_by(own, seller)
            found[contact.id] = own.id
        return found

    def _leavers(self):
        """Partners whose people read what moves until now, and not from now on."""
        Partner = self.env["program.partner"]
        before = self._giver() | self._moved().upline_id
        if self.kind == "end":
            return Partner
        return Partner.search([("id", "parent_of", before.ids)]) - Partner.search(
            [("id", "parent_of", self.receiver_id.ids)]
        )

    def _stop_reading(self, leavers, tenants, nodes):
        """Nobody of ``leavers`` is told of, or has to do with, what it no longer reads."""
        Users = self.env["res.users"].with_context(active_test=False)
        people = Users.search([("program_partner_id", "in", leavers.ids)])
        followers = self.env["mail.followers"].search([("partner_id", "in", people.partner_id.ids)])
        for model, rows in followers.grouped("res_model").items():
            gone = self._concerned(model, rows.mapped("res_id"), tenants, nodes)
            rows.filtered(lambda row, gone=gone: row.res_id in gone).unlink()
        activities = self.env["mail.activity"].search([("user_id", "in", people.ids)])
        for model, rows in activities.grouped("res_model").items():
            gone = self._concerned(model, rows.mapped("res_id"), tenants, nodes)
            for row in rows.filtered(lambda row, gone=gone: row.res_id in gone):
                row.user_id = gone[row.res_id]._first_manager() or self.env.user

    def _concerned(self, model, idents, tenants, nodes):
        """Those of the records that moved: {id: partner that has them now}."""
        Model = self.env.get(model)
        if Model is None or "program_node_id" not in Model._fields or not Model._auto:
            return {}
        by_tenant = "id" if model == "hosting.tenant" else "tenant_id"
        moved = fields.Domain("program_node_id", "child_of", nodes.ids) if nodes else NOTHING
        if by_tenant in Model._fields:
            moved |= fields.Domain(by_tenant, "in", tenants.ids)
        found = Model.with_context(active_test=False).search(
            fields.Domain("id", "in", idents) & moved
        )
        return {record.id: record.program_node_id for record in found}
