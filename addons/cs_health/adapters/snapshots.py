"""Verdicts of the engine → snapshots with their contributions, in bulk."""

from ..engine.profile import DIMENSIONS


def snapshot_values(account, verdict, day):
    """Values of a ``cs.snapshot`` without its contributions."""
    overall, banded = verdict.health.overall, verdict.banded
    values = {
        "account_id": account.id,
        "day": day,
        "stage": account.stage,
        "profile_id": verdict.facts.profile_id,
        "profile_version": verdict.health.version,
        "has_score": overall.value is not None,
        "score": float(overall.value or 0),
        "change": float(verdict.change),
        "coverage": float(overall.coverage),
        "sufficient": overall.sufficient,
        "band": banded.shown,
        "computed_band": banded.computed,
        "stops": ", ".join(banded.stops),
        "override_reason": banded.override.reason if banded.override else False,
        "state_band": banded.state.band,
        "pending_band": banded.state.pending or False,
        "pending_runs": banded.state.runs,
    }
    for code in DIMENSIONS:
        dimension = verdict.health.dimensions.get(code)
        values[f"{code}_score"] = float(dimension.value or 0) if dimension else 0
        values[f"{code}_coverage"] = float(dimension.coverage) if dimension else 0
    return values


def contribution_values(verdict, metrics):
    """Values of the ``cs.contribution`` rows of one snapshot, one per metric.
    ``metrics``: ``{code: record}``.

    A metric that the score before had and this one has not keeps a row with its change, so
    that the changes still sum to the change of the score.
    """
    points = {part.metric: part.points for part in verdict.health.overall.contributions}
    rows = []
    for dimension in verdict.health.dimensions.values():
        for part in dimension.contributions:
            rows.append(
                {
                    "metric_id": metrics[part.metric].id,
                    "dimension": part.dimension,
                    "weight": float(part.weight),
                    "state": _state(part, verdict.facts.profile, metrics[part.metric].source),
                    "value": float(part.value or 0),
                    "age": part.age or 0,
                    "raw_score": float(part.raw or 0),
                    "score": float(part.score or 0),
                    "points": float(points.get(part.metric, 0)),
                    "change": float(verdict.changes.get(part.metric, 0)),
                    "dimension_points": float(part.points),
                }
            )
    known = {row["metric_id"] for row in rows}
    before = verdict.facts.before.contributions if verdict.facts.before else ()
    for part in before:
        if part.points and metrics[part.metric].id not in known:
            rows.append(
                {
                    "metric_id": metrics[part.metric].id,
                    "dimension": part.dimension,
                    "state": "dropped",
                    "change": float(verdict.changes.get(part.metric, 0)),
                }
            )
    return rows


def _state(part, profile, source):
    if part.value is None:
        return "missing" if source == "connected" else "unknown"
    if part.score is None:
        return "old"
    limit = next(metric.max_age for metric in profile.metrics if metric.code == part.metric)
    return "ageing" if part.age > limit else "fresh"


def write(accounts, verdicts, day):
    """Record ``{account id: Verdict}``; returns ``{account id: snapshot}``.

    A snapshot of the same day is replaced in place.
    """
    env = accounts.env
    metrics = env["cs.metric"].with_context(active_test=False).search([])
    by_code = {metric.code: metric for metric in metrics}
    existing = {
        snapshot.account_id.id: snapshot
        for snapshot in env["cs.snapshot"].search(
            [("account_id", "in", list(verdicts)), ("day", "=", day)]
        )
    }
    env["cs.snapshot"].browse(
        [snapshot.id for snapshot in existing.values()]
    ).contribution_ids.unlink()
    fresh = []
    for account in accounts:
        if account.id not in verdicts:
            continue
        values = snapshot_values(account, verdicts[account.id], day)
        if account.id in existing:
            existing[account.id].write(values)
        else:
            fresh.append(values)
    for snapshot in env["cs.snapshot"].create(fresh):
        existing[snapshot.account_id.id] = snapshot
    env["cs.contribution"].create(
        [
            {"snapshot_id": existing[account_id].id, **row}
            for account_id, verdict in verdicts.items()
            for row in contribution_values(verdict, by_code)
        ]
    )
    return existing
