from odoo import api, models
from odoo.tools import SQL

from .billing_charge import LEDGER


class GovernanceUpgrade(models.AbstractModel):
    _inherit = "governance.upgrade"

    @api.model
    def _complete_billing(self):
        """What databases lack that billed before there was a field. Runs with every update, as
        the system; again it changes nothing."""
        self._complete_routes()
        self._complete_taxes()

    @api.model
    def _complete_routes(self):
        """The route that sellers began with, and by which route each charge is billed."""
        Partner = self.env["program.partner"].with_context(active_test=False)
        Partner.search([("first_route", "=", False)])._note_first_route()
        Charge = self.env["billing.charge"]
        # In SQL: these rows are of no use to anybody's cache, and may be very many.
        self.env.cr.execute(
            SQL(
                """UPDATE billing_charge c SET route = s.route FROM billing_statement s
                    WHERE c.statement_id = s.id AND c.route IS NULL"""
            )
        )
        Charge.invalidate_model(["route"])
        groups = Charge._read_group(
            [("route", "=", False)], ["seller_id", "billing_day:day"], ["id:recordset"]
        )
        for seller, day, rows in groups:
            rows.with_context(billing_ledger=LEDGER).route = seller._billing_route_on(day)
        for one in self.env["billing.run.failure"].search(
            [("phase", "=", "draft"), ("state", "=", "open"), ("route", "=", False)]
        ):
            one.route = one.seller_id._billing_route_on(one.billing_day)

    @api.model
    def _complete_taxes(self):
        """Statements of own books from before their tax was kept state what they would today."""
        self.env["billing.statement"]._freeze_waiting()
