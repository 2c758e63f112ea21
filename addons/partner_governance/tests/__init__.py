from . import (
    test_attacks,
    test_audit,
    test_daily_work,
    test_gates,
    test_isolation,
    test_isolation_http,
    test_signatures,
)
from . import test_metrics
from . import test_tiers
from . import test_council
from . import test_trace
from . import test_home
