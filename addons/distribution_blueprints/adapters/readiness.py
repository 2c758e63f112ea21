"""What this database knows about the readiness of projects, and a card as the engine sees it."""

from typing import NamedTuple

from ..engine import scorecard as engine


class Fact(NamedTuple):
    """An answer that the system gives, and the words that explain it; no answer while nothing
    is connected."""

    answer: str
    text: str


def line(record, live=""):
    """A line of a card for the engine. What the system says needs no evidence.

    :param live: the system's answer, which goes before a person's
    """
    answer = live or record.answer or ""
    evidence = bool(record.note or record.link or record.file)
    demanded = answer == engine.NOT_APPLICABLE or record.needs_evidence
    return engine.Line(
        name=record.name,
        weight=record.weight,
        answer=answer,
        is_hard_stop=record.is_hard_stop,
        is_backed=bool(live) or evidence or not demanded,
    )


def facts(projects):
    """``{project id: {source: Fact}}`` in a few queries for all projects; in sudo.

    Sources that nothing delivers yet (support cases) are absent.
    """
    env = projects.env
    tenants = env["hosting.tenant"].search(
        ["|", ("project_id", "in", projects.ids), ("deal_id", "in", projects.program_deal_id.ids)]
    )
    drift = dict(
        env["blueprint.drift"]._read_group(
            [("tenant_id", "in", tenants.ids), ("state", "=", "open")], ["tenant_id"], ["__count"]
        )
    )
    applied = tenants.connection_ids.filtered("blueprint_version_id").tenant_id
    latest = dict(
        env["blueprint.run"]._read_group(
            [("tenant_id", "in", tenants.ids)], ["tenant_id"], ["id:max"]
        )
    )
    runs = {run.tenant_id: run for run in env["blueprint.run"].browse(latest.values())}
    # A tenant is of its project; without one, of each project of its deal.
    by_project = tenants.grouped("project_id")
    by_deal = by_project.get(env["project.project"], tenants.browse()).grouped("deal_id")
    found = {}
    for project in projects:
        own = by_project.get(project, tenants.browse())
        own |= by_deal.get(project.program_deal_id, tenants.browse())
        found[project.id] = {
            "run": _run(env, [runs[one] for one in own if one in runs]),
            "drift": _drift(env, own & applied, drift),
            "checklist": _checklist(env, project.checklist_ids),
        }
    return found


def _run(env, runs):
    if not runs:
        return Fact("", "")
    failed = [run for run in runs if run.state != "done"]
    if failed:
        return Fact(
            engine.NOT_READY,
            env._("The last application did not end: %(names)s.", names=failed[0].tenant_id.name),
        )
    return Fact(engine.READY, env._("The blueprint was applied and read back."))


def _drift(env, tenants, counts):
    if not tenants:
        return Fact("", "")
    found = sum(counts.get(tenant, 0) for tenant in tenants)
    if found:
        return Fact(engine.NOT_READY, env._("%(count)s open findings of drift.", count=found))
    return Fact(engine.READY, env._("No open drift."))


def _checklist(env, checklists):
    own = checklists.filtered(lambda each: each.kind in ("migration", "warehouse_test"))
    if not own:
        return Fact("", "")
    signed = own.filtered(lambda each: each.state == "signed")
    text = env._("%(signed)s of %(all)s signed off.", signed=len(signed), all=len(own))
    if signed == own:
        return Fact(engine.READY, text)
    if any(each.result == "failed" for each in own):
        return Fact(engine.NOT_READY, text)
    return Fact(engine.PARTLY if signed else engine.NOT_READY, text)
