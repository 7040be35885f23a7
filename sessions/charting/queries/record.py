"""The record as it is read and printed: what was done, why, and what follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from clinic.audit import queries as audit
from clinic.rulebook import kept
from clinic.rulebook.queries import effective_book
from clinic.rules.book import RuleBook
from clinic.rules.findings import Finding, Verdict
from clinic.web.drawing.facechart import FaceState
from sessions.charting.digest import PARTS, Seal, seal_of
from sessions.charting.models import (
    ENDPOINTS,
    Addition,
    AdverseEvent,
    TreatmentSession,
    ZoneTreatment,
)
from sessions.charting.printed import Printed
from sessions.charting.queries.lists import events_of
from sessions.charting.queries.printing import kept_of
from sessions.charting.queries.safety import merged
from sessions.charting.queries.sheet import maps_of
from sessions.charting.words import TOLERANCE_WORDS, signed_mm, zone_names

ENDPOINT_WORDS = dict(ENDPOINTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Zones that were treated alike, as one line of the table."""

    name: str
    mm: Decimal | None
    passes: int | None
    endpoint: str
    differs: str
    has_before: bool
    off_plan: str
    has_plan: bool
    passes_before: int | None
    is_left_out: bool
    is_scar: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """Everything that is to be left alone until the same moment or day."""

    until: date
    until_at: datetime | None
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Everything the record shows of one session."""

    session: TreatmentSession
    printed: Printed
    lines: tuple[Line, ...]
    face: FaceState
    maps: tuple[str, ...]
    tolerance: tuple[str, ...]
    findings: tuple[Finding, ...]
    additions: tuple[Addition, ...]
    events: tuple[AdverseEvent, ...]
    seal: Seal

    @property
    def advice(self) -> list[Until]:
        """The advice in the order in which it ends, alike in one line."""
        alike: dict[tuple[date, datetime | None], list[str]] = {}
        for one in self.printed.advice:
            alike.setdefault((one.until, one.until_at), []).append(one.sentence)
        return [
            Until(until=until, until_at=at, sentences=tuple(sentences))
            for (until, at), sentences in alike.items()
        ]

    @property
    def digest(self) -> str:
        """The start of the fingerprint in groups of four, as it is printed."""
        text = self.session.signed_digest[:12]
        return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def record_of(session: TreatmentSession, *, now: datetime) -> Record:
    """Read the record; about fifteen queries whatever its size."""
    zones = list(session.zones.order_by("id"))
    return Record(
        session=session,
        printed=kept_of(session, now=now),
        lines=tuple(lines_of(zones, book=effective_book().book)),
        face=_face(zones),
        maps=maps_of([zone.zone for zone in zones]),
        tolerance=tuple(str(TOLERANCE_WORDS.get(c, c)) for c in session.tolerance),
        findings=_said(session),
        additions=tuple(session.additions.select_related("by").order_by("at", "id")),
        events=tuple(events_of(session)),
        seal=_seal(session),
    )


def _said(session: TreatmentSession) -> tuple[Finding, ...]:
    """What the rules said at the signature, the same words for many zones once."""
    said = kept.kept(session.signed_findings)
    return merged(f for f in said if f.verdict is not Verdict.OK)


def lines_of(zones: Sequence[ZoneTreatment], *, book: RuleBook) -> list[Line]:
    """Zones alike in one line, the deepest first, those left out last."""
    alike: dict[tuple[object, ...], list[ZoneTreatment]] = {}
    for zone in zones:
        key = (
            zone.is_left_out,
            zone.mm,
            zone.passes,
            zone.endpoint,
            zone.previous_mm,
            zone.previous_passes,
            zone.planned_mm,
            zone.is_scar,
            zone.reason,
        )
        alike.setdefault(key if not zone.is_left_out else (True,), []).append(zone)
    lines = [_line(group, book=book) for group in alike.values()]
    return sorted(lines, key=lambda line: (line.is_left_out, -(line.mm or 0)))


def _line(zones: list[ZoneTreatment], *, book: RuleBook) -> Line:
    one = zones[0]
    before = None if one.is_left_out else one.previous_mm
    was = one.previous_passes
    planned = None if one.is_left_out else one.planned_mm
    return Line(
        name=zone_names(book, [zone.zone for zone in zones]),
        mm=None if one.is_left_out else one.mm,
        passes=None if one.is_left_out else one.passes,
        endpoint=str(ENDPOINT_WORDS.get(one.endpoint, "")),
        differs=_apart(one.mm, before),
        has_before=before is not None,
        off_plan=_apart(one.mm, planned),
        has_plan=planned is not None,
        passes_before=was if was != one.passes else None,
        is_left_out=one.is_left_out,
        is_scar=one.is_scar,
        reason=one.reason,
    )


def _apart(mm: Decimal | None, other: Decimal | None) -> str:
    """How much deeper than the other, in mm with its sign; nothing when alike."""
    return signed_mm(mm - other) if mm is not None and other is not None else ""


def _face(zones: Sequence[ZoneTreatment]) -> FaceState:
    treated = {z.zone: z.mm for z in zones if z.mm and not z.is_left_out}
    return FaceState(
        depths={code: mm for code, mm in treated.items() if mm},
        left_out=frozenset(z.zone for z in zones if z.is_left_out),
    )


def _seal(session: TreatmentSession) -> Seal:
    """Whether the rows still give the fingerprint that was signed and logged."""
    if not session.is_signed:
        return Seal.OPEN
    whole = TreatmentSession.objects.prefetch_related(*PARTS).get(pk=session.pk)
    logged = audit.detail(
        patient_id=session.patient_id,
        action="session.signed",
        object_id=session.pk,
        name="digest",
    )
    return seal_of(whole, logged=logged)
