"""PG-037, PG-038: three parties of an OEM deal."""

import pytest
from cp.partner_governance.engine import parties
from cp.partner_governance.engine.parties import OemDeal


@pytest.mark.parametrize(
    ("values", "lacking"),
    [
        ({}, True),
        ({"reason": "  "}, True),
        ({"reason": "Vendor delivers itself, council of May"}, False),
        ({"delivery": ("Nordlicht",)}, False),
        ({"kind": "distributor"}, True),
        ({"kind": "renewal"}, False),
    ],
)
def test_delivery_partner_or_reason(values, lacking):
    """PG-038: an OEM deal has a delivery partner, or says why not; a renewal needs none."""
    assert parties.lacks_delivery(OemDeal("TradeFlow", "Polaris", **values)) is lacking


def test_all_three_are_named():
    """PG-037: vendor, implementing partner, platform; one that is missing is shown as missing."""
    assert parties.parties(OemDeal("V", "P", delivery=("A", "B"))) == (
        ("vendor", "V"),
        ("delivery", "A"),
        ("delivery", "B"),
        ("platform", "P"),
    )
    assert ("delivery", "") in parties.parties(OemDeal("V", "P"))
