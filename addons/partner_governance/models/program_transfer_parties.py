from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ProgramDeal(models.Model):
    _inherit = "program.deal"

    def _change_hands(self, node):
        """Open registrations go to ``node``: the answers too, the giver's opportunity does not,
        since its prices are the giver's own. Runs as the system."""
        for deal in self:
            old = deal.lead_ids
            old.write({"program_deal_id": False})
            old.action_archive()
            deal.engagement_ids.filtered(
                lambda each: each.state in ("offered", "running")
            )._set_state("ended")
            deal.activity_ids.write({"user_id": node._first_person().id or self.env.uid})
            deal.message_unsubscribe(deal.message_partner_ids.ids)
            deal.write(
                {
                    "program_node_id": node.id,
                    "user_id": node._first_person().id,
                    "reference": node._next_reference(deal._name, deal._reference_prefix),
                }
            )
            deal._ensure_opportunity()


class ProgramPartner(models.Model):
    _inherit = "program.partner"

    def _above(self):
        """The partner and everybody above it."""
        return self.search([("id", "parent_of", self.ids)]) if self else self

    def _archive_obstacles(self):
        """Sentences: what keeps the partners from being archived (PG-151); hook."""
        found = []
        Ownership = self.env["program.ownership"].sudo()
        for node in self:
            # Each customer needs a receiver or a day on which it ends.
            customers = Ownership.search(
                Ownership._running_domain()
                & Domain("program_node_id", "=", node.id)
                & Domain("reason", "!=", "registered")
                & Domain("date_until", "=", False)
            )
            if customers:
                names = ", ".join(customers.mapped("company_name")[:5])
                found.append(
                    self.env._(
                        "%(node)s still has %(count)s customers without a receiver or an end "
                        "date: %(names)s. Plan a change of hands.",
                        node=node.name,
                        count=len(customers),
                        names=names,
                    )
                )
            if node.downline_ids:
                found.append(
                    self.env._(
                        "%(node)s still has partners below it: %(names)s.",
                        node=node.name,
                        names=", ".join(node.downline_ids.mapped("name")[:5]),
                    )
                )
        return found

    @api.constrains("active")
    def _check_archived(self):
        obstacles = self.sudo().filtered(lambda node: not node.active)._archive_obstacles()
        if obstacles:
            raise UserError("\n".join(obstacles))
