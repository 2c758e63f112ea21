from . import (
    test_attacks,
    test_audit,
    test_daily_work,
    test_doors,
    test_gates,
    test_isolation,
    test_isolation_http,
    test_passages,
    test_qualification,
    test_signatures,
)
