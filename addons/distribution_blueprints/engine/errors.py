"""Errors of the blueprint engine: a code, and what it is about."""


class BlueprintError(ValueError):
    """``code`` is stable and has one text in ``exceptions.py``; ``keys`` name resources."""

    def __init__(self, code: str, *keys: str):
        super().__init__(f"{code}: {', '.join(keys)}" if keys else code)
        self.code, self.keys = code, keys
