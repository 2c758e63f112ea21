from . import test_cron
from . import test_imports
from . import test_isolation
from . import test_override
from . import test_profile
from . import test_reviews
from . import test_sample
from . import test_score
