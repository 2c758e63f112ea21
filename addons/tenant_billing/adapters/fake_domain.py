"""Domains and x2many commands of the in-memory tenant."""

_OPERATORS = {
    "=": lambda a, b: not a if b is False or b == "" else a == b,
    "!=": lambda a, b: bool(a) if b is False else a != b,
    "in": lambda a, b: a in b or (a is None and False in b),
    "not in": lambda a, b: a not in b,
    "ilike": lambda a, b: str(b).lower() in str(a or "").lower(),
    "=ilike": lambda a, b: str(b).lower() == str(a or "").lower(),
    ">": lambda a, b: a > b,
}


def matches(row: dict, domain: list) -> bool:
    """Whether a stored row fits a domain in prefix notation."""
    stack: list[bool] = []
    for term in reversed(domain):
        if term == "|":
            stack.append(stack.pop() | stack.pop())
        elif term == "&":
            stack.append(stack.pop() & stack.pop())
        elif term == "!":
            stack.append(not stack.pop())
        else:
            name, operator, value = term
            stack.append(bool(_OPERATORS[operator](row.get(name), value)))
    return all(stack)


def commanded(ids: list[int], commands: list) -> list[int]:
    """``ids`` after the commands; plain ids are added."""
    for command in commands:
        if isinstance(command, int):
            ids = [*ids, command]
        elif command[0] == 6:
            ids = list(command[2])
        elif command[0] == 4 and command[1] not in ids:
            ids = [*ids, command[1]]
        elif command[0] in (2, 3):
            ids = [i for i in ids if i != command[1]]
        elif command[0] == 5:
            ids = []
    return ids
