"""How fast a key may report usage (R-35)."""

from cp.tenant_billing.engine.throttle import Throttle
from hypothesis import given
from hypothesis import strategies as st


def test_a_burst_then_the_rate():
    """R-35: backpressure says when to come again, and then lets in."""
    throttle = Throttle()
    assert [throttle.take("a", 0, rate=0.5, burst=2) for _ in range(4)] == [0, 0, 2, 2]
    assert throttle.take("a", 1, rate=0.5, burst=2) == 1
    assert throttle.take("a", 2, rate=0.5, burst=2) == 0
    assert throttle.take("a", 2, rate=0.5, burst=2) == 2


def test_callers_do_not_hinder_each_other():
    throttle = Throttle()
    assert throttle.take("a", 0, rate=1, burst=1) == 0
    assert throttle.take("a", 0, rate=1, burst=1) == 1
    assert throttle.take("b", 0, rate=1, burst=1) == 0


def test_memory_is_bounded_and_the_idle_are_forgotten_first():
    throttle = Throttle(callers=2)
    for caller in "abc":
        throttle.take(caller, 0, rate=1, burst=1)
    assert throttle.take("c", 0, rate=1, burst=1) == 1
    assert throttle.take("b", 0, rate=1, burst=1) == 1
    assert throttle.take("a", 0, rate=1, burst=1) == 0


@given(st.lists(st.floats(0, 3), max_size=60), st.integers(1, 5))
def test_never_more_than_burst_and_rate(pauses, burst):
    """R-35: over any time, at most the burst and what the rate refills; what it promises holds."""
    throttle, now, passed = Throttle(), 0.0, []
    for pause in pauses:
        now += pause
        wait = throttle.take("a", now, rate=2, burst=burst)
        if not wait:
            passed.append(now)
    for first in range(len(passed)):
        for last in range(first, len(passed)):
            assert last - first + 1 <= burst + 2 * (passed[last] - passed[first]) + 1e-6
    wait = throttle.take("a", now, rate=2, burst=burst)
    assert not wait or throttle.take("a", now + wait, rate=2, burst=burst) == 0
