from . import (
    test_attacks,
    test_audit,
    test_daily_work,
    test_deal_registration,
    test_gates,
    test_isolation,
    test_isolation_http,
    test_responsibility,
    test_rights,
    test_signatures,
    test_transfer,
)
