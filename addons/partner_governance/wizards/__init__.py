from . import governance_refusal, program_engagement_offer, program_onboarding_refusal
from . import program_lab_assessment
