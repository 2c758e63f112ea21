"""Grades and criteria as tiers for the engine, live values as facts, results as values."""

from collections import defaultdict
from decimal import Decimal

from ..engine import tiers


def criterion(record):
    metric = record.metric_id
    return tiers.Criterion(
        code=metric.code,
        pillar=metric.pillar,
        target=Decimal(str(record.target)),
        weight=record.weight,
        floor=record.floor,
        direction=metric.direction,
        prior=Decimal(str(metric.prior)) if metric.unit == "percent" else None,
    )


def read_tiers(nodes):
    """``{node id: [Tier]}``, the platform's criteria with what each master above demands."""
    env = nodes.env
    above = {node.id: path_of(node) for node in nodes}
    owners = {ident for path in above.values() for ident in path}
    criteria = defaultdict(lambda: defaultdict(list))
    for record in env["program.tier.criterion"].search([("program_node_id", "in", list(owners))]):
        criteria[record.grade_id.id][record.program_node_id.id].append(criterion(record))
    grades = env["res.partner.grade"].search([])
    return {
        ident: [_tier(grade, criteria[grade.id], path) for grade in grades]
        for ident, path in above.items()
    }


def path_of(node):
    """Numbers of the platform, the masters above, and the node itself, in this order."""
    return [int(part) for part in (node.parent_path or "").strip("/").split("/") if part]


def _tier(grade, criteria, path):
    root, *masters = path
    tier = tiers.Tier(
        key=grade.id,
        rank=-grade.sequence,
        threshold=grade.threshold,
        criteria=tuple(criteria[root]),
        floors={
            tiers.DELIVERY: grade.floor_delivery,
            tiers.CLOUD: grade.floor_cloud,
            tiers.SPECIALISATION: grade.floor_specialisation,
        },
    )
    # A master's demands hold for who stands below it, not for itself.
    for master in masters[:-1]:
        tier = tiers.stricter(tier, criteria[master])
    return tier


def read_facts(nodes, day):
    """``{node id: {code: Value or None}}`` of all metrics, one question per metric."""
    facts = {ident: {} for ident in nodes.ids}
    for metric in nodes.env["program.metric"].search([]):
        values = metric._values(nodes, day)
        for ident in nodes.ids:
            facts[ident][metric.code] = values and values[ident]
    return facts


def as_facts(values):
    return {code: value and tiers.Fact(value.value, value.count) for code, value in values.items()}


def freeze(values, results):
    """What an assessment was made from, as JSON: numbers as text, so that they stay exact."""
    return {
        "facts": {
            code: value
            and {
                "value": str(value.value),
                "count": value.count,
                "records": [value.records[0], list(value.records[1])],
            }
            for code, value in values.items()
        },
        "tiers": [
            {
                "grade": result.tier.key,
                "threshold": result.tier.threshold,
                "score": str(result.score),
                "pillars": {
                    pillar: None if points is None else str(points)
                    for pillar, points in result.pillars.items()
                },
                "short": list(result.short),
                "reached": result.reached,
                "coverage": result.coverage,
            }
            for result in results
        ],
    }


def thaw(frozen):
    """The facts of a frozen assessment."""
    return {
        code: fact and tiers.Fact(Decimal(fact["value"]), fact["count"])
        for code, fact in frozen["facts"].items()
    }


def line_values(result, metrics):
    """Values of an assessment's lines, in the order of the criteria."""
    return [
        {
            "metric_id": metrics[line.criterion.code].id,
            "target": float(line.criterion.target),
            "weight": line.criterion.weight if line.criterion.pillar in tiers.PILLARS else 0,
            "floor": line.criterion.floor,
            "value": float(line.value or 0),
            "counted": float(line.counted or 0),
            "cases": line.count,
            "points": float(line.points or 0),
            "state": _state(line),
        }
        for line in result.lines
    ]


def _state(line):
    if not line.connected:
        return "unknown"
    return "met" if line.met else "missing"
