import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..adapters import commission as adapter
from ..adapters.parties import Parties
from ..engine.commission import commissions, differences
from ..engine.corrections import by_books

_logger = logging.getLogger(__name__)
BATCH = 100


class BillingCommission(models.Model):
    """What a referral partner earned on a document of its customer, or gave back. Rows are
    added and never changed: what stands on a document is the sum of its rows (TB-030)."""

    _name = "billing.commission"
    _description = "Commission"
    _order = "booked_on desc, id desc"
    _rec_name = "customer_name"

    referral_id = fields.Many2one(
        "billing.referral", required=True, index=True, ondelete="restrict", readonly=True
    )
    seller_id = fields.Many2one(related="referral_id.seller_id", store=True, index=True)
    payee_id = fields.Many2one(related="referral_id.payee_id", store=True, index=True)
    currency_id = fields.Many2one(related="referral_id.currency_id", store=True)
    statement_id = fields.Many2one(
        "billing.statement", required=True, index=True, ondelete="restrict", readonly=True
    )
    customer_name = fields.Char(string="Customer", readonly=True)
    billing_day = fields.Date(string="Billed on", readonly=True)
    revision = fields.Integer(required=True, readonly=True)
    kind = fields.Selection(
        [("earned", "Earned"), ("reversed", "Given back")], required=True, readonly=True
    )
    booked_on = fields.Date(required=True, index=True, readonly=True)
    base = fields.Monetary(readonly=True, help="What the customer paid, net, of the days agreed.")
    amount = fields.Monetary(required=True, readonly=True)
    rate = fields.Float(
        digits=(24, 12),
        default=1,
        readonly=True,
        help="What one of the document's currency was in this one on the day it was first earned.",
    )
    is_here = fields.Boolean(readonly=True, help="Its seller keeps its books here.")
    move_id = fields.Many2one(
        "account.move", string="Vendor bill", index="btree_not_null", ondelete="set null",
        readonly=True,
    )  # fmt: skip

    # The guard of exactly-once, as of the charge ledger.
    _key_uniq = models.UniqueIndex(
        "(referral_id, statement_id, revision)", "This commission is booked already."
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self.env["billing.charge"]._unlink_never()

    @api.model
    def _cron(self):
        """Look at every referral once a day: what was paid, credited or paid back."""
        today = self.env["billing.run"]._clock().date()
        waiting = fields.Domain("checked_on", "=", False) | fields.Domain("checked_on", "<", today)
        Referral = self.env["billing.referral"]
        while referrals := Referral.search(waiting, limit=BATCH, order="id"):
            locked = referrals.try_lock_for_update()
            if not locked:
                # Somebody else has them: the scheduler comes again.
                return
            self._book(locked, today)
            if not self.env["ir.cron"]._commit_progress(
                len(locked), remaining=Referral.search_count(waiting)
            ):
                return

    @api.model
    def _book(self, referrals, day):
        """Book what should stand for ``referrals`` and does not, and draft the vendor bills.

        A document counts once it is paid in full. Runs as the system; the caller holds the
        locks of the referrals, under which revisions are counted.

        :return: the new rows
        """
        sales, booked = adapter.read_sales(referrals), adapter.read_booked(referrals)
        parties, sound = Parties(self.env), self.env["billing.referral"]
        statements = {sale.document for rows in sales.values() for sale in rows}
        paid = self.env["billing.statement"].union(*statements)._paid()
        values = []
        for one in referrals:
            before = booked.get(one, {})
            known, rates, problem = adapter.in_terms(
                one,
                [
                    sale
                    for sale in sales.get((one.subscription_id, one.seller_id), ())
                    if sale.document in paid or sale.document in before
                ],
                before,
                day,
                parties,
            )
            if problem:
                one._park(problem)
            else:
                sound |= one
            agreed = adapter.terms(one, one.date_from, one.date_until)
            shares = commissions(agreed, known)
            due = {
                statement: shares[statement]
                for statement in sorted(shares, key=lambda each: (each.billing_day, each.id))
                if statement in paid
            }
            stands = {statement: row[0] for statement, row in before.items()}
            for statement, amount in differences(due, stands, agreed.cap).items():
                _stands, newest, rate, held = before.get(
                    statement, (0, 0, rates.get(statement), ())
                )
                base = adapter.base(agreed, known, statement)
                parts = by_books(amount, [held])
                for revision, (part, is_here) in enumerate(parts, newest + 1):
                    row = self._row(one, statement, revision, base, part, day)
                    if is_here is not None:
                        # In the books that hold what is taken back, whatever the route is now.
                        row["is_here"] = is_here
                    values.append({**row, "rate": float(rate)})
        rows = self.create(values)
        self.env["billing.run.failure"]._solve("commission", sound)
        referrals.checked_on = day
        self._draft_bills(referrals.seller_id)
        return rows

    def _row(self, referral, statement, revision, base, amount, day):
        return {
            "referral_id": referral.id,
            "statement_id": statement.id,
            "customer_name": statement.customer_id.name,
            "billing_day": statement.billing_day,
            "revision": revision,
            "kind": "earned" if amount > 0 else "reversed",
            "booked_on": day,
            "base": float(base),
            "amount": float(amount),
            "is_here": referral.seller_id._billing_route_on(day) == "here",
        }

    @api.model
    def _draft_bills(self, sellers):
        """One draft vendor bill, or refund, of each seller to each partner for what waits; a
        draft that is deleted frees its rows. What comes to nothing waits for more."""
        waiting = self._read_group(
            [("move_id", "=", False), ("is_here", "=", True), ("seller_id", "in", sellers.ids)],
            ["seller_id", "payee_id", "currency_id"],
            ["id:recordset", "amount:sum"],
        )
        for seller, payee, currency, rows, total in waiting:
            if currency.is_zero(total):
                continue
            company = seller.company_id
            Move = self.env["account.move"].with_company(company)
            try:
                with self.env.cr.savepoint():
                    rows.move_id = Move.create(
                        rows._bill_values(company, payee.partner_id, currency, total < 0)
                    )
            except UserError as error:
                # What is wrong with one seller's books holds up nobody else; it is tried daily.
                _logger.warning("billing: no bill of commissions of %s: %s", company.name, error)

    def _bill_values(self, company, contact, currency, is_refund):
        position = self.env["account.fiscal.position"].with_company(company)
        taxes = position._get_fiscal_position(contact).map_tax(company.account_purchase_tax_id)
        sign = -1 if is_refund else 1
        return {
            "move_type": "in_refund" if is_refund else "in_invoice",
            "company_id": company.id,
            "partner_id": contact.id,
            "currency_id": currency.id,
            "invoice_date": max(self.mapped("booked_on")),
            "invoice_line_ids": [
                fields.Command.create(
                    {
                        "name": self.env._(
                            "Commission: %(customer)s, billed on %(day)s, of %(base)s",
                            customer=row.customer_name,
                            day=row.billing_day,
                            base=currency.format(row.base),
                        ),
                        "quantity": 1,
                        "price_unit": sign * row.amount,
                        "tax_ids": [fields.Command.set(taxes.ids)],
                    }
                )
                for row in self.sorted(lambda row: (row.billing_day, row.id))
            ],
        }
