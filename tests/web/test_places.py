"""Settings of places: sites, rooms, weeks, days off, who works where."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from clinic.models import (
    Absence,
    AuditEvent,
    Clinic,
    Closure,
    OpeningHours,
    Room,
    Site,
    SiteStaff,
    User,
    WorkingHours,
)
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return factories.make_site(name="Riverside")


@pytest.fixture
def owner(site: Site) -> User:
    return factories.make_owner(site=site)


@pytest.fixture
def office(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def post(office: Client, place: str, /, *args: int, **values: Any) -> Any:
    return office.post(reverse(f"clinic:{place}", args=args), values)


def get(office: Client, name: str, *args: int) -> str:
    return office.get(reverse(f"clinic:{name}", args=args)).content.decode()


def test_the_name_of_the_clinic_stands_on_every_page(office: Client) -> None:
    assert "Needlepoint</strong>" in get(office, "settings")
    assert post(office, "clinic", name="Haas Skin Clinic").status_code == 302
    assert Clinic.objects.get().name == "Haas Skin Clinic"
    assert "<strong>Haas Skin Clinic</strong>" in get(office, "lots")
    post(office, "clinic", name="Haas")
    assert Clinic.objects.get().name == "Haas"


def site_entry(**changes: str) -> dict[str, str]:
    return {
        "name": "Hill Street",
        "address": "3 Hill Street",
        "phone": "+441174960123",
        "time_zone": "Europe/Berlin",
        "is_active": "on",
        **changes,
    }


def test_a_new_site_says_what_it_still_needs(office: Client, owner: User) -> None:
    answer = post(office, "site-add", **site_entry())
    hill = Site.objects.get(name="Hill Street")
    assert answer.url == reverse("clinic:site-settings", args=[hill.pk])
    assert SiteStaff.objects.filter(site=hill, user=owner).exists()
    page = get(office, "settings")
    assert "Hill Street has no opening hours" in page
    assert "Hill Street has no room" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"time_zone": "Europe/Atlantis"}, "such as Europe/London"),
        ({"name": "riverside"}, "a site of this name already"),
        ({"name": ""}, "Fill in: Name"),
    ],
)
def test_a_site_that_cannot_be_is_refused_and_stays_typed(
    office: Client, changes: dict[str, str], words: str
) -> None:
    answer = post(office, "site-add", **site_entry(**changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "3 Hill Street" in answer.content.decode()


def test_the_last_site_stays_in_use(office: Client, site: Site) -> None:
    closed = site_entry(name="Riverside", is_active="")
    answer = post(office, "site-change", site.pk, **closed)
    assert answer.status_code == 422
    assert "needs a site in use" in answer.content.decode()
    factories.make_site()
    assert post(office, "site-change", site.pk, **closed).status_code == 302
    site.refresh_from_db()
    assert not site.is_active


def test_rooms_are_added_renamed_and_put_out_of_use(office: Client, site: Site) -> None:
    post(office, "room-add", site.pk, name="Blue", is_active="on")
    answer = post(office, "room-add", site.pk, name="Blue", is_active="on")
    assert "a room of this name already" in answer.content.decode()
    room = Room.objects.get()
    post(office, "room", room.pk, name="Green", is_active="")
    room.refresh_from_db()
    assert (room.name, room.is_active) == ("Green", False)
    event = AuditEvent.objects.get(action="room.changed")
    assert event.details == {"fields": ["name", "is_active"]}


WEEK = {
    "day0_1_begins": "08:00",
    "day0_1_ends": "12:00",
    "day0_2_begins": "13:00",
    "day0_2_ends": "17:30",
    "day5_1_begins": "09:00",
    "day5_1_ends": "12:00",
}


def test_a_week_is_set_as_a_whole(office: Client, site: Site) -> None:
    assert post(office, "site-hours", site.pk, **WEEK).status_code == 302
    rows = OpeningHours.objects.filter(site=site).order_by("weekday", "begins")
    assert [(row.weekday, row.begins, row.ends) for row in rows] == [
        (0, time(8), time(12)),
        (0, time(13), time(17, 30)),
        (5, time(9), time(12)),
    ]
    page = get(office, "site-settings", site.pk)
    assert "08:00 to 12:00" in page
    form = get(office, "site-hours", site.pk)
    assert 'value="17:30"' in form


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"day0_1_ends": ""}, "Monday: fill in both times"),
        ({"day5_1_ends": "09:00"}, "Saturday: it must end after it begins"),
        ({"day0_2_begins": "11:59"}, "Monday: the second stretch begins before"),
        ({"day0_1_begins": "25:00"}, "Enter a valid time"),
    ],
)
def test_a_week_that_cannot_be_is_refused_and_stays_typed(
    office: Client, site: Site, changes: dict[str, str], words: str
) -> None:
    answer = post(office, "site-hours", site.pk, **{**WEEK, **changes})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert 'value="17:30"' in page
    assert OpeningHours.objects.filter(site=site).count() == 5


def test_an_empty_week_is_closed(office: Client, site: Site) -> None:
    post(office, "site-hours", site.pk, **dict.fromkeys(WEEK, ""))
    assert not OpeningHours.objects.filter(site=site).exists()
    assert "Riverside has no opening hours" in get(office, "settings")


def test_a_person_gets_sites_and_hours_and_loses_both_together(
    office: Client, site: Site
) -> None:
    nurse = factories.make_practitioner()
    hill = factories.make_site(name="Hill Street")
    post(office, "person-places", nurse.pk, sites=[site.pk, hill.pk])
    assert set(nurse.sites.all()) == {site, hill}
    assert "nothing can be booked with this person" in get(
        office, "person-places", nurse.pk
    )
    post(office, "person-hours", nurse.pk, hill.pk, **WEEK)
    assert WorkingHours.objects.filter(user=nurse, site=hill).count() == 3
    post(office, "person-places", nurse.pk, sites=[site.pk])
    assert not WorkingHours.objects.filter(user=nurse).exists()
    elsewhere = reverse("clinic:person-hours", args=[nurse.pk, hill.pk])
    assert office.get(elsewhere).status_code == 404


def days(first: int, last: int) -> dict[str, str]:
    today = timezone.localdate()
    return {
        "first_day": (today + timedelta(days=first)).isoformat(),
        "last_day": (today + timedelta(days=last)).isoformat(),
    }


def test_closures_are_added_and_removed(office: Client, site: Site) -> None:
    post(office, "closures", site="", reason="Training", **days(3, 4))
    post(office, "closures", site=site.pk, reason="Paint", **days(1, 1))
    page = get(office, "closures")
    assert page.index("Paint") < page.index("Training")
    assert "The whole clinic: Training" in page
    paint = Closure.objects.get(reason="Paint")
    assert paint.site == site
    post(office, "closure-remove", paint.pk)
    assert "Paint" not in get(office, "closures")


def test_absences_are_added_and_removed(office: Client) -> None:
    nurse = factories.make_practitioner(full_name="Tomas Reyes")
    post(office, "absences", person=nurse.pk, reason="", **days(2, 9))
    assert "Tomas Reyes" in get(office, "absences")
    absence = Absence.objects.get()
    post(office, "absence-remove", absence.pk)
    assert "Nobody is away" in get(office, "absences")
    found = AuditEvent.objects.filter(object_kind="absence").order_by("id")
    assert [e.action for e in found] == ["absence.added", "absence.removed"]


@pytest.mark.parametrize("name", ["closures", "absences"])
def test_days_end_after_they_begin(office: Client, name: str, owner: User) -> None:
    who = {"person": owner.pk} if name == "absences" else {}
    same = post(office, name, reason="x", **who, **days(2, 2))
    assert same.status_code == 302
    back = post(office, name, reason="x", **who, **days(2, 1))
    assert back.status_code == 422
    assert "must end after it begins" in back.content.decode()


def test_a_person_switches_between_their_own_sites(client: Client, site: Site) -> None:
    desk = factories.make_desk(site=site)
    zebra = factories.make_site(name="Zebra")
    foreign = factories.make_site(name="Foreign")
    SiteStaff.objects.create(site=zebra, user=desk)
    client.force_login(desk)
    assert "Riverside</small>" in get(client, "lots")
    answer = post(client, "site", site=zebra.pk, next=reverse("clinic:lots"))
    assert answer.url == reverse("clinic:lots")
    assert "Zebra</small>" in get(client, "lots")
    assert post(client, "site", site=foreign.pk).status_code == 404
    assert post(client, "site", site="x").status_code == 404
    away = post(client, "site", site=site.pk, next="https://evil.test/")
    assert away.url == "/"


def test_a_site_that_is_closed_is_nobodys_place_any_more(
    client: Client, site: Site
) -> None:
    desk = factories.make_desk(site=site)
    client.force_login(desk)
    Site.objects.filter(pk=site.pk).update(is_active=False)
    assert "do not work at a site" in get(client, "lots")


def test_a_practitioner_reads_settings_and_changes_nothing(
    client: Client, site: Site
) -> None:
    client.force_login(factories.make_practitioner(site=site))
    page = get(client, "settings")
    assert "Riverside" in page
    assert "Add a site" not in page
    assert post(client, "site-add", **site_entry()).status_code == 403


def test_the_pages_take_as_few_queries_with_many_rows_as_with_few(
    office: Client,
    site: Site,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(12):
        factories.make_room(site=site)
        factories.make_practitioner(site=factories.make_site())
    get(office, "settings")
    with django_assert_max_num_queries(9):
        get(office, "settings")
    with django_assert_max_num_queries(8):
        get(office, "site-settings", site.pk)


@pytest.mark.parametrize("wanted", ["²", "9" * 20, "-1", "", "x"])
def test_a_site_that_cannot_be_is_not_found(wanted: str) -> None:
    me = factories.make_desk(site=factories.make_site())
    client = Client()
    client.force_login(me)
    answer = client.post(reverse("clinic:site"), {"site": wanted})
    assert answer.status_code == 404
