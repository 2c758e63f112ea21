from datetime import timedelta

from odoo import api, fields, models

BATCH = 100


class BillingRetainerPeriod(models.Model):
    """The balance of one period, kept for lists and the burn-down; worked out by the engine."""

    _name = "billing.retainer.period"
    _description = "Retainer balance"
    _order = "subscription_id, date_from desc"
    _rec_name = "date_from"

    subscription_id = fields.Many2one(
        "billing.subscription", required=True, index=True, ondelete="cascade"
    )
    program_node_id = fields.Many2one(
        related="subscription_id.program_node_id", store=True, index=True
    )
    tenant_id = fields.Many2one(related="subscription_id.tenant_id", store=True, index=True)
    date_from = fields.Date(string="From", required=True)
    date_until = fields.Date(string="Until", required=True, help="First day not in it.")
    carried = fields.Float(string="Carried over", digits=(16, 2))
    granted = fields.Float(digits=(16, 2))
    used = fields.Float(digits=(16, 2))
    overage = fields.Float(string="Beyond", digits=(16, 2))
    expired = fields.Float(digits=(16, 2), help="At its beginning, by the rule.")
    closing = fields.Float(string="Left", digits=(16, 2))

    _period_uniq = models.UniqueIndex("(subscription_id, date_from)")

    @api.model
    def _cron(self):
        """Open the periods that have begun, of each retainer once a day."""
        today = self.env["billing.run"]._clock().date()
        Subscription = self.env["billing.subscription"]
        domain = [
            ("retainer_component_id", "!=", False),
            ("state", "in", ("active", "suspended")),
            "|",
            ("retainer_refreshed_on", "=", False),
            ("retainer_refreshed_on", "<", today),
        ]
        while found := Subscription.search(domain, limit=BATCH, order="id"):
            locked = found.try_lock_for_update(allow_referencing=True)
            locked._refresh_retainers()
            locked.retainer_refreshed_on = today
            left = self.env["ir.cron"]._commit_progress(
                len(locked), remaining=Subscription.search_count(domain)
            )
            # All that is left is locked by others: the scheduler comes again.
            if not left or not locked:
                return


class BillingSubscription(models.Model):
    _inherit = "billing.subscription"

    retainer_refreshed_on = fields.Date(
        readonly=True, copy=False, help="The day on which the scheduler has opened its periods."
    )

    def _hours_beyond(self):
        """Hours beyond the balance up to today, by subscription whose retainer refuses them."""
        found = {}
        for one in self:
            if one.retainer_component_id.retainer_beyond == "refused":
                # Of two entries at once the second one counts the first one's hours.
                one.sudo()._take_turns()
                account = one._retainer_account(one._today())
                found[one] = sum(hours for _entry, hours in account.overage)
        return found

    def _refresh_retainers(self):
        """Bring the balances kept up to date, up to the running period."""
        for one in self.filtered(lambda one: one.retainer_component_id and one.state != "draft"):
            # Safe: balances follow from hours that the caller was allowed to enter.
            own = one.sudo()
            last = own._today()
            if own.ended_on:
                last = min(last, own.ended_on - timedelta(days=1))
            known = {period.date_from: period for period in own.retainer_period_ids}
            new = []
            for balance in own._retainer_account(last).periods:
                values = {
                    "date_until": balance.end,
                    **{
                        name: float(getattr(balance, name))
                        for name in (
                            "carried", "granted", "used", "overage", "expired", "closing",
                        )
                    },
                }  # fmt: skip
                if kept := known.pop(balance.start, None):
                    if any(kept[name] != value for name, value in values.items()):
                        kept.write(values)
                else:
                    new.append({"subscription_id": own.id, "date_from": balance.start, **values})
            self.env["billing.retainer.period"].sudo().create(new)
            own.env["billing.retainer.period"].union(*known.values()).unlink()
