from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..adapters import holds as adapter

# Documents that a click posts and sends in its own transaction; more are left to the scheduler.
AT_ONCE = 50


class BillingRun(models.Model):
    """What a seller's month-end settings make of a run: when drafts are made, which of them
    wait, which follow as supplements, which are held (TRADE 4)."""

    _inherit = "billing.run"

    statement_ids = fields.Many2many(
        "billing.statement",
        "billing_run_statement_rel",
        readonly=True,
        help="Posts and sends these alone: somebody closed a month.",
    )

    def _open_charges(self):
        domain = Domain(super()._open_charges())
        return domain & ~(self._before_cutoff() & self._keeping_days()) & ~self._incomplete()

    def _keeping_days(self):
        """Sellers whose days this run keeps: at night all of them; whoever bills something at
        once does not wait for its own days, and does not touch those of the other sellers."""
        if not self.single:
            return Domain.TRUE
        scope = self.env["program.isolation"]._scope_of_person()
        return Domain.FALSE if scope.kind == "system" else Domain("seller_id", "!=", scope.node_id)

    def _before_cutoff(self):
        """Charges whose seller still waits for usage."""
        policies = self.env["billing.close.policy"].search([("cutoff_days", ">", 0)])
        return Domain.OR(
            Domain("seller_id", "=", each.seller_id.id)
            & Domain("billing_day", ">", self.as_of - timedelta(days=each.cutoff_days))
            for each in policies
        )

    @api.model
    def _incomplete(self):
        """Charges of buyers whose seller wants complete invoices, while one of the buyer's
        subscriptions is parked."""
        sellers = self.env["billing.close.policy"].search([("complete_only", "=", True)]).seller_id
        if not sellers:
            return Domain.FALSE
        parked = self.env["billing.run.failure"].search(
            [("phase", "=", "book"), ("state", "=", "open")]
        )
        legs = self.env["billing.leg"].search(
            [
                ("subscription_id", "in", parked.subscription_id.ids),
                ("seller_id", "in", sellers.ids),
            ]
        )
        return Domain.OR(
            Domain([(name, "=", party.id) for name, party in zip(adapter.PAIR, key, strict=True)])
            for key in {adapter.pair(leg) for leg in legs}
        )

    @api.model
    def _close_now(self, statements):
        """Post drafts that are not held, and send what is issued: now, or by the scheduler
        where they are many.

        :return: the run
        """
        run = self._open()
        run.write(
            {
                "single": True,
                "state": "post",
                "statement_ids": [fields.Command.set(statements.ids)],
            }
        )
        if len(statements) > AT_ONCE:
            # Safe: wakes the scheduler for the run that was just made.
            self.env.ref("tenant_billing.cron_billing").sudo()._trigger()
        else:
            run._finish()
        return run
