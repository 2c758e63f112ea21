import json
import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..adapters import health, snapshots
from ..engine.bands import HardStop
from ..exceptions import message

_logger = logging.getLogger(__name__)

BATCH = 100
HISTORY_DAYS = 180


class CsAccount(models.Model):
    """Scoring: read in bulk, judged by the engine, recorded in bulk (CS-006 to CS-010)."""

    _inherit = "cs.account"

    adoption_score = fields.Float(related="snapshot_id.adoption_score")
    support_score = fields.Float(related="snapshot_id.support_score")
    infrastructure_score = fields.Float(related="snapshot_id.infrastructure_score")
    expansion_score = fields.Float(related="snapshot_id.expansion_score")
    adoption_coverage = fields.Float(related="snapshot_id.adoption_coverage")
    support_coverage = fields.Float(related="snapshot_id.support_coverage")
    infrastructure_coverage = fields.Float(related="snapshot_id.infrastructure_coverage")
    expansion_coverage = fields.Float(related="snapshot_id.expansion_coverage")
    profile_id = fields.Many2one(related="snapshot_id.profile_id")
    contribution_ids = fields.One2many(related="snapshot_id.contribution_ids")
    stop_names = fields.Char(related="snapshot_id.stop_names", string="Hard stops")
    history = fields.Text(compute="_compute_history")

    @api.depends("snapshot_id")
    def _compute_history(self):
        """Points of the small line on the form, as the client's chart wants them."""
        since = fields.Date.context_today(self) - timedelta(days=HISTORY_DAYS)
        recorded = self.env["cs.snapshot"].search(
            [("account_id", "in", self.ids), ("day", ">=", since), ("has_score", "=", True)],
            order="day",
        )
        points = {}
        for snapshot in recorded:
            points.setdefault(snapshot.account_id.id, []).append(
                {"x": fields.Date.to_string(snapshot.day), "y": snapshot.score}
            )
        for account in self:
            values = points.get(account._origin.id, [])
            account.history = json.dumps([{"key": self.env._("Score"), "values": values}])

    @api.model
    def _cron_score(self):
        """Score every account once a day, and again where something new is known of it.

        Goes on where it stopped: an account that is done has today's date on it.
        """
        # The cron's own start: nobody live is without an account and an owner (CS-050).
        self.env["hosting.tenant"]._cs_ensure_live()
        day = fields.Date.today()
        due = ["|", ("scored_on", "=", False), ("scored_on", "<", day)]
        left = self.env["ir.cron"]._commit_progress(remaining=self.search_count(due))
        while True:
            batch = self.search(due, limit=BATCH, order="id").try_lock_for_update()
            if not batch:
                return
            done = batch._score_or_park(day)
            left = self.env["ir.cron"]._commit_progress(done)
            if not left:
                return

    def _score_or_park(self, day):
        """Score the batch; where that fails, one by one, parking those that fail alone.

        Returns the number of accounts dealt with.
        """
        try:
            with self.env.cr.savepoint():
                self._score(day)
            return len(self)
        except OperationalError:
            # Somebody else works on the same rows: not the accounts' fault, later runs go on.
            raise
        except Exception:
            if len(self) > 1:
                return sum(account._score_or_park(day) for account in self)
            _logger.exception("Health of account %s cannot be scored", self.id)
            error = self.env._("The last scoring failed; the log of the server says why.")
            self.sudo().write({"scored_on": day, "score_error": error})
            return 1

    def _score(self, day=None):
        """Score these accounts on ``day`` (today): snapshot, contributions, band, and what
        follows from a new band. Twice on a day gives the same as once. Set-wise: the number of
        queries does not depend on the number of accounts."""
        day = day or fields.Date.today()
        # Safe: reads and writes the health of these accounts alone; nobody else may write it.
        # Prefetched as one set, wherever the records come from.
        accounts = self.sudo().with_context(tracking_disable=True).with_prefetch()
        accounts._end_overrides(day)
        facts = health.read(accounts, day)
        scores = {account_id: health.score(each, day) for account_id, each in facts.items()}
        stops = accounts._health_stops(scores, day)
        verdicts = {
            account_id: health.judge(each, scores[account_id], stops.get(account_id, ()), day)
            for account_id, each in facts.items()
        }
        before = {account.id: account.band if account.snapshot_id else "" for account in accounts}
        recorded = snapshots.write(accounts, verdicts, day)
        for account in accounts:
            account.write(account._score_values(verdicts.get(account.id), recorded, day))
        changed = accounts.filtered(lambda account: before[account.id] != account.band)
        changed._tell_band(before, verdicts)
        changed._plan_rescue(day)

    def _score_values(self, verdict, recorded, day):
        values = {"scored_on": day, "score_error": False}
        if verdict is None:
            error = self.env._("No health profile is released for this stage.")
            return {**values, "computed_band": "insufficient", "score_error": error}
        overall = verdict.health.overall
        return {
            **values,
            "snapshot_id": recorded[self.id].id,
            "has_score": overall.value is not None,
            "score": float(overall.value or 0),
            "change": float(verdict.change),
            "coverage": float(overall.coverage),
            "computed_band": verdict.banded.computed,
            "stops": ", ".join(verdict.banded.stops),
            "expansion_ready": verdict.expansion_ready,
        }

    def _health_stops(self, scores, day):
        """Hook: facts that no score outweighs, ``{account id: (HardStop, …)}``, from
        ``{account id: Health}``. Upper addons add theirs.

        Here: metrics of the account's profile whose latest valid value is beyond their limit.
        """
        metrics = self.env["cs.metric"].search([("stop_when", "!=", False)])
        by_code = {metric.code: metric for metric in metrics}
        stops = {}
        for account_id, each in scores.items():
            parts = [
                part
                for dimension in each.dimensions.values()
                for part in dimension.contributions
                if part.score is not None and part.metric in by_code
            ]
            stops[account_id] = tuple(
                HardStop(part.metric)
                for part in parts
                if by_code[part.metric]._stopped_by(float(part.value))
            )
        return stops

    def _end_overrides(self, day):
        """An override ends by itself on its last day."""
        ended = self.filtered(
            lambda account: account.override_band and account.override_until < day
        )
        ended.action_end_override()

    def _score_again(self):
        """Something new is known: the next run of the cron looks at these again."""
        if self:
            # Safe: only asks for a scoring.
            self.sudo().write({"scored_on": False})
            self.env.ref("cs_health.cron_score").sudo()._trigger()

    def action_score_now(self):
        """Score these customers at once, for whoever may work on them."""
        self.check_access("write")
        # Safe: locks records that the caller may write.
        if self.sudo().try_lock_for_update() != self.sudo():
            raise UserError(message(self.env, "scoring_now"))
        self._score(fields.Date.today())
