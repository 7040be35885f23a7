"""A single visit: what kind, how long, and the first free times for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.http import QueryDict
from django.utils.translation import gettext as _

from clinic.places.models import Site
from clinic.rulebook.queries import effective_book
from clinic.rules import freetime, series
from clinic.rules.freetime import DayResources, Need
from clinic.rules.gates import Override
from clinic.rules.series import Shut, Slot
from clinic.staff.models import User
from clinic.staff.queries import Permits
from patients.records.models import Patient
from sessions.booking import checks, courses, earlier, past, qualified, slots
from sessions.booking.actions import VisitEntry
from sessions.booking.earlier import planned_of
from sessions.booking.house import House, free_days, house_of, instants, within_hours
from sessions.booking.visit_forms import KINDS, WITH_SESSION, NewVisitForm
from sessions.plans.models import Plan, PlannedSession
from sessions.plans.statuses import OPEN, PlanStatus

MINUTES = {"consultation": 30, "review": 30}
SESSION = "session"
MOST = 9
A_DAY = 3
EVERY_MINUTES = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One free time to choose."""

    token: str
    starts_at: datetime
    practitioner: str
    room: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Needling:
    """What the rules leave of the days: from when, around which, and who may.

    `first` is None where no day is in sight; `depth_mm` the deepest that is meant.
    """

    first: date | None
    depth_mm: Decimal | None
    permits: Permits
    shut: tuple[Shut, ...]

    def among(
        self, days: Sequence[DayResources], *, sooner: bool, anyhow: bool = False
    ) -> list[DayResources]:
        """The days left, with only those who may.

        `sooner` with days that need a confirmation, `anyhow` with those that need a
        prescriber's written reason.
        """
        closed = [one for one in self.shut if one.refuses or not sooner]
        if anyhow:
            closed = []
        left = [
            day
            for day in days
            if self.first
            and day.day >= self.first
            and not any(one.first_day <= day.day <= one.last_day for one in closed)
        ]
        return list(
            qualified.only_those_who_may(
                left, permits=self.permits, depth_mm=self.depth_mm
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """What is to be booked, and the times that are free for it."""

    form: NewVisitForm
    patient: Patient
    house: House
    kind: str
    minutes: int
    options: tuple[Option, ...]
    days: tuple[DayResources, ...]
    start_on: date
    planned: PlannedSession | None = None
    plan: Plan | None = None
    needling: Needling | None = None

    @property
    def session_mark(self) -> str:
        """Which session of which plan is booked, for the form; empty for a talk."""
        if self.plan is None or self.planned is None:
            return ""
        return f"{self.plan.reference}-{self.planned.number}"

    @property
    def sooner(self) -> bool:
        """Whether days that need a confirmation are wished for as well."""
        return bool(self.form.cleaned_data.get("sooner"))

    @property
    def anyhow(self) -> bool:
        """Whether days too soon by the rule are wished for, by who may plan past it."""
        return bool(self.form.cleaned_data.get("anyhow")) and self.needling is not None

    @property
    def bookable(self) -> list[DayResources]:
        """The days from the wished one on which no rule stands against a visit."""
        if self.needling is None:
            return [day for day in self.days if day.day >= self.start_on]
        return self.needling.among(self.days, sooner=self.sooner, anyhow=self.anyhow)

    @property
    def first_allowed(self) -> date | None:
        """The first day the rules leave, where it is later than the wished one."""
        if self.needling is None or not self.bookable:
            return None
        first = self.bookable[0].day
        return first if first > self.start_on else None

    @property
    def may_be_sooner(self) -> bool:
        """Whether a confirmation would open days before the first that is shown."""
        if self.needling is None or self.sooner:
            return self.sooner
        return len(self.needling.among(self.days, sooner=True)) > len(self.bookable)


def read(
    given: QueryDict, *, patient: Patient, site: Site, user: User, now: datetime
) -> Single:
    """The wishes, and the first free times that fit them; about fifteen queries."""
    today = now.astimezone(site.zone).date()
    plan, planned = _next_session(patient)
    form = _form(given, site=site, user=user, today=today, with_session=bool(planned))
    kind = form.cleaned_data.get("kind", "consultation") if form.is_valid() else ""
    is_session = kind == SESSION and planned is not None and plan is not None
    book = effective_book().book
    house = house_of(
        site,
        book=book,
        device_kind=plan.protocol.device_kind if is_session and plan else "",
    )
    start_on = max(form.cleaned_data.get("start_on") or today, today)
    needling = None
    if is_session and planned is not None:
        reasons = _reasons(form, user)
        needling = _needling(
            patient, planned, house, start=start_on, today=today, reasons=reasons
        )
    single = Single(
        form=form,
        patient=patient,
        house=house,
        kind=kind,
        minutes=_minutes(plan if is_session else None),
        options=(),
        days=free_days(house, now=now, patient_id=patient.pk),
        start_on=start_on,
        planned=planned if is_session else None,
        plan=plan if is_session else None,
        needling=needling,
    )
    if not form.is_valid() or patient.is_deceased:
        return single
    return replace(single, options=_options(single))


def _minutes(plan: Plan | None) -> int:
    return plan.protocol.session_minutes if plan else MINUTES["review"]


def _reasons(form: NewVisitForm, user: User) -> tuple[Override, ...]:
    """What lets the days be seen that a written reason would open."""
    wished = bool(form.cleaned_data.get("anyhow")) and past.may(user)
    return past.to_be_written() if wished else ()


def _needling(
    patient: Patient,
    planned: PlannedSession,
    house: House,
    *,
    start: date,
    today: date,
    reasons: tuple[Override, ...],
) -> Needling:
    """What the rules say of a session, whatever day it will be."""
    people = [person.pk for person in house.practitioners]
    facts = checks.read_facts(patient, today=today, practitioners=people)
    zones = planned_of([planned.pk])[planned.pk]
    shut = earlier.shut_days(
        facts.book, facts.others, number=1, planned=zones, plan_id=None, today=today
    )
    return Needling(
        first=checks.first_allowed(
            facts, planned=zones, start=start, today=today, past=reasons
        ),
        depth_mm=max((zone.mm for zone in zones if zone.mm), default=None),
        permits=facts.permits,
        shut=tuple(shut),
    )


def _next_session(patient: Patient) -> tuple[Plan | None, PlannedSession | None]:
    """The next session of an open plan that nobody has booked."""
    for plan in courses.of_patient(patient_id=patient.pk):
        if PlanStatus(plan.status) not in OPEN or plan.status == PlanStatus.DRAFT:
            continue
        course = courses.course_of(plan, clinical=False)
        free = [row.number for row in course.rows if row.is_to_book]
        for planned in plan.planned_sessions.all():
            if planned.number in free:
                return plan, planned
    return None, None


def _form(
    given: QueryDict, *, site: Site, user: User, today: date, with_session: bool
) -> NewVisitForm:
    data = given.copy()
    kinds = WITH_SESSION if with_session else KINDS
    if data.get("kind") not in dict(kinds):
        data["kind"] = "session" if with_session else "consultation"
    if "start_on" not in data:
        data["start_on"] = today.isoformat()
    form = NewVisitForm(data)
    people = house_of(site, book=effective_book().book).practitioners
    if not (with_session and past.may(user)):
        del form.fields["anyhow"]
    form.fields["kind"].choices = kinds  # type: ignore[attr-defined]
    form.fields["practitioner"].choices = [  # type: ignore[attr-defined]
        ("", _("Anybody")),
        *((str(person.pk), person.full_name) for person in people),
    ]
    form.is_valid()
    return form


def _need(single: Single) -> Need:
    data, house = single.form.cleaned_data, single.house
    only = int(data.get("practitioner") or 0) or None
    part = series.PARTS_OF_DAY.get(data.get("part", ""))
    return Need(
        minutes=single.minutes,
        practitioners=tuple(one.id for one in house.named_practitioners(only)),
        rooms=tuple(one.id for one in house.named_rooms()),
        devices=tuple(one.id for one in house.named_devices()),
        window=freetime.open_mask([(part.first_minute, part.end_minute)])
        if part
        else freetime.FULL_DAY,
        every_minutes=EVERY_MINUTES,
    )


def _options(single: Single) -> tuple[Option, ...]:
    """Up to three times of each day from the first that needs no word."""
    need = _need(single)
    found: list[Option] = []
    for day in single.bookable:
        if len(found) >= MOST:
            break
        starts = freetime.day_starts(day, need)
        minutes = list(freetime.minutes_of(starts.anywhere))
        for minute in _spread(minutes):
            place = starts.place(minute)
            slot = Slot(
                number=1,
                day=place.day,
                minute=minute,
                practitioner=place.practitioner,
                room=place.room,
                device=place.device,
            )
            found.append(option_of(slot, single.house, single.minutes))
    return tuple(found[:MOST])


def _spread(minutes: Sequence[int]) -> list[int]:
    """The first, a middle and the last of a day's times."""
    if len(minutes) <= A_DAY:
        return list(minutes)
    return [minutes[0], minutes[len(minutes) // 2], minutes[-1]]


def option_of(slot: Slot, house: House, minutes: int) -> Option:
    """A slot as something to choose."""
    starts_at, _ends_at = instants(
        house.site, day=slot.day, minute=slot.minute, minutes=minutes
    )
    person, room = house.person(slot.practitioner), house.room(slot.room)
    return Option(
        token=slots.slot_text(slot),
        starts_at=starts_at,
        practitioner=person.full_name if person else "",
        room=room.name if room else "",
    )


def entry_of(
    single: Single, token: str, *, confirmed: frozenset[str]
) -> VisitEntry | None:
    """The visit of a chosen slot; None for one outside hours or of another house."""
    slot = slots.parse_slot(token, single.house)
    if slot is None or not single.kind:
        return None
    if not within_hours(
        single.days,
        day=slot.day,
        minute=slot.minute,
        minutes=single.minutes,
        practitioner=slot.practitioner,
    ):
        return None
    starts_at, ends_at = instants(
        single.house.site, day=slot.day, minute=slot.minute, minutes=single.minutes
    )
    return VisitEntry(
        kind=single.kind,
        patient_id=single.patient.pk,
        practitioner_id=slot.practitioner,
        site_id=single.house.site.pk,
        room_id=slot.room,
        device_id=slot.device,
        starts_at=starts_at,
        ends_at=ends_at,
        day=slot.day,
        plan_id=single.plan.pk if single.plan else None,
        planned_session_id=single.planned.pk if single.planned else None,
        confirmed_rules=tuple(sorted(confirmed)),
    )


def read_again(single: Single, *, near: VisitEntry, now: datetime) -> Single:
    """The times that are free now, the nearest to a lost one first."""
    days = free_days(single.house, now=now, patient_id=single.patient.pk)
    single = replace(single, days=days)
    wall = near.starts_at.astimezone(single.house.site.zone)
    window = [
        day for day in single.bookable if abs(day.day - near.day) <= timedelta(days=14)
    ]
    places = freetime.nearest_free(
        window,
        _need(single),
        wanted_day=near.day,
        wanted_minute=wall.hour * 60 + wall.minute,
        count=MOST,
    )
    options = tuple(
        option_of(
            Slot(
                number=1,
                day=place.day,
                minute=place.minute,
                practitioner=place.practitioner,
                room=place.room,
                device=place.device,
            ),
            single.house,
            single.minutes,
        )
        for place in places
    )
    return replace(single, options=options)
