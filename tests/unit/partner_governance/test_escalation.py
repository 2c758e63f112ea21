"""PG-018: the way of a support case up the tree."""

from decimal import Decimal

from cp.partner_governance.engine import escalation
from cp.partner_governance.engine.escalation import Desk


def desk(ident, response=None, resolution=None):
    hours = [None if one is None else Decimal(one) for one in (response, resolution)]
    return Desk(ident, f"desk {ident}", response_hours=hours[0], resolution_hours=hours[1])


def test_sub_then_master_then_platform():
    """PG-018: one step a node, numbered from the partner itself; no promise is not connected."""
    steps = escalation.path([desk(3, 4, 16), desk(2), desk(1, 1, 8)])
    assert [(step.level, step.desk.node_id, step.connected) for step in steps] == [
        (1, 3, True),
        (2, 2, False),
        (3, 1, True),
    ]


def test_a_slower_step_above_is_named():
    """PG-018: a master that answers later than its sub promised leaves that promise uncovered."""
    assert escalation.slower_above(escalation.path([desk(3, 4, 16), desk(1, 1, 8)])) == ()
    (slow,) = escalation.slower_above(
        escalation.path([desk(3, 4, 16), desk(2, 8, 8), desk(1, 4, 8)])
    )
    assert slow.desk.node_id == 2
    (slow,) = escalation.slower_above(escalation.path([desk(3, 4, 16), desk(2), desk(1, 4, 24)]))
    assert slow.desk.node_id == 1


def test_whoever_the_matrix_names_then_up():
    """PG-043: the accountable first, each asked once, those with nobody are passed over."""
    path = (4, 3, 1)
    cases = [
        (4, (), (), 4),
        (4, (4,), (), 3),
        (4, (), (4,), 3),
        (3, (), (), 3),
        (3, (3,), (), 1),
        (4, (4, 3), (1,), 0),
        (1, (1,), (), 0),
        (0, (), (), 4),
        # A delivery partner stands beside the path: after it comes the owner's upline.
        (9, (), (), 9),
        (9, (9,), (), 3),
    ]
    for accountable, asked, idle, wanted in cases:
        assert escalation.next_party(accountable, path, asked, idle) == wanted, accountable
