from . import statement, usage
from . import offer
from . import offer_list
from . import operation
from . import report
