"""What refusals say: one text per code, the same in the client, the API and the log."""

from odoo.tools.translate import LazyTranslate

from odoo.addons.partner_governance.exceptions import render

_lt = LazyTranslate(__name__)

MESSAGES = {
    # engine.profile.check_profile
    "metrics_missing": _lt("Add at least one metric that counts towards the overall score."),
    "metric_duplicate": _lt("The metric “%(metric)s” stands twice in the profile."),
    "dimension_unknown": _lt("The metric “%(metric)s” has no dimension."),
    "weight_not_positive": _lt("Give the metric “%(metric)s” a weight above zero."),
    "max_age_not_positive": _lt("Give the metric “%(metric)s” a maximum age of one day or more."),
    "direction_unknown": _lt("Say for “%(metric)s” which direction is better."),
    "points_too_few": _lt("Give “%(metric)s” at least two points, such as 0=100; 30=0."),
    "points_not_rising": _lt("The values of the points of “%(metric)s” must rise."),
    "points_out_of_range": _lt("The scores of the points of “%(metric)s” must be from 0 to 100."),
    "points_against_direction": _lt(
        "The points of “%(metric)s” do not follow its direction: scores rise where a higher value "
        "is better, and fall where a lower one is."
    ),
    "points_unreadable": _lt(
        "The points of “%(metric)s” cannot be read. Write pairs of value and score such as "
        "0=100; 14=60; 45=0."
    ),
    # engine.bands
    "thresholds_order": _lt(
        "Thresholds must rise: enter red, leave red, leave green, enter green. Runs are 1 or more."
    ),
    "override_band": _lt("Choose red, amber or green."),
    "override_reason": _lt("Say why the computed band is wrong."),
    "override_owner": _lt("An override needs a person who answers for it."),
    "override_dates": _lt("An override ends within 90 days, and not in the past."),
    # models
    "system_field": _lt("“%(field)s” is set by the system and cannot be changed here."),
    "review_over": _lt("This review is %(state)s already; what was planned for it stays."),
    "review_outcome": _lt("Choose the outcome first: a review is held with a result."),
    "owner_is_backup": _lt("The backup of %(account)s must be somebody else than its owner."),
    "scoring_now": _lt("These customers are being scored right now. Try again in a moment."),
    "profile_frozen": _lt(
        "%(profile)s is released, so that a score means the same for every partner. Make a new "
        "version instead."
    ),
    "profile_state": _lt("%(profile)s is not a draft."),
    "sample_future": _lt("A measurement cannot be from the future."),
    "coverage_range": _lt("The coverage limit is a share from 0 to 100 %%."),
}


def message(env, code, **values):
    """The text of ``code`` in the user's language, with ``values`` filled in."""
    return render(env, MESSAGES, code, **values)
