import logging
from datetime import timedelta

from odoo import api, fields, models

_logger = logging.getLogger(__name__)
MAX_TRIES = 8


class ProgramOutbox(models.Model):
    """An effect that leaves after the commit: a call, a mail, a push. Written in the same
    transaction as what causes it, sent by a cron, tried again with growing pauses."""

    _name = "program.outbox"
    _description = "Effect to be sent"
    _order = "id"

    kind = fields.Char(required=True, index=True)
    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    program_node_id = fields.Many2one("program.partner", index=True, ondelete="restrict")
    state = fields.Selection(
        [("waiting", "Waiting"), ("sent", "Done"), ("failed", "Given up")],
        default="waiting",
        required=True,
        index=True,
    )
    tries = fields.Integer()
    next_try = fields.Datetime(default=fields.Datetime.now, required=True)
    error = fields.Char()

    @api.model
    def _post(self, kind, record, node=None):
        """Write the effect ``kind`` of ``record``; ``record._outbox_<kind>()`` carries it out."""
        # Safe: the outbox is the system's; the effect is the record's own.
        row = self.sudo().create(
            {
                "kind": kind,
                "res_model": record._name,
                "res_id": record.id,
                "program_node_id": node.id if node else False,
            }
        )
        self.env.ref("partner_governance.cron_outbox")._trigger()
        return row

    @api.model
    def _cron_send(self):
        """Carry out what is due, one commit each; a failure waits and is tried again."""
        domain = [("state", "=", "waiting"), ("next_try", "<=", fields.Datetime.now())]
        rows = self.search(domain, limit=20)
        self.env["ir.cron"]._commit_progress(remaining=len(rows))
        for row in rows:
            row = row.try_lock_for_update().filtered_domain(domain)
            if not row:
                continue
            row._send()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _send(self):
        """One try. Never raises: the error is kept on the row."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                record = self.env[self.res_model].browse(self.res_id)
                getattr(record, f"_outbox_{self.kind}")()
        except Exception as error:  # noqa: BLE001 - whatever went wrong outside is kept and retried
            tries = self.tries + 1
            _logger.info("outbox %s of %s failed, try %s", self.kind, self.res_model, tries)
            self.write(
                {
                    "tries": tries,
                    "error": str(error)[:500],
                    "state": "failed" if tries >= MAX_TRIES else "waiting",
                    "next_try": fields.Datetime.now() + timedelta(minutes=2**tries),
                }
            )
            return False
        self.write({"state": "sent", "error": False})
        return True

    def action_retry(self):
        self.write({"state": "waiting", "tries": 0, "next_try": fields.Datetime.now()})
        self.env.ref("partner_governance.cron_outbox")._trigger()
