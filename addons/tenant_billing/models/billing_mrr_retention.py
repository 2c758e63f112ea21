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
        """Balances of each account at each month's end, then what was kept of three starts."""
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
                  FROM (
                    SELECT a.*,
                           lag(closing, 1) OVER w AS closing_1,
                           lag(closing, 12) OVER w AS closing_12,
                           first_value(closing) OVER w AS closing_0,
                           lag(logos, 1) OVER w AS logos_1, lag(logos, 12) OVER w AS logos_12,
                           first_value(logos) OVER w AS logos_0,
                           lag(moved, 1) OVER w AS moved_1, lag(moved, 12) OVER w AS moved_12,
                           first_value(moved) OVER w AS moved_0,
                           lag(gone, 1) OVER w AS gone_1, lag(gone, 12) OVER w AS gone_12,
                           first_value(gone) OVER w AS gone_0
                      FROM (%(balances)s) a
                    WINDOW w AS (PARTITION BY seller_id, account ORDER BY month)) b
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
        """Each account at each month's end: MRR, whether it is there, what was transferred so
        far, and whether it went away by that."""
        return SQL(
            """
            SELECT g.*, sum(x.net) OVER so_far AS closing, sum(x.logos) OVER so_far AS logos,
                   COALESCE(sum(x.moved) OVER so_far, 0) AS moved,
                   COALESCE(sum(x.gone) OVER so_far, 0) AS gone,
                   (row_number() OVER so_far - 1)::int AS months
              FROM (
                SELECT seller_id, account, max(customer_id) AS customer_id,
                       max(tenant_id) FILTER (WHERE customer_id IS NULL) AS tenant_id,
                       max(buyer_id) AS buyer_id,
                       max(company_currency_id) AS company_currency_id,
                       min(id)::bigint AS position,
                       date_trunc('month', min(effective_day))::date AS cohort,
                       generate_series(
                           date_trunc('month', min(day)),
                           greatest(date_trunc('month', max(day)), %(today)s::timestamp),
                           '1 month')::date AS month
                  FROM billing_mrr_movement
                 GROUP BY seller_id, account) g
              LEFT JOIN (
                SELECT seller_id, account, date_trunc('month', day)::date AS month,
                       sum(company_amount) AS net, sum(logos) AS logos,
                       sum(company_amount) FILTER (
                           WHERE kind IN ('transfer_in', 'transfer_out')) AS moved,
                       sum(logos) FILTER (WHERE kind = 'transfer_out') AS gone
                  FROM billing_mrr_movement
                 GROUP BY seller_id, account, date_trunc('month', day)) x
                ON x.seller_id = g.seller_id AND x.account = g.account AND x.month = g.month
            WINDOW so_far AS (PARTITION BY g.seller_id, g.account ORDER BY g.month)
            """,
            today=self._report_today(),
        )
