from odoo import fields, models
from odoo.tools import SQL

from .billing_mrr_bridge import money


class BillingMrrRetention(models.Model):
    """What became of the accounts that were there at the beginning of a span (TB-059).

    GRR = (start − contraction − churn) / start, NRR = GRR + expansion / start, of each account
    net over the span, so that a season or a pause within it counts as nothing, and GRR is at
    most 100. What was transferred away is taken out of the start, what was transferred in out of
    the end.
    """

    _name = "billing.mrr.retention"
    _description = "Retention of MRR"
    _inherit = ["billing.report.mixin"]
    _auto = False
    _order = "month desc, mrr_start desc, id"
    _rec_name = "period"
    _depends = {
        "billing.mrr.movement": [
            "seller_id",
            "account",
            "day",
            "effective_day",
            "kind",
            "company_amount",
            "logos",
        ],
    }
    _report_ratios = {
        "grr": ("mrr_kept", "mrr_start"),
        "nrr": ("mrr_end", "mrr_start"),
        "logo_retention": ("accounts_kept", "accounts"),
    }

    seller_id = fields.Many2one("program.partner", readonly=True)
    customer_id = fields.Many2one("res.partner", readonly=True)
    tenant_id = fields.Many2one("hosting.tenant", readonly=True)
    buyer_id = fields.Many2one("program.partner", string="Partner", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    span = fields.Selection(
        [
            ("month", "Since the month before"),
            ("year", "Since 12 months before"),
            ("cohort", "Since the account's first month"),
        ],
        readonly=True,
    )
    month = fields.Date(readonly=True)
    period = fields.Char(string="End of", readonly=True)
    cohort = fields.Date(readonly=True, help="The account's first month.")
    age = fields.Char(string="Months since", readonly=True, help="From the first month on.")
    mrr_start = money("MRR at the start")
    expansion = money("Expansion")
    contraction = money("Contraction")
    churn = money("Churn")
    mrr_kept = money("MRR kept")
    mrr_end = money("MRR of them at the end")
    accounts = fields.Integer(readonly=True)
    accounts_kept = fields.Integer(readonly=True)
    grr = fields.Float("GRR (%)", readonly=True, digits=(16, 1), aggregator="avg")
    nrr = fields.Float("NRR (%)", readonly=True, digits=(16, 1), aggregator="avg")
    logo_retention = fields.Float(
        "Logo retention (%)", readonly=True, digits=(16, 1), aggregator="avg"
    )

    @property
    def _table_query(self):
        """What was kept of three starts. Conditions on seller and month reach the movements."""
        return SQL(
            """
            SELECT (position * 4096 + months) * 4 + number AS id, seller_id, customer_id,
                   tenant_id, buyer_id, company_currency_id, span, month,
                   to_char(month, 'YYYY-MM') AS period, cohort,
                   lpad(months::text, 3, '0') AS age,
                   start AS mrr_start, greatest(stop - start, 0) AS expansion,
                   CASE WHEN there THEN greatest(start - stop, 0) ELSE 0 END AS contraction,
                   CASE WHEN there THEN 0 ELSE start END AS churn,
                   least(start, stop) AS mrr_kept, stop AS mrr_end,
                   1 AS accounts, there::int AS accounts_kept,
                   100 * least(start, stop) / NULLIF(start, 0) AS grr,
                   100 * stop / NULLIF(start, 0) AS nrr,
                   100.0 * there::int AS logo_retention
              FROM (
                SELECT b.*, s.number, s.span, b.logos > 0 AS there,
                       greatest(s.closing + least(b.moved - s.moved, 0), 0) AS start,
                       greatest(b.closing - greatest(b.moved - s.moved, 0), 0) AS stop
                  FROM (%(balances)s) b
                 CROSS JOIN LATERAL (VALUES
                       (1, 'month', closing_1, logos_1, moved_1, gone_1),
                       (2, 'year', closing_12, logos_12, moved_12, gone_12),
                       (3, 'cohort', closing_0, logos_0, moved_0, gone_0)
                       ) s (number, span, closing, logos, moved, gone)
                 WHERE s.logos > 0 AND (b.logos > 0 OR b.gone = s.gone)) kept
            """,
            balances=self._balances(),
        )

    def _balances(self):
        """Each account at each month's end, and at the three starts: MRR, whether it is there,
        what was transferred so far, and whether it went away by that."""
        figures = []
        for suffix, before in (
            ("", SQL("TRUE")),
            ("_1", SQL("x.day < g.month")),
            ("_12", SQL("x.day < g.month - interval '11 months'")),
            ("_0", SQL("x.day < g.first + interval '1 month'")),
        ):
            moves = SQL("x.kind IN ('transfer_in', 'transfer_out')")
            for name, amount, condition in (
                ("closing", SQL("x.company_amount"), before),
                ("logos", SQL("x.logos"), before),
                ("moved", SQL("x.company_amount"), SQL("%s AND %s", before, moves)),
                ("gone", SQL("x.logos"), SQL("%s AND x.kind = 'transfer_out'", before)),
            ):
                figures.append(
                    SQL(
                        "COALESCE(sum(%s) FILTER (WHERE %s), 0) AS %s",
                        amount,
                        condition,
                        SQL.identifier(name + suffix),
                    )
                )
        return SQL(
            """
            SELECT g.seller_id, g.position, g.month, max(g.customer_id) AS customer_id,
                   max(g.tenant_id) AS tenant_id, max(g.buyer_id) AS buyer_id,
                   max(g.company_currency_id) AS company_currency_id, max(g.cohort) AS cohort,
                   max((extract(year FROM g.month) - extract(year FROM g.first)) * 12
                       + extract(month FROM g.month) - extract(month FROM g.first))::int AS months,
                   %(figures)s
              FROM (
                SELECT a.*, generate_series(a.first, a.last, '1 month')::date AS month
                  FROM (
                    SELECT seller_id, account, max(customer_id) AS customer_id,
                           max(tenant_id) FILTER (WHERE customer_id IS NULL) AS tenant_id,
                           max(buyer_id) AS buyer_id,
                           max(company_currency_id) AS company_currency_id,
                           min(id)::bigint AS position,
                           date_trunc('month', min(effective_day))::date AS cohort,
                           date_trunc('month', min(day))::date AS first,
                           greatest(date_trunc('month', max(day)), %(today)s::timestamp)::date
                               AS last
                      FROM billing_mrr_movement
                     GROUP BY seller_id, account) a) g
              JOIN billing_mrr_movement x
                ON x.seller_id = g.seller_id AND x.account = g.account
               AND x.day < g.month + interval '1 month'
             GROUP BY g.seller_id, g.position, g.month
            """,
            figures=SQL(", ").join(figures),
            today=self._report_today(),
        )
