"""Installing modules: one call, then patience (D-11, blueprints.md 3.1).

The answer to the call proves nothing: unavailable modules answer 200, a killed worker
answers nothing, other requests hang meanwhile. Only the states that are read count.
"""

from .steps import Step, Stop
from .talk import Patience, Talk, ask, change

READY = ("installed", "to upgrade")


def install(names: tuple[str, ...], key: str, patience: Patience) -> Talk:
    """Install ``names`` and wait until each is installed. ``key`` names the first line.

    Ends the run: ``module_not_installed`` (the server left it), ``install_stuck`` (no
    state moved while polling; ``button_reset_state`` is for a person to decide).
    """
    result = yield from change(Step("install", key, "ir.module.module", names=names), patience)
    poll = Step("poll", key, "ir.module.module", names=names)
    before, still = None, 0
    while True:
        states = yield from ask(poll, patience)
        if all(states.get(name) in READY for name in names):
            return
        working = [n for n in names if states.get(n) == "to install"]
        still = still + 1 if states == before else 0
        if still >= patience.polls:
            raise Stop("interrupted", "install_stuck", key, ", ".join(working))
        left = [n for n in names if states.get(n) not in READY and n not in working]
        if left and not working and (result.kind == "ok" or still >= _quiet(patience)):
            raise Stop("stopped", "module_not_installed", key, ", ".join(left))
        before = states
        yield Step("wait", key, seconds=patience.poll_pause)


def _quiet(patience: Patience) -> int:
    # After a lost answer the server may not have begun: wait out a request's life.
    return max(1, min(patience.polls - 1, int(patience.request_life / patience.poll_pause)))
