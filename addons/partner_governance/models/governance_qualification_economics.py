from decimal import Decimal

from odoo import api, fields, models

from ..adapters import qualification as adapter
from ..engine import economics

PRICED = "partner_governance.group_partner_finance"


class GovernanceQualification(models.Model):
    """Effort, margin and payback of a deal before it is offered (PG-095).

    Days are read up the tree. Money is worked out for whoever reads, from the rates of the
    reader's own node: it is stored nowhere, and nobody else's rates can be read.
    """

    _inherit = "governance.qualification"

    effort_days = fields.Float(compute="_compute_effort", string="Effort (days)", digits=(8, 1))
    effort_source = fields.Text(compute="_compute_effort", string="Made of")
    margin_source = fields.Text(compute="_compute_margin", string="From", groups=PRICED)
    service_margin = fields.Float(
        compute="_compute_margin", string="Margin", groups=PRICED, digits=(16, 2)
    )
    service_margin_percent = fields.Float(
        compute="_compute_margin", string="Margin (%)", groups=PRICED, digits=(5, 1)
    )
    payback = fields.Char(compute="_compute_margin", string="Payback", groups=PRICED)

    def _effort(self, rates):
        self.ensure_one()
        return economics.effort(adapter.answers(self), self.tier_level or 1, rates)

    @api.depends(lambda self: ("tier_id", *self._answer_names()))
    def _compute_effort(self):
        # Few rows of policy: pylint: disable-next=no-search-all
        rates = self.env["governance.effort.rate"].search([])
        compiled, names = adapter.rates(rates), {str(rate.id): rate for rate in rates}
        for record in self:
            lines = record._effort(compiled)
            record.effort_days = float(sum(line.days for line in lines))
            record.effort_source = "\n".join(
                self.env._(
                    "%(days)s days: %(quantity)s × %(rate)s, %(name)s (%(origin)s)",
                    days=line.days,
                    quantity=line.quantity,
                    rate=line.rate,
                    name=names[line.code].name,
                    origin=names[line.code].source or self.env._("rate of the programme"),
                )
                for line in lines
            )

    @api.depends(lambda self: ("tier_id", *self._answer_names()))
    @api.depends_context("uid")
    def _compute_margin(self):
        # Under the reader's own rights: a card of another node is not found.
        cards = self.env["governance.rate.card"].search(
            [("program_node_id", "in", self.program_node_id.ids)]
        )
        # Few rows of policy: pylint: disable-next=no-search-all
        compiled = adapter.rates(self.env["governance.effort.rate"].search([]))
        for record in self:
            card = cards.filtered(
                lambda one, record=record: (
                    one.program_node_id == record.program_node_id
                    and one.tier_level in (0, record.tier_level)
                )
            )[:1]
            if not card:
                record.service_margin = record.service_margin_percent = 0.0
                record.payback = False
                record.margin_source = self.env._(
                    "Not connected: no rates yet (Settings of your deals, “Our rates”)."
                )
                continue
            days = sum((line.days for line in record._effort(compiled)), Decimal(0))
            result = economics.economics(days, card._terms())
            record.service_margin = float(result.margin)
            record.service_margin_percent = float(result.margin_percent or 0)
            record.payback = record._payback(result.payback_months)
            record.margin_source = self.env._(
                "%(days)s days × %(price)s = %(revenue)s; (%(days)s + %(presales)s) days × "
                "%(cost)s = %(spent)s; hosting leaves %(month)s a month (“%(card)s”)",
                days=days,
                price=card.day_price,
                revenue=result.revenue,
                presales=card.presales_days,
                cost=card.day_cost,
                spent=result.cost,
                month=result.month_margin,
                card=card.name,
            )

    def _payback(self, months):
        if months is None:
            return self.env._("Never: hosting does not earn what the project costs.")
        if not months:
            return self.env._("At once: the project pays for itself.")
        return self.env._("%(months)s months", months=months)


class GovernanceRateCard(models.Model):
    _inherit = "governance.rate.card"

    def _terms(self):
        self.ensure_one()
        return economics.Terms(
            *(
                Decimal(str(value))
                for value in (
                    self.day_price,
                    self.day_cost,
                    self.month_price,
                    self.month_cost,
                    self.presales_days,
                )
            )
        )
