"""From onboarding records to the dataclasses of the engine."""

from ..engine import onboarding as engine


def read_progress(node):
    """`Progress` of one node, read whole: the caller answers for what it shows of it."""
    stages = node.env["program.onboarding.stage"].search([])
    return engine.progress(
        [
            engine.Stage(stage.sequence, stage.opens, people=stage.certified_people)
            for stage in stages
        ],
        [
            engine.Item(item.stage_sequence, item.name, item.state)
            for item in node.onboarding_item_ids
        ],
        certified=node._certified_people_count(),
        closed=frozenset(
            node.onboarding_passage_ids.filtered("closed_on").mapped("stage_sequence")
        ),
    )
