from . import hosting_provision
from . import billing_preview
from . import program_engagement_offer
