"""X-05, PG-081: ways round the programme's rules that a review has found, and are shut."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError

from ..models.program_ownership import ProgramLookup
from .common import DISTRIBUTOR, SIMPLE, ProgramCase

LOOSE = "Make the quotation from an opportunity"


class TestAttacksGovernance(ProgramCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.won = cls.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        cls.platform = cls.staff()

    def own(self, model, role="manager", node=None):
        self.env.invalidate_all()
        return self.as_user(node or self.sub, role, model)

    def call(self, go, *args):
        """What the attacker is told, or an empty text where it worked; nothing of it stays."""
        said = ""
        with self.env.cr.savepoint() as savepoint:
            try:
                go(*args)
                self.env.flush_all()
            except UserError as error:
                said = str(error)
            savepoint.rollback()
        self.env.invalidate_all()
        return said

    # Quotations.

    def order(self, **values):
        customer = self.own("res.partner", "sales").create({"name": "Nordwind", "is_company": True})
        return self.own("sale.order", "sales").create(
            {"partner_id": customer.id, "company_id": self.sub.company_id.id, **values}
        )

    def test_a_quotation_beside_the_programme_is_not_confirmed(self):
        """PG-081: without an opportunity there is no deal, so there would be no gate."""
        order = self.order()
        for go in (
            order.action_confirm,
            lambda: order.write({"state": "sale"}),
            lambda: self.order(state="sale"),
        ):
            self.assertIn(LOOSE, self.call(go))
        order._validate_order()
        self.assertEqual(order.state, "sent", "what the customer signs is kept")
        self.assertIn(LOOSE, order.program_waiting_for)
        direct = self.env["sale.order"].create({"partner_id": self.root.partner_id.id})
        direct.action_confirm()
        self.assertEqual(direct.state, "sale", "the platform's own company is no partner's")

    def test_what_was_signed_goes_on_with_its_opportunity(self):
        """PG-081: linked to a deal whose gates are open, the kept quotation is confirmed."""
        order = self.order()
        order._validate_order()
        lead = self.deal(self.sub, answers=SIMPLE).sudo().lead_ids
        order.with_user(self.user(self.sub, "sales")).opportunity_id = lead.id
        row = self.env["program.outbox"].search([("kind", "=", "confirm_signed")])
        self.assertTrue(row[:1]._send(), row.mapped("error"))
        self.assertEqual(order.state, "sale")

    def test_a_quotation_keeps_its_opportunity(self):
        """PG-081: nor is the link taken off again."""
        lead = self.deal(self.sub, answers=DISTRIBUTOR).sudo().lead_ids
        order = self.order(opportunity_id=lead.id)
        said = self.call(lambda: order.write({"opportunity_id": False}))
        self.assertIn("keeps its opportunity", said)
        self.assertIn("waits at the gate", self.call(order.action_confirm))

    def test_the_night_finds_an_order_that_met_no_gate(self):
        """DESIGN 4.2: the query is empty, and finds what SQL alone could do; told once."""
        order = self.order()
        Gate = self.env["governance.gate"]
        self.assertFalse(Gate._report_orders())
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET state = 'sale' WHERE id = %s", [order.id])
        self.env.invalidate_all()
        for _night in range(2):
            self.assertEqual(Gate._report_orders(), order.sudo())
        event = self.env["governance.event"].search([("kind", "=", "won_without_passage")])
        self.assertEqual(event.mapped("res_ref"), order.ids)

    # The register of owners.

    def test_a_lead_in_a_won_stage_tells_nothing(self):
        """PG-025: it was registered, compared and taken back by the error: an answer for free."""
        self.deal(self.sub, company="Nordwind", identity="nordwind.example")
        said = {
            self.call(
                self.own("crm.lead", "sales", self.stranger).create,
                {"name": "X", "type": "opportunity", "website": web, "stage_id": self.won.id},
            )
            for web in ("https://nordwind.example", "https://free.example")
        }
        self.assertEqual(len(said), 1)
        self.assertIn("is not registered yet", said.pop())

    def test_a_lookup_is_counted_before_anything_is_compared(self):
        """PG-025: for good, in a cursor of its own, so that an error does not take it back."""
        done = []

        @contextmanager
        def cursor():
            yield self.env.cr
            done.append("counted")

        Lookup, Ownership = self.env["program.lookup"], self.env["program.ownership"]
        match = type(Ownership)._match

        def compare(*args, **kwargs):
            done.append("compared")
            return match(*args, **kwargs)

        with (
            patch.object(type(Lookup), "_cursor", ProgramLookup._cursor),
            patch.object(self.env.registry, "cursor", cursor),
            patch.object(type(Ownership), "_match", compare),
        ):
            self.deal(self.sub, company="Nordwind")
        self.assertEqual(done, ["counted", "compared"])
        row = Lookup.search([], limit=1)
        self.assertEqual((row.company_name, row.program_node_id), ("Nordwind", self.sub))
        self.assertEqual(row.user_id, self.user(self.sub, "sales"))
