from . import (
    governance_condition,
    governance_refusal,
    governance_rulebook_trial,
    governance_waiver,
    program_engagement_offer,
)
