from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..adapters import capacity as adapter
from ..engine.capacity import forecast
from ..engine.money import plain

BATCH = 200
DAYS_A_MONTH = 30


class HostingCapacity(models.Model):
    """A tenant's meter on the way to its limit: trend, and the day on which it gets there
    (TB-055)."""

    _name = "hosting.capacity"
    _description = "Capacity"
    _order = "reach_date, share desc, id"
    _rec_name = "meter_id"

    tenant_id = fields.Many2one("hosting.tenant", required=True, index=True, ondelete="cascade")
    program_node_id = fields.Many2one(
        related="tenant_id.program_node_id", store=True, index=True, ondelete="restrict"
    )
    profile_id = fields.Many2one(related="tenant_id.profile_id", store=True)
    meter_id = fields.Many2one("billing.meter", required=True, ondelete="restrict")
    unit = fields.Char(related="meter_id.unit")
    own_limit = fields.Float(digits=(24, 9), help="Of this tenant, instead of its profile's.")
    limit = fields.Float(
        digits=(24, 9), compute="_compute_limit", store=True, aggregator=None, string="Limit"
    )
    level = fields.Float(digits=(24, 9), readonly=True, aggregator=None, string="Used now")
    share = fields.Float(
        string="Used (%)", compute="_compute_share", store=True, aggregator="max", digits=(16, 1)
    )
    growth = fields.Float(
        digits=(24, 2), readonly=True, aggregator=None, help="In 30 days, by the trend."
    )
    verdict = fields.Selection(
        [
            ("too_little", "Too little data"),
            ("reached", "Limit reached"),
            ("steady", "Not growing"),
            ("beyond", "More than two years away"),
            ("forecast", "Forecast"),
        ],
        string="Outlook",
        default="too_little",
        required=True,
        readonly=True,
    )
    reach_date = fields.Date(string="Reached on", readonly=True, index=True)
    computed_on = fields.Date(readonly=True, index=True)

    _meter_uniq = models.Constraint(
        "UNIQUE (tenant_id, meter_id)", "The tenant's capacity of this meter is watched already."
    )

    @api.depends("own_limit", "meter_id", "tenant_id.profile_id.limit_ids.limit")
    def _compute_limit(self):
        for one in self:
            # Safe: limits of profiles are the programme's standards, which everybody reads.
            of_profile = one.tenant_id.sudo().profile_id.limit_ids.filtered(
                lambda limit, one=one: limit.meter_id == one.meter_id
            )
            one.limit = one.own_limit or of_profile.limit

    @api.depends("level", "limit")
    def _compute_share(self):
        for one in self:
            one.share = 100 * one.level / one.limit if one.limit else 0

    @api.model
    def _cron(self):
        """Watch what has a limit, then forecast what was not forecast today."""
        today = self.env["billing.run"]._clock().date()
        self._watch()
        domain = [
            ("tenant_id.state", "!=", "terminated"),
            "|",
            ("computed_on", "=", False),
            ("computed_on", "!=", today),
        ]
        while found := self.search(domain, limit=BATCH, order="id"):
            found._forecast(today)
            left = self.search_count(domain)
            if not self.env["ir.cron"]._commit_progress(len(found), remaining=left):
                return

    @api.model
    def _watch(self):
        """A row for each meter that the profile of a tenant limits."""
        missing = self.env.execute_query(
            SQL(
                """
                SELECT t.id, l.meter_id
                  FROM hosting_tenant t
                  JOIN hosting_profile_limit l ON l.profile_id = t.profile_id
                 WHERE t.active AND t.state IN ('provisioned', 'live', 'suspended')
                   AND NOT EXISTS (SELECT FROM hosting_capacity c
                                    WHERE c.tenant_id = t.id AND c.meter_id = l.meter_id)
                """,
                to_flush=self.env["hosting.tenant"]._fields["state"],
            )
        )
        self.create([{"tenant_id": tenant, "meter_id": meter} for tenant, meter in missing])

    def _forecast(self, today):
        """Work out the trend from daily usage up to and including ``today``."""
        values = adapter.read_daily(self, today)
        for one in self:
            written = {
                "computed_on": today,
                "verdict": "too_little",
                "reach_date": False,
                "level": 0,
                "growth": 0,
            }
            if one.limit:
                points = values.get((one.tenant_id.id, one.meter_id.id), ())
                found = forecast(points, adapter.decimal(one.limit), today)
                written.update(
                    verdict=found.verdict,
                    level=float(plain(found.level)),
                    growth=float(plain((found.slope or 0) * DAYS_A_MONTH)) if found.slope else 0,
                    reach_date=found.day,
                )
            one.write(written)

    def action_history(self):
        """The daily usage that the forecast is made from."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Usage of %(tenant)s", tenant=self.tenant_id.display_name),
            "res_model": "billing.usage.bucket",
            "view_mode": "graph,list",
            "context": {"fill_temporal": False},
            "domain": [
                ("tenant_id", "=", self.tenant_id.id),
                ("meter_id", "=", self.meter_id.id),
                ("day", ">", (self.computed_on or fields.Date.today()) - timedelta(days=90)),
            ],
        }
