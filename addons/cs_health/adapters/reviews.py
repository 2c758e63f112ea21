"""Reviews: records ↔ the engine's schedule, in bulk."""

from ..engine.schedule import DAYS_AFTER_GO_LIVE, Review


def read_reviews(accounts):
    """``{account: (its reviews after go-live, the days that it is to be reviewed at)}``.

    A review that a person has cancelled is neither moved nor planned anew. One query.
    """
    records = accounts.env["cs.review"].search(
        [("account_id", "in", accounts.ids), ("kind", "!=", "regular")]
    )
    found = {account: ([], set(DAYS_AFTER_GO_LIVE)) for account in accounts}
    for record in records:
        existing, days = found[record.account_id]
        if record.state != "cancelled":
            existing.append(
                Review(int(record.kind), record.planned_date, record.state == "held", record.id)
            )
        elif not record.auto_cancelled:
            days.discard(int(record.kind))
    return {account: (tuple(existing), days) for account, (existing, days) in found.items()}


def write_reviews(env, changes):
    """Carry out ``{account: changes of the engine}``."""
    # Safe: the caller has decided on the changes of accounts that it may move.
    Review = env["cs.review"].sudo()
    to_create = []
    for account, planned in changes.items():
        for change in planned:
            if change.action == "create":
                to_create.append(
                    {
                        "account_id": account.id,
                        "kind": str(change.days),
                        "planned_date": change.due,
                    }
                )
            elif change.action == "move":
                Review.browse(change.id).planned_date = change.due
            else:
                Review.browse(change.id).write({"state": "cancelled", "auto_cancelled": True})
    # What was cancelled must be so in the database before its place is taken.
    Review.flush_model(["state"])
    Review.create(to_create)
