from . import hosting_provision
from . import billing_preview
