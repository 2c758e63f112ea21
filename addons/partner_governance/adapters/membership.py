"""Demands, records and histories of partners as the facts of ``engine.membership``."""

from collections import defaultdict

from ..engine import membership


def read_demands(env):
    """``(demands in their order, {code: program.model.requirement})``."""
    found = env["program.model.requirement"].search([])
    demands = tuple(
        membership.Demand(one.code, one.commercial_model_id.code or "", one.for_master)
        for one in found
    )
    return demands, {one.code: one for one in found}


def read_records(nodes):
    """``{node id: [engine.membership.Record]}`` of all records of ``nodes``, by one query."""
    found = defaultdict(list)
    for one in nodes.env["program.model.record"].search([("program_node_id", "in", nodes.ids)]):
        found[one.program_node_id.id].append(
            membership.Record(
                one.requirement_id.code,
                one.state == "accepted",
                one.date_from,
                one.date_until or None,
            )
        )
    return found
