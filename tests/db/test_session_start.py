"""Opening a sheet: what is carried over, what is never filled in, who may."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from clinic.models import Qualification
from patients.models import PatientCondition
from sessions.charting.actions import starting
from sessions.charting.errors import SheetRefusedError
from sessions.models import TreatmentSession, Visit
from tests import factories
from tests.chair import Chair, make_chair, make_roller_chair
from tests.factories import NOW

AGAIN = NOW + timedelta(days=28)


@pytest.fixture
def chair(db: None) -> Chair:
    return make_chair()


def test_a_first_session_starts_in_the_lower_third_of_the_protocol(
    chair: Chair,
) -> None:
    session = chair.start()
    rows = session.zones.order_by("id")
    assert [row.zone for row in rows] == ["CM-R", "CM-L"]
    # 1.00 to 1.50: the third ends at 1.16, the pen's step below is 1.00.
    assert {row.depth_setting_mm for row in rows} == {Decimal("1.00")}
    assert {row.planned_mm for row in rows} == {Decimal("1.25")}
    assert {row.previous_mm for row in rows} == {None}
    assert {row.passes for row in rows} == {4}


@pytest.mark.parametrize(
    ("said", "starts_with"),
    [
        (["CM-R", "CM-L"], ["CM-R", "CM-L"]),  # only where the condition is
        (["CM"], ["CM-R", "CM-L"]),
        (["CM-R", "NE"], ["CM-R", "NE"]),  # a zone that the protocol does not know
    ],
)
def test_a_first_session_starts_where_the_condition_is(
    db: None, said: list[str], starts_with: list[str]
) -> None:
    chair = make_chair(protocol=factories.make_protocol(zones=["FH", "CM"]))
    PatientCondition.objects.update(zones=said)
    zones = chair.start().zones.order_by("id").values_list("zone", flat=True)
    assert list(zones) == starts_with


def test_what_is_seen_is_never_filled_in(chair: Chair) -> None:
    chair.signed()
    session = chair.start(2, now=AGAIN)
    assert {row.endpoint for row in session.zones.all()} == {""}
    assert (session.reaction, session.pain, session.skin_clear_at) == ("", None, None)
    assert not session.units.exists()
    assert not session.ticks.exists()


def test_a_repeat_session_takes_over_the_last_settings(chair: Chair) -> None:
    first = chair.signed()
    session = chair.start(2, now=AGAIN)
    assert session.copied_from == first
    assert session.device == first.device
    for row, old in zip(
        session.zones.order_by("id"), first.zones.order_by("id"), strict=True
    ):
        assert row.depth_setting_mm == row.previous_mm == old.depth_setting_mm
        assert row.passes == row.previous_passes == old.passes


def test_opening_a_sheet_brings_the_visit_into_the_room(chair: Chair) -> None:
    session = chair.start()
    visit = Visit.objects.get(pk=session.visit_id)
    assert visit.status == "in_room"
    assert visit.arrived_at == visit.in_room_at == NOW


def test_opening_it_again_goes_on_with_the_same_sheet(chair: Chair) -> None:
    visit = chair.visit()
    first = starting.start(visit=visit, by=chair.practitioner, now=NOW)
    again = starting.start(visit=visit, by=chair.practitioner, now=NOW)
    assert first == again


@pytest.mark.parametrize(
    "validity",
    [
        {"valid_until": NOW.date() - timedelta(days=1)},
        {"valid_from": NOW.date() + timedelta(days=1)},
    ],
    ids=["ended yesterday", "begins tomorrow"],
)
def test_without_a_valid_qualification_nobody_starts(
    chair: Chair, validity: dict[str, object]
) -> None:
    Qualification.objects.update(**validity)
    with pytest.raises(SheetRefusedError, match="no valid qualification"):
        chair.start()
    assert not TreatmentSession.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"status": "cancelled"}, "cancelled"),
        ({"status": "done"}, "done"),
        ({"kind": "review", "planned_session": None}, "not booked as a session"),
        ({"day": NOW.date() + timedelta(days=1)}, "its own day"),
    ],
)
def test_a_visit_that_is_no_session_today_is_refused(
    chair: Chair, changes: dict[str, object], said: str
) -> None:
    visit = chair.visit()
    for name, value in changes.items():
        setattr(visit, name, value)
    visit.save()
    with pytest.raises(SheetRefusedError, match=said):
        starting.start(visit=visit, by=chair.practitioner, now=NOW)


@pytest.mark.regression
def test_a_missed_visit_whose_time_was_given_away_is_refused_in_words(
    chair: Chair,
) -> None:
    missed = chair.visit()
    Visit.objects.filter(pk=missed.pk).update(status="missed")
    factories.make_visit(
        patient=factories.make_patient(),
        practitioner=chair.practitioner,
        room=chair.room,
        by=chair.practitioner,
        starts_at=missed.starts_at,
    )
    missed.refresh_from_db()
    with pytest.raises(SheetRefusedError, match="given to somebody else"):
        starting.start(visit=missed, by=chair.practitioner, now=NOW)
    assert not TreatmentSession.objects.exists()
    missed.refresh_from_db()
    assert missed.status == "missed"


def test_a_missed_visit_whose_time_is_still_free_is_started(chair: Chair) -> None:
    missed = chair.visit()
    Visit.objects.filter(pk=missed.pk).update(status="missed")
    missed.refresh_from_db()
    starting.start(visit=missed, by=chair.practitioner, now=NOW)
    missed.refresh_from_db()
    assert missed.status == "in_room"


@pytest.mark.regression
def test_a_missed_visit_whose_session_was_booked_again_is_not_started(
    chair: Chair,
) -> None:
    missed = chair.visit()
    Visit.objects.filter(pk=missed.pk).update(status="missed")
    missed.refresh_from_db()
    chair.visit(now=NOW + timedelta(days=7))
    with pytest.raises(SheetRefusedError, match="Session 1 is booked"):
        starting.start(visit=missed, by=chair.practitioner, now=NOW)


def test_the_desk_starts_nothing(chair: Chair) -> None:
    desk = factories.make_desk(site=chair.site)
    with pytest.raises(SheetRefusedError):
        starting.start(visit=chair.visit(), by=desk, now=NOW)


def test_a_roller_carries_a_needle_length_and_no_depth(db: None) -> None:
    session = make_roller_chair().start()
    assert session.device is None
    assert session.model_key == "MEDICAL_ROLLER"
    for row in session.zones.all():
        assert row.depth_setting_mm is None
        assert row.needle_length_mm == Decimal("1.25")


@pytest.mark.django_db(transaction=True)
def test_two_people_who_start_at_once_share_one_sheet() -> None:
    chair = make_chair()
    visit = chair.visit()

    def start(_turn: int) -> int:
        try:
            return starting.start(visit=visit, by=chair.practitioner, now=NOW).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(start, range(4)))
    assert len(set(opened)) == 1
    assert Visit.objects.get(pk=visit.pk).status == "in_room"
