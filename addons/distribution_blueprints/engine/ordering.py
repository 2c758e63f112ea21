"""The order of an apply: modules, settings, categories, warehouses, then the rest.

What a resource refers to comes first, whatever its kind. Among equals the order of the
blueprint holds, so that a plan reads the same every time (DB-002, D-01).
"""

from collections.abc import Iterable, Sequence

from .errors import BlueprintError
from .resources import CATEGORY, MODULE, SETTING, WAREHOUSE, Resource

_RANK = {MODULE: 0, SETTING: 1, CATEGORY: 2, WAREHOUSE: 3}


def order(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    """The resources in the order to apply them.

    ``BlueprintError("dependency_cycle", *keys)`` names the resources of the circle, and
    those that wait for it. References to unknown keys are left to ``resources.check``.
    """
    waiting: Sequence[Resource] = sorted(resources, key=lambda r: _RANK.get(r.kind, 4))
    keys = {r.key for r in waiting}
    needs = {r.key: set(r.refs()) & keys for r in waiting}
    result: list[Resource] = []
    while waiting:
        ready = next((r for r in waiting if not needs[r.key]), None)
        if ready is None:
            raise BlueprintError("dependency_cycle", *sorted(r.key for r in waiting))
        result.append(ready)
        waiting = [r for r in waiting if r is not ready]
        for need in needs.values():
            need.discard(ready.key)
    return tuple(result)
