"""Which changes need a second look: the server refuses none of them (blueprints.md 3).

Costing, valuation, warehouse steps, units and tracking change with stock on hand without
a word from Odoo, so the gate is ours (DB-009, DB-010, DB-017, DB-018).
"""

from collections.abc import Iterable

from .resources import SETTING

COSTING, STEPS, RESUPPLY, UNIT, TRACKING, LOCALISATION, FEATURE_OFF, OVERWRITES = (
    "costing_change",
    "steps_change",
    "resupply_change",
    "unit_change",
    "tracking_change",
    "localisation_install",
    "feature_off",
    "adopt_overwrites",
)
_FIELDS = {
    ("product.category", "property_cost_method"): COSTING,
    ("product.category", "property_valuation"): COSTING,
    ("res.company", "cost_method"): COSTING,
    ("res.company", "inventory_valuation"): COSTING,
    ("res.company", "country_id"): LOCALISATION,
    ("stock.warehouse", "reception_steps"): STEPS,
    ("stock.warehouse", "delivery_steps"): STEPS,
    ("stock.warehouse", "resupply_wh_ids"): RESUPPLY,
    ("product.template", "uom_id"): UNIT,
    ("product.template", "tracking"): TRACKING,
    ("product.template", "is_storable"): TRACKING,
    ("uom.uom", "relative_factor"): UNIT,
}
# These wait for an approval; the others are only shown.
GATED = frozenset({COSTING, UNIT, TRACKING, LOCALISATION, STEPS})


def risk_of(resource, action: str, changes: Iterable, record) -> str:
    """The gravest risk of a line, or empty. A record that is new has none, but for what
    its creation sets off."""
    risks = set()
    for change in changes:
        risk = _FIELDS.get((resource.model, change.field), "")
        if risk and (record is not None or risk == LOCALISATION):
            risks.add(risk)
        if resource.kind == SETTING and change.before and not change.after:
            risks.add(FEATURE_OFF)
        if action == "adopt" and change.before not in (None, False, ""):
            risks.add(OVERWRITES)
    order = (COSTING, UNIT, TRACKING, LOCALISATION, STEPS, RESUPPLY, FEATURE_OFF, OVERWRITES)
    return next((risk for risk in order if risk in risks), "")
