from . import (
    test_attacks,
    test_audit,
    test_daily_work,
    test_deal_registration,
    test_doors,
    test_gates,
    test_invitation,
    test_isolation,
    test_isolation_http,
    test_membership,
    test_model_term,
    test_oem_deal,
    test_passages,
    test_qualification,
    test_quality,
    test_responsibility,
    test_rights,
    test_shared_services,
    test_signatures,
    test_team,
    test_view_as,
)
from . import test_project_governance
from . import test_registers
from . import test_changes
