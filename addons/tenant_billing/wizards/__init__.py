from . import hosting_provision
from . import billing_preview
from . import billing_usage_import
from . import billing_subscription_change
from . import program_engagement_offer
from . import billing_payment_report
from . import billing_what_if
from . import billing_go_live
