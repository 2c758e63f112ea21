"""From rows of the ledger to documents: engine layout, then values of invoices and bills."""

from datetime import timedelta
from decimal import Decimal

from odoo import Command
from odoo.tools import format_date

from ..engine.documents import Item, documents
from ..engine.money import plain
from .ledger import engine_charge
from .prices import decimal


def layout(charges):
    """The engine's documents of ledger rows (all of one seller, buyer, currency and day)."""
    return documents(
        Item(
            id=charge.id,
            seller=charge.seller_id.id,
            buyer=charge.leg_id._contact().id,
            currency=charge.currency_id.name,
            tenant=charge.tenant_id.id,
            stream=charge.stream,
            tax=tuple(charge.tax_ids.ids),
            charge=engine_charge(charge),
            amount=decimal(charge.amount),
            layout=charge.leg_id._layout(),
            decimal_places=charge.currency_id.decimal_places,
        )
        for charge in charges
    )


def line_commands(document, charges, taxes=None, **shared):
    """Invoice lines of a document, a section before each tenant where there are several.

    ``charges``: the rows by id; ``taxes``: instead of those on the charges (vendor bill);
    ``shared``: values of every product line.
    """
    sign = Decimal(-1) if document.is_refund else Decimal(1)
    several = len({line.tenant for line in document.lines}) > 1
    commands, tenant, sequence = [], None, 0
    for line in sorted(document.lines, key=lambda line: line.tenant or 0):
        rows = [charges[ident] for ident in line.items]
        if several and line.tenant != tenant:
            tenant = line.tenant
            sequence += 1
            commands.append(
                Command.create(
                    {
                        "display_type": "line_section",
                        "name": rows[0].tenant_id.display_name or rows[0].stream,
                        "sequence": sequence,
                    }
                )
            )
        sequence += 1
        commands.append(
            Command.create(
                {
                    "name": text(line, rows),
                    "quantity": float(line.quantity),
                    "price_unit": float(sign * line.unit_price),
                    "tax_ids": [Command.set(list(line.tax) if taxes is None else taxes)],
                    "sequence": sequence,
                    "product_id": False,
                    **shared,
                }
            )
        )
    return commands


def ordered_lines(document):
    """The document's lines in the order of `line_commands`."""
    return sorted(document.lines, key=lambda line: line.tenant or 0)


def text(line, rows):
    """What a line of a document says."""
    if len(rows) == 1:
        return line_text(rows[0], with_quantity=line.quantity_in_text)
    first = rows[0]
    label = dict(first._fields["stream"]._description_selection(first.env))[first.stream]
    start = min(row.period_start for row in rows)
    end = max(row.period_end for row in rows)
    parts = [label, first.tenant_id.display_name or "", _days(first.env, start, end)]
    return ", ".join(part for part in parts if part)


def line_text(row, with_quantity=False):
    """What a ledger row is for, in the words of an invoice."""
    env = row.env
    if not row.period_start:
        return ""
    name = row.component_id.name or env._("Services")
    text = f"{name}, {_days(env, row.period_start, row.period_end)}"
    days = (row.period_end - row.period_start).days
    notes = []
    if row.kind == "credit":
        notes.append(env._("credit"))
    elif row.revision > 1:
        notes.append(env._("correction"))
    if row.full_days and days != row.full_days and row.component_kind != "one_off":
        notes.append(env._("%(days)s of %(all)s days", days=days, all=row.full_days))
    if row.component_kind == "metered" or with_quantity:
        notes.append(env._("quantity %(quantity)s", quantity=plain(decimal(row.quantity), 4)))
    if row.included:
        notes.append(env._("%(included)s included", included=plain(decimal(row.included), 4)))
    if row.discount:
        notes.append(env._("%(percent)s %% off", percent=plain(decimal(row.discount), 2)))
    return f"{text} ({', '.join(notes)})" if notes else text


def _days(env, start, end):
    last = max(start, end - timedelta(days=1))
    if last == start:
        return format_date(env, start)
    return f"{format_date(env, start)} – {format_date(env, last)}"
