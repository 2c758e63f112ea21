"""Figures of many partners or of one as rows that JSON, screens and workbooks share."""

from ..engine import metrics as engine

ADDITIVE = ("count",)


def figure(metric, values):
    """One row: what the metric is, and what it says of all ``values`` together, or that nothing
    answers. Numbers are floats of two decimals."""
    row = {
        "id": metric.id,
        "code": metric.code,
        "section": metric.section or "",
        "layer": metric.layer_id.id,
        "name": metric.name,
        "unit": metric.unit,
        "direction": metric.direction,
        "definition": metric.definition,
        "window": metric.window,
        "connected": values is not None,
        "partners": 0,
        "cases": 0,
        "total": None,
        "lower": None,
        "median": None,
        "upper": None,
    }
    if values is None:
        return row
    told = engine.summary(list(values.values()), metric.unit in ADDITIVE)
    row |= {"partners": told.partners, "cases": told.count}
    for name in ("total", "lower", "median", "upper"):
        number = getattr(told, name)
        row[name] = None if number is None else float(number)
    return row


def own(values, ident):
    """One partner's own figure, for its copy: None where nothing answers or no case is there."""
    value = values and values.get(ident)
    if value is None or not (value.count or value.value):
        return None
    return float(engine.rounded(value.value))


def covered(row):
    """A row that tells no partner from another: of fewer than five nothing is told, since one of
    two subtracts itself."""
    if row["partners"] >= engine.FEW:
        return row
    hidden = dict.fromkeys(("cases", "total", "lower", "median", "upper"))
    return {**row, **hidden, "few": True}


def sheets(env, pack):
    """The pack for a workbook: its figures, its actions, and what each figure means."""
    units = dict(env["program.metric"]._fields["unit"]._description_selection(env))
    heading = [
        env._("Section"),
        env._("Figure"),
        env._("Unit"),
        env._("Total"),
        env._("Own"),
        env._("Lower quartile"),
        env._("Median"),
        env._("Upper quartile"),
        env._("Partners"),
        env._("Cases"),
    ]
    rows = [(section, row) for section in pack["sections"] for row in section["rows"]]
    figures = [
        [
            section["name"],
            row["name"],
            units[row["unit"]],
            row["total"] if row["connected"] else env._("not connected"),
            row.get("own"),
            row["lower"],
            row["median"],
            row["upper"],
            row["partners"],
            row["cases"],
        ]
        for section, row in rows
    ]
    actions = [
        [action["name"], action["owner"], action["due"], action["state"]]
        for action in pack["actions"]
    ]
    definitions = [[row["name"], row["definition"], row["window"]] for _section, row in rows]
    definitions += [
        [],
        [env._("As of"), pack["as_of"]],
        [
            env._("Total"),
            env._("Of counts the sum, of everything else the mean weighted by cases."),
        ],
        [
            env._("Quartiles"),
            env._(
                "Of five partners and more, never by name; of fewer nothing is told to partners."
            ),
        ],
    ]
    return [
        (env._("Figures"), [heading, *figures]),
        (
            env._("Actions"),
            [[env._("Action"), env._("Owner"), env._("By"), env._("State")], *actions],
        ),
        (
            env._("Definitions"),
            [[env._("Figure"), env._("What it is"), env._("Months")], *definitions],
        ),
    ]
