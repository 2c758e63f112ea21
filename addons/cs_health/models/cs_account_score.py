import json
import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ..adapters import health
from ..engine.bands import HardStop
from ..exceptions import message

_logger = logging.getLogger(__name__)

BATCH = 100
HISTORY_DAYS = 180
# What a change of band names as its causes.
CAUSES = 3
DAYS_TO_ACT = 3


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
    history = fields.Text(compute="_compute_history")

    @api.depends("snapshot_id")
    def _compute_history(self):
        """Points of the small line on the form, as the client's chart wants them."""
        since = fields.Date.context_today(self) - timedelta(days=HISTORY_DAYS)
        snapshots = self.env["cs.snapshot"].search(
            [("account_id", "in", self.ids), ("day", ">=", since), ("has_score", "=", True)],
            order="day",
        )
        points = {}
        for snapshot in snapshots:
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
        snapshots = health.write(accounts, verdicts, day)
        for account in accounts:
            account.write(account._score_values(verdicts.get(account.id), snapshots, day))
        changed = accounts.filtered(lambda account: before[account.id] != account.band)
        changed._tell_band(before, verdicts)
        changed._plan_rescue(day)

    def _score_values(self, verdict, snapshots, day):
        values = {"scored_on": day, "score_error": False}
        if verdict is None:
            error = self.env._("No health profile is released for this stage.")
            return {**values, "computed_band": "insufficient", "score_error": error}
        overall = verdict.health.overall
        return {
            **values,
            "snapshot_id": snapshots[self.id].id,
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

    def _tell_band(self, before, verdicts):
        """One line in the log of each account: from which band to which, and why."""
        names = {
            metric.code: metric.name
            for metric in self.env["cs.metric"].with_context(active_test=False).search([])
        }
        bands = dict(self._fields["band"]._description_selection(self.env))
        bodies = {}
        for account in self:
            if account.id not in verdicts or not before[account.id]:
                continue
            verdict = verdicts[account.id]
            causes = sorted(verdict.changes.items(), key=lambda item: -abs(item[1]))[:CAUSES]
            why = [f"{names[code]} {change:+}" for code, change in causes]
            why += [
                self.env._("hard stop: %(name)s", name=names.get(code, code))
                for code in verdict.banded.stops
            ]
            text = self.env._(
                "Health went from %(old)s to %(new)s (%(change)s). %(why)s",
                old=bands[before[account.id]],
                new=bands[account.band],
                change=f"{verdict.change:+}",
                why="; ".join(why),
            )
            bodies[account.id] = plaintext2html(text)
        if bodies:
            self.browse(bodies)._message_log_batch(bodies=bodies)

    def _plan_rescue(self, day):
        """One open task for the owner of a live customer that is at risk or unknown."""
        worrying = self.filtered(
            lambda account: (
                account.band in ("red", "insufficient") and account.stage != "implementation"
            )
        )
        if not worrying:
            return
        kind = self.env.ref("cs_health.activity_at_risk")
        open_tasks = self.env["mail.activity"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", worrying.ids),
                ("activity_type_id", "=", kind.id),
            ]
        )
        taken = set(open_tasks.mapped("res_id"))
        model_id = self.env["ir.model"]._get_id(self._name)
        bands = dict(self._fields["band"]._description_selection(self.env))
        # Quick: the owner finds the task in the list; no mail per customer and night.
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": kind.id,
                    "res_model_id": model_id,
                    "res_id": account.id,
                    "user_id": account.user_id.id,
                    "date_deadline": day + timedelta(days=DAYS_TO_ACT),
                    "summary": bands[account.band],
                    "automated": True,
                }
                for account in worrying
                if account.id not in taken
            ]
        )

    def action_score_now(self):
        """Score these customers at once, for whoever may work on them."""
        self.check_access("write")
        # Safe: locks records that the caller may write.
        if self.sudo().try_lock_for_update() != self.sudo():
            raise UserError(message(self.env, "scoring_now"))
        self._score(fields.Date.today())

    def action_open_history(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("cs_health.cs_snapshot_action")
        return {
            **action,
            "domain": [("account_id", "=", self.id)],
            "context": {"search_default_known": 1},
            "display_name": self.name,
        }

    def action_open_samples(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("cs_health.cs_sample_action")
        return {
            **action,
            "domain": [("account_id", "=", self.id)],
            "context": {"default_account_id": self.id},
        }

    def action_open_tenant(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "hosting.tenant",
            "res_id": self.tenant_id.id,
            "view_mode": "form",
        }
