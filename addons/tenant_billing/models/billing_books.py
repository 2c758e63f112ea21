import logging

from psycopg2 import OperationalError

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..adapters.own_odoo import OwnOdoo, OwnOdooError
from ..engine.own_tax import rule_for, vat_number
from ..exceptions import message

_logger = logging.getLogger(__name__)
# Invoices asked for at once; days for which a payment is still looked at, which may be undone.
BATCH = 100
PAID_DAYS = 60


class BillingBooks(models.Model):
    """The books that a seller keeps elsewhere: the taxes that it states, and, where they are in
    an Odoo of its own, the way there (TRADE 1, TB-030)."""

    _name = "billing.books"
    _inherit = ["odoo.connection.mixin"]
    _description = "Own books of a seller"
    _rec_name = "seller_id"

    seller_id = fields.Many2one(
        "program.partner", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_ids = fields.One2many(
        "billing.books.company", "books_id", string="Companies there", readonly=True
    )
    company_id = fields.Many2one(
        "billing.books.company",
        string="Company there",
        domain="[('books_id', '=', id)]",
        ondelete="set null",
        copy=False,
        help="Whose books these are; found by the test. Invoices are made in it.",
    )
    company_count = fields.Integer(compute="_compute_company_count")
    push = fields.Boolean(
        string="Push statements",
        help="Each issued statement becomes a draft invoice in your Odoo. Off: by its button.",
    )
    journal_code = fields.Char(help="Short code of the sales journal there. Empty: the first one.")
    account_code = fields.Char(
        string="Income account", help="Its code there. Empty: that of the journal."
    )
    tax_ids = fields.One2many("billing.books.tax", "books_id", string="Taxes")
    asked_at = fields.Datetime(readonly=True, help="Payments: the last try, whatever came of it.")
    pulled_at = fields.Datetime(string="Payments asked for", readonly=True)
    pull_error = fields.Char(readonly=True)

    _seller_uniq = models.Constraint("UNIQUE (seller_id)", "A seller's books are there already.")

    @api.model
    def _of(self, seller):
        """Those of ``seller``; made where there are none."""
        # Safe: settings of the seller asked about, read and made by the system.
        own = self.sudo()
        found = own.search([("seller_id", "=", seller.id)]) or own.create({"seller_id": seller.id})
        return self.browse(found.id)

    @api.model
    def action_open_own(self):
        scope = self.env["program.isolation"]._scope()
        node = self.env["program.partner"].browse(scope.node_id)
        if not node:
            raise AccessError(self.env._("You act for no partner, so there are no settings."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Own books"),
            "res_model": self._name,
            "res_id": self._of(node).id,
            "view_mode": "form",
        }

    def _tax_record(self, contact):
        """The tax for a buyer; empty where none is stated at all.

        :raises BillingError: where some are, and none for this buyer
        """
        rules = self.tax_ids._rules()
        found = rule_for(rules, contact.country_id.code or "", bool(vat_number(contact.vat)))
        return rules.get(found, self.tax_ids.browse())

    def _is_ready(self):
        # Safe: whether there is a key, which is shown to nobody.
        return bool(self.url and self.sudo().key_encrypted)

    def _own_odoo(self):
        """The way there, to the company chosen, in the database of the first contact.

        :raises UserError: no key, no vault, or an address that is not connected to
        :raises OwnOdooError: it does not answer, it is another database, or no company is chosen
        """
        transport = self._transport()
        odoo = OwnOdoo(transport)
        known = self._is_same(odoo)
        companies = odoo.companies()
        if self.company_id:
            self._check_company(companies, known)
            return OwnOdoo(transport, self.company_id.remote_id)
        # Connected before there was a choice: it needs none where there is one company.
        if not known or len(companies) != 1:
            raise OwnOdooError("own_odoo_company")
        return OwnOdoo(transport, companies[0]["id"])

    def _is_same(self, odoo):
        """Whether it is known to be the database of the first contact: not without settings
        rights there, where its company alone tells.

        :raises OwnOdooError: it is another one, a copy perhaps
        """
        found = self.database_uuid and odoo.identity()
        if found and found != self.database_uuid:
            raise OwnOdooError("own_odoo_other")
        return bool(found)

    def _check_company(self, companies, known):
        """:raises OwnOdooError: the company chosen is not there, or not where it was"""
        one = self.company_id
        begun = {row["id"]: row["create_date"] for row in companies}
        if begun.get(one.remote_id) != one.begun:
            code = "own_odoo_company_gone" if known else "own_odoo_other"
            raise OwnOdooError(code, name=one.name)

    # The test.

    def _probe(self):
        """As for a tenant, by what a push needs and no more."""
        self.ensure_one()
        version = self._transport().version()
        if version.kind != "ok":
            return self._seen(version)
        odoo = OwnOdoo(self._transport())
        try:
            known = self._is_same(odoo)
            uuid = self.database_uuid or odoo.identity()
            odoo.check_rights()
            companies = odoo.companies()
            if self.company_id and not known:
                self._check_company(companies, known)
        except OwnOdooError as error:
            return self._told(message(self.env, error.code, **error.params))
        # Safe: facts that the seller's own Odoo has just answered.
        self.sudo()._note_companies(companies)
        return self._told("", self._series_of(version), uuid or False)

    def _note_companies(self, companies):
        chosen = self.company_id
        found = {row["id"]: row for row in companies}
        kept = self.company_ids.filtered(
            lambda one: found.get(one.remote_id, {}).get("create_date") == one.begun
        )
        (self.company_ids - kept).unlink()
        for one in kept:
            one.name = found.pop(one.remote_id)["name"]
        self.company_ids = [
            Command.create(
                {"remote_id": row["id"], "name": row["name"], "begun": row["create_date"]}
            )
            for row in found.values()
        ]
        # Where the chosen one is gone a person chooses: the books are another's then.
        if not chosen and len(self.company_ids) == 1:
            self.company_id = self.company_ids

    def _connected(self):
        text = super()._connected()
        if self.company_id:
            return text
        return self.env._(
            "%(connected)s Choose the company there whose books these are.",
            connected=text,
        )

    @api.model
    def _forgotten(self):
        return {**super()._forgotten(), "company_ids": [Command.clear()]}

    @api.depends("company_ids")
    def _compute_company_count(self):
        for one in self:
            one.company_count = len(one.company_ids)

    @api.constrains("company_id")
    def _check_company_id(self):
        for one in self:
            if one.company_id and one.company_id.books_id != one:
                raise ValidationError(self.env._("Choose one of the companies of your own Odoo."))

    # Payments.

    def action_pull(self):
        """Ask the own Odoo what was paid."""
        self.ensure_one()
        self.check_access("write")
        # Safe: checked above to be books that the caller may write.
        own = self.sudo()
        own._pull()
        text = own.pull_error or self.env._("Payments are up to date.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if own.pull_error else "success",
                "message": text,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _pull(self):
        """What is wrong is kept on the record, whatever it is: the other sellers go on.

        :raises OperationalError: nobody's fault (a lost serialization): all of it comes again
        """
        self.ensure_one()
        self.asked_at = fields.Datetime.now()
        try:
            with self.env.cr.savepoint():
                self._take()
        except OperationalError:
            raise
        except OwnOdooError as error:
            self.pull_error = message(self.env, error.code, **error.params)
        except UserError as error:
            self.pull_error = str(error)
        except Exception as error:  # noqa: BLE001 - one seller's Odoo stops no other's
            self.pull_error = self.env._("Unexpected error, see the server's log.")
            _logger.warning("billing: payments of books %s", self.id, exc_info=error)

    def _take(self):
        since = fields.Date.subtract(self.env["billing.run"]._clock().date(), days=PAID_DAYS)
        statements = self.env["billing.statement"].search(
            [
                ("seller_id", "=", self.seller_id.id),
                ("push_state", "=", "pushed"),
                "|",
                ("reported_state", "!=", "paid"),
                ("reported_on", ">=", since),
            ]
        )
        odoo = self._own_odoo()
        for start in range(0, len(statements), BATCH):
            part = statements[start : start + BATCH]
            part._take_payments(odoo.moves(part.mapped("push_ref")))
        self.write({"pulled_at": fields.Datetime.now(), "pull_error": False})

    @api.model
    def _cron_pull(self):
        """Once a day, one seller a commit; who waits longest comes first."""
        found = self.search([("url", "!=", False)], order="asked_at NULLS FIRST, id")
        found = found.filtered(lambda one: one._is_ready())
        self.env["ir.cron"]._commit_progress(remaining=len(found))
        for one in found:
            one._pull()
            if one.pull_error:
                _logger.info("billing: payments of books %s: %s", one.id, one.pull_error)
            if not self.env["ir.cron"]._commit_progress(1):
                break
