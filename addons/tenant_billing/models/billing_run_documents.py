from odoo import fields, models

from .billing_charge import LEDGER

# Documents drafted, and statements posted, in one step. More at once buys little, and loses more
# where one of them fails; what is posted holds the journal's numbers until the commit.
DRAFTS = 50
BATCH = 25


class BillingRun(models.Model):
    """The phases after booking: statements and drafts, posting, sending."""

    _inherit = "billing.run"

    # Drafting: batches of (seller, buyer, customer, currency, billing day, charges).

    def _open_documents(self, keys):
        """Charges that wait for a document, in their documents; of some subscriptions: in the
        documents that these have something open on."""
        domain = self._open_charges()
        if not self.single:
            return domain
        own = ("subscription_id", "in", self.subscription_ids.ids)
        names = [key.partition(":")[0] for key in keys]
        groups = self.env["billing.charge"]._read_group([*domain, own], keys)
        return fields.Domain(domain) & fields.Domain.OR(
            fields.Domain.AND(
                fields.Domain(name, "=", getattr(value, "id", value))
                for name, value in zip(names, group, strict=True)
            )
            for group in groups
        )

    def _open_charges(self):
        return [
            ("statement_id", "=", False),
            ("billing_day", "<=", self.as_of),
            "|",
            ("drafted_run_id", "=", False),
            ("drafted_run_id", "!=", self.id),
        ]

    def _next_draft(self):
        keys = ["seller_id", "buyer_id", "customer_id", "currency_id", "billing_day:day", "route"]
        Charge = self.env["billing.charge"]
        domain = self._open_documents(keys)
        portion = self._portion(DRAFTS)
        groups = Charge._read_group(
            domain, keys, ["id:recordset"], limit=portion, order=", ".join(keys)
        )
        if len(groups) < portion:
            return len(groups), groups
        if self.total:
            return max(self.total - self.done, len(groups)), groups
        return len(Charge._read_group(domain, keys)), groups

    def _do_draft(self, groups):
        statements = self.env["billing.statement"]._draft(groups, self)
        statements._mark_supplements()
        statements._hold()
        self.document_count += len(statements)
        self.env["billing.run.failure"]._solve_drafts(statements)

    def _mark_draft(self, groups, reason):
        charges = self.env["billing.charge"].union(*(charges for *_key, charges in groups))
        charges.with_context(billing_ledger=LEDGER).drafted_run_id = self

    # Posting: batches of statements.

    def _next_post(self):
        domain = [
            ("state", "=", "draft"),
            ("hold_state", "in", ("none", "released")),
            "|",
            ("posted_run_id", "=", False),
            ("posted_run_id", "!=", self.id),
            *self._asked_statements("posting_day"),
        ]
        return self._claim(domain)

    def _claim(self, domain):
        """How many statements are left, and a portion of them that nobody else holds."""
        Statement = self.env["billing.statement"]
        portion = self._portion(BATCH)
        found = Statement.search(domain, limit=portion, order="id")
        locked = found.try_lock_for_update(allow_referencing=True)
        left = len(found) if len(found) < portion else Statement.search_count(domain)
        return left, locked

    def _asked_statements(self, day):
        """Statements that this run is about: those whose day (a field) has come, or the ones
        that somebody does not want to wait for."""
        if self.statement_ids:
            return [("id", "in", self.statement_ids.ids)]
        come = fields.Domain(day, "<=", self.as_of)
        if day == "posting_day":
            # Drafts made before there were days are posted as they were.
            come |= fields.Domain(day, "=", False) & fields.Domain("billing_day", "<=", self.as_of)
        if self.single:
            return [
                ("billing_day", "<=", self.as_of),
                ("charge_ids.subscription_id", "in", self.subscription_ids.ids),
                *(come | ~self._keeping_days()),
            ]
        return [*come]

    def _do_post(self, statements):
        statements._issue()
        statements.posted_run_id = self
        self.posted_count += len(statements)
        self.env["billing.run.failure"]._solve("post", statements)

    def _mark_post(self, statement, reason):
        statement.posted_run_id = self

    # Sending: batches of issued statements go to the outbox, which sends them after the commit.

    def _next_send(self):
        if self.single and not self.statement_ids:
            # Nobody asked to send; what leaves by itself does with the night's run.
            return 0, self.env["billing.statement"]
        unsent = [("state", "=", "issued"), ("send_state", "=", "no")]
        return self._claim([*unsent, *self._asked_statements("sending_day")])

    def _do_send(self, statements):
        statements._queue_send()

    def _mark_send(self, statement, reason):
        statement.write({"send_state": "failed", "send_error": reason})
