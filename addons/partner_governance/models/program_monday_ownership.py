from odoo import api, fields, models
from odoo.fields import Domain

from ..engine import matching
from .program_right import REMIND_DAYS


class ProgramMonday(models.AbstractModel):
    """Rights that end or lack something, protections that lapse, conflicts at the desk."""

    _inherit = "program.monday"

    @api.model
    def _monday_rights(self):
        """For managers: what they granted and ends, what they hold and lacks a term (PG-029)."""
        if not self.env.user.has_group("partner_governance.group_partner_manager"):
            return []
        today = fields.Date.context_today(self)
        node = self.env["program.isolation"]._scope().node_id
        Right = self.env["program.right"]
        ends = (
            Domain("granter_id", "=", node)
            & Domain("date_until", ">", today)
            & Domain("date_until", "<=", fields.Date.add(today, days=REMIND_DAYS))
        )
        lacks = Domain("holder_id", "=", node) & Domain("is_red", "=", True)
        found = Right.search(Right._running_domain(today) & (ends | lacks), limit=50)
        soon = found.filtered_domain(ends)
        return [
            {
                "who": right.display_name,
                "why": self.env._("This right ends")
                if right in soon
                else self.env._("Missing or unclear: %(terms)s", terms=right.red_reason),
                "todo": self.env._("Renew it or let it end")
                if right in soon
                else self.env._("Complete it"),
                "due": right in soon and right.date_until,
                "res_model": right._name,
                "res_id": right.id,
                "money": None,
            }
            for right in found
        ]

    @api.model
    def _monday_protections(self):
        """For whoever is responsible: deals whose protection lapses (PG-025)."""
        soon = fields.Date.add(fields.Date.context_today(self), days=matching.WARN_DAYS)
        found = self.env["program.deal"].search(
            [
                ("user_id", "=", self.env.uid),
                ("state", "=", "registered"),
                ("protection_state", "=", "protected"),
                ("lapses_on", "<=", soon),
            ],
            limit=50,
        )
        return [
            {
                "who": deal.company_name,
                "why": self.env._("The protection lapses"),
                "todo": self.env._("Take a step, or extend it"),
                "due": deal.lapses_on,
                "res_model": deal._name,
                "res_id": deal.id,
                "money": None,
            }
            for deal in found
        ]

    @api.model
    def _monday_caretakers(self):
        """For the caretaker's managers and the desk: who has left and is not archived, from two
        weeks before the caretaker's time is over (PG-151)."""
        if not self.env.user.has_groups(
            "partner_governance.group_partner_manager,partner_governance.group_platform_staff"
        ):
            return []
        scope = self.env["program.isolation"]._scope()
        Transfer = self.env["program.transfer"]
        soon = fields.Date.add(fields.Date.context_today(self), days=14)
        domain = Transfer._caretaker_domain() & Domain("caretaker_until", "<=", soon)
        if scope.kind != "platform":
            domain &= Domain("receiver_id", "=", scope.node_id)
        return [
            {
                "who": one.display_name,
                "why": self.env._("Has left, and somebody still depends on it"),
                "todo": self.env._("Find receivers, or end it"),
                "due": one.caretaker_until,
                "res_model": one._name,
                "res_id": one.id,
                "money": None,
            }
            for one in Transfer.search(domain, order="caretaker_until, id", limit=50)
        ]

    @api.model
    def _monday_conflicts(self):
        """For the programme desk: registrations that wait for its answer (PG-025)."""
        if not self.env.user.has_group("partner_governance.group_platform_staff"):
            return []
        found = self.env["program.conflict"].search([("state", "=", "open")], limit=50)
        return [
            {
                "who": one.display_name,
                "why": dict(one._fields["rule"]._description_selection(self.env))[one.rule],
                "todo": self.env._("Decide whose it is"),
                "due": one.due_date,
                "res_model": one._name,
                "res_id": one.id,
                "money": None,
            }
            for one in found
        ]
