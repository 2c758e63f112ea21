"""Whose consent a change of hands needs, and what keeps a partner from being archived
(TRADE 2, PG-150, PG-151)."""

from datetime import date, timedelta

CARETAKER_DAYS = 90
SILENT_WORKING_DAYS = 10

# What is left to do when a customer leaves: code, days after the day.
EXIT_STEPS = (
    ("final_bill", 0),
    ("data_export", 10),
    ("retention", 10),
    ("deletion", 90),
)


def consents(kind: str, without_giver: bool) -> tuple[tuple[str, str], ...]:
    """Who signs: (party, role). Parties are giver, old_upline, receiver, platform.

    Without the giver (insolvent, terminated, silent) two people of the platform sign for it.
    """
    receiver = () if kind == "end" else (("receiver", "partner_manager"),)
    if without_giver:
        return (("platform", "platform_staff"), ("platform", "partner_finance"), *receiver)
    giver = (("giver", "partner_manager"),)
    if kind == "upline":
        giver += (("old_upline", "partner_manager"),)
    return (*giver, *receiver)


def needs_customer(kind: str) -> bool:
    """Whether the customer's contract partner changes, so that its consent is needed."""
    return kind in ("customer", "exit", "end")


def next_month(today: date) -> date:
    """The default day where no subscription says another: the first of the next month."""
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


def silent_since(asked: date) -> date:
    """The first day on which a giver that was asked counts as silent: ten working days on."""
    day, left = asked, SILENT_WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day


def caretaker_until(day: date) -> date:
    """Until when an upline looks after the customers of a partner that has left."""
    return day + timedelta(days=CARETAKER_DAYS)
