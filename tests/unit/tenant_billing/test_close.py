"""Where documents stand on the month-end screen (TB-069)."""

from decimal import Decimal as D
from itertools import product

import pytest
from cp.tenant_billing.engine.close import TILES, Group, Sum, summary, tiles_of
from hypothesis import given
from hypothesis import strategies as st

HOLDS = ("none", "held", "released", "parked")
SENDS = ("no", "queued", "sent", "failed", "nothing")


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (("draft", "none", "no"), ("ready",)),
        (("draft", "released", "no"), ("ready",)),
        (("draft", "held", "no"), ("held",)),
        (("draft", "parked", "no"), ("parked",)),
        (("issued", "none", "no"), ("posted",)),
        (("issued", "released", "queued"), ("posted",)),
        (("issued", "none", "failed"), ("posted",)),
        (("issued", "none", "sent"), ("posted", "sent")),
        (("issued", "none", "nothing"), ("posted", "sent")),
    ],
)
def test_tiles(states, expected):
    """TB-069: ready, held, parked, posted, sent."""
    assert tiles_of(*states) == expected


@given(
    st.lists(
        st.builds(
            Group,
            st.sampled_from(("draft", "issued")),
            st.sampled_from(HOLDS),
            st.sampled_from(SENDS),
            st.integers(1, 9),
            st.decimals(-999, 999, places=2),
        )
    )
)
def test_every_document_is_counted_once(groups):
    """TB-069: ready, held, parked and posted are all there is, in counts and in sums."""
    found = summary(groups)
    assert sum(map(lambda name: found[name].count, TILES[:4])) == found["total"].count
    assert sum(map(lambda name: found[name].amount, TILES[:4])) == found["total"].amount
    posted = found["posted"].count
    parts = ("sent", "unsent", "queued", "failed")
    assert sum(found[name].count for name in parts) == posted


def test_all_states_are_known():
    """TB-069: none falls through."""
    assert {
        tile for states in product(("draft", "issued"), HOLDS, SENDS) for tile in tiles_of(*states)
    } == set(TILES)


def test_nothing_yet():
    """TB-069: an empty month is zero, not missing."""
    assert summary([])["ready"] == Sum(0, D(0))
