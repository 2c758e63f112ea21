from . import governance_refusal, program_engagement_offer
from . import program_tier_what_if
from . import governance_head_check
from . import governance_trail
from . import governance_council_action
