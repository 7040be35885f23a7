"""How long to wait: the gap between two sessions in one zone (CLINICAL 4, end).

Gaps are site-local calendar days. The earlier session's depth and condition
decide, each zone is judged apart, and a zone counts as the same where areas
overlap. Plan, booking, moving, charting and import all ask here (DESIGN 6).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from clinic.rules import dates
from clinic.rules.book import RuleBook
from clinic.rules.findings import Finding, Verdict, worst_first
from clinic.rules.intervals import Interval
from clinic.rules.waiting import (
    Gap,
    Planned,
    Treated,
    Window,
    by_zone,
    in_zone,
    row_for,
    window,
)

__all__ = ["Gap", "Planned", "Treated", "Window", "check", "window"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two sessions of one zone, and the row that says how far apart."""

    zone: str
    days: int
    other_on: date
    other_is_earlier: bool
    other_is_latest: bool
    interval: Interval


def check(
    book: RuleBook, *, previous: Iterable[Treated], planned: Iterable[Planned], on: date
) -> tuple[Finding, ...]:
    """All findings on a session on a day, worst first.

    `previous` holds the patient's other sessions, done or booked, also later
    ones; not the session itself. A finding on an earlier session says in
    `until` on which day it no longer holds.
    """
    pairs = _pairs(book, previous=tuple(previous), planned=tuple(planned), on=on)
    findings = (finding for pair in pairs for finding in _judge(pair))
    return worst_first(dict.fromkeys(findings))


def _pairs(
    book: RuleBook,
    *,
    previous: tuple[Treated, ...],
    planned: tuple[Planned, ...],
    on: date,
) -> Iterator[Pair]:
    zones = by_zone(previous)
    for zone in planned:
        same = in_zone(book, zone=zone.zone, zones=zones)
        latest = dates.latest(t.on for t in same if t.on <= on)
        for treated in same:
            yield _pair(book, zone=zone, treated=treated, on=on, latest=latest)


def _pair(
    book: RuleBook, *, zone: Planned, treated: Treated, on: date, latest: date | None
) -> Pair:
    earlier = treated.on <= on
    return Pair(
        zone=zone.zone,
        days=abs(dates.days_between(treated.on, on)),
        other_on=treated.on,
        other_is_earlier=earlier,
        other_is_latest=treated.on == latest,
        interval=row_for(
            book,
            zone=zone.zone,
            mm=treated.mm if earlier else zone.mm,
            condition=treated.condition if earlier else zone.condition,
        ),
    )


def _judge(pair: Pair) -> Iterator[Finding]:
    interval = pair.interval
    longest = interval.warn_above_days
    if pair.days < interval.block_below_days:
        yield _too_soon(pair, verdict=Verdict.BLOCK, least=interval.block_below_days)
    elif pair.days < interval.warn_below_days:
        yield _too_soon(pair, verdict=Verdict.WARN, least=interval.warn_below_days)
    elif pair.other_is_latest and longest is not None and pair.days > longest:
        yield Finding(
            code="interval-long",
            verdict=Verdict.WARN,
            title="Longer than studied",
            sentence=f"{_days(pair.days)} since the session on "
            f"{dates.in_words(pair.other_on)}: outside studied spacing, "
            f"which ends at {longest} days.",
            sources=interval.origin.sources,
            status=interval.origin.status,
            zones=frozenset({pair.zone}),
            values={"days": pair.days, "other": pair.other_on, "limit": longest},
        )


def _too_soon(pair: Pair, *, verdict: Verdict, least: int) -> Finding:
    refused = verdict is Verdict.BLOCK
    side = "after" if pair.other_is_earlier else "before"
    advice = "are the least" if refused else "are usual"
    return Finding(
        code="interval-block" if refused else "interval-short",
        verdict=verdict,
        title="Too soon" if refused else "Sooner than usual",
        sentence=f"{_days(pair.days)} {side} the session on "
        f"{dates.in_words(pair.other_on)}: {least} days {advice} for this zone "
        f"({_lower(pair.interval.name)}).",
        sources=pair.interval.origin.sources,
        status=pair.interval.origin.status,
        until=dates.add_days(pair.other_on, least) if pair.other_is_earlier else None,
        zones=frozenset({pair.zone}),
        values={
            "days": pair.days,
            "side": side,
            "other": pair.other_on,
            "limit": least,
        },
    )


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
