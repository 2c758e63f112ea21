"""Calls to a tenant that must have an answer, and the context they are made in."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

COMMON = {"active_test": False, "lang": "en_US"}  # archived is not deleted; plain messages


class Transport(Protocol):
    """The part of tenant_billing's transport that is used here."""

    def call(self, model: str, method: str, *, ids: Sequence[int] = (),
             params: Mapping[str, Any] | None = None,
             context: Mapping[str, Any] | None = None) -> Any: ...  # fmt: skip

    def version(self) -> Any: ...


class TenantError(Exception):
    """The tenant could not be read, so nothing may be concluded from it.

    ``kind`` is that of the result (retryable, unknown, fatal), ``code`` its code,
    ``where`` the call.
    """

    def __init__(self, result: Any, where: str):
        super().__init__(f"{where}: {result.code}")
        self.kind, self.code, self.where = result.kind, result.code, where
        self.message = getattr(result, "message", "")
        self.result = result


class Wire:
    """A transport with the companies of the bot in every context."""

    def __init__(self, transport: Transport):
        self.transport = transport
        self.companies: list[int] = []

    def context(self, company: int | None = None) -> dict[str, Any]:
        """Every company allowed, ``company`` first: company-dependent values are its."""
        allowed = [company] if company else []
        allowed += [c for c in self.companies if c != company]
        return {**COMMON, "allowed_company_ids": allowed} if allowed else dict(COMMON)

    def call(
        self, model: str, method: str, params: Mapping[str, Any] | None = None,
        ids: Sequence[int] = (), company: int | None = None,
    ) -> Any:  # fmt: skip
        """The result of one call."""
        return self.transport.call(
            model, method, ids=ids, params=params, context=self.context(company)
        )

    def value(self, model: str, method: str, params=None, ids=(), company=None) -> Any:
        """The value of a call that reads, or ``TenantError``."""
        result = self.call(model, method, params, ids, company)
        if result.kind != "ok":
            raise TenantError(result, f"{model}/{method}")
        return result.value

    def rows(self, model: str, domain: list, fields: Sequence[str], company=None) -> list[dict]:
        """All records of a domain, archived ones too, ordered by id."""
        params = {"domain": domain, "fields": list(fields), "order": "id"}
        return self.value(model, "search_read", params, company=company)
