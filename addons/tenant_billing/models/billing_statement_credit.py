from odoo import Command, models
from odoo.exceptions import UserError


class BillingStatement(models.Model):
    """Taking back a whole document: the ledger's answer to core's reset and reverse."""

    _inherit = "billing.statement"

    def action_credit(self):
        """Book the opposite of every charge of an issued statement and credit it at once, at
        the taxes first billed; the next run bills again what is right then."""
        self.ensure_one()
        self._check_seller()
        if self.state != "issued":
            raise UserError(self.env._("It is a draft still: delete it instead."))
        # Safe: checked above to be the seller's own document.
        return self.sudo()._credit()

    def _credit(self):
        rows = self.charge_ids
        # Revisions are counted under the subscriptions' locks, as in a run.
        rows.subscription_id.lock_for_update(allow_referencing=True)
        newest = self._newest_revisions(rows)
        day = max(self.env["billing.run"]._clock().date(), self.billing_day)
        opposite = self.env["billing.charge"]
        for row in rows:
            key = (row.leg_id.id, row.component_code, row.kind, row.period_start)
            newest[key] += 1
            # A tax that was archived since is named by the check of parties, not left out.
            row = row.with_context(active_test=False)
            values = row.copy_data()[0]
            values.update(
                revision=newest[key],
                amount=-row.amount,
                company_amount=-row.company_amount,
                reason="reversed",
                billing_day=day,
                tax_ids=[Command.set(row.tax_ids.ids)],
                route=self.route,
                statement_id=False,
                move_line_id=False,
                run_id=False,
                drafted_run_id=False,
            )
            opposite |= opposite.create(values)
        # In the books that hold the document, whatever the route is by now.
        credit = self._draft_charges(opposite)
        credit.credit_of_id = self
        credit._issue()
        self.env["governance.event"]._record(
            "billing.statement.credit", self, self.seller_id, self.reference, credit.reference
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "billing.statement",
            "res_id": credit.id,
            "view_mode": "form",
        }

    def _newest_revisions(self, rows):
        groups = self.env["billing.charge"]._read_group(
            [("leg_id", "in", rows.leg_id.ids)],
            ["leg_id", "component_code", "kind", "period_start:day"],
            ["revision:max"],
        )
        return {(leg.id, code, kind, start): newest for leg, code, kind, start, newest in groups}
