"""The owner's figures against small clinics counted by hand."""

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from clinic.models import Site, User
from sessions.models import (
    AdverseEvent,
    Plan,
    Score,
    TreatmentSession,
    ZoneTreatment,
)
from sessions.reports import behind, pictures, report, wilson
from sessions.reports.filters import Filters, Span
from sessions.reports.queries import harm, keeping, outcomes, use
from sessions.reports.queries.outcomes import REVIEW_AFTER_DAYS, SMALLEST_GROUP
from tests import factories

pytestmark = pytest.mark.django_db

LAST = factories.TODAY
PERIOD = Filters(span=Span.YEAR, first_day=LAST - timedelta(days=364), last_day=LAST)
TREATED = LAST - timedelta(days=100)


class Clinic:
    """A site with one practitioner, one room, and plans made on demand."""

    def __init__(self) -> None:
        self.site: Site = factories.make_site()
        self.practitioner: User = factories.make_practitioner(site=self.site)
        self.room = factories.make_room(site=self.site)
        self.protocol = factories.make_protocol()
        self.hour = 0

    def plan(self, **changes: object) -> Plan:
        condition = factories.make_condition(
            patient=factories.make_patient(), baseline_scale="gbq", baseline_value=10
        )
        return factories.make_plan(
            condition=condition,
            site=self.site,
            by=self.practitioner,
            protocol=self.protocol,
            practitioner=self.practitioner,
            goal_scale="gbq",
            goal_value=5,
            **changes,
        )

    def session(self, plan: Plan, on: date, *, mm: str = "1.50") -> TreatmentSession:
        self.hour += 1
        starts_at = factories.NOW - timedelta(days=(LAST - on).days)
        visit = factories.make_visit(
            patient=plan.patient,
            practitioner=factories.make_practitioner(site=self.site),
            room=factories.make_room(site=self.site),
            by=self.practitioner,
            plan=plan,
            starts_at=starts_at,
            status="done",
        )
        session = factories.make_session(visit=visit, condition=plan.condition)
        ZoneTreatment.objects.create(
            session=session, zone="CM-R", depth_setting_mm=Decimal(mm), passes=4
        )
        consent = (
            factories.make_consent(patient=plan.patient, taken_by=self.practitioner)
            if not plan.patient.consents.exists()
            else plan.patient.consents.get()
        )
        TreatmentSession.objects.filter(pk=session.pk).update(
            screening=factories.make_screening(
                patient=plan.patient, by=self.practitioner
            ),
            consent=consent,
            skin_clear_at=starts_at,
            signed_at=starts_at,
            signed_by=self.practitioner,
            signed_digest="0" * 64,
        )
        return session

    def score(
        self, plan: Plan, on: date, value: int, *, variant: str = "every row"
    ) -> None:
        Score.objects.create(
            patient=plan.patient,
            condition=plan.condition,
            plan=plan,
            scale="gbq",
            variant=variant,
            value=value,
            rater="clinician",
            rated_on=on,
            rated_by=self.practitioner,
            recorded_at=factories.NOW,
        )

    def reviewed(
        self,
        before: int,
        after: int,
        *,
        wait: int = REVIEW_AFTER_DAYS,
        mm: str = "1.50",
    ) -> Plan:
        plan = self.plan(status="finished", ended_on=LAST)
        self.score(plan, TREATED, before)
        self.session(plan, TREATED, mm=mm)
        self.score(plan, TREATED + timedelta(days=wait), after)
        return plan


def lines(of: str, part: Filters = PERIOD) -> tuple[behind.Line, ...]:
    return behind.behind(of, part).lines


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


def test_ten_plans_give_a_median_and_nine_give_nothing(clinic: Clinic) -> None:
    for number in range(SMALLEST_GROUP - 1):
        clinic.reviewed(10, 9 - number)
    group = outcomes.outcomes(PERIOD).whole
    assert (group.plans, group.median, group.low, group.high) == (None,) * 4
    clinic.reviewed(10, 0)
    group = outcomes.outcomes(PERIOD).whole
    assert group.plans == 10
    assert group.median == Decimal("55.0")
    assert (group.low, group.high) == (Decimal("32.5"), Decimal("77.5"))


def test_a_period_compared_with_has_the_figures_it_had_as_the_period_itself(
    clinic: Clinic,
) -> None:
    for number in range(SMALLEST_GROUP):
        clinic.reviewed(10, 9 - number, mm="1.25" if number % 2 else "2.00")
    itself, compared = outcomes.outcomes(PERIOD), outcomes.by_condition(PERIOD)
    assert itself.whole.is_shown
    assert len(itself.depths) == 2
    assert (compared.whole, compared.conditions) == (itself.whole, itself.conditions)


@pytest.mark.parametrize(
    ("wait", "counts"),
    [
        pytest.param(REVIEW_AFTER_DAYS - 1, False, id="too early to judge"),
        pytest.param(REVIEW_AFTER_DAYS, True, id="eight weeks after the last"),
    ],
)
def test_a_course_is_judged_eight_weeks_after_its_last_session(
    clinic: Clinic, wait: int, counts: bool
) -> None:
    clinic.reviewed(10, 5, wait=wait)
    assert len(list(outcomes.plans(PERIOD))) == int(counts)


def test_readings_of_two_variants_are_never_compared(clinic: Clinic) -> None:
    plan = clinic.plan(status="finished", ended_on=LAST)
    clinic.score(plan, TREATED, 10)
    clinic.session(plan, TREATED)
    clinic.score(plan, LAST, 5, variant="one row per grade")
    assert list(outcomes.plans(PERIOD)) == []


def test_a_start_of_zero_has_no_percentage(clinic: Clinic) -> None:
    clinic.reviewed(0, 0)
    assert list(outcomes.plans(PERIOD)) == []


def test_depth_goes_up_to_the_next_quarter_and_past_the_protocol_is_seen(
    clinic: Clinic,
) -> None:
    clinic.reviewed(10, 5, mm="1.50")
    clinic.reviewed(10, 5, mm="1.60")
    within, past = sorted(
        outcomes.plans(PERIOD), key=lambda one: one.deepest_mm or Decimal(0)
    )
    assert (within.depth_mm, within.past_protocol) == (Decimal("1.5"), False)
    assert (past.depth_mm, past.past_protocol) == (Decimal("1.75"), True)


def test_a_list_behind_fewer_than_ten_plans_stays_closed(clinic: Clinic) -> None:
    for _ in range(SMALLEST_GROUP - 1):
        clinic.reviewed(10, 5)
    with pytest.raises(behind.TooFewError):
        behind.behind("outcome:ACNE_ROLLING", PERIOD)
    clinic.reviewed(10, 5)
    assert len(behind.behind("outcome:ACNE_ROLLING", PERIOD).lines) == 10


@pytest.mark.parametrize(
    "of", ["", "outcome:A:B", "depth:ACNE_ROLLING", "depth:A:pen:deep", "nonsense"]
)
def test_an_unknown_list_is_refused(of: str) -> None:
    with pytest.raises((behind.UnknownListError, behind.TooFewError)):
        behind.behind(of, PERIOD)


def test_the_period_ends_with_its_last_day(clinic: Clinic) -> None:
    clinic.reviewed(10, 5, wait=100)
    assert len(list(outcomes.plans(PERIOD))) == 1
    earlier = Filters(
        span=Span.YEAR,
        first_day=PERIOD.first_day,
        last_day=LAST - timedelta(days=1),
    )
    assert list(outcomes.plans(earlier)) == []


def test_finished_and_stopped_plans_give_the_share(clinic: Clinic) -> None:
    for status in ["finished", "finished", "finished", "stopped"]:
        clinic.plan(status=status, ended_on=LAST, stop_reason="Moved away")
    clinic.plan()
    ended, _months = keeping.ended(PERIOD)
    assert (ended.finished, ended.stopped, ended.share) == (3, 1, Decimal(75))
    ended_ones = [line.plan.status for line in lines("ended") if line.plan]
    assert sorted(ended_ones) == ["finished", "finished", "finished", "stopped"]
    assert [line.plan.status for line in lines("stopped") if line.plan] == ["stopped"]


def test_plans_that_ended_are_listed_by_the_filters_of_their_share(
    clinic: Clinic,
) -> None:
    clinic.plan(status="finished", ended_on=LAST)
    clinic.plan(status="finished", ended_on=PERIOD.first_day - timedelta(days=1))
    assert len(lines("ended")) == 1
    for elsewhere in (
        replace(PERIOD, site_id=factories.make_site().pk),
        replace(PERIOD, practitioner_id=factories.make_owner().pk),
        replace(PERIOD, condition="MELASMA"),
    ):
        assert lines("ended", elsewhere) == ()
        assert keeping.ended(elsewhere)[0].share is None


def test_who_stays_counts_running_plans_as_long_as_they_were_seen(
    clinic: Clinic,
) -> None:
    stopped = clinic.plan(status="stopped", stop_reason="Moved", ended_on=LAST)
    clinic.session(stopped, TREATED)
    running = clinic.plan()
    clinic.session(running, TREATED)
    for status in ("finished", "finished"):
        plan = clinic.plan(status=status, ended_on=LAST)
        for number in range(4):
            clinic.session(plan, TREATED + timedelta(days=number * 20))
    shares = keeping.staying(PERIOD)
    assert [round(share, 1) for share in shares] == [
        Decimal(100),
        Decimal("66.7"),
        Decimal("66.7"),
        Decimal("66.7"),
    ]
    assert len(lines("stay:1")) == 4
    second = lines("stay:2")
    assert second[0].plan == stopped
    assert [one.stay.has_come for one in second if one.stay] == [False, True, True]
    assert running not in [one.plan for one in second]
    assert [one.stay.sessions for one in second if one.stay] == [1, 4, 4]
    assert len(lines("stay:4")) == 2
    assert lines("stay:5") == ()


def test_missed_visits_are_counted_by_hour_of_the_site(clinic: Clinic) -> None:
    for status in ("done", "missed", "cancelled", "confirmed"):
        factories.make_visit(
            patient=factories.make_patient(),
            practitioner=factories.make_practitioner(site=clinic.site),
            room=factories.make_room(site=clinic.site),
            by=clinic.practitioner,
            status=status,
        )
    whole, (slot,), _months = keeping.missed(PERIOD)
    assert (whole.missed, whole.visits) == (1, 2)
    assert (slot.weekday, slot.hour, slot.missed) == (3, 10, 1)
    for of in ("missed", "missed:3:10"):
        (line,) = behind.behind(of, PERIOD).lines
        assert line.visit is not None
        assert line.visit.status == "missed"
    for elsewhere in ("missed:4:10", "missed:3:12"):
        assert behind.behind(elsewhere, PERIOD).lines == ()


@pytest.mark.parametrize(
    "of",
    [
        *("missed:3", "missed:x:1", "missed:-1:2", "missed::"),
        *("stay:x", "stay", "room:0", "room:x", "person:999999", "room", "ended:1"),
    ],
)
def test_what_is_no_session_room_or_hour_is_no_list(clinic: Clinic, of: str) -> None:
    with pytest.raises((behind.UnknownListError, behind.TooFewError)):
        behind.behind(of, PERIOD)


def test_missed_visits_and_time_in_use_are_those_of_the_condition(
    clinic: Clinic,
) -> None:
    plan = clinic.plan()
    kind = plan.condition.kind
    for hour, its_plan in ((0, plan), (1, None)):
        for status in ("done", "missed"):
            factories.make_visit(
                patient=plan.patient,
                practitioner=clinic.practitioner,
                room=clinic.room,
                by=clinic.practitioner,
                plan=its_plan,
                starts_at=factories.NOW + timedelta(hours=hour),
                status=status,
            )
    for condition, visits, minutes in ((kind, 2, 45), ("MELASMA", 0, 0), ("", 4, 90)):
        part = replace(PERIOD, condition=condition)
        assert keeping.missed(part)[0].visits == visits
        assert len(lines("missed", part)) == visits / 2
        for (one,) in (use.rooms(part), use.people(part)):
            assert (one.used_minutes, one.lost_minutes) == (minutes, minutes)
            listed = [line.spent for line in lines(one.of, part) if line.spent]
            assert sum(spent.used_minutes for spent in listed) == minutes
            assert sum(spent.lost_minutes for spent in listed) == minutes


def test_a_room_opens_those_whose_visits_filled_it(clinic: Clinic) -> None:
    other = factories.make_room(site=clinic.site)
    for room, hour, status in (
        (clinic.room, 0, "done"),
        (clinic.room, 1, "cancelled"),
        (other, 2, "done"),
    ):
        factories.make_visit(
            patient=factories.make_patient(),
            practitioner=clinic.practitioner,
            room=room,
            by=clinic.practitioner,
            starts_at=factories.NOW + timedelta(hours=hour),
            status=status,
        )
    (line,) = lines(f"room:{clinic.room.pk}")
    assert line.spent is not None
    assert (line.spent.visits, line.spent.used_minutes) == (1, 45)
    assert len(lines("rooms")) == len(lines(f"person:{clinic.practitioner.pk}")) == 2


def test_the_hours_of_missed_visits_are_those_of_the_clinic(clinic: Clinic) -> None:
    for hours in (-3, 11):  # from 7 and from 21 o'clock
        factories.make_visit(
            patient=factories.make_patient(),
            practitioner=clinic.practitioner,
            room=clinic.room,
            by=clinic.practitioner,
            starts_at=factories.NOW + timedelta(hours=hours),
            status="missed",
        )
    counted = report.progress(PERIOD, now=factories.NOW)
    drawn = pictures.missed_chart(counted, opens="?of=")
    first, *_between, last = re.findall(r'scope="row">(\d\d)<', drawn)
    assert (first, last) == ("06", "20")
    assert drawn.count("?of=missed:") == 2


def test_rooms_are_measured_against_open_hours(clinic: Clinic) -> None:
    week = Filters(span=Span.QUARTER, first_day=LAST - timedelta(days=6), last_day=LAST)
    factories.make_visit(
        patient=factories.make_patient(),
        practitioner=clinic.practitioner,
        room=clinic.room,
        by=clinic.practitioner,
        status="done",
    )
    (room,) = use.rooms(week)
    assert room.open_minutes == 5 * 10 * 60
    assert room.used_minutes == 45
    (person,) = use.people(week)
    assert person.share == Decimal(4500) / 3000


def test_events_are_always_counted_however_few(clinic: Clinic) -> None:
    plan = clinic.plan()
    session = clinic.session(plan, TREATED)
    AdverseEvent.objects.create(
        patient=plan.patient,
        session=session,
        kind="PIH",
        onset_on=TREATED,
        grade=2,
        zones=["CM-R"],
        closed_on=TREATED + timedelta(days=30),
        recorded_at=factories.NOW,
        recorded_by=clinic.practitioner,
    )
    rate, _months = harm.rate(PERIOD)
    (kind,) = harm.kinds(PERIOD)
    assert (rate.hit, rate.sessions) == (1, 1)
    assert (kind.kind, kind.events, kind.median_days) == ("PIH", 1, Decimal("30.0"))
    assert len(behind.behind("event:PIH", PERIOD).lines) == 1


@pytest.mark.parametrize(
    ("kind", "days", "counts"),
    [
        ("ERYTHEMA", 7, 0),
        ("ERYTHEMA", 8, 1),
        ("BRUISE", 14, 0),
        ("BRUISE", 15, 1),
        ("PAIN", 1, 0),
        ("PAIN", 2, 1),
        ("BLEED", 0, 0),
        ("BLEED", 1, 1),
        ("PIH", 0, 1),
        ("EXPOSURE", 0, 1),
    ],
)
@pytest.mark.parametrize("is_open", [True, False], ids=["open", "settled"])
def test_a_reaction_that_outlasts_its_days_is_counted(
    clinic: Clinic, kind: str, days: int, counts: int, is_open: bool
) -> None:
    """Open it is judged on the day it is read, settled on the day it settled."""
    plan = clinic.plan()
    last = TREATED + timedelta(days=days)
    AdverseEvent.objects.create(
        patient=plan.patient,
        session=clinic.session(plan, TREATED),
        kind=kind,
        onset_on=TREATED,
        grade=3,
        zones=["CM-R"],
        closed_on=None if is_open else last,
        recorded_at=factories.NOW,
        recorded_by=clinic.practitioner,
    )
    read_on = last if is_open else last + timedelta(days=40)
    period = replace(PERIOD, today=read_on)
    rate, _months = harm.rate(period)
    assert (rate.hit, rate.sessions) == (counts, 1)
    assert len(harm.kinds(period)) == counts
    assert len(behind.behind(f"event:{kind}", period).lines) == counts


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        # Newcombe (1998), Two-sided confidence intervals for the single proportion,
        # Statistics in Medicine 17: 857-872, table I, method 3.
        pytest.param(81, 263, 0.2553, 0.3662, id="81 of 263"),
        pytest.param(15, 148, 0.0624, 0.1605, id="15 of 148"),
        pytest.param(0, 20, 0.0, 0.1611, id="none of 20"),
        pytest.param(1, 29, 0.0061, 0.1718, id="1 of 29"),
    ],
)
def test_wilson_gives_the_published_intervals(
    count: int, of: int, low: float, high: float
) -> None:
    found = wilson.interval(count, of)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_an_interval_of_nothing_is_none_and_more_than_all_is_refused() -> None:
    assert wilson.interval(0, 0) is None
    with pytest.raises(ValueError, match="3 of 2"):
        wilson.interval(3, 2)
