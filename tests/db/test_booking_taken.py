"""Who comes second is told what is taken, by whom and since when, by one query."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from clinic.models import Device, Room, Site, User
from patients.models import Patient
from sessions.booking import taking
from sessions.booking.taking import Claim
from sessions.models import Visit
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LENGTH = timedelta(minutes=45)


@dataclass
class Booked:
    """One visit with everything it occupies, and a claim that has none of it."""

    site: Site
    practitioner: User
    room: Room
    device: Device
    patient: Patient
    desk: User
    visit: Visit
    stranger: Claim

    def claim(self, **same: Any) -> Claim:
        return replace(self.stranger, **same)


@pytest.fixture
def booked() -> Booked:
    site = factories.make_site()
    practitioner = factories.make_practitioner(site=site, full_name="Ana Reyes")
    room = factories.make_room(site=site, name="Blue room")
    device = factories.make_device(site=site, name="Pen 2")
    desk = factories.make_desk(site=site, full_name="Mo Desk")
    patient = factories.make_patient()
    visit = factories.make_visit(
        patient=patient,
        practitioner=practitioner,
        room=room,
        device=device,
        by=desk,
        starts_at=NOW,
    )
    stranger = Claim(
        patient_id=factories.make_patient().pk,
        practitioner_id=factories.make_practitioner(site=site).pk,
        room_id=factories.make_room(site=site).pk,
        device_id=None,
        starts_at=NOW,
        ends_at=NOW + LENGTH,
    )
    return Booked(
        site=site,
        practitioner=practitioner,
        room=room,
        device=device,
        patient=patient,
        desk=desk,
        visit=visit,
        stranger=stranger,
    )


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        ("practitioner", "Ana Reyes"),
        ("room", "Blue room"),
        ("device", "Pen 2"),
        ("patient", ""),
    ],
)
def test_the_loser_is_told_what_is_taken_and_by_whom(
    booked: Booked, resource: str, name: str
) -> None:
    claim = booked.claim(**{f"{resource}_id": getattr(booked, resource).pk})
    (clash,) = taking.find_clashes([claim])
    assert (clash.claim, clash.resource, clash.name) == (claim, resource, name)
    assert clash.booked_by == "Mo Desk"
    assert clash.booked_at == booked.visit.booked_at


def test_a_clash_is_told_once_and_the_practitioner_first(booked: Booked) -> None:
    claim = booked.claim(
        practitioner_id=booked.practitioner.pk,
        room_id=booked.room.pk,
        device_id=booked.device.pk,
        patient_id=booked.patient.pk,
    )
    assert [clash.resource for clash in taking.find_clashes([claim])] == [
        "practitioner"
    ]


@pytest.mark.parametrize(
    ("minutes", "is_taken"),
    [(-46, False), (-45, False), (-44, True), (44, True), (45, False), (46, False)],
)
def test_visits_may_touch_and_not_overlap(
    booked: Booked, minutes: int, is_taken: bool
) -> None:
    shift = timedelta(minutes=minutes)
    claim = booked.claim(
        room_id=booked.room.pk, starts_at=NOW + shift, ends_at=NOW + shift + LENGTH
    )
    assert bool(list(taking.find_clashes([claim]))) is is_taken


@pytest.mark.parametrize("status", ["missed", "cancelled"])
def test_a_visit_that_gave_its_time_up_takes_nothing(
    booked: Booked, status: str
) -> None:
    Visit.objects.filter(pk=booked.visit.pk).update(status=status)
    claim = booked.claim(room_id=booked.room.pk)
    assert not list(taking.find_clashes([claim]))


def test_a_visit_about_to_move_takes_nothing(booked: Booked) -> None:
    claim = booked.claim(room_id=booked.room.pk)
    assert not list(taking.find_clashes([claim], moving=[booked.visit.pk]))


def test_a_whole_series_is_asked_in_one_query_each_claim_by_itself(
    booked: Booked,
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    free = booked.claim()
    taken = booked.claim(room_id=booked.room.pk)
    later = replace(
        taken,
        starts_at=NOW + timedelta(days=28),
        ends_at=NOW + timedelta(days=28, hours=1),
    )
    with django_assert_num_queries(1):
        clashes = list(taking.find_clashes([free, later, taken]))
    assert [clash.claim for clash in clashes] == [taken]


def test_nothing_claimed_asks_nothing(
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    with django_assert_num_queries(0):
        assert not list(taking.find_clashes([]))
