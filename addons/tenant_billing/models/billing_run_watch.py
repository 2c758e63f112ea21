import logging
from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.tools import format_datetime

from ..exceptions import message

_logger = logging.getLogger(__name__)
# A worker killed this often at one place: people are told; what it does in one go is halved each
# time, and at last what is left of it is parked.
ALARM_AFTER = 3
GIVE_UP_AFTER = 8
# The scheduler begins a run every day; later than this it is said wherever runs are looked at.
OVERDUE = timedelta(hours=26)


class BillingRun(models.Model):
    """What tells people that billing does not go on, and what gets it going again."""

    _inherit = "billing.run"

    attempts = fields.Integer(
        readonly=True, help="How often the scheduler took it up since it last got on."
    )

    def _take_up(self):
        """Count that the scheduler takes it up; say so where it does not get on."""
        self.attempts += 1
        if self.attempts > ALARM_AFTER:
            self._alarm(message(self.env, "run_interrupted", count=self.attempts - 1))
        else:
            self.problem = False

    def _alarm(self, text):
        """Say why a run does not go on: on the run, in the log, and once to those who run it."""
        told, self.problem = self.problem, text
        _logger.error("billing: %s", text)
        if told:
            return
        desk = self.env.ref("partner_governance.group_platform_administrator").all_user_ids
        self.env["mail.thread"].message_notify(
            partner_ids=desk.filtered("active").partner_id.ids,
            subject=self.env._("Billing does not go on"),
            body=text,
        )

    def _is_given_up(self):
        """Whether what is at hand killed the worker even alone."""
        return self.attempts > GIVE_UP_AFTER

    @api.model
    def _overdue(self):
        """Since when no run was begun, where one should have been; False: all is well (R-13)."""
        if not self.env["billing.subscription"].search_count([("state", "!=", "draft")], limit=1):
            return False
        last = self.search(
            [("by_clock", "=", True), ("single", "=", False)], order="started_at desc", limit=1
        )
        since = last.started_at or datetime.min
        return since if self._clock().replace(tzinfo=None) - since > OVERDUE else False

    @api.model
    def _action_runs(self):
        """The list of runs; where none was begun for too long, a warning before it."""
        action = self.env["ir.actions.act_window"]._for_xml_id("tenant_billing.billing_run_action")
        since = self._overdue()
        if not since:
            return action
        last = format_datetime(self.env, since) if since > datetime.min else self.env._("never")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger",
                "sticky": True,
                "title": self.env._("Billing is overdue"),
                "message": message(self.env, "run_overdue", last=last),
                "next": action,
            },
        }

    def _portion(self, size):
        """How much to do at once: half of it each time that a worker was killed over it."""
        return max(1, size >> max(self.attempts - 1, 0))
