from . import test_billing_chain
from . import test_billing_documents
from . import test_billing_isolation
from . import test_billing_run
from . import test_usage_endpoint
from . import test_billing_terms
from . import test_billing_views
