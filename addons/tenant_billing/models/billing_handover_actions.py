import hashlib
import logging

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.zones import local_day
from .billing_run import NOBODYS_FAULT

_logger = logging.getLogger(__name__)


class BillingHandover(models.Model):
    """Looking at a change of hands, planning it, and its day."""

    _inherit = "billing.handover"

    # What people do.

    @api.model
    def _plan(self, values):
        """Plan a change of hands that has its consent: the way in for governance.

        :param values: of this model; ``day`` by default the next boundary of a period
        :raises UserError: naming the price that is missing, or the day that cannot be
        :return: the planned record; a day that has come is carried out at once
        """
        # Safe: whoever calls it has checked who may.
        one = self.sudo().create(values)
        one._preview()
        one._confirm()
        return one

    def _check_desk(self):
        administrator = "partner_governance.group_platform_administrator"
        if not self.env.su and not self.env.user.has_group(administrator):
            raise AccessError(
                self.env._("Changes of hands are planned by the platform's administrators.")
            )

    def action_preview(self):
        """Which contracts close and open, and the reader's own last and first charges."""
        self._check_desk()
        for one in self:
            # Safe: the desk's own work; each reader sees the amounts of its own contracts alone.
            one.sudo()._preview()
        return True

    def action_plan(self):
        """Do it on its day: at once where that has come."""
        self._check_desk()
        for one in self:
            # Safe: checked above to be the desk.
            one.sudo()._confirm()
        return True

    def action_withdraw(self):
        self._check_desk()
        for one in self:
            if one.state not in ("draft", "planned"):
                raise UserError(self.env._("It is done or withdrawn already."))
            # Safe: checked above to be the desk.
            one.sudo().state = "withdrawn"
            one._tell("withdrawn")
        return True

    def _confirm(self):
        self.ensure_one()
        if self.state != "draft":
            raise UserError(self.env._("It is planned, done or withdrawn already."))
        if not self.fingerprint:
            raise UserError(self.env._("Look at the preview first."))
        if self.fingerprint != self._preview():
            raise UserError(
                self.env._("Something has changed since the preview. Look at it again.")
            )
        self.state = "planned"
        self._tell("planned")
        if self._is_due(self.env["billing.run"]._clock()):
            self._carry_out()

    def _tell(self, new):
        self.env["governance.event"]._record(
            "billing.handover",
            self,
            self._giver() or self.receiver_id,
            new=f"{new} {self.day}",
            reason=self.reason,
        )

    # When its day comes.

    def _is_due(self, clock, as_of=None):
        """Whether the day has come for the first of its subscriptions."""
        zones = set(self._subscriptions().mapped("timezone")) or {"UTC"}
        return max(as_of or local_day(clock, zone) for zone in zones) >= self.day

    @api.model
    def _carry_out_due(self, as_of=None):
        """Before a run books: what is due. One that cannot be carried out says why, and is
        tried again by the next run; the others and the run go on.

        :param as_of: “today” of a run as of a day; default: the clock
        """
        clock = self.env["billing.run"]._clock()
        for one in self.search([("state", "=", "planned")], order="day, id"):
            if not one._is_due(clock, as_of):
                continue
            try:
                with self.env.cr.savepoint():
                    one._carry_out()
            except NOBODYS_FAULT:
                raise
            except UserError as error:
                one.problem = str(error)
                _logger.warning("billing: change of hands %s is not carried out", one.id)
            except Exception as error:  # noqa: BLE001 - whatever it is, billing goes on
                one.problem = self.env._("Unexpected error, see the server's log.")
                _logger.warning(
                    "billing: change of hands %s is not carried out", one.id, exc_info=error
                )

    def _hash(self, rows):
        state = [self.kind, self.day, self.receiver_id.id, self.price_book_id.id, self.end_policy]
        return hashlib.sha256(repr((state, rows)).encode()).hexdigest()

    def _show(self, legs, amounts):
        """Keep a preview; its fingerprint."""
        self.write(
            {
                "leg_ids": [Command.clear(), *map(Command.create, legs)],
                "amount_ids": [Command.clear(), *map(Command.create, amounts)],
                "fingerprint": self._hash([legs, amounts]),
            }
        )
        return self.fingerprint


class BillingRun(models.Model):
    _inherit = "billing.run"

    @api.model
    def _open(self, as_of=None):
        """Contracts close and open before what is due on the day is booked."""
        # Safe: what was planned with its consent; whoever may start a run starts the system's.
        self.sudo().env["billing.handover"]._carry_out_due(fields.Date.to_date(as_of) or None)
        return super()._open(as_of)
