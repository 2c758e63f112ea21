"""A seller's own Odoo over the transport of connections: look up, draft once, read back."""

from math import isfinite

from ..engine.json2 import Fatal, Ok, Unknown
from ..engine.own_tax import vat_number

AMOUNTS = ("amount_untaxed", "amount_total", "amount_residual")
# What a push does there.
RIGHTS = (
    ("res.company", "read"),
    ("res.partner", "read"),
    ("res.currency", "read"),
    ("account.journal", "read"),
    ("account.account", "read"),
    ("account.tax", "read"),
    ("account.move", "read"),
    ("account.move", "create"),
)
EVERYWHERE = ("res.company", "account.move")
FORBIDDEN = 403
MOVE_FIELDS = ("name", "state", "payment_state", "invoice_origin", *AMOUNTS)


class OwnOdooError(Exception):
    """``code`` is one of ``exceptions.MESSAGES``; ``again``: the same may be tried later."""

    def __init__(self, code, again=False, **params):
        super().__init__(code)
        self.code, self.again, self.params = code, again, params


class OwnOdoo:
    """Nothing is repeated here, and nothing is made that is there already."""

    def __init__(self, transport, company=None):
        """:param company: number of the company there whose books they are"""
        self._transport = transport
        self._context = {"allowed_company_ids": [company]} if company else {}

    def identity(self):
        """The database's own number; None where the key may not read it, which only settings
        rights allow, and a push needs none."""
        params = {"key": "database.uuid"}
        result = self._transport.call("ir.config_parameter", "get_param", params=params)
        if isinstance(result, Fatal) and result.status == FORBIDDEN:
            return None
        return self._value(result)

    def companies(self):
        """Rows of the companies that the key's user works in."""
        return self.rows("res.company", [], ["name", "create_date"])

    def check_rights(self):
        """That the key's user may do all that a push does.

        :raises OwnOdooError: code ``own_odoo_right``, naming the first right that is missing
        """
        for model, operation in RIGHTS:
            params = {"operation": operation}
            if not self._value(self._transport.call(model, "has_access", params=params)):
                raise OwnOdooError("own_odoo_right", model=model, operation=operation)

    def rows(self, model, domain, names, limit=None):
        """:raises OwnOdooError: code ``own_odoo_shape`` where the answer is none of Odoo's"""
        params = {"domain": domain, "fields": list(names)}
        if limit:
            params["limit"] = limit
        # What was made is looked for in all companies, whichever has the books by now.
        context = {} if model in EVERYWHERE else self._context
        rows = self._value(
            self._transport.call(model, "search_read", params=params, context=context)
        )
        if not isinstance(rows, list) or not all(_is_row(row, names) for row in rows):
            raise OwnOdooError("own_odoo_shape", model=model)
        return rows

    def only(self, model, domain, names, missing, **params):
        """The one record of a domain.

        :raises OwnOdooError: code ``missing`` for none, ``own_odoo_twice`` for several
        """
        rows = self.rows(model, domain, names, limit=2)
        if not rows:
            raise OwnOdooError(missing, **params)
        if len(rows) > 1:
            raise OwnOdooError("own_odoo_twice", **params)
        return rows[0]

    def buyer(self, vat, ref, name):
        """Id of the contact: by VAT number, else by reference, unless that one has another VAT
        number: our reference may be somebody else's there."""
        ours = vat_number(vat)
        for field, value in (("vat", ours and vat), ("ref", ref)):
            if not value:
                continue
            domain = [[field, "in", sorted({value, value.replace(" ", "")})],
                      ["parent_id", "=", False]]  # fmt: skip
            rows = self.rows("res.partner", domain, ["name", "vat"], limit=2)
            if len(rows) > 1:
                raise OwnOdooError("own_odoo_twice", name=value)
            theirs = vat_number(rows[0]["vat"]) if rows else ""
            if ours and theirs and ours != theirs:
                raise OwnOdooError("own_odoo_buyer_differs", buyer=name, ref=ref, theirs=theirs)
            if rows:
                return rows[0]["id"]
        if not ours and not ref:
            raise OwnOdooError("own_odoo_buyer_unknown", buyer=name)
        raise OwnOdooError("own_odoo_buyer_missing", buyer=name, vat=ours or "–", ref=ref or "–")

    def move(self, reference, move_type):
        """The invoice that goes by our reference, or None. Of copies the first one counts."""
        domain = [["invoice_origin", "=", reference], ["move_type", "=", move_type]]
        rows = self.rows("account.move", domain, MOVE_FIELDS)
        return min(rows, key=lambda row: row["id"], default=None)

    def create_move(self, values):
        """Draft an invoice that is not there, and read it back.

        An answer that is lost says nothing: what is there afterwards counts. Where nothing is
        there (yet) it is not made again now; the next try looks first.
        """
        params = {"vals_list": [values]}
        result = self._transport.call(
            "account.move", "create", params=params, context=self._context
        )
        if not isinstance(result, Ok | Unknown):
            self._value(result)
        made = self.move(values["invoice_origin"], values["move_type"])
        if not made:
            raise OwnOdooError("own_odoo_unclear", again=True)
        return made

    def moves(self, ids):
        """``{id: row}`` of those that are still there."""
        rows = self.rows("account.move", [["id", "in", list(ids)]], MOVE_FIELDS)
        return {row["id"]: row for row in rows}

    def _value(self, result):
        if isinstance(result, Ok):
            return result.value
        detail = result.message or result.code
        if isinstance(result, Fatal):
            raise OwnOdooError("own_odoo_refused", detail=detail)
        raise OwnOdooError("own_odoo_unreachable", again=True, detail=detail)


def _is_row(row, names):
    return (
        isinstance(row, dict)
        and type(row.get("id")) is int
        and all(_is_value(name, row.get(name)) for name in names)
    )


def _is_value(name, value):
    if name in AMOUNTS:
        return type(value) in (int, float) and isfinite(value)
    return isinstance(value, str | bool)
