"""What a blueprint version wants on a tenant (DB-004, DB-005, DB-010, DB-018).

Values are JSON. Four forms stand for what is only known on the tenant:

* ``{"ref": key}``: the record of another resource;
* ``{"xmlid": "module.name"}``: a record that a module brings;
* a list of these: a set of records (x2many);
* ``{"by_company": {company key: value}}``: a company-dependent field, per company.

A company key is ``main``, the bot's own company, or the key of a ``res.company`` resource.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MODULE, SETTING, CATEGORY, WAREHOUSE, RECORD = KINDS = (
    "module",
    "setting",
    "product_category",
    "warehouse",
    "record",
)
OWNED, SEED, OBSERVED = OWNERSHIPS = ("owned", "seed", "observed")
TECHNICAL, BUSINESS = LIFECYCLES = ("technical", "business")
FORGET, ARCHIVE = REMOVALS = ("forget", "archive")
MAIN = "main"
NAMESPACE = "__dbp__"  # never a real module's name: its upgrade would delete our records

_KEY = re.compile(r"[a-z][a-z0-9_]{0,99}\Z")
_MODELS = {
    MODULE: "ir.module.module",
    SETTING: "res.config.settings",
    CATEGORY: "product.category",
    WAREHOUSE: "stock.warehouse",
}
_NATURAL = {CATEGORY: ("name", "parent_id"), WAREHOUSE: ("code",)}
_CHOICES = {
    "reception_steps": ("one_step", "two_steps", "three_steps"),
    "delivery_steps": ("ship_only", "pick_ship", "pick_pack_ship"),
    "property_cost_method": ("standard", "fifo", "average"),
    "property_valuation": ("periodic", "real_time"),
}


@dataclass(frozen=True)
class Resource:
    """One desired thing.

    ``key`` is unique in the blueprint and the name of the external id. ``model`` is
    implied by every kind but ``record``. ``ownership`` per field: ``owned`` (default)
    is kept as desired, ``seed`` is set at creation only, ``observed`` is only compared.
    ``lifecycle``: a ``technical`` record is made again when it was deleted, for a
    ``business`` one a person is asked. ``natural`` names the fields that a record is found
    by where it has no external id yet. ``removal`` says what happens when a later version
    leaves it out; it is kept with the applied state.
    """

    kind: str
    key: str
    model: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    ownership: Mapping[str, str] = field(default_factory=dict)
    lifecycle: str = TECHNICAL
    company: str | None = None
    depends: tuple[str, ...] = ()
    natural: tuple[str, ...] = ()
    removal: str = FORGET

    def __post_init__(self):
        object.__setattr__(self, "model", _MODELS.get(self.kind, self.model))
        object.__setattr__(self, "natural", tuple(self.natural) or _NATURAL.get(self.kind, ()))
        object.__setattr__(self, "depends", tuple(self.depends))
        if self.kind in (SETTING, WAREHOUSE) and self.company is None:
            object.__setattr__(self, "company", MAIN)

    def ownership_of(self, name: str) -> str:
        """``owned``, ``seed`` or ``observed``."""
        return self.ownership.get(name, OWNED)

    def recorded(self) -> dict[str, Any]:
        """The values that count as applied: all but the observed ones."""
        return {n: v for n, v in self.values.items() if self.ownership_of(n) != OBSERVED}

    @property
    def technical_name(self) -> str:
        """Of a module: its name on the tenant."""
        return self.values.get("name") or self.key

    def refs(self) -> frozenset[str]:
        """Keys of the resources that must be there first."""
        found = {ref for ref in _named(self.values, "ref")} | set(self.depends)
        companies = set(_companies(self.values)) | ({self.company} if self.company else set())
        return frozenset((found | companies) - {MAIN, self.key})

    def xmlids(self) -> frozenset[str]:
        """External ids of modules that the values point at."""
        return frozenset(_named(self.values, "xmlid"))

    def to_json(self) -> dict[str, Any]:
        """Plain data; ``Resource(**data)`` makes it again."""
        data = dict(vars(self))
        data.update(values=dict(self.values), ownership=dict(self.ownership))
        data.update(depends=list(self.depends), natural=list(self.natural))
        return data


def _named(value: Any, kind: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        if set(value) == {kind}:
            yield value[kind]
        else:
            for item in value.values():
                yield from _named(item, kind)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _named(item, kind)


def _companies(values: Mapping[str, Any]) -> Iterator[str]:
    for value in values.values():
        if isinstance(value, Mapping) and set(value) == {"by_company"}:
            yield from value["by_company"]


def canonical(data: Any) -> str:
    """One text for equal data: sorted keys, no spaces."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    return value.to_json() if hasattr(value, "to_json") else dict(vars(value))


def digest(data: Any) -> str:
    """SHA-256 in hex of the canonical text."""
    return hashlib.sha256(canonical(data).encode()).hexdigest()


def version_hash(resources: Iterable[Resource]) -> str:
    """The hash of a version; the order of its resources plays no part."""
    return digest([r.to_json() for r in sorted(resources, key=lambda r: r.key)])


def check(resources: Iterable[Resource]) -> tuple[str, ...]:
    """Error codes with the key behind a colon, and the field behind another; empty if good.

    ``key_syntax``, ``key_duplicate``, ``kind_unknown``, ``model_missing``,
    ``lifecycle_unknown``, ``removal_unknown``, ``ownership_unknown``,
    ``natural_key_missing``, ``warehouse_code_length``, ``setting_module``,
    ``choice_unknown``, ``ref_unknown``, ``company_unknown``.
    """
    resources = list(resources)
    by_key = {r.key: r for r in resources}
    errors: list[str] = []
    seen: set[str] = set()
    for r in resources:
        codes = list(_check_one(r))
        if r.key in seen:
            codes.append("key_duplicate")
        seen.add(r.key)
        codes += [f"ref_unknown:{ref}" for ref in sorted(r.refs()) if ref not in by_key]
        for company in {*_companies(r.values), r.company or MAIN} - {MAIN}:
            if company in by_key and by_key[company].model != "res.company":
                codes.append(f"company_unknown:{company}")
        for code in codes:
            name, _, rest = code.partition(":")
            errors.append(f"{name}:{r.key}" + (f":{rest}" if rest else ""))
    return tuple(errors)


def _check_one(r: Resource) -> Iterator[str]:
    if not _KEY.match(r.key) or r.key == MAIN:
        yield "key_syntax"
    if r.kind not in KINDS:
        yield "kind_unknown"
    elif not r.model:
        yield "model_missing"
    if r.lifecycle not in LIFECYCLES:
        yield "lifecycle_unknown"
    if r.removal not in REMOVALS:
        yield "removal_unknown"
    for name, ownership in r.ownership.items():
        if ownership not in OWNERSHIPS:
            yield f"ownership_unknown:{name}"
    yield from _check_natural(r)
    yield from _check_values(r)


def _check_natural(r: Resource) -> Iterator[str]:
    if r.kind not in (MODULE, SETTING):
        # Without one a create whose answer was lost could not be found again. A parent
        # that is not named means: none.
        named = [n for n in r.natural if n in r.values]
        if not named or [n for n in r.natural if n not in r.values and n != "parent_id"]:
            yield "natural_key_missing"


def _check_values(r: Resource) -> Iterator[str]:
    if r.kind == WAREHOUSE and not 1 <= len(str(r.values.get("code") or "")) <= 5:
        yield "warehouse_code_length"  # the server cuts longer ones off in silence
    if r.kind == SETTING:
        for name in r.values:
            if name.startswith("module_"):
                yield f"setting_module:{name}"  # unticking one skips all installs
    if r.kind in (WAREHOUSE, CATEGORY):
        for name, choices in _CHOICES.items():
            if any(v not in choices for v in _leaves(r.values.get(name))):
                yield f"choice_unknown:{name}"


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        yield from value.get("by_company", {}).values()
    elif value is not None:
        yield value
