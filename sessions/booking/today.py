"""A site's day: who comes, where each visit stands, what may happen to it next."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.db.models import Count, Max, Sum
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from clinic.places.models import Site
from clinic.web.drawing.needles import Needle
from patients.consent.queries import without_treatment_consent
from patients.history import queries as history
from patients.history.models import Screening
from sessions.booking import day_rulers, day_visits, standing
from sessions.booking.day_visits import DayVisit
from sessions.booking.models import Visit
from sessions.booking.statuses import ENDS, FREE, WAYS, Status

NUMBING_MINUTES = 30
NEXT_DAYS = 60
OVER = frozenset({Status.DONE, Status.MISSED})
TREATED = frozenset({Status.ARRIVED, Status.NUMBING, Status.IN_ROOM})
SESSION = "session"

# From each state: the usual step first, then the others, then the step back.
_S = Status
ORDER: Mapping[Status, tuple[Status, ...]] = {
    _S.UNCONFIRMED: (_S.ARRIVED, _S.CONFIRMED, _S.MISSED),
    _S.CONFIRMED: (_S.ARRIVED, _S.MISSED, _S.UNCONFIRMED),
    _S.ARRIVED: (_S.NUMBING, _S.IN_ROOM, _S.CONFIRMED),
    _S.NUMBING: (_S.IN_ROOM, _S.ARRIVED),
    _S.IN_ROOM: (_S.DONE, _S.ARRIVED, _S.NUMBING),
    _S.DONE: (_S.IN_ROOM,),
    _S.MISSED: (_S.ARRIVED, _S.CONFIRMED),
    _S.CANCELLED: (_S.CONFIRMED, _S.UNCONFIRMED),
}
BACK = {
    _S.CONFIRMED: gettext_lazy("Not arrived after all"),
    _S.ARRIVED: gettext_lazy("Back to arrived"),
    _S.NUMBING: gettext_lazy("Back to numbing"),
    _S.IN_ROOM: gettext_lazy("Back in the room"),
    _S.UNCONFIRMED: gettext_lazy("Not confirmed after all"),
}
STEPS = {
    _S.CONFIRMED: gettext_lazy("Confirm"),
    _S.ARRIVED: gettext_lazy("Arrived"),
    _S.NUMBING: gettext_lazy("Numbing"),
    _S.IN_ROOM: gettext_lazy("In room"),
    _S.DONE: gettext_lazy("Done"),
    _S.MISSED: gettext_lazy("Missed"),
}
RANK = {status: rank for rank, status in enumerate(Status)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One step that a visit may take."""

    status: str
    label: str
    is_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Something to know before the visit; tone ok, warn, bad or none."""

    text: str
    tone: str
    icon: str
    stops_numbing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One visit of the day."""

    found: DayVisit
    reference: str
    minutes: int
    lasts: str
    usual_way: Way | None
    other_ways: tuple[Way, ...]
    flags: tuple[Flag, ...]
    needles: tuple[Needle, ...] = ()
    session_words: str = ""

    @property
    def visit(self) -> Visit:
        """The visit itself, with its patient."""
        return self.found.visit

    @property
    def is_session(self) -> bool:
        """Whether skin is needled."""
        return self.visit.kind == SESSION

    @property
    def may_start(self) -> bool:
        """Whether the practitioner may open the sheet."""
        is_there = Status(self.visit.status) in TREATED
        may_begin = self.found.has_sheet or not self.visit.patient.is_deceased
        return self.is_session and is_there and may_begin

    @property
    def may_cancel(self) -> bool:
        """Whether the visit may still be cancelled, with a few words why."""
        return may_cancel(self.visit, was_treated=self.found.was_treated)

    @property
    def subject(self) -> str:
        """What it is about: the protocol of its plan, else its kind."""
        return self.found.protocol or self.visit.get_kind_display()


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """All visits of a day, by where they stand."""

    day: date
    rows: tuple[Row, ...]
    version: str
    next_day: date | None = None
    next_count: int = 0

    @property
    def in_room(self) -> list[Row]:
        """Who is being treated now."""
        return [row for row in self.rows if row.visit.status == Status.IN_ROOM]

    @property
    def ahead(self) -> list[Row]:
        """Who is still to come, or waits."""
        kept = {*OVER, Status.IN_ROOM}
        return [row for row in self.rows if Status(row.visit.status) not in kept]

    @property
    def over(self) -> list[Row]:
        """Who was treated or did not come."""
        return [row for row in self.rows if Status(row.visit.status) in OVER]

    @property
    def counts(self) -> dict[str, int]:
        """Visits by state."""
        found: dict[str, int] = defaultdict(int)
        for row in self.rows:
            found[row.visit.status] += 1
        return dict(found)


def day_of(
    *,
    site: Site,
    day: date,
    now: datetime,
    practitioner_id: int | None,
    clinical: bool,
) -> Day:
    """The day as a role sees it; at most ten queries, whatever its length."""
    found = day_visits.visits_of(site=site, day=day, practitioner_id=practitioner_id)
    visits = [one.visit for one in found]
    rulers = day_rulers.rulers_of(visits, clinical=clinical)
    flags = _flags(visits, day=day, clinical=clinical)
    closed = standing.why_closed(visits)
    rows = tuple(
        _row(
            one,
            is_closed=one.visit.pk in closed,
            flags=flags[one.visit.pk],
            ruler=rulers.get(one.visit.pk, ((), "")),
        )
        for one in found
    )
    following, count = (None, 0) if rows else _next(site, day, practitioner_id)
    return Day(
        day=day,
        rows=rows,
        version=version_of(site=site, day=day, now=now),
        next_day=following,
        next_count=count,
    )


def _row(
    found: DayVisit,
    *,
    is_closed: bool,
    flags: tuple[Flag, ...],
    ruler: tuple[tuple[Needle, ...], str],
) -> Row:
    visit = found.visit
    minutes = round((visit.ends_at - visit.starts_at).total_seconds() / 60)
    ways = ways_of(visit, is_closed=is_closed, was_treated=found.was_treated)
    if any(flag.stops_numbing for flag in flags):
        ways = tuple(way for way in ways if way.status != Status.NUMBING)
    usual = ways[0] if ways and not ways[0].is_back else None
    return Row(
        found=found,
        reference=visit.reference,
        minutes=minutes,
        lasts=_("%(minutes)d min") % {"minutes": minutes},
        usual_way=usual,
        other_ways=ways[1:] if usual else ways,
        flags=flags,
        needles=ruler[0],
        session_words=ruler[1],
    )


def may_cancel(visit: Visit, *, was_treated: bool) -> bool:
    """Whether it may be cancelled: it has not ended, and nothing was recorded."""
    return Status.CANCELLED in WAYS[Status(visit.status)] and not was_treated


def was_treated(visit: Visit) -> bool:
    """As `queries.was_treated`, of a visit that comes with its session."""
    return hasattr(visit, "session") and visit.session.skin_clear_at is not None


def ways_of(visit: Visit, *, is_closed: bool, was_treated: bool) -> tuple[Way, ...]:
    """The steps a visit may take, the usual one first, steps back last.

    One that `is_closed` (`standing.why_closed`) can only end, one that
    `was_treated` is neither missed nor cancelled.
    """
    return _ways(
        Status(visit.status),
        is_session=visit.kind == SESSION,
        is_closed=is_closed,
        was_treated=was_treated,
        _language=get_language(),
    )


@lru_cache(maxsize=512)
def _ways(
    status: Status,
    *,
    is_session: bool,
    is_closed: bool,
    was_treated: bool,
    _language: str | None,
) -> tuple[Way, ...]:
    """Many visits of a day stand alike."""
    open_ways = [way for way in ORDER[status] if way in WAYS[status]]
    if is_closed:
        open_ways = [way for way in open_ways if way in ENDS]
    if was_treated:
        open_ways = [way for way in open_ways if way not in FREE]
    if not is_session:
        open_ways = [way for way in open_ways if way is not Status.NUMBING]
    return tuple(_way(status, way) for way in open_ways)


def _way(now: Status, then: Status) -> Way:
    is_back = RANK[then] < RANK[now] and now is not Status.MISSED
    labels = BACK if is_back else STEPS
    return Way(status=then.value, label=str(labels[then]), is_back=is_back)


def numbing_minutes(visit: Visit) -> int:
    """How long the cream stays on: the protocol's minutes."""
    plan = visit.plan
    return plan.protocol.numbing_minutes if plan else NUMBING_MINUTES


def version_of(*, site: Site, day: date, now: datetime) -> str:
    """Changes whenever a visit of the day does, and every five minutes."""
    found = Visit.objects.filter(site=site, day=day).aggregate(
        many=Count("pk"), last=Max("pk"), changes=Sum("version")
    )
    moment = int(now.timestamp()) // 300
    return "-".join(str(found[key] or 0) for key in ("many", "last", "changes")) + (
        f"-{moment}"
    )


def _next(
    site: Site, day: date, practitioner_id: int | None
) -> tuple[date | None, int]:
    """The next day with visits, and how many."""
    ahead = Visit.objects.filter(
        site=site, day__gt=day, day__lte=day + timedelta(days=NEXT_DAYS)
    ).exclude(status__in=["cancelled", "missed"])
    if practitioner_id is not None:
        ahead = ahead.filter(practitioner_id=practitioner_id)
    found = ahead.values("day").annotate(many=Count("pk")).order_by("day").first()
    return (found["day"], found["many"]) if found else (None, 0)


def _flags(
    visits: Sequence[Visit], *, day: date, clinical: bool
) -> dict[int, tuple[Flag, ...]]:
    """What to know before each visit; eight queries at most."""
    people = {visit.patient_id: visit.patient for visit in visits}
    if not people:
        return {}
    unsigned = without_treatment_consent(people.values(), today=day)
    screened = set(
        Screening.objects.filter(
            patient_id__in=list(people),
            purpose="session",
            for_date=day,
            completed_at__isnull=False,
        ).values_list("patient_id", flat=True)
    )
    known = history.flags_of(list(people.values()), today=day) if clinical else {}
    ask = (
        frozenset[int]()
        if clinical
        else history.needing_word(list(people.values()), today=day)
    )
    return {
        visit.pk: (
            *_died(visit),
            *_due(visit, unsigned=unsigned, screened=screened),
            *(_ask_first() if visit.patient_id in ask else ()),
            *(
                Flag(text=flag.text, tone=flag.kind, icon="flag")
                for flag in known.get(visit.patient_id, ())
                if flag.kind != "info"
            ),
        )
        for visit in visits
    }


def _died(visit: Visit) -> tuple[Flag, ...]:
    if not visit.patient.is_deceased:
        return ()
    return (Flag(text=_("Has died"), tone="bad", icon="octagon-x"),)


def _ask_first() -> tuple[Flag, ...]:
    """What the desk is told when something stands against a treatment."""
    neutral = history.desk_flag()
    return (Flag(text=neutral.text, tone=neutral.kind, icon="flag"),)


def _due(visit: Visit, *, unsigned: frozenset[int], screened: set[int]) -> list[Flag]:
    is_over = Status(visit.status) in OVER or visit.patient.is_deceased
    if visit.kind != SESSION or is_over:
        return []
    due = []
    if visit.patient_id in unsigned:
        due.append(Flag(text=_("Consent missing"), tone="bad", icon="file-x"))
    if visit.patient_id not in screened:
        screening = _("Screening due")
        due.append(
            Flag(text=screening, tone="warn", icon="clipboard-list", stops_numbing=True)
        )
    return due
