"""What a statement of work says of a deal's answers (PG-057): scope, exclusions, assumptions.

An answer that asks for something puts it into scope with its size; one that says no puts it
under exclusions, so that nobody reads it in; an unknown is an assumption to be settled first.
"""

from dataclasses import dataclass

UNKNOWN = "unknown"
# Answers that mean "not wanted".
NONE = frozenset(("none", "", "0", "False"))
# Asked of each deal and in scope whatever the answer.
ALWAYS = frozenset(
    (
        "sku_count",
        "warehouse_count",
        "valuation_method",
        "procurement_model",
        "route_complexity",
        "finance_close",
    )
)


@dataclass(frozen=True)
class Statement:
    """Codes of questions, in the order asked."""

    scope: tuple
    exclusions: tuple
    assumptions: tuple


def statement(answers) -> Statement:
    """Sort answers into scope, exclusions and assumptions.

    :param answers: pairs (code of the question, raw answer); booleans as True or False
    """
    scope, exclusions, assumptions = [], [], []
    for code, answer in answers:
        text = str(answer if answer not in (None, False) else "").strip()
        if text.lower() == UNKNOWN or (code in ALWAYS and not text):
            assumptions.append(code)
        elif code not in ALWAYS and text in NONE:
            exclusions.append(code)
        else:
            scope.append(code)
    return Statement(tuple(scope), tuple(exclusions), tuple(assumptions))
