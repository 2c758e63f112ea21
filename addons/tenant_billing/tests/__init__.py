from . import test_billing_chain
