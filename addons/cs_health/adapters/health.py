"""Health: from accounts, samples and snapshots to what the engine says of them, in bulk.

``read`` costs a fixed number of queries for any number of accounts; ``score`` and ``judge`` are
the engine alone.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from odoo.tools import SQL

from ..engine.bands import Banded, BandState, HardStop, Override, Thresholds, band, expansion_ready
from ..engine.profile import EXPANSION, Profile, Sample, choose_profile
from ..engine.scoring import Contribution, Health, Score, compute, delta
from .profiles import number, read_profile, thresholds


@dataclass(frozen=True)
class Facts:
    """All that one account is judged by. ``before`` is the last score of an earlier day."""

    profile_id: int
    profile: Profile
    limits: Thresholds
    samples: tuple[Sample, ...]
    before: Score | None = None
    state: BandState = field(default_factory=BandState)
    override: Override | None = None


@dataclass(frozen=True)
class Verdict:
    """What the engine says about one account; ``changes`` sum to ``change``."""

    facts: Facts
    health: Health
    banded: Banded
    changes: dict[str, Decimal]
    expansion_ready: bool

    @property
    def change(self) -> Decimal:
        return sum(self.changes.values(), Decimal(0))


def read(accounts, day):
    """``{account id: Facts}``; an account for whose stage no profile is released is left out."""
    env = accounts.env
    records = env["cs.profile"].search([("state", "=", "released")])
    by_key = {(record.code, record.version): record for record in records}
    profiles = [read_profile(record) for record in records]
    chosen = {}
    for account in accounts:
        profile = choose_profile(profiles, account.stage)
        if profile:
            chosen[account.id] = profile, by_key[profile.code, profile.version]
    judged = accounts.filtered(lambda account: account.id in chosen)
    metrics = records.line_ids.metric_id
    samples = _samples(judged, metrics, day)
    before = _before(judged, day)
    facts = {}
    for account in judged:
        profile, record = chosen[account.id]
        score, state = before.get(account.id, (None, BandState()))
        facts[account.id] = Facts(
            profile_id=record.id,
            profile=profile,
            limits=thresholds(record),
            samples=tuple(samples.get(account.id, ())),
            before=score,
            state=state,
            override=_override(account),
        )
    return facts


def _samples(accounts, metrics, day):
    """``{account id: [Sample]}``: the latest of each metric up to and including ``day``, and
    what the control plane measures by itself."""
    env = accounts.env
    found = {}
    env["cs.sample"].flush_model()
    # One index look-up per account and metric, however long the history is.
    rows = env.execute_query(
        SQL(
            """
            SELECT account.id, metric.id, latest.value, latest.observed_at::date
              FROM unnest(%s) AS account(id)
             CROSS JOIN unnest(%s) AS metric(id)
             CROSS JOIN LATERAL (
                SELECT value, observed_at
                  FROM cs_sample
                 WHERE account_id = account.id AND metric_id = metric.id AND observed_at < %s
                 ORDER BY observed_at DESC, id DESC
                 LIMIT 1
             ) AS latest
            """,
            accounts.ids,
            metrics.ids,
            day + timedelta(days=1),
        )
    )
    codes = {metric.id: metric.code for metric in metrics}
    for account_id, metric_id, value, observed in rows:
        sample = Sample(codes[metric_id], Decimal(str(value)), observed)
        found.setdefault(account_id, []).append(sample)
    for (account_id, code), value in metrics._measure(accounts, day).items():
        found.setdefault(account_id, []).append(Sample(code, Decimal(str(value)), day))
    return found


def _before(accounts, day):
    """``{account id: (overall Score, BandState)}`` of the last snapshot before ``day``."""
    env = accounts.env
    env["cs.snapshot"].flush_model()
    rows = env.execute_query(
        SQL(
            """
            SELECT last.id
              FROM unnest(%s) AS account(id)
             CROSS JOIN LATERAL (
                SELECT id FROM cs_snapshot
                 WHERE account_id = account.id AND day < %s
                 ORDER BY day DESC
                 LIMIT 1
             ) AS last
            """,
            accounts.ids,
            day,
        )
    )
    snapshots = env["cs.snapshot"].browse([ident for (ident,) in rows])
    return {
        snapshot.account_id.id: (
            _score(snapshot),
            BandState(snapshot.state_band, snapshot.pending_band or None, snapshot.pending_runs),
        )
        for snapshot in snapshots
    }


def _score(snapshot):
    parts = tuple(
        Contribution(
            metric=part.metric_id.code,
            dimension=part.dimension,
            weight=number(part.weight),
            points=number(part.points),
        )
        for part in snapshot.contribution_ids
    )
    value = number(snapshot.score) if snapshot.has_score else None
    return Score("overall", value, number(snapshot.coverage), snapshot.sufficient, parts)


def _override(account):
    if not account.override_band:
        return None
    return Override(
        account.override_band,
        account.override_reason or "",
        str(account.override_user_id.id),
        account.override_from,
        account.override_until,
    )


def score(facts: Facts, day: date) -> Health:
    """The health on ``day``, without the band: hard stops look at it first."""
    return compute(facts.profile, facts.samples, day)


def judge(facts: Facts, health: Health, stops: tuple[HardStop, ...], day: date) -> Verdict:
    """The band on ``day``, the change and where it came from."""
    banded = band(facts.state, health.overall, stops, facts.override, day, facts.limits)
    changes = delta(facts.before, health.overall) if facts.before else {}
    ready = expansion_ready(banded.shown, health.dimensions.get(EXPANSION))
    return Verdict(facts, health, banded, changes, ready)
