from collections import Counter
from pathlib import Path

from lxml import etree

DATA = Path(__file__).parents[3] / "addons" / "partner_governance" / "data"


def test_records_that_no_update_touches_are_defined_once():
    """DESIGN 4.2: an update skips the second definition of such a record, so what it says would
    be missing in every database from before."""
    seen = Counter()
    for path in sorted(DATA.glob("*.xml")):
        root = etree.parse(path).getroot()
        for record in root.iter("record"):
            if "1" in (root.get("noupdate"), record.getparent().get("noupdate")):
                seen[record.get("id")] += 1
    assert seen
    assert [ident for ident, count in seen.items() if count > 1] == []
