from . import statement, usage
from . import operation
from . import report
