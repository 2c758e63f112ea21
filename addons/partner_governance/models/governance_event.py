import logging

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import audit

_logger = logging.getLogger(__name__)
BATCH = 2000
# Any number will do, as long as it is always the same one.
SEALER_LOCK = 7301190


class GovernanceEvent(models.Model):
    """The audit trail: rows are added, sealed once, and never changed or deleted.

    A row carries names, not links, so that it still says who and what when they are gone. A
    trigger of the database refuses every change but the sealing.
    """

    _name = "governance.event"
    _description = "Audit event"
    _order = "id desc"
    _log_access = False

    happened_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    kind = fields.Char(required=True, readonly=True, index=True)
    actor_name = fields.Char(readonly=True)
    actor_uid = fields.Integer(string="Actor's user number", readonly=True)
    # A plain number: a foreign key could cascade a change into a sealed row.
    node_ref = fields.Integer(string="Partner's number", readonly=True, index=True)
    node_path = fields.Char(readonly=True, index=True)
    node_name = fields.Char(string="Partner", readonly=True)
    res_model = fields.Char(string="Record's model", readonly=True)
    res_ref = fields.Integer(string="Record's number", readonly=True)
    res_name = fields.Char(string="Record", readonly=True)
    old_value = fields.Char(string="Before", readonly=True)
    new_value = fields.Char(string="After", readonly=True)
    reason = fields.Char(readonly=True)
    number = fields.Integer(string="Seal number", readonly=True, index=True)
    digest = fields.Char(string="Seal", readonly=True)

    _number_uniq = models.UniqueIndex("(number) WHERE number IS NOT NULL", "Sealed twice.")

    CONTENT = (
        "id",
        "kind",
        "actor_name",
        "actor_uid",
        "node_ref",
        "node_name",
        "res_model",
        "res_ref",
        "res_name",
        "old_value",
        "new_value",
        "reason",
    )

    def init(self):
        """Guard the table itself: the database refuses what no user may do."""
        self.env.cr.execute(
            SQL(
                """
                CREATE OR REPLACE FUNCTION governance_event_guard() RETURNS trigger AS $$
                BEGIN
                    IF TG_OP = 'UPDATE' AND OLD.number IS NULL AND OLD.digest IS NULL
                       AND NEW.number IS NOT NULL AND NEW.digest IS NOT NULL
                       AND to_jsonb(NEW) - 'number' - 'digest'
                           = to_jsonb(OLD) - 'number' - 'digest' THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'governance_event is append-only';
                END $$ LANGUAGE plpgsql;
                DROP TRIGGER IF EXISTS governance_event_rows ON governance_event;
                CREATE TRIGGER governance_event_rows BEFORE UPDATE OR DELETE
                    ON governance_event FOR EACH ROW
                    EXECUTE FUNCTION governance_event_guard();
                DROP TRIGGER IF EXISTS governance_event_table ON governance_event;
                CREATE TRIGGER governance_event_table BEFORE TRUNCATE
                    ON governance_event FOR EACH STATEMENT
                    EXECUTE FUNCTION governance_event_guard();
                """
            )
        )

    @api.model
    def _record(self, kind, record, node=None, old="", new="", reason=""):
        """Add one unsealed row, in the transaction of what it tells."""
        node = (node or self.env["program.partner"]).sudo()
        # Safe: the audit trail is written by the system whoever acts.
        return self.sudo().create(
            {
                "kind": kind,
                "actor_name": self.env.user.sudo().name,
                "actor_uid": self.env.uid,
                "node_ref": node.id or 0,
                "node_path": node.parent_path or "",
                "node_name": node.name or "",
                "res_model": record._name,
                "res_ref": record.id,
                "res_name": record.sudo().display_name,
                "old_value": old,
                "new_value": new,
                "reason": reason,
            }
        )

    @api.model
    def _cron_seal(self):
        """Number and chain the rows that are not sealed yet; one sealer at a time."""
        # The lock comes first: rows of a transaction that committed while we waited are seen
        # by the next run, whose snapshot is newer.
        (locked,) = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s)", SEALER_LOCK)
        )[0]
        if not locked:
            return
        self.flush_model()
        last = self.search([("number", "!=", False)], order="number desc", limit=1)
        previous, number = last.digest or audit.GENESIS, last.number
        rows = self.search([("number", "=", False)], order="id", limit=BATCH)
        sealed = []
        for row in rows:
            number += 1
            previous = audit.seal(previous, number, row._content())
            sealed.append((row.id, number, previous))
        if sealed:
            self.env.cr.execute(
                SQL(
                    "UPDATE governance_event e SET number = v.number, digest = v.digest"
                    " FROM (VALUES %s) AS v(id, number, digest) WHERE e.id = v.id",
                    SQL(", ").join(SQL("(%s, %s, %s)", *each) for each in sealed),
                )
            )
            self.invalidate_model(["number", "digest"])
        self.env["ir.cron"]._commit_progress(
            len(sealed), remaining=self.search_count([("number", "=", False)])
        )

    def _content(self):
        self.ensure_one()
        values = {name: self[name] or None for name in self.CONTENT}
        values["happened_at"] = fields.Datetime.to_string(self.happened_at)
        return values

    @api.model
    def _check_chain(self, head=None):
        """The first break of the sealed chain as ``audit.Break``, or None.

        :param head: an ``audit.Head`` that was kept elsewhere: rows cut off at the end are found
        """
        return audit.check(self._sealed_rows(), head=head)

    def _sealed_rows(self):
        """Sealed rows in order, a batch in memory at a time."""
        number = 0
        while rows := self.search([("number", ">", number)], order="number", limit=BATCH):
            for row in rows:
                yield audit.Row(row.number, row.digest, row._content())
            number = rows[-1].number
            rows.invalidate_recordset()

    @api.model
    def _head(self):
        return self.search([("number", "!=", False)], order="number desc", limit=1)

    @api.model
    def action_check_chain(self):
        broken = self._check_chain()
        if broken:
            text = self._broken_text(broken)
        else:
            head = self._head()
            text = self.env._(
                "The audit trail is whole: %(count)s rows, head %(head)s.",
                count=head.number,
                head=(head.digest or "")[:16],
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": text,
                "type": "danger" if broken else "success",
                "sticky": bool(broken),
            },
        }

    @api.model
    def _broken_text(self, broken):
        texts = {
            "gap": self.env._(
                "The audit trail is broken at row %(number)s: it is gone. Compare with a backup.",
                number=broken.number,
            ),
            "changed": self.env._(
                "The audit trail is broken at row %(number)s: it was changed. Compare with a "
                "backup.",
                number=broken.number,
            ),
            "missing": self.env._(
                "Rows from %(number)s on are gone: the trail ends before the head that was kept.",
                number=broken.number,
            ),
            "replaced": self.env._(
                "The trail was sealed anew: row %(number)s is not the one that was kept.",
                number=broken.number,
            ),
        }
        return texts[broken.code]

    @api.model
    def action_download_head(self):
        return {
            "type": "ir.actions.act_url",
            "url": "/governance/audit/head.json",
            "target": "download",
        }

    @api.model
    def _cron_check(self):
        """Check every night; a break is logged and becomes an action of the platform."""
        broken = self._check_chain()
        if not broken:
            return
        text = self._broken_text(broken)
        _logger.error("governance.event: %s at row %s", broken.code, broken.number)
        Action = self.env["governance.action"]
        if not Action.search_count([("name", "=", text), ("state", "=", "open")]):
            Action.create(
                {
                    "name": text,
                    "user_id": self.env.ref("base.user_admin").id,
                    "program_node_id": self.env["program.partner"]._root().id,
                    "due_date": fields.Date.context_today(self),
                }
            )
