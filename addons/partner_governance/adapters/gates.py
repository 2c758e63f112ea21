"""A record before a gate as the engine sees it, and what the engine says in words."""

from ..engine import gates


def subject(gate, record, today):
    """What stands before ``gate``: a deal or a project, in sudo.

    :rtype: gates.Subject
    """
    deal = record._gate_deal()
    answers = deal.qualification_ids[:1]
    tier = record._gate_tier_level()
    return gates.Subject(
        applies=gate._applies(record, deal, tier),
        protected=deal.state == "conflict",
        unanswered=_unanswered(gate, answers),
        open_flags=tuple(
            flag.name for flag in answers.flag_ids.filtered(lambda flag: flag.state == "open")
        ),
        items=tuple(gate._items(record)),
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
    if not gate.needs_answers:
        return ()
    if not answers:
        return (gate.env._("all answers"),)
    if answers.is_complete:
        return ()
    return tuple((answers.missing_names or gate.env._("the questions of this kind")).split(", "))


def _waived_until(record, gate):
    waivers = record._waivers_of(gate)
    return max(waivers.mapped("valid_until")) if waivers else None
