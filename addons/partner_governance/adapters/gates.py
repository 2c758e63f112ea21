"""A record before a gate as the engine sees it, and what the engine says in words."""

from typing import Any, NamedTuple

from ..engine import gates


class Lack(NamedTuple):
    """One missing thing as people read it, and the record on which it is mended."""

    text: str
    record: Any


def subject(gate, record, items, today):
    """What stands before ``gate``: a deal, a project or a change, in sudo.

    :param items: what the gate's hooks found missing
    :rtype: gates.Subject
    """
    deal = record._gate_deal()
    answers = record._gate_answers()
    tier = record._gate_tier_level()
    return gates.Subject(
        applies=gate._applies(record, deal, tier),
        protected=deal.state == "conflict",
        unanswered=_unanswered(gate, answers),
        open_flags=_open_flags(answers),
        items=tuple(lack.text for lack in items),
        mark=record._gate_mark(),
        tier=tier,
        passage=passage(record._review_of(gate)),
        waived_until=_waived_until(record, gate),
        waiting_for_gate=tuple(
            earlier.name for earlier in gate.after_ids if earlier._missing(record)
        ),
        lapsed=tuple(record._lapsed_gates(today).mapped("name")),
    )


def passage(review):
    """The newest review of a record at a gate, or None.

    :rtype: gates.Passage
    """
    if not review:
        return None
    waiting = review._current_approvals().filtered(lambda each: each.state == "waiting")
    overdue = review.condition_ids.filtered("is_overdue")
    return gates.Passage(
        state=review.state,
        mark=review.fingerprint,
        tier=review.tier_id.level,
        valid_until=review.valid_until or None,
        overdue=tuple(overdue.mapped("name")),
        waiting=tuple(
            review.env._("%(role)s at %(party)s", role=each.name, party=each.node_name)
            for each in waiting
        ),
        reason=review.sign_reason or "",
    )


def modes(rows):
    """Dated modes of a gate as the engine's rows."""
    return tuple(
        gates.ModeRow(row.mode, row.date_from, row.program_node_id.id or 0) for row in rows
    )


def _unanswered(gate, answers):
    if not gate.needs_answers or answers is None:
        return ()
    if not answers:
        return (gate.env._("all answers"),)
    if answers.is_complete:
        return ()
    return tuple((answers.missing_names or gate.env._("the questions of this kind")).split(", "))


def _open_flags(answers):
    if answers is None:
        return ()
    return tuple(flag.name for flag in answers.flag_ids if flag.state == "open")


def _waived_until(record, gate):
    waivers = record._waivers_of(gate)
    return max(waivers.mapped("valid_until")) if waivers else None


def places(gate, record, items, found):
    """The record on which each of the engine's findings is mended.

    :param items: as for `subject`
    :param found: what the engine says is missing, in its order
    """
    review = record._review_of(gate)
    waiting = iter(review._current_approvals().filtered(lambda each: each.state == "waiting"))
    overdue = iter(review.condition_ids.filtered("is_overdue"))
    own = iter(items)
    deal = record._gate_deal()
    answers = deal.qualification_ids[:1] or deal
    of = {
        "answers": lambda: answers,
        "flag": lambda: answers,
        "item": lambda: next(own).record,
        "lapsed": lambda: deal,
        "signature": lambda: next(waiting, record),
        "condition": lambda: next(overdue, record),
    }
    return [of.get(one.code, lambda: record)() for one in found]


def fixes(env, lacks, shown_on=None):
    """Each missing thing with what opens it in the client, as ``static/src/gates`` shows it;
    the record that shows the list needs no button to itself.

    :rtype: list[dict[str, str | int]]
    """
    labels = {
        "governance.qualification": env._("Qualify"),
        "governance.approval": env._("Open the signature"),
        "governance.action": env._("Open the condition"),
        "program.deal": env._("Open the deal"),
        "project.project": env._("Open the project"),
    }
    return [
        {
            "text": text,
            "label": labels.get(record._name, env._("Open")),
            "res_model": record._name,
            "res_id": 0 if record == shown_on else record.id,
        }
        for text, record in lacks
    ]
