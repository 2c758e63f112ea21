from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

# Percent of recurring revenue that come before an OEM programme; parameter
# tenant_billing.oem_recurring_mix.
RECURRING_MIX = 60
# Hosting, support, optimisation, automation (002 line 33).
BUILT_ON = (
    "hosting", "storage", "backup", "integration", "environment", "monitoring", "support",
    "compliance", "subscription", "retainer", "optimisation", "analytics", "forecasting",
    "integration_monitoring",
)  # fmt: skip


class ProgramPartner(models.Model):
    """Recurring revenue is built before a complex OEM programme (TB-031)."""

    _inherit = "program.partner"

    oem_warning = fields.Char(compute="_compute_oem_warning")

    @api.depends("commercial_model_id", "upline_id")
    @api.depends_context("uid")
    def _compute_oem_warning(self):
        scope = self.env["program.isolation"]._scope()
        for node in self:
            origin = node._origin
            node.oem_warning = False
            if node.model_code != "oem" or not origin:
                continue
            # Safe: of a mix only that it is low is told, and its figures to who charged them.
            recurring, total = origin.sudo()._recurring_mix()
            least = self.env["billing.subscription"]._bound("oem_recurring_mix", RECURRING_MIX)
            if total and 100 * recurring >= least * total:
                continue
            parties = (origin.id, origin.sudo().upline_id.id)
            priced = self.env.user.has_group("partner_governance.group_partner_finance")
            party = scope.kind == "system" or (priced and scope.node_id in parties)
            node.oem_warning = node._oem_sentence(least, recurring, total, party)

    def _oem_sentence(self, least, recurring, total, party):
        if not total:
            return self.env._(
                "Nothing was charged to this partner in the last 12 months: build hosting, "
                "support and optimisation before an OEM programme (at least %(least)s %% "
                "recurring).",
                least=least,
            )
        if not party:
            return self.env._(
                "Less than %(least)s %% of what this partner buys recurs: build hosting, support "
                "and optimisation before an OEM programme.",
                least=least,
            )
        return self.env._(
            "%(mix).0f %% of what this partner was charged in the last 12 months recurs "
            "(%(recurring).2f of %(total).2f %(currency)s), less than the %(least)s %% that come "
            "before an OEM programme: build hosting, support and optimisation first.",
            mix=100 * recurring / total,
            recurring=recurring,
            total=total,
            currency=self.sudo().upline_id.company_id.currency_id.name,
            least=least,
        )

    def _recurring_mix(self):
        """What its upline charged this node in 12 months, in the upline's currency: the part
        that recurs in the streams to build on, and all of it."""
        today = self.env["billing.run"]._clock().date()
        found = self.env["billing.charge"]._read_group(
            [
                ("seller_id", "=", self.upline_id.id),
                ("buyer_id", "=", self.id),
                ("due", ">", today - relativedelta(months=12)),
                ("due", "<=", today),
            ],
            ["component_kind", "stream"],
            ["company_amount:sum"],
        )
        recurring = sum(
            amount for kind, stream, amount in found if kind != "one_off" and stream in BUILT_ON
        )
        return recurring, sum(amount for _kind, _stream, amount in found)

    def write(self, vals):
        before = {node: node.model_code for node in self}
        done = super().write(vals)
        if "commercial_model_id" in vals:
            for node in self:
                if node.model_code == "oem" and before[node] != "oem":
                    # Safe: the audit trail keeps that it was warned of, no figures.
                    recurring, total = node.sudo()._recurring_mix()
                    least = self.env["billing.subscription"]._bound(
                        "oem_recurring_mix", RECURRING_MIX
                    )
                    low = not total or 100 * recurring < least * total
                    self.env["governance.event"]._record(
                        "program.partner.oem",
                        node,
                        node,
                        before[node] or "",
                        "oem, recurring mix low" if low else "oem",
                    )
        return done
