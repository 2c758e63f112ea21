"""Scores of risks: probability × impact, their bands, and levels of live indicators.

Probability and impact are whole numbers from 1 (hardly) to 5 (certain, severe), as in ISO 31010's
consequence/likelihood matrix; the score is their product, 1 to 25.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

LOW, MEDIUM, HIGH, CRITICAL = "low", "medium", "high", "critical"
# The lowest score of each band.
BANDS = ((15, CRITICAL), (9, HIGH), (4, MEDIUM), (1, LOW))
# The lowest share of bad records, in percent, at which an indicator takes a level.
LEVELS = ((50, 5), (25, 4), (10, 3), (1, 2))


@dataclass(frozen=True)
class Indicator:
    """What an indicator found at one partner: ``bad`` of ``total`` records, and a level 1–5.

    ``level`` 0 means that nothing is there to measure.
    """

    bad: int
    total: int
    level: int

    @property
    def connected(self):
        return self.level > 0


def score(probability: int, impact: int) -> int:
    """1 to 25.

    :raises ValueError: ``out_of_scale`` for anything but 1 to 5
    """
    for value in (probability, impact):
        if not 1 <= value <= 5:
            raise ValueError("out_of_scale")
    return probability * impact


def band(points: int) -> str:
    """The band of a score; the empty text for 0, which is no score."""
    return next((name for lowest, name in BANDS if points >= lowest), "")


def indicator(bad: int, total: int) -> Indicator:
    """The level of ``bad`` among ``total``: 1 for none, 5 from half on; 0 where there is none."""
    if total <= 0:
        return Indicator(0, 0, 0)
    bad = min(max(bad, 0), total)
    if not bad:
        return Indicator(0, total, 1)
    share = Decimal(bad) * 100 / total
    level = next((level for lowest, level in LEVELS if share >= lowest), 2)
    return Indicator(bad, total, level)


def problems(inherent: tuple, residual: tuple) -> tuple[str, ...]:
    """Codes of what is wrong with an assessment of two (probability, impact) pairs.

    ``out_of_scale``; ``residual_above_inherent``: a treatment does not make a risk worse.
    """
    try:
        before, after = score(*inherent), score(*residual)
    except ValueError as error:
        return (str(error),)
    return ("residual_above_inherent",) if after > before else ()


def trend(points) -> str:
    """``rising``, ``falling`` or ``steady`` from scores in order of time, the newest last."""
    points = list(points)
    if len(points) < 2 or points[-1] == points[-2]:
        return "steady"
    return "rising" if points[-1] > points[-2] else "falling"


def standardisation(with_exceptions: int, total: int) -> Decimal | None:
    """Percent of ``total`` without an open exception, one decimal; None where there is none."""
    if total <= 0:
        return None
    share = Decimal(total - min(with_exceptions, total)) * 100 / total
    return share.quantize(Decimal("0.1"), ROUND_HALF_UP)
