from . import governance_refusal
