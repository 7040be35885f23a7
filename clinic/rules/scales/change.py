"""What a change between two readings of one scale means (CLINICAL 7.1).

Positive is better throughout, whichever way the scale runs. Nothing here says
that a change is real because it has a percentage: the meaning is said in words
beside it, against rater noise or the smallest important change where one is
published.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from clinic.rules.scales.shape import (
    Direction,
    Percent,
    ResponderBy,
    Scale,
    round_half_up,
)
from clinic.rules.sourced import Span


class Meaning(StrEnum):
    """How far a change can be believed."""

    UNCHANGED = "unchanged"
    WITHIN_NOISE = "within noise"
    BEYOND_NOISE = "beyond noise"
    BELOW_IMPORTANT = "below important"
    POSSIBLY_IMPORTANT = "possibly important"
    IMPORTANT = "important"
    RESPONDER = "responder"
    NO_RESPONDER = "no responder"
    NO_YARDSTICK = "no yardstick"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change: how much better, in percent of what, and what it means.

    `improvement` is None where a scale has no better end, or is itself a
    comparison with the start. `percent` is exact; `percent_words` are for
    people. `sentence` is the meaning in words.
    """

    baseline: Decimal
    current: Decimal
    improvement: Decimal | None
    percent: Decimal | None
    percent_words: str
    meaning: Meaning
    responder: bool | None
    sentence: str


def compare(*, scale: Scale, baseline: Decimal, current: Decimal) -> Change:
    """What happened between two values of one scale."""
    improvement = _improvement(scale, baseline, current)
    percent = percent_change(scale=scale, baseline=baseline, current=current)
    responder = responds(scale=scale, baseline=baseline, current=current)
    meaning = _meaning(scale, improvement, responder=responder)
    return Change(
        baseline=baseline,
        current=current,
        improvement=improvement,
        percent=percent,
        percent_words=_percent_words(scale, percent),
        meaning=meaning,
        responder=responder,
        sentence=_sentence(scale, baseline, current, improvement, meaning),
    )


def percent_change(
    *, scale: Scale, baseline: Decimal, current: Decimal
) -> Decimal | None:
    """Improvement in percent of the baseline, or of what could be improved.

    None where nothing can be divided (a baseline of 0, or at the scale's best
    end) and for scales without a percentage.
    """
    improvement = _improvement(scale, baseline, current)
    if improvement is None or scale.percent is Percent.NONE:
        return None
    possible = scale.percent is Percent.POSSIBLE
    whole = abs(baseline - scale.best) if possible else baseline
    return 100 * improvement / whole if whole else None


def responds(
    *, scale: Scale, current: Decimal, baseline: Decimal | None = None
) -> bool | None:
    """Whether somebody counts as a responder, None where that is not defined.

    GAIS by the reading itself (improved or better), Goodman and Baron's grade
    by a fall of one grade since the baseline.
    """
    if scale.responder is None:
        return None
    limit = scale.responder.value
    if scale.responder_by is ResponderBy.CHANGE:
        improvement = (
            None if baseline is None else _improvement(scale, baseline, current)
        )
        return None if improvement is None else improvement >= limit
    return current <= limit if scale.direction is Direction.LOWER else current >= limit


def share(responders: Iterable[bool]) -> Decimal | None:
    """The percentage of responders, None of nobody."""
    answers = list(responders)
    return Decimal(100 * sum(answers)) / len(answers) if answers else None


def _improvement(scale: Scale, baseline: Decimal, current: Decimal) -> Decimal | None:
    if scale.direction is Direction.NEITHER or scale.is_comparison:
        return None
    lower = scale.direction is Direction.LOWER
    return baseline - current if lower else current - baseline


def _meaning(
    scale: Scale, improvement: Decimal | None, *, responder: bool | None
) -> Meaning:
    if responder:
        return Meaning.RESPONDER
    if improvement is None:
        no_answer = responder is None
        return Meaning.NO_YARDSTICK if no_answer else Meaning.NO_RESPONDER
    if not improvement:
        return Meaning.UNCHANGED
    if scale.noise is not None:
        real = abs(improvement) > scale.noise.value
        return Meaning.BEYOND_NOISE if real else Meaning.WITHIN_NOISE
    if scale.important is not None:
        return _importance(scale, improvement, scale.important)
    return Meaning.NO_YARDSTICK if responder is None else Meaning.NO_RESPONDER


def _importance(scale: Scale, improvement: Decimal, limits: Span) -> Meaning:
    """Against the smallest and the greatest published limit."""
    size = abs(improvement)
    if scale.important_per_item:
        size /= len(scale.counted())
    if size < limits.low:
        return Meaning.BELOW_IMPORTANT
    if size < limits.high:
        return Meaning.POSSIBLY_IMPORTANT
    return Meaning.IMPORTANT


def _percent_words(scale: Scale, percent: Decimal | None) -> str:
    if percent is None:
        return ""
    shown = round_half_up(abs(percent), 0)
    if not shown:
        return "no change"
    if percent < 0:
        return f"{shown}% worse"
    possible = scale.percent is Percent.POSSIBLE
    return f"{shown}% of possible improvement" if possible else f"{shown}% better"


def _sentence(
    scale: Scale,
    baseline: Decimal,
    current: Decimal,
    improvement: Decimal | None,
    meaning: Meaning,
) -> str:
    if improvement is None:
        return scale.words(current)
    words = _amount(scale, improvement) + _beside(scale, meaning)
    before, after = scale.words(baseline), scale.words(current)
    moved = scale.bands and before != after
    return f"{words}, moved from {before} to {after}" if moved else words


def _amount(scale: Scale, improvement: Decimal) -> str:
    if not improvement:
        return "no change"
    size = abs(improvement)
    shown = size.normalize() if size % 1 else size.to_integral_value()
    yardstick = scale.noise or scale.responder
    unit = "grade" if yardstick is not None and yardstick.unit == "grade" else "point"
    plural = "" if shown == 1 else "s"
    return f"{shown} {unit}{plural} {'better' if improvement > 0 else 'worse'}"


def _beside(scale: Scale, meaning: Meaning) -> str:
    """What stands beside the amount: the yardstick and the side of it."""
    noise = scale.noise.value if scale.noise else ""
    least = f"{scale.important.low}" if scale.important else ""
    if scale.important_per_item:
        least += " on the mean of the items"
    return {
        Meaning.WITHIN_NOISE: f", within rater noise ({noise})",
        Meaning.BEYOND_NOISE: f", beyond rater noise ({noise})",
        Meaning.BELOW_IMPORTANT: f", below the smallest important change ({least})",
        Meaning.POSSIBLY_IMPORTANT: f", possibly important (at least {least})",
        Meaning.IMPORTANT: f", an important change (at least {least})",
        Meaning.RESPONDER: ", a responder",
        Meaning.NO_YARDSTICK: ", no published limit says whether that is real",
    }.get(meaning, "")
