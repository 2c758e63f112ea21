from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..adapters import documents
from .billing_plan_component import STREAMS
from .billing_price_mixin import PRICE_MODELS
from .billing_route import ROUTES

# An object of this process: no caller over RPC can put it into a context.
LEDGER = object()


class BillingCharge(models.Model):
    """A row of the ledger, the only source of money. Rows are added, never changed by people,
    never deleted; a key's amount is the sum of its revisions (DESIGN 4.3)."""

    _name = "billing.charge"
    _description = "Charge"
    _inherit = ["billing.billed.mixin"]
    _order = "due, leg_id, component_code, period_start, kind, revision, id"

    leg_id = fields.Many2one("billing.leg", required=True, index=True, ondelete="restrict")
    # None on a side leg, whose code says what is paid.
    component_id = fields.Many2one("billing.plan.component", ondelete="restrict")
    component_code = fields.Char(required=True)
    kind = fields.Selection([("charge", "Charge"), ("credit", "Credit")], required=True)
    period_start = fields.Date(required=True)
    revision = fields.Integer(required=True)
    period_end = fields.Date(required=True, help="First day not covered.")
    full_days = fields.Integer(help="Days of the full period that proration divides by.")

    subscription_id = fields.Many2one(
        "billing.subscription", required=True, index=True, ondelete="restrict"
    )
    tenant_id = fields.Many2one("hosting.tenant", index=True, ondelete="restrict")
    seller_id = fields.Many2one("program.partner", required=True, index=True, ondelete="restrict")
    currency_id = fields.Many2one("res.currency", required=True, ondelete="restrict")

    component_kind = fields.Selection(
        [("recurring", "Recurring"), ("metered", "Metered"), ("one_off", "One-off")], required=True
    )
    stream = fields.Selection(STREAMS, required=True)
    due = fields.Date(required=True)
    billing_day = fields.Date(required=True, index=True)
    quantity = fields.Float(digits=(16, 6))
    billable = fields.Float(digits=(16, 6), help="What is left of the quantity to be priced.")
    included = fields.Float(digits=(16, 6))
    price_model = fields.Selection(PRICE_MODELS)
    discount = fields.Float(digits=(5, 2), string="Discount (%)")
    reason = fields.Selection(
        [
            ("period", "Period"),
            ("partial_period", "Part of a period"),
            ("change", "Changed terms"),
            ("end", "Ended"),
            ("handover", "Moved to another partner"),
            ("one_off", "Once"),
            ("withdrawn", "Withdrawn"),
            ("reversed", "Reversed"),
        ],
        required=True,
    )
    amount = fields.Monetary(required=True, help="What this row adds to its key.")
    company_amount = fields.Float(
        string="Net in the seller's currency",
        digits=(16, 2),
        help="At the rate of the booking, without a tax that stands inside the price.",
    )
    tax_ids = fields.Many2many("account.tax", string="Taxes")
    route = fields.Selection(
        ROUTES,
        string="In the books",
        help="Of the billing day; what takes back another charge stands in the books of that one.",
    )
    move_line_id = fields.Many2one("account.move.line", index="btree_not_null", ondelete="set null")
    statement_id = fields.Many2one("billing.statement", index=True, ondelete="set null")
    run_id = fields.Many2one("billing.run", index=True, ondelete="set null")
    drafted_run_id = fields.Many2one("billing.run", index="btree_not_null", ondelete="set null")

    # The guard of exactly-once; all columns are NOT NULL. `billing.run` checks that it exists.
    _key_uniq = models.UniqueIndex(
        "(leg_id, component_code, kind, period_start, revision)", "This charge is booked already."
    )
    _open = models.Index(
        "(seller_id, buyer_id, customer_id, currency_id, billing_day, route)"
        " WHERE statement_id IS NULL"
    )

    @api.depends("component_id", "period_start", "period_end")
    def _compute_display_name(self):
        for charge in self:
            charge.display_name = documents.line_text(charge)

    @api.model
    def _index_is_there(self):
        """Whether the database still guards the ledger."""
        found = self.env.execute_query(
            SQL(
                """SELECT 1 FROM pg_indexes i
                     JOIN pg_class c ON c.relname = i.indexname
                     JOIN pg_index x ON x.indexrelid = c.oid
                    WHERE i.schemaname = current_schema() AND i.tablename = 'billing_charge'
                      AND x.indisunique AND x.indisvalid AND x.indpred IS NULL
                      AND i.indexdef LIKE %s""",
                "%(leg_id, component_code, kind, period_start, revision)%",
            )
        )
        return bool(found)

    @api.model
    def _place(self, places):
        """Put rows on documents, all at once.

        :param places: ``[(charge id, statement id, id of the invoice line or None)]``
        """
        if not places:
            return
        names = ["statement_id", "move_line_id"]
        idents, statements, lines = (list(column) for column in zip(*places, strict=True))
        rows = self.browse(idents)
        rows.flush_recordset(names)
        self.env.cr.execute(
            SQL(
                """UPDATE billing_charge c
                      SET statement_id = place.statement, move_line_id = place.line
                     FROM unnest(%s::int[], %s::int[], %s::int[]) AS place(id, statement, line)
                    WHERE c.id = place.id""",
                idents,
                statements,
                lines,
            )
        )
        rows.invalidate_recordset(names)
        self.env["billing.statement"].browse(statements).invalidate_recordset(["charge_ids"])
        self.env["account.move.line"].invalidate_model(["billing_charge_ids"])

    def write(self, vals):
        if self.env.context.get("billing_ledger") is not LEDGER:
            raise UserError(
                self.env._(
                    "Charges are never edited: correct the fact, and the difference is booked."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A charge is never deleted."))
