from odoo import fields, models
from odoo.tools import SQL

from .billing_mrr_bridge import money

AGES = [
    ("a", "0–7 days"),
    ("b", "8–30 days"),
    ("c", "31–60 days"),
    ("d", "More than 60 days"),
]


class BillingParkedAge(models.Model):
    """What is parked, by age, with what the platform itself waits for (TB-033).

    At stake: of a subscription that is not booked its MRR, of charges that are on no document or
    on a draft their sum; on the platform's own contracts, since nobody else's are its to read.
    """

    _name = "billing.parked.age"
    _description = "Parked, by age"
    _inherit = ["billing.report.mixin"]
    _auto = False
    _order = "age desc, id"
    _rec_name = "reason"
    _depends = {
        "billing.run.failure": ["state", "phase", "subscription_id", "statement_id", "first_at"],
        "billing.charge": ["seller_id", "statement_id", "billing_day", "company_amount"],
        "billing.mrr.movement": ["seller_id", "subscription_id", "company_amount"],
    }

    failure_id = fields.Many2one("billing.run.failure", readonly=True)
    phase = fields.Selection(
        selection=lambda self: self.env["billing.run.failure"]._fields["phase"].selection,
        readonly=True,
    )
    subscription_id = fields.Many2one("billing.subscription", readonly=True)
    statement_id = fields.Many2one("billing.statement", readonly=True)
    reason = fields.Text(readonly=True)
    user_id = fields.Many2one("res.users", string="Owner", readonly=True)
    first_at = fields.Datetime(string="Parked since", readonly=True)
    attempts = fields.Integer(readonly=True, aggregator=None)
    age = fields.Integer(string="Days", readonly=True, aggregator="max")
    bucket = fields.Selection(AGES, string="Age", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    at_stake = money("At stake")

    @property
    def _table_query(self):
        root = self.env["program.partner"].sudo()._root()
        return SQL(
            """
            SELECT id, id AS failure_id, phase, subscription_id, statement_id, reason, user_id,
                   first_at, attempts, age, %(currency)s AS company_currency_id,
                   CASE WHEN age <= 7 THEN 'a' WHEN age <= 30 THEN 'b' WHEN age <= 60 THEN 'c'
                        ELSE 'd' END AS bucket,
                   COALESCE(at_stake, 0) AS at_stake
              FROM (
                SELECT f.*, %(today)s - f.first_at::date AS age,
                       CASE f.phase
                       WHEN 'book' THEN (
                            SELECT sum(company_amount) FROM billing_mrr_movement
                             WHERE subscription_id = f.subscription_id AND seller_id = %(root)s)
                       WHEN 'post' THEN (
                            SELECT sum(company_amount) FROM billing_charge
                             WHERE statement_id = f.statement_id AND seller_id = %(root)s)
                       ELSE (
                            SELECT sum(company_amount) FROM billing_charge
                             WHERE statement_id IS NULL AND seller_id = f.seller_id
                               AND seller_id = %(root)s
                               AND buyer_id IS NOT DISTINCT FROM f.buyer_id
                               AND customer_id IS NOT DISTINCT FROM f.customer_id
                               AND currency_id = f.currency_id AND billing_day = f.billing_day)
                       END AS at_stake
                  FROM billing_run_failure f
                 WHERE f.state = 'open') parked
            """,
            currency=root.company_id.currency_id.id,
            root=root.id,
            today=self._report_today(),
        )

    def action_open_failure(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "billing.run.failure",
            "view_mode": "form",
            "res_id": self.failure_id.id,
        }
