from . import hosting_profile
from . import hosting_tenant
from . import hosting_environment
from . import program_engagement
from . import program_deal
