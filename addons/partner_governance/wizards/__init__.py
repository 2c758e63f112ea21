from . import governance_refusal, governance_rulebook_trial, program_engagement_offer
