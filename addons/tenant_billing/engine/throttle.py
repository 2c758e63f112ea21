"""How fast one caller may come: a bucket of tokens that fills with time (R-35)."""

from dataclasses import dataclass, field
from math import ceil
from threading import Lock


@dataclass(slots=True)
class Throttle:
    """Callers take tokens; each has ``burst`` of them, refilled at ``rate`` a second.

    Kept in the memory of one process. At most ``callers`` are remembered: those idle for long
    enough to be full again are forgotten first, since a new bucket is full too.
    """

    callers: int = 10_000
    _state: dict = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def take(self, caller: object, now: float, rate: float, burst: float) -> int:
        """0 where ``caller`` may go on; else the whole seconds until it may."""
        with self._lock:
            tokens, since = self._state.pop(caller, (burst, now))
            tokens = min(burst, tokens + max(now - since, 0) * rate)
            # The newest stands last, so that the first is the one idle for longest.
            self._state[caller] = (max(tokens - 1, 0) if tokens >= 1 else tokens, now)
            while len(self._state) > self.callers:
                del self._state[next(iter(self._state))]
            return 0 if tokens >= 1 else max(ceil((1 - tokens) / rate), 1)
