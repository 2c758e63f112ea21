from odoo import api, fields, models

from ..adapters.gates import Lack
from ..engine import parties as engine


class ProgramDeal(models.Model):
    """An OEM deal has three parties and displaces no implementation partner (PG-037, PG-038)."""

    _inherit = "program.deal"

    is_oem = fields.Boolean(compute="_compute_is_oem")
    no_delivery_reason = fields.Char(
        string="Why no delivery partner",
        tracking=True,
        help="An OEM deal has a delivery partner engaged, or says here why it needs none.",
    )
    parties = fields.Text(compute="_compute_parties")

    @api.depends("program_node_id.commercial_model_id")
    def _compute_is_oem(self):
        for deal in self:
            # Safe: the model of the partner whose deal the reader sees.
            deal.is_oem = deal.sudo().program_node_id.model_code == "oem"

    @api.depends("program_node_id", "kind", "no_delivery_reason", "engagement_ids.state")
    def _compute_parties(self):
        # Safe: the name of the platform, which is no secret to whoever works on it.
        platform = self.env["program.partner"].sudo()._root().name
        for deal in self:
            if not deal.is_oem:
                deal.parties = False
                continue
            lines = engine.parties(deal._oem_facts(platform))
            deal.parties = "\n".join(deal._party_line(role, name) for role, name in lines)

    def _oem_facts(self, platform=""):
        # Safe: names of the parties of a deal, which each of them may know (TRADE 1).
        own = self.sudo()
        engaged = own.engagement_ids.filtered(
            lambda each: each.role == "delivery" and each.state in ("offered", "running")
        )
        return engine.OemDeal(
            vendor=own.program_node_id.name or "",
            platform=platform or "",
            kind=own.kind or "",
            delivery=tuple(engaged.partner_id.mapped("name")),
            reason=own.no_delivery_reason or "",
        )

    def _party_line(self, role, name):
        missing = self.no_delivery_reason or self.env._("missing")
        if role == engine.VENDOR:
            return self.env._(
                "OEM vendor, %(name)s: sells and invoices under its brand, first line, roadmap",
                name=name,
            )
        if role == engine.DELIVERY:
            return self.env._(
                "Delivery partner, %(name)s: implements under the vendor's brand, second line",
                name=name or missing,
            )
        return self.env._(
            "Platform, %(name)s: hosting, releases, third line; not named to the customer",
            name=name,
        )

    @api.depends("no_delivery_reason", "kind", "engagement_ids.state", "engagement_ids.role")
    def _compute_gate_state(self):
        return super()._compute_gate_state()


class GovernanceGate(models.Model):
    _inherit = "governance.gate"

    def _lacks(self, record):
        lacks = super()._lacks(record)
        is_oem = record._name == "program.deal" and record.is_oem
        if is_oem and engine.lacks_delivery(record._oem_facts()):
            text = self.env._(
                "a delivery partner engaged for this OEM deal, or the reason why it has none "
                "(field “Why no delivery partner”)"
            )
            lacks = [*lacks, Lack(text, record)]
        return lacks


class CrmLead(models.Model):
    _inherit = "crm.lead"

    program_parties = fields.Text(related="program_deal_id.parties", string="Parties")
