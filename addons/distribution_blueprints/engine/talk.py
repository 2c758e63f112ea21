"""How an apply asks and changes: what may be repeated, and how often (D-02, D-03).

Generators that yield a ``Step``, are sent its result and return what it means. A result
is anything with ``kind`` (ok, retryable, unknown, fatal) and ``value`` or ``code``.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from .steps import Step, Stop

Talk = Generator[Step, Any, Any]


@dataclass(frozen=True)
class Patience:
    """How often and how long to wait, in seconds.

    ``request_life`` is the longest that a call may live on the server after the client
    gave it up (Odoo's ``limit_time_real``, 120 s by default): a create of unknown result
    is not repeated before that.
    """

    tries: int = 4
    pause: float = 5
    polls: int = 60
    poll_pause: float = 5
    request_life: float = 120


def ask(step: Step, patience: Patience) -> Talk:
    """The value of a step that only reads. Ends the run when there is no answer."""
    code = message = ""
    for attempt in range(patience.tries):
        if attempt:
            yield Step("wait", step.key, seconds=patience.pause * attempt)
        result = yield step
        if result.kind == "ok":
            return result.value
        code, message = result.code, getattr(result, "message", "")
        if result.kind == "fatal":
            raise Stop("stopped", code, step.key, message)
    raise Stop("interrupted", code, step.key, message)


def change(step: Step, patience: Patience, unless: tuple[int, ...] = ()) -> Talk:
    """The result of a step that changes: ok, or unknown for the caller to observe.

    Only what is known not to have been done is sent again. ``unless``: statuses of a
    refusal that the caller wants to see.
    """
    result = None
    for attempt in range(patience.tries):
        if attempt:
            yield Step("wait", step.key, seconds=patience.pause * attempt)
        result = yield step
        if result.kind in ("ok", "unknown"):
            return result
        if result.kind == "fatal":
            if getattr(result, "status", None) in unless:
                return result
            raise Stop("stopped", result.code, step.key, getattr(result, "message", ""))
    raise Stop("interrupted", result.code, step.key, getattr(result, "message", ""))
