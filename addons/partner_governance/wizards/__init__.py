from . import (
    governance_condition,
    governance_refusal,
    governance_rulebook_trial,
    governance_waiver,
    program_engagement_offer,
)
from . import governance_refusal, program_engagement_offer
from . import program_person
from . import program_invitation, program_welcome
from . import program_view
from . import program_model_proposal
