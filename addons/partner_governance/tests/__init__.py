from . import test_gates, test_isolation, test_isolation_http
