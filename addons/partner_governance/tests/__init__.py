from . import (
    test_attacks,
    test_audit,
    test_daily_work,
    test_gates,
    test_isolation,
    test_isolation_http,
    test_signatures,
)
from . import test_project_governance
from . import test_registers
from . import test_changes
