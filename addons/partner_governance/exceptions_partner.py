"""What the programme refuses about partners and their people: one text per code."""

from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from .exceptions import render

_lt = LazyTranslate(__name__)

MESSAGES = {
    # engine/team.py
    "not_yours": _lt(
        "The people of %(node)s are looked after by its own managers. Ask one of them."
    ),
    "upline_invites_only": _lt(
        "%(node)s lets its upline invite people, not change or end them. Ask its managers."
    ),
    "upline_roles": _lt(
        "For %(node)s its upline invites people of delivery and support only. Ask its managers."
    ),
    "other_node": _lt("%(person)s does not work for %(node)s."),
    "platform_person": _lt(
        "%(person)s works for the platform operator, whose administrator decides on that."
    ),
    "myself": _lt("Nobody ends himself or herself: ask another manager of %(node)s."),
    "ended_already": _lt("%(person)s has left already."),
    "unknown_role": _lt("There is no such role. Roles are sales, delivery, support, finance and "
                        "manager."),
    "no_role": _lt("Choose at least one role for %(person)s, or end the person."),
    "last_manager": _lt(
        "%(person)s is the last manager of %(node)s. Make somebody else a manager first."
    ),
    "successor_missing": _lt(
        "%(person)s has open work (%(count)s items). Name the colleague who takes it over."
    ),
    "successor_elsewhere": _lt("The colleague must work for %(node)s and be active."),
    "successor_same": _lt("Name another colleague than %(person)s."),
    # engine/membership.py
    "not_manager": _lt("Partners are invited by managers of a master partner."),
    "not_master": _lt(
        "%(node)s is not a master partner. Ask the programme desk for the master role first."
    ),
    "not_running": _lt("%(node)s is suspended or has left, so it invites nobody."),
    "not_below": _lt("A master invites partners below itself only."),
    "model_not_invitable": _lt(
        "Partners of the model “%(model)s” are invited by the platform. Send the programme desk "
        "a note."
    ),
    "no_way": _lt("%(node)s is %(old)s and cannot become %(new)s."),
    "records_missing": _lt("%(node)s cannot become active. Missing: %(missing)s."),
    "address_taken": _lt(
        "The programme desk looks at the e-mail address “%(email)s” before it becomes a log-in. "
        "Ask the desk, or choose another address."
    ),
    "bad_address": _lt("“%(email)s” is no e-mail address."),
}  # fmt: skip


def refuse(env, code, **values):
    """:raise UserError: the sentence of ``code``, filled in; nothing where ``code`` is empty"""
    if code:
        filled = {"node": "", "person": "", "model": "", **values}
        raise UserError(render(env, MESSAGES, code, **filled))
