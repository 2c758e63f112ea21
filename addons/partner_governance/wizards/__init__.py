from . import (
    governance_condition,
    governance_refusal,
    governance_rulebook_trial,
    governance_waiver,
    program_engagement_offer,
    program_invitation,
    program_model_proposal,
    program_person,
    program_view,
    program_welcome,
)
