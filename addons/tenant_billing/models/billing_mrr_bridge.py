from odoo import fields, models
from odoo.tools import SQL


def money(label, **more):
    return fields.Monetary(label, currency_field="company_currency_id", readonly=True, **more)


class BillingMrrBridge(models.Model):
    """From the MRR at the beginning of a month to the one at its end, per seller (TB-059)."""

    _name = "billing.mrr.bridge"
    _description = "MRR bridge"
    _inherit = ["billing.report.mixin"]
    _auto = False
    _order = "month desc, seller_id"
    _rec_name = "period"
    _depends = {
        "billing.mrr.movement": ["seller_id", "day", "kind", "company_amount", "logos"],
    }
    _report_first = ("opening", "accounts_opening")
    _report_last = ("closing", "arr", "accounts_closing")

    seller_id = fields.Many2one("program.partner", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    month = fields.Date(readonly=True)
    period = fields.Char(string="Year and month", readonly=True)
    opening = money("MRR at the beginning")
    new = money("New")
    expansion = money("Expansion")
    reactivation = money("Reactivation")
    transfer_in = money("Transferred in")
    contraction = money("Contraction")
    churn = money("Churn")
    transfer_out = money("Transferred out")
    closing = money("MRR at the end")
    arr = money("ARR at the end", help="12 × MRR")
    accounts_opening = fields.Integer("Accounts at the beginning", readonly=True)
    accounts_won = fields.Integer("Accounts won", readonly=True)
    accounts_lost = fields.Integer("Accounts lost", readonly=True)
    accounts_closing = fields.Integer("Accounts at the end", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT seller_id::bigint * 100000
                     + extract(year FROM month)::int * 12 + extract(month FROM month)::int AS id,
                   seller_id, company_currency_id, month, to_char(month, 'YYYY-MM') AS period,
                   closing - net AS opening, new, expansion, reactivation, transfer_in,
                   contraction, churn, transfer_out, closing, 12 * closing AS arr,
                   accounts_closing - logos AS accounts_opening,
                   accounts_won, accounts_lost, accounts_closing
              FROM (
                SELECT g.seller_id, g.company_currency_id, g.month,
                       COALESCE(s.net, 0) AS net, COALESCE(s.logos, 0) AS logos,
                       COALESCE(s.new, 0) AS new, COALESCE(s.expansion, 0) AS expansion,
                       COALESCE(s.reactivation, 0) AS reactivation,
                       COALESCE(s.transfer_in, 0) AS transfer_in,
                       COALESCE(s.contraction, 0) AS contraction, COALESCE(s.churn, 0) AS churn,
                       COALESCE(s.transfer_out, 0) AS transfer_out,
                       COALESCE(s.accounts_won, 0) AS accounts_won,
                       COALESCE(s.accounts_lost, 0) AS accounts_lost,
                       sum(s.net) OVER so_far AS closing,
                       sum(s.logos) OVER so_far AS accounts_closing
                  FROM (
                    SELECT seller_id, max(company_currency_id) AS company_currency_id,
                           generate_series(
                               date_trunc('month', min(day)),
                               greatest(date_trunc('month', max(day)), %(today)s::timestamp),
                               '1 month')::date AS month
                      FROM billing_mrr_movement
                     GROUP BY seller_id) g
                  LEFT JOIN (
                    SELECT seller_id, date_trunc('month', day)::date AS month,
                           sum(company_amount) AS net, sum(logos) AS logos,
                           sum(company_amount) FILTER (WHERE kind = 'new') AS new,
                           sum(company_amount) FILTER (WHERE kind = 'expansion') AS expansion,
                           sum(company_amount) FILTER (WHERE kind = 'reactivation') AS reactivation,
                           sum(company_amount) FILTER (WHERE kind = 'transfer_in') AS transfer_in,
                           sum(company_amount) FILTER (WHERE kind = 'contraction') AS contraction,
                           sum(company_amount) FILTER (WHERE kind = 'churn') AS churn,
                           sum(company_amount) FILTER (WHERE kind = 'transfer_out') AS transfer_out,
                           sum(logos) FILTER (WHERE kind IN
                               ('new', 'expansion', 'reactivation', 'transfer_in')) AS accounts_won,
                           -sum(logos) FILTER (WHERE kind IN
                               ('contraction', 'churn', 'transfer_out')) AS accounts_lost
                      FROM billing_mrr_movement
                     GROUP BY seller_id, date_trunc('month', day)) s
                    ON s.seller_id = g.seller_id AND s.month = g.month
                WINDOW so_far AS (PARTITION BY g.seller_id ORDER BY g.month)) bridge
            """,
            today=self._report_today(),
        )
