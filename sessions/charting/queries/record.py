"""The record as it is read and printed: what was done, why, and what follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from clinic.rulebook import kept
from clinic.rulebook.queries import effective_book
from clinic.rules import aftercare
from clinic.rules.aftercare import Phase, Window
from clinic.rules.findings import Finding, Verdict
from clinic.web.drawing.facechart import FaceState
from patients.history.models import RuleOverride
from sessions.booking.models import Visit
from sessions.charting.digest import PARTS, digest_of
from sessions.charting.models import (
    ENDPOINTS,
    Addition,
    AdverseEvent,
    DepthOverride,
    SessionUnit,
    TreatmentSession,
    ZoneTreatment,
)
from sessions.charting.queries.lists import events_of
from sessions.charting.queries.sheet import TopicalView, maps_of, topical_views
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
    is_left_out: bool
    is_scar: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Everything the record shows of one session."""

    session: TreatmentSession
    lines: tuple[Line, ...]
    face: FaceState
    maps: tuple[str, ...]
    units: tuple[SessionUnit, ...]
    topicals: tuple[TopicalView, ...]
    tolerance: tuple[str, ...]
    findings: tuple[Finding, ...]
    overrides: tuple[RuleOverride, ...]
    depth_overrides: tuple[DepthOverride, ...]
    additions: tuple[Addition, ...]
    events: tuple[AdverseEvent, ...]
    windows: tuple[Window, ...]
    phases: tuple[Phase, ...]
    next_visit: Visit | None
    is_unchanged: bool | None

    @property
    def digest(self) -> str:
        """The start of the fingerprint in groups of four, as it is printed."""
        text = self.session.signed_digest[:12]
        return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def record_of(session: TreatmentSession, *, today: date, now: datetime) -> Record:
    """Read the record; about fifteen queries whatever its size."""
    zones = list(session.zones.order_by("id"))
    overrides: list[RuleOverride] = []
    if session.screening_id is not None:
        rows = RuleOverride.objects.filter(screening_id=session.screening_id)
        overrides = list(rows.select_related("by").order_by("at", "id"))
    topicals = topical_views(session)
    return Record(
        session=session,
        lines=tuple(lines_of(zones)),
        face=_face(zones),
        maps=maps_of([zone.zone for zone in zones]),
        units=tuple(session.units.select_related("unit__lot").order_by("id")),
        topicals=topicals,
        tolerance=tuple(str(TOLERANCE_WORDS.get(c, c)) for c in session.tolerance),
        findings=tuple(
            f for f in kept.kept(session.signed_findings) if f.verdict is not Verdict.OK
        ),
        overrides=tuple(overrides),
        depth_overrides=tuple(
            session.depth_overrides.select_related("by").order_by("at", "id")
        ),
        additions=tuple(session.additions.select_related("by").order_by("at", "id")),
        events=tuple(events_of(session)),
        windows=windows_of(session, [t.row.topical_key for t in topicals]),
        phases=aftercare.healing(
            effective_book().book, on=session.performed_on, today=today
        ),
        next_visit=_next_visit(session, now=now),
        is_unchanged=_unchanged(session),
    )


def windows_of(session: TreatmentSession, keys: Sequence[str]) -> tuple[Window, ...]:
    """What is to be left alone after this session, with dates."""
    ended = session.signed_at or session.started_at
    return aftercare.windows(
        effective_book().book,
        on=ended.astimezone(session.site.zone),
        phototype=session.patient.phototype,
        topicals=[key for key in keys if key],
    )


def condition_name(session: TreatmentSession) -> str:
    """What was treated, in the words of the book."""
    known = effective_book().book.conditions
    if session.condition is None:
        return ""
    kind = session.condition.kind
    return known[kind].name if kind in known else kind


def lines_of(zones: Sequence[ZoneTreatment]) -> list[Line]:
    """Zones alike in one line, the deepest first, those left out last."""
    alike: dict[tuple[object, ...], list[ZoneTreatment]] = {}
    for zone in zones:
        key = (
            zone.is_left_out,
            zone.mm,
            zone.passes,
            zone.endpoint,
            zone.previous_mm,
            zone.is_scar,
            zone.reason,
        )
        alike.setdefault(key if not zone.is_left_out else (True,), []).append(zone)
    lines = [_line(group) for group in alike.values()]
    return sorted(lines, key=lambda line: (line.is_left_out, -(line.mm or 0)))


def _line(zones: list[ZoneTreatment]) -> Line:
    one = zones[0]
    book = effective_book().book
    before = None if one.is_left_out else one.previous_mm
    return Line(
        name=zone_names(book, [zone.zone for zone in zones]),
        mm=None if one.is_left_out else one.mm,
        passes=None if one.is_left_out else one.passes,
        endpoint=str(ENDPOINT_WORDS.get(one.endpoint, "")),
        differs=signed_mm(one.mm - before if one.mm is not None and before else None),
        has_before=before is not None,
        is_left_out=one.is_left_out,
        is_scar=one.is_scar,
        reason=one.reason,
    )


def _face(zones: Sequence[ZoneTreatment]) -> FaceState:
    treated = {z.zone: z.mm for z in zones if z.mm and not z.is_left_out}
    return FaceState(
        depths={code: mm for code, mm in treated.items() if mm},
        left_out=frozenset(z.zone for z in zones if z.is_left_out),
    )


def _next_visit(session: TreatmentSession, *, now: datetime) -> Visit | None:
    return (
        Visit.objects.filter(
            patient_id=session.patient_id,
            starts_at__gt=now,
            status__in=["unconfirmed", "confirmed"],
        )
        .order_by("starts_at")
        .first()
    )


def _unchanged(session: TreatmentSession) -> bool | None:
    """Whether the rows still give the fingerprint that was signed."""
    if not session.is_signed:
        return None
    rows = TreatmentSession.objects.prefetch_related(*PARTS)
    return digest_of(rows.get(pk=session.pk)) == session.signed_digest
