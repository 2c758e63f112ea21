from . import statement, usage
from . import operation
