"""Errors of the billing engine: a code and its data, no text (DESIGN 3).

The addon turns a code into one translated sentence; the simulator prints its own.
"""


class BillingError(Exception):
    """A fact that the engine cannot rate.

    ``code`` is a stable snake_case word, ``params`` the data of the sentence.
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value!s}" for name, value in self.params.items())
        return f"{self.code} ({details})" if details else self.code
