"""The masks say what the calendar says, also on the days the clocks change."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta

import pytest

from clinic.models import Absence, Closure, Room, Site, User
from clinic.rules import freetime
from sessions.booking import occupancy
from tests import factories

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 3, 23)
SUMMER_TIME = date(2026, 3, 29)
WINTER_TIME = date(2026, 10, 25)
EIGHT_TO_SIX = freetime.open_mask([(8 * 60, 18 * 60)])


def _house() -> tuple[Site, User, Room, occupancy.Roster]:
    site = factories.make_site()
    practitioner = factories.make_practitioner(site=site)
    room = factories.make_room(site=site)
    roster = occupancy.Roster(
        site_id=site.pk,
        zone=site.zone,
        practitioners=(practitioner.pk,),
        rooms=(room.pk,),
    )
    return site, practitioner, room, roster


def test_a_working_day_is_open_and_a_sunday_is_not() -> None:
    _site, practitioner, _room, roster = _house()
    days = occupancy.free_days(roster=roster, first_day=MONDAY, days=7)
    assert [day.open == EIGHT_TO_SIX for day in days] == [True] * 5 + [False] * 2
    assert days[0].practitioners[practitioner.pk].works == EIGHT_TO_SIX


def test_closures_close_their_first_and_last_day_and_say_why() -> None:
    site, _practitioner, _room, roster = _house()
    Closure.objects.create(
        site=site,
        first_day=MONDAY + timedelta(days=1),
        last_day=MONDAY + timedelta(days=2),
        reason="Painting",
    )
    Closure.objects.create(
        first_day=MONDAY + timedelta(days=4),
        last_day=MONDAY + timedelta(days=4),
        reason="Holiday",
    )
    days = occupancy.free_days(roster=roster, first_day=MONDAY, days=5)
    assert [day.closed for day in days] == ["", "Painting", "Painting", "", "Holiday"]
    assert [bool(day.open) for day in days] == [True, False, False, True, False]


def test_a_practitioner_who_is_away_does_not_work() -> None:
    _site, practitioner, _room, roster = _house()
    Absence.objects.create(user=practitioner, first_day=MONDAY, last_day=MONDAY)
    first, second = occupancy.free_days(roster=roster, first_day=MONDAY, days=2)
    assert first.practitioners[practitioner.pk].works == 0
    assert second.practitioners[practitioner.pk].works == EIGHT_TO_SIX


@pytest.mark.parametrize(
    ("day", "utc_hour", "wall_minute"),
    [
        pytest.param(SUMMER_TIME - timedelta(days=1), 9, 9 * 60, id="winter time"),
        pytest.param(SUMMER_TIME, 9, 10 * 60, id="day the clocks go forward"),
        pytest.param(SUMMER_TIME + timedelta(days=1), 9, 10 * 60, id="summer time"),
        pytest.param(WINTER_TIME, 9, 9 * 60, id="day the clocks go back"),
        pytest.param(WINTER_TIME - timedelta(days=1), 9, 10 * 60, id="still summer"),
    ],
)
def test_a_visit_takes_its_wall_clock_time(
    day: date, utc_hour: int, wall_minute: int
) -> None:
    site, practitioner, room, roster = _house()
    starts_at = datetime(day.year, day.month, day.day, utc_hour, tzinfo=UTC)
    factories.make_visit(
        patient=factories.make_patient(),
        practitioner=practitioner,
        room=room,
        by=practitioner,
        starts_at=starts_at,
    )
    expected = freetime.busy_mask([(wall_minute, wall_minute + 45)])
    wide = occupancy.free_days(
        roster=roster, first_day=day - timedelta(days=10), days=21
    )
    narrow = occupancy.free_days(roster=roster, first_day=day, days=1)
    for found in (wide[10], narrow[0]):
        assert found.rooms[room.pk] == expected
        assert found.practitioners[practitioner.pk].busy == expected
    assert site.zone.key == "Europe/London"


def test_a_visit_over_midnight_takes_both_days() -> None:
    _site, practitioner, room, roster = _house()
    factories.make_visit(
        patient=factories.make_patient(),
        practitioner=practitioner,
        room=room,
        by=practitioner,
        starts_at=datetime(2026, 3, 23, 23, 30, tzinfo=UTC),
    )
    first, second = occupancy.free_days(roster=roster, first_day=MONDAY, days=2)
    assert first.rooms[room.pk] == freetime.busy_mask([(23 * 60 + 30, 24 * 60)])
    assert second.rooms[room.pk] == freetime.busy_mask([(0, 15)])
    (only_second,) = occupancy.free_days(
        roster=roster, first_day=MONDAY + timedelta(days=1), days=1
    )
    assert only_second.rooms[room.pk] == second.rooms[room.pk]


@pytest.mark.parametrize("status", ["missed", "cancelled"])
def test_missed_and_cancelled_visits_leave_their_time_free(status: str) -> None:
    _site, practitioner, room, roster = _house()
    factories.make_visit(
        patient=factories.make_patient(),
        practitioner=practitioner,
        room=room,
        by=practitioner,
        status=status,
    )
    (day,) = occupancy.free_days(roster=roster, first_day=factories.TODAY, days=1)
    assert day.rooms[room.pk] == 0


def test_visits_about_to_move_leave_their_time_free() -> None:
    _site, practitioner, room, roster = _house()
    visit = factories.make_visit(
        patient=factories.make_patient(),
        practitioner=practitioner,
        room=room,
        by=practitioner,
    )
    (day,) = occupancy.free_days(
        roster=roster, first_day=factories.TODAY, days=1, leaving_out=[visit.pk]
    )
    assert day.rooms[room.pk] == 0


def test_the_patients_own_visit_elsewhere_closes_that_time() -> None:
    _site, _practitioner, _room, roster = _house()
    other_site = factories.make_site()
    patient = factories.make_patient()
    factories.make_visit(
        patient=patient,
        practitioner=factories.make_practitioner(site=other_site),
        room=factories.make_room(site=other_site),
        by=factories.make_desk(),
    )
    (day,) = occupancy.free_days(
        roster=roster, first_day=factories.TODAY, days=1, patient_id=patient.pk
    )
    assert day.open == EIGHT_TO_SIX & ~freetime.busy_mask([(10 * 60, 10 * 60 + 45)])


def test_the_number_of_queries_does_not_grow_with_the_span(
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    _site, _practitioner, _room, roster = _house()
    for days in (1, 200):
        with django_assert_num_queries(2):
            occupancy.free_days(roster=roster, first_day=MONDAY, days=days)
