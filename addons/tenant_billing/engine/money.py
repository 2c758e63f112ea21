"""Money: exact decimals, rounded once (DESIGN 4.3 and 6, B-05, R-27, R-38)."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext

from .errors import BillingError

ZERO = Decimal(0)
ONE = Decimal(1)

# Wide enough for 1e15 x 1e15 with 30 decimals, so that only divisions are ever inexact.
EXACT = Context(prec=80, rounding=ROUND_HALF_EVEN)
_SNAP = Decimal(1).scaleb(-36)
_UNITS = tuple(Decimal(1).scaleb(-places) for places in range(13))


def exact():
    """Context manager: calculate with the engine's precision, whatever the caller's context."""
    return localcontext(EXACT)


def round_money(value: Decimal, decimal_places: int) -> Decimal:
    """``value`` rounded half away from zero to ``decimal_places`` (0 to 12).

    A quotient that would be a tie if it could be written out (1/3 x 0.015) is one: digits
    past the 36th decimal are noise of the division, not money. Never returns ``-0``.
    Raises ``BillingError`` ``not_finite`` or ``bad_decimal_places``.
    """
    if not value.is_finite():
        raise BillingError("not_finite", value=str(value))
    if not 0 <= decimal_places < len(_UNITS):
        raise BillingError("bad_decimal_places", decimal_places=decimal_places)
    if value.as_tuple().exponent < -36:
        value = value.quantize(_SNAP, context=EXACT)
    rounded = value.quantize(_UNITS[decimal_places], rounding=ROUND_HALF_UP, context=EXACT)
    return rounded if rounded else abs(rounded)


def plain(value: Decimal, places: int = 12) -> str:
    """``value`` for people and JSON: no exponent, no trailing zeros, ``places`` at most."""
    if value.as_tuple().exponent < -places:
        value = round_money(value, places)
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
