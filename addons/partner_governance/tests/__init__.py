from . import (
    test_attacks,
    test_audit,
    test_daily_work,
    test_gates,
    test_invitation,
    test_isolation,
    test_isolation_http,
    test_membership,
    test_oem_deal,
    test_shared_services,
    test_team,
    test_view_as,
)
