from . import (
    test_artefacts,
    test_attacks,
    test_audit,
    test_daily_work,
    test_gates,
    test_isolation,
    test_isolation_http,
    test_onboarding,
    test_signatures,
)
