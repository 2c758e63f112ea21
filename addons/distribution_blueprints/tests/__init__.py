from . import test_blueprint_drift
from . import test_blueprint_run
from . import test_blueprint_version
from . import test_blueprint_scorecard
