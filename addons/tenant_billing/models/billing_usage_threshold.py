from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..adapters import thresholds as adapter
from ..engine.zones import local_day

BATCH = 200


class BillingUsageThreshold(models.Model):
    """A tenant's owner is told once a period when a meter passes this. No money on it."""

    _name = "billing.usage.threshold"
    _description = "Usage alert"
    _order = "tenant_id, meter_id, id"
    _rec_name = "meter_id"

    tenant_id = fields.Many2one("hosting.tenant", required=True, index=True, ondelete="cascade")
    program_node_id = fields.Many2one(
        related="tenant_id.program_node_id", store=True, index=True, ondelete="restrict"
    )
    meter_id = fields.Many2one("billing.meter", required=True, ondelete="restrict")
    basis = fields.Selection(
        [("percent", "% of what is included"), ("value", "Quantity")],
        required=True,
        default="percent",
    )
    threshold = fields.Float(digits=(24, 9), required=True, default=80)
    active = fields.Boolean(default=True)
    period_start = fields.Date(string="Period from", readonly=True)
    quantity = fields.Float(string="Used in the period", digits=(24, 9), readonly=True)
    crossed = fields.Boolean(readonly=True)
    alerted_period = fields.Date(
        string="Alerted in the period from", readonly=True, help="Once a period."
    )
    checked_at = fields.Datetime(readonly=True)

    _by_check = models.Index("(checked_at NULLS FIRST, id)")

    @api.constrains("threshold")
    def _check_threshold(self):
        if any(one.threshold <= 0 for one in self):
            raise ValidationError(self.env._("An alert needs a threshold above 0."))

    @api.model
    def _cron(self):
        """Check all alerts, those not looked at for longest first."""
        now = self.env["billing.run"]._clock().replace(microsecond=0)
        domain = ["|", ("checked_at", "=", False), ("checked_at", "<", now.replace(tzinfo=None))]
        while found := self.search(domain, limit=BATCH, order="checked_at NULLS FIRST, id"):
            found._check(now)
            left = self.search_count(domain)
            if not self.env["ir.cron"]._commit_progress(len(found), remaining=left):
                return

    def _check(self, now):
        """Compare the running period of each tenant's subscription with its alerts; tell the
        owner what was passed since the last time.

        :param now: aware instant
        """
        uses = adapter.read_uses(self, now)
        for one in self:
            values = {"checked_at": now.replace(tzinfo=None), "crossed": False}
            use = uses.get((one.tenant_id.id, one.meter_id.id))
            if use:
                limit = one.threshold
                if one.basis == "percent":
                    limit *= float(use.included) / 100
                crossed = limit > 0 and float(use.quantity) >= limit
                values.update(period_start=use.start, quantity=float(use.quantity), crossed=crossed)
                if crossed and one.alerted_period != use.start:
                    values["alerted_period"] = use.start
                    one._alert(use, local_day(now, use.timezone))
            one.write(values)

    def _alert(self, use, today: date):
        """A to-do for the tenant's owner; without one, a note on the tenant."""
        tenant = self.tenant_id
        owner = tenant.user_id
        told = owner.active and tenant.with_user(owner).has_access("read")
        env = self.with_context(lang=owner.lang if told else self.env.lang).env
        values = {
            "meter": self.meter_id.with_env(env).name,
            "quantity": f"{float(use.quantity):,.2f}",
            "unit": self.meter_id.with_env(env).unit or "",
            "day": format_date(env, use.start),
        }
        text = env._("%(meter)s: %(quantity)s %(unit)s used since %(day)s", **values)
        if told:
            tenant.activity_schedule(
                "mail.mail_activity_data_todo", today, summary=text, user_id=owner.id
            )
        else:
            tenant.message_post(body=text)
