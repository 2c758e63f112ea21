"""The isolation table: which records of a model a partner's people may see, and why.

Every model of the installed registry has exactly one class (DESIGN 4.1). The table is kept as
``security/isolation.csv`` of each addon, so that a person can read it; this module parses it.
Turning an entry into a search domain is the adapter's work.

Columns: ``model,class,path,portal,fields,why``

``path``
    Fields that decide, separated by ``|``; one that holds is enough. What a field is compared
    with follows from the model it points at: a node, a company, a user, a contact, or (class
    *line*) a record that must itself be in reach. A ``?`` behind a field means: also records
    where it is empty, for reading only.
``exact``
    In ``path``, ``exact:FIELD`` reaches records whose FIELD is the reader's own node, where the
    class would let those above it read too.
``engaged``
    In ``path``, ``engaged:FIELD`` reaches records through a running engagement on the deal,
    project or tenant that FIELD names (``engaged:id``: on the record itself).
``portal``
    The field that must be the commercial partner of a portal user.
``fields``
    For class *reference*: the readable fields, separated by spaces; ``*`` for all.
"""

import csv
import io
from dataclasses import dataclass

OPERATIONAL = "operational"
COMMERCIAL = "commercial"
LINE = "line"
DOCUMENT = "document"
CATALOGUE = "catalogue"
WIZARD = "wizard"
OWN = "own"
CUSTOMER = "customer"
REFERENCE = "reference"
NOTHING = "nothing"

CLASSES = frozenset(
    (
        OPERATIONAL,
        COMMERCIAL,
        LINE,
        DOCUMENT,
        CATALOGUE,
        WIZARD,
        OWN,
        CUSTOMER,
        REFERENCE,
        NOTHING,
    )
)
NEEDS_PATH = frozenset((OPERATIONAL, COMMERCIAL, LINE, CATALOGUE, OWN))
COLUMNS = ("model", "class", "path", "portal", "fields", "why")


class TableError(ValueError):
    """A row that cannot be used. ``code`` is stable, ``row`` names the model."""

    def __init__(self, code: str, row: str):
        super().__init__(f"{code}: {row}")
        self.code = code
        self.row = row


@dataclass(frozen=True)
class Term:
    """One way into a record: ``field``, whether empty counts, whether by engagement, whether the
    own node alone."""

    field: str
    or_empty: bool = False
    engaged: bool = False
    exact: bool = False


@dataclass(frozen=True)
class Entry:
    """One row of the table. ``fields`` is None where all fields are readable."""

    model: str
    cls: str
    terms: tuple[Term, ...] = ()
    portal: str = ""
    fields: frozenset[str] | None = None
    why: str = ""


DENIED = Entry(model="", cls=NOTHING, why="no table names this model")


def parse_term(text: str) -> Term:
    """``'company_id?'`` → a field that may be empty; ``'engaged:tenant_id'`` → by engagement;
    ``'exact:node_id'`` → the own node, not those below it."""
    text = text.strip()
    engaged, exact = text.startswith("engaged:"), text.startswith("exact:")
    field = text.removeprefix("engaged:").removeprefix("exact:")
    return Term(field.removesuffix("?"), field.endswith("?"), engaged, exact)


def parse_table(text: str) -> tuple[Entry, ...]:
    """Entries of one CSV file.

    :raises TableError: codes ``columns``, ``unknown_class``, ``path_missing``,
        ``path_unexpected``, ``fields_missing``, ``model_twice``
    """
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise TableError("columns", ",".join(reader.fieldnames or ()))
    entries = {}
    for row in reader:
        entry = _entry({key: (value or "").strip() for key, value in row.items()})
        if entry.model in entries:
            raise TableError("model_twice", entry.model)
        entries[entry.model] = entry
    return tuple(entries.values())


def _entry(row: dict) -> Entry:
    model, cls = row["model"], row["class"]
    if cls not in CLASSES:
        raise TableError("unknown_class", f"{model} {cls}")
    terms = tuple(parse_term(part) for part in row["path"].split("|") if part.strip())
    if cls in NEEDS_PATH and not terms:
        raise TableError("path_missing", model)
    if cls in (WIZARD, NOTHING) and terms:
        raise TableError("path_unexpected", model)
    if cls == REFERENCE and not row["fields"]:
        raise TableError("fields_missing", model)
    fields = None
    if cls == REFERENCE and row["fields"] != "*":
        fields = frozenset(row["fields"].split())
    return Entry(model, cls, terms, row["portal"], fields, row["why"])


def merge(tables) -> dict[str, Entry]:
    """One table from the files of several addons.

    :raises TableError: ``model_twice`` where two addons classify one model
    """
    merged: dict[str, Entry] = {}
    for entries in tables:
        for entry in entries:
            if entry.model in merged:
                raise TableError("model_twice", entry.model)
            merged[entry.model] = entry
    return merged
