from . import statement, usage
from . import offer
from . import operation
from . import report
