from odoo import fields, models
from odoo.exceptions import UserError

from ..adapters import annex
from ..adapters.own_odoo import OwnOdooError
from ..adapters.prices import decimal
from ..engine.errors import BillingError
from ..engine.money import ZERO, plain
from ..engine.own_books import draft
from ..exceptions import engine_message, message


class BillingStatement(models.Model):
    """A statement of a seller's own books as draft invoice in its own Odoo, made there once, and
    what that one says was paid (TRADE 1, TB-030)."""

    _inherit = "billing.statement"

    push_state = fields.Selection(
        [
            ("no", "Not pushed"),
            ("queued", "On its way"),
            ("pushed", "In own Odoo"),
            ("failed", "Could not be pushed"),
        ],
        string="Own Odoo",
        default="no",
        required=True,
        index=True,
        readonly=True,
        copy=False,
    )
    push_error = fields.Char(readonly=True, copy=False)
    push_reference = fields.Char(
        string="Reference there",
        readonly=True,
        copy=False,
        help="By which it is found there, once queued whatever becomes of its parts.",
    )
    push_ref = fields.Integer(string="Number of the record there", readonly=True, copy=False)
    push_name = fields.Char(string="Invoice in own Odoo", readonly=True, copy=False)

    # There.

    def _issue(self):
        done = super()._issue()
        own = self.filtered(lambda one: one.route == "own" and one.charge_ids)
        pushing = self.env["billing.books"].search(
            [("seller_id", "in", own.seller_id.ids), ("push", "=", True)]
        )
        own.filtered(lambda one: one.seller_id in pushing.seller_id)._queue_push()
        return done

    def action_push(self):
        """Make the draft invoice in the own Odoo, also once more after a failure."""
        self._check_books()
        for one in self:
            # Safe: checked above to be documents that the caller may post.
            books = self.env["billing.books"]._of(one.sudo().seller_id).sudo()
            if one.route != "own" or one.state != "issued":
                raise UserError(
                    self.env._(
                        "%(reference)s is no issued statement of your own books.",
                        reference=one.reference,
                    )
                )
            if not books._is_ready():
                raise UserError(
                    self.env._("Enter address and key of your Odoo under Money → Own books first.")
                )
        # Safe: as above.
        self.sudo().filtered(lambda one: one.push_state in ("no", "failed"))._queue_push()

    def _queue_push(self):
        for one in self:
            one.write(
                {
                    "push_state": "queued",
                    "push_error": False,
                    "push_reference": one._push_reference(),
                }
            )
            self.env["program.outbox"]._post("books_push", one, one.seller_id)

    def _outbox_failed(self, kind, error, is_given_up):
        if kind == "books_push":
            self.push_error = error
            if is_given_up:
                self.push_state = "failed"
        return super()._outbox_failed(kind, error, is_given_up)

    def _outbox_books_push(self):
        """Called by the outbox, as the system, after the commit.

        :raises UserError: where the answer is lost or the other side is away: tried again, and
            then it is looked for first
        """
        self.ensure_one()
        if self.push_state != "queued":
            return
        try:
            self._push()
        except OwnOdooError as error:
            text = message(self.env, error.code, **error.params)
            if error.again:
                raise UserError(text) from error
            self.write({"push_state": "failed", "push_error": text})
        except BillingError as error:
            self.write({"push_state": "failed", "push_error": engine_message(self.env, error)})

    def _push(self):
        books = self.env["billing.books"]._of(self.seller_id)
        try:
            odoo = books._own_odoo()
        except UserError as error:
            self.write({"push_state": "failed", "push_error": str(error)})
            return
        reference = self._push_reference()
        move_type = "out_refund" if self.amount_total < 0 else "out_invoice"
        found, made = odoo.move(reference, move_type), None
        if not found:
            made, values = self._push_values(odoo, books, reference, move_type)
            found = odoo.create_move(values)
        self.write(
            {
                "push_state": "pushed",
                "push_ref": found["id"],
                "push_name": found["name"] or False,
                "push_error": made and self._push_difference(made, found),
            }
        )

    def _push_reference(self):
        """By which it is found there: unlike any of theirs, and never another statement's."""
        return self.push_reference or f"{self.seller_id.code}/{self.reference}"

    def _push_values(self, odoo, books, reference, move_type):
        """The draft, and values of ``account.move`` there.

        :raises OwnOdooError: naming what the other Odoo lacks
        """
        contact = self._buyer_contact()
        # What is told to the other books is what the document states from now on.
        self._freeze_taxes()
        stated = self._own_tax()
        line, gross = {}, False
        if name := stated and self._own_tax_remote():
            domain = [["name", "=", name], ["type_tax_use", "=", "sale"]]
            tax = odoo.only(
                "account.tax", domain, ["price_include"], "own_odoo_tax_missing", name=name
            )
            gross = tax["price_include"]
            if gross and not self.tax_inside:
                raise OwnOdooError("own_odoo_tax_inside", name=name)
            line["tax_ids"] = [[6, 0, [tax["id"]]]]
        elif self.tax_inside and not stated:
            raise OwnOdooError("own_odoo_tax_unknown")
        if books.account_code:
            code = books.account_code
            domain = [["code", "=", code]]
            account = odoo.only(
                "account.account", domain, ["code"], "own_odoo_account_missing", name=code
            )
            line["account_id"] = account["id"]
        made = draft(annex.ubl_document(self, "", stated), gross)
        currency = odoo.only(
            "res.currency",
            [["name", "=", self.currency_id.name]],
            ["name"],
            "own_odoo_currency_missing",
            name=self.currency_id.name,
        )
        values = {
            "move_type": move_type,
            "partner_id": odoo.buyer(contact.vat, contact.ref, contact.name),
            "invoice_date": self.billing_day.isoformat(),
            "invoice_origin": reference,
            "ref": self.order_number or self.reference,
            "currency_id": currency["id"],
            "invoice_line_ids": [
                [
                    0,
                    0,
                    {
                        "name": one.text,
                        "quantity": float(one.quantity),
                        "price_unit": float(one.price),
                        **line,
                    },
                ]
                for one in made.lines
            ],
        }
        if books.journal_code:
            code = books.journal_code
            domain = [["code", "=", code], ["type", "=", "sale"]]
            journal = odoo.only(
                "account.journal", domain, ["code"], "own_odoo_journal_missing", name=code
            )
            values["journal_id"] = journal["id"]
        return made, values

    def _push_difference(self, made, found):
        """That the other side makes another sum of it; False for the same."""
        ours, slack = made.amount, ZERO
        theirs = decimal(found["amount_total" if made.gross else "amount_untaxed"])
        if theirs == ours:
            ours, theirs, slack = self._both_sums(found)
        return abs(theirs - ours) > slack and self._differs(ours, theirs)

    def _differs(self, ours, theirs):
        return message(self.env, "own_odoo_differs", theirs=plain(theirs), ours=plain(ours))


class ProgramOutbox(models.Model):
    _inherit = "program.outbox"

    def _send(self):
        """Where a seller's Odoo is away, its other rows wait for a later pass: each would keep
        everybody's outbox as long as the first one did."""
        done = super()._send()
        if not done and self.kind == "books_push":
            now = fields.Datetime.now()
            self.search(
                [
                    ("id", "!=", self.id),
                    ("kind", "=", self.kind),
                    ("program_node_id", "=", self.program_node_id.id),
                    ("state", "=", "waiting"),
                    ("next_try", "<=", now),
                ]
            ).next_try = fields.Datetime.add(now, minutes=2)
        return done
