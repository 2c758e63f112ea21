from . import cs_override
