from . import blueprint_drift_accept
