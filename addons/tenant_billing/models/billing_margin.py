from odoo import fields, models
from odoo.tools import SQL

from .billing_mrr_bridge import money
from .billing_plan_component import STREAMS


class BillingMargin(models.Model):
    """Own sales less own purchases and own costs, in the own company's currency, without tax
    (TB-018, TB-059, DESIGN 4.4). A row is a charge on an own leg (side legs too), a commission, or
    a month of an own cost; nobody else's leg is in it."""

    _name = "billing.margin"
    _description = "Margin"
    _inherit = ["billing.report.mixin"]
    _auto = False
    _order = "day desc, id desc"
    _rec_name = "source"
    _depends = {
        "billing.charge": [
            "seller_id",
            "buyer_id",
            "customer_id",
            "subscription_id",
            "tenant_id",
            "stream",
            "component_kind",
            "currency_id",
            "due",
            "period_start",
            "amount",
            "company_amount",
        ],
        "billing.charge.split": ["charge_id", "stream", "company_amount"],
        "billing.commission": [
            "referral_id",
            "statement_id",
            "seller_id",
            "payee_id",
            "currency_id",
            "booked_on",
            "amount",
        ],
        "billing.referral": ["subscription_id"],
        "billing.statement": ["customer_id", "state", "is_preview"],
        "billing.leg": ["seller_id", "buyer_id", "customer_id", "date_from", "date_until"],
        "billing.cost": [
            "program_node_id",
            "tenant_id",
            "profile_id",
            "stream",
            "source",
            "amount",
            "date_from",
            "date_until",
        ],
        "hosting.tenant": ["profile_id"],
        "program.partner": ["company_id"],
        "res.company": ["currency_id"],
        "res.currency.rate": ["currency_id", "company_id", "name", "rate"],
    }
    _report_ratios = {"margin_rate": ("margin", "revenue")}

    program_node_id = fields.Many2one("program.partner", string="Of", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    day = fields.Date(readonly=True, help="On which it was due.")
    tenant_id = fields.Many2one("hosting.tenant", readonly=True)
    subscription_id = fields.Many2one("billing.subscription", readonly=True)
    buyer_id = fields.Many2one("program.partner", string="Partner", readonly=True)
    customer_id = fields.Many2one("res.partner", readonly=True)
    stream = fields.Selection(STREAMS, readonly=True)
    kind = fields.Selection(
        [
            ("recurring", "Recurring"),
            ("metered", "Metered"),
            ("one_off", "One-off"),
            ("commission", "Commission"),
            ("own", "Own cost"),
        ],
        readonly=True,
    )
    source = fields.Selection(
        [
            ("sale", "Own sale, ledger"),
            ("purchase", "Own purchase, ledger"),
            ("commission", "Commission"),
            ("entered", "Own cost, entered"),
            ("estimate", "Own cost, estimate"),
            ("no_rate", "Without an exchange rate"),
        ],
        readonly=True,
        help="Where revenue and cost come from.",
    )
    revenue = money("Revenue")
    cost = money("Cost")
    margin = money("Margin")
    margin_rate = fields.Float("Margin (%)", readonly=True, digits=(16, 1), aggregator="avg")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT id, program_node_id, company_currency_id, day, tenant_id, subscription_id,
                   buyer_id, customer_id, stream, kind, source, revenue, cost,
                   revenue - cost AS margin,
                   100 * (revenue - cost) / NULLIF(revenue, 0) AS margin_rate
              FROM (%(sales)s UNION ALL %(purchases)s UNION ALL %(commissions)s
                    UNION ALL %(costs)s) rows
            """,
            commissions=self._commissions(),
            sales=self._sales(),
            purchases=self._purchases(),
            costs=self._costs(),
        )

    def _sales(self):
        """A charge, or each part of a bundle (TB-027)."""
        return SQL(
            """
            SELECT COALESCE(s.id::bigint * 4 + 3, c.id::bigint * 4) AS id,
                   c.seller_id AS program_node_id,
                   o.currency_id AS company_currency_id, c.due AS day, c.tenant_id,
                   c.subscription_id, c.buyer_id, c.customer_id,
                   COALESCE(s.stream, c.stream) AS stream,
                   c.component_kind AS kind, 'sale' AS source,
                   COALESCE(s.company_amount, c.company_amount) AS revenue, 0::numeric AS cost
              FROM billing_charge c
              LEFT JOIN billing_charge_split s ON s.charge_id = c.id
              JOIN program_partner n ON n.id = c.seller_id
              JOIN res_company o ON o.id = n.company_id
            """
        )

    def _purchases(self):
        """Converted at the last rate on or before the day; without one it is said, not guessed
        (R-38). A draft is its seller's, unless the preview is open to the buyer, and so is what
        is on no document, for its draft may have been taken back to be corrected. The partner is
        the one to whom the node sells the same subscription on."""
        return SQL(
            """
            SELECT c.id::bigint * 4 + 1, c.buyer_id, o.currency_id, c.due, c.tenant_id,
                   c.subscription_id, l.buyer_id, l.customer_id, c.stream, c.component_kind,
                   CASE WHEN r.factor IS NULL THEN 'no_rate' ELSE 'purchase' END, 0,
                   round(c.amount * COALESCE(r.factor, 0), 2)
              FROM billing_charge c
              JOIN program_partner n ON n.id = c.buyer_id
              JOIN res_company o ON o.id = n.company_id
             CROSS JOIN LATERAL (SELECT %(factor)s AS factor) r
              JOIN billing_statement t ON t.id = c.statement_id
              LEFT JOIN LATERAL (
                   SELECT buyer_id, customer_id FROM billing_leg
                    WHERE subscription_id = c.subscription_id AND seller_id = c.buyer_id
                      AND date_from <= c.period_start
                      AND (date_until IS NULL OR date_until > c.period_start)
                    ORDER BY id LIMIT 1) l ON TRUE
             WHERE t.state = 'issued' OR t.is_preview
            """,
            factor=self._factor(SQL("c.due")),
        )

    def _commissions(self):
        """A cost of who pays it, revenue of who earns it; the two never read each other's row."""
        return SQL(
            """
            SELECT -(c.id::bigint * 2 + p.number), p.node_id, o.currency_id, c.booked_on,
                   b.tenant_id, b.id, NULL::int, p.customer_id, NULL, 'commission',
                   CASE WHEN r.factor IS NULL THEN 'no_rate' ELSE 'commission' END,
                   p.earns * round(c.amount * COALESCE(r.factor, 0), 2),
                   p.pays * round(c.amount * COALESCE(r.factor, 0), 2)
              FROM billing_commission c
              JOIN billing_statement s ON s.id = c.statement_id
              JOIN billing_referral f ON f.id = c.referral_id
              JOIN billing_subscription b ON b.id = f.subscription_id
             CROSS JOIN LATERAL (VALUES (0, c.seller_id, s.customer_id, 0, 1),
                                        (1, c.payee_id, NULL::int, 1, 0))
                        p (number, node_id, customer_id, earns, pays)
              JOIN program_partner n ON n.id = p.node_id
              JOIN res_company o ON o.id = n.company_id
             CROSS JOIN LATERAL (SELECT %(factor)s AS factor) r
            """,
            factor=self._factor(SQL("c.booked_on")),
        )

    def _factor(self, day):
        """From the currency of a row ``c`` into that of the company ``o``."""
        return SQL(
            "CASE WHEN c.currency_id = o.currency_id THEN 1 ELSE %s / %s END",
            self._rate(SQL("o.currency_id"), day),
            self._rate(SQL("c.currency_id"), day),
        )

    def _rate(self, currency, day):
        """Of a currency on the day; the platform's own needs none."""
        return SQL(
            """
            COALESCE((SELECT rate FROM res_currency_rate
                       WHERE currency_id = %(currency)s AND name <= %(day)s
                         AND (company_id IS NULL
                              OR company_id = split_part(o.parent_path, '/', 1)::int)
                       ORDER BY company_id, name DESC LIMIT 1),
                     CASE WHEN %(currency)s = %(own)s THEN 1 END)
            """,
            currency=currency,
            day=day,
            own=self.env.ref("base.main_company").sudo().currency_id.id,
        )

    def _costs(self):
        """A month of a cost for each of its tenants, by days."""
        return SQL(
            """
            SELECT ((k.id::bigint * 1048576 + k.tenant_id) * 4096
                    + (extract(year FROM m)::int - 2000) * 12 + extract(month FROM m)::int) * 4 + 2,
                   k.program_node_id, o.currency_id, m::date, k.tenant_id, NULL::int,
                   l.buyer_id, l.customer_id, k.stream, 'own', k.source, 0,
                   round(k.amount * days.count / extract(day FROM m + interval '1 month - 1 day')
                         ::numeric, 2)
              FROM (
                SELECT c.id, c.tenant_id, c.program_node_id, c.stream, c.source, c.amount,
                       c.date_from AS first, COALESCE(c.date_until, 'infinity') AS until
                  FROM billing_cost c WHERE c.tenant_id IS NOT NULL
                UNION ALL
                SELECT c.id, t.id, c.program_node_id, c.stream, c.source, c.amount,
                       greatest(c.date_from, s.first),
                       least(COALESCE(c.date_until, 'infinity'), s.until)
                  FROM billing_cost c
                  JOIN hosting_tenant t ON t.profile_id = c.profile_id
                  JOIN LATERAL (
                       SELECT min(g.date_from) AS first,
                              max(least(COALESCE(g.date_until, 'infinity'),
                                        COALESCE(b.end_date, 'infinity'),
                                        COALESCE(b.ended_on, 'infinity'))) AS until
                         FROM billing_leg g
                         JOIN billing_subscription b ON b.id = g.subscription_id
                        WHERE g.tenant_id = t.id AND g.seller_id = c.program_node_id) s
                    ON s.first IS NOT NULL) k
              JOIN program_partner n ON n.id = k.program_node_id
              JOIN res_company o ON o.id = n.company_id
             CROSS JOIN LATERAL generate_series(
                   date_trunc('month', k.first),
                   least(date_trunc('month', %(today)s::timestamp), k.until - 1),
                   '1 month') m
             CROSS JOIN LATERAL (
                   SELECT least(k.until, (m + interval '1 month')::date)
                          - greatest(k.first, m::date) AS count) days
              LEFT JOIN LATERAL (
                   SELECT buyer_id, customer_id FROM billing_leg
                    WHERE tenant_id = k.tenant_id AND seller_id = k.program_node_id
                      AND date_from < m + interval '1 month'
                      AND (date_until IS NULL OR date_until > m)
                    ORDER BY date_from DESC, id DESC LIMIT 1) l ON TRUE
             WHERE days.count > 0
            """,
            today=self._report_today(),
        )
