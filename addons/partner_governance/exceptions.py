"""What refusals say: one text per code, the same in the client, the API and the log."""

from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class GateClosed(UserError):
    """A closed gate: the sentence that every door says, and what opens each missing thing.

    ``context`` reaches the client, which shows a button for each (``static/src/gates``).
    """

    def __init__(self, sentence, fixes=()):
        super().__init__(sentence)
        self.context = {"fixes": list(fixes)}


MESSAGES = {
    "target_out_of_reach": _lt(
        "“%(field)s” names a record that is not yours to use. Choose one from the list."
    ),
    "server_field": _lt("“%(field)s” is set by the system and cannot be changed here."),
    "gate_closed": _lt("%(what)s waits at the gate “%(gate)s”. Missing: %(missing)s."),
    "nobody_accountable": _lt("Nobody is accountable for “%(line)s”. Name exactly one party."),
    "two_accountable": _lt(
        "“%(line)s” has more than one accountable party: %(parties)s. Exactly one answers for it."
    ),
    "expiry_missing": _lt("“%(what)s”: say on which day it ends."),
    "expiry_past": _lt("“%(what)s” would end before it begins: choose a day ahead."),
    "expiry_too_far": _lt(
        "“%(what)s” may last a year at most. What lasts longer is a rule: change the rule."
    ),
    "out_of_scale": _lt("“%(what)s”: probability and impact go from 1 to 5."),
    "residual_above_inherent": _lt(
        "“%(what)s”: what remains after the treatment cannot be more than the risk without it."
    ),
    "onboarding_closed": _lt(
        "“%(what)s” opens for %(node)s once the onboarding stage “%(stage)s” is closed. "
        "Missing now: %(missing)s. See Partners → My onboarding."
    ),
    "onboarding_not_of_model": _lt(
        "“%(what)s” is not part of the commercial model of %(node)s (%(model)s). Ask your upline "
        "for another model."
    ),
    "pilot_cap": _lt(
        "The programme takes %(cap)s partners until its pilot gate is passed. Finish the step "
        "“Pilot deployments” of the programme plan first."
    ),
    "programme_gate": _lt(
        "The programme takes no more than %(cap)s partners until its gate is green. Still red: "
        "%(subjects)s. See Partners → Programme gate."
    ),
    "onboarding_stage_open": _lt(
        "The stage “%(stage)s” of %(node)s cannot close yet. Missing: %(missing)s."
    ),
}


def message(env, code, **values):
    """The text of ``code`` in the user's language, with ``values`` filled in."""
    return render(env, MESSAGES, code, **values)


def render(env, messages, code, **values):
    """The text that ``messages`` has for ``code``, filled in; upper addons bring their own.

    A code without a text, as a tenant's server may send one, is shown as it is.
    """
    text = messages.get(code)
    if not text:
        return f"{code}: {values['detail']}" if values.get("detail") else code
    text = env._(text)
    return text % {"detail": "", "key": "", **values}
