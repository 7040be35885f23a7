"""The register of devices and lots, page by page."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from clinic.devices.actions import open_unit
from clinic.models import AuditEvent, Device, Lot, Site, User
from clinic.staff.roles import Role
from clinic.web.counting import as_counted
from tests import factories
from tests.web.pages import html, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return factories.make_site()


@pytest.fixture
def desk(site: Site, client: Client) -> User:
    user = factories.make_desk(site=site)
    client.force_login(user)
    return user


@pytest.fixture
def nurse(site: Site, client: Client) -> User:
    user = factories.make_practitioner(site=site)
    client.force_login(user)
    return user


def fresh_lot(site: Site, **changes: Any) -> Lot:
    today = timezone.now().date()
    days = {
        "received_on": today - timedelta(days=30),
        "expires_on": today + timedelta(days=300),
    }
    return factories.make_lot(site=site, **{**days, **changes})


def label(**changes: Any) -> dict[str, Any]:
    today = timezone.now().date()
    return {
        "kind": "cartridge",
        "product": "SkinPen cartridge",
        "number": " 24k118 ",
        "received_on": today.isoformat(),
        "expires_on": (today + timedelta(days=400)).isoformat(),
        "quantity": "30",
        "model_key": "SKINPEN_PRECISION",
        "needle_count": "14",
        "is_sterile": "yes",
        "for_needled_skin": "",
        **changes,
    }


def receive(client: Client, **changes: Any) -> Any:
    return client.post(reverse("clinic:lot-receive"), label(**changes))


def test_the_desk_receives_a_lot(client: Client, desk: User, site: Site) -> None:
    answer = receive(client)
    assert (answer.status_code, answer.url) == (302, reverse("clinic:lots"))
    lot = Lot.objects.get()
    assert (lot.site, lot.number, lot.quantity) == (site, "24K118", 30)
    assert (lot.is_sterile, lot.for_needled_skin) == (True, None)
    event = AuditEvent.objects.get(action="lot.received")
    assert (event.actor, event.object_id) == (desk, lot.pk)
    page = client.get(answer.url).content.decode()
    assert "24K118" in page
    assert "30 of 30" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"number": ""}, "Enter the lot number"),
        ({"expires_on": "2020-01-01"}, "received before its use-by day"),
        ({"model_key": ""}, "Choose the device model it fits"),
        ({"kind": "roller"}, "A roller needs its needle length"),
        ({"needle_length_mm": "1.5"}, "A roller needs its needle length"),
        ({"kind": "roller", "needle_length_mm": "3.01"}, "from 0.01 to 3.00 mm"),
        ({"received_on": "2199-01-01"}, "not in the future"),
        ({"quantity": "0"}, "greater than or equal to 1"),
        ({"kind": "horse"}, "horse"),
    ],
)
def test_a_label_that_makes_no_sense_is_refused_and_stays_typed(
    client: Client, desk: User, changes: dict[str, str], words: str
) -> None:
    answer = receive(client, product="Rare product", **changes)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert "There is something to mend" in page
    assert "Rare product" in page
    assert not Lot.objects.exists()


def test_a_lot_is_received_once(client: Client, desk: User, site: Site) -> None:
    receive(client)
    answer = receive(client)
    assert answer.status_code == 422
    assert "already in the register" in answer.content.decode()


def test_the_list_says_in_words_what_may_not_be_used(
    client: Client, desk: User, site: Site
) -> None:
    today = timezone.now().date()
    fresh_lot(site, number="SOON", expires_on=today + timedelta(days=30))
    fresh_lot(site, number="LATER", expires_on=today + timedelta(days=31))
    fresh_lot(site, number="OVER", expires_on=today - timedelta(days=1))
    fresh_lot(site, number="GONE", withdrawn_on=today)
    page = client.get(reverse("clinic:lots")).content.decode()
    assert page.index("OVER") < page.index("SOON") < page.index("LATER")
    assert "1 lot has expired" in page
    assert "30 days left" in page
    assert "31 days left" not in page
    assert "GONE" not in page
    assert "GONE" in client.get(reverse("clinic:lots"), {"gone": "1"}).content.decode()
    serum = client.get(reverse("clinic:lots"), {"kind": "serum"}).content.decode()
    assert "No lot of this kind" in serum


def test_an_empty_register_says_what_to_do(client: Client, nurse: User) -> None:
    assert (
        "Receive the first lot" in client.get(reverse("clinic:lots")).content.decode()
    )
    assert (
        "Add the first device" in client.get(reverse("clinic:devices")).content.decode()
    )


def test_the_page_of_a_lot_shows_each_opened_unit(
    client: Client, desk: User, site: Site
) -> None:
    lot = fresh_lot(site, quantity=5)
    nurse = factories.make_practitioner(site=site, full_name="Nurse Ng")
    for _ in range(2):
        open_unit(lot=lot, by=nurse, now=timezone.now())
    page = client.get(reverse("clinic:lot", args=[lot.pk])).content.decode()
    assert "3 of 5 left" in page
    assert page.count("Nurse Ng") == 2
    assert "002" in page


def test_a_lot_is_withdrawn_with_a_reason_and_put_back(
    client: Client, nurse: User, site: Site
) -> None:
    lot = fresh_lot(site)
    place = reverse("clinic:lot-withdraw", args=[lot.pk])
    assert client.post(place, {"reason": ""}).status_code == 422
    assert client.post(place, {"reason": "Notice of the maker"}).status_code == 302
    lot.refresh_from_db()
    assert lot.withdrawn_on == timezone.localdate(timezone=lot.site.zone)
    page = client.get(reverse("clinic:lot", args=[lot.pk])).content.decode()
    assert "Notice of the maker" in page
    client.post(reverse("clinic:lot-put-back", args=[lot.pk]))
    lot.refresh_from_db()
    assert (lot.withdrawn_on, lot.withdrawn_because) == (None, "")
    actions = AuditEvent.objects.filter(object_kind="lot").order_by("id")
    assert [event.action for event in actions] == ["lot.withdrawn", "lot.put_back"]


def test_a_lot_cannot_have_held_fewer_units_than_were_opened(
    client: Client, nurse: User, site: Site
) -> None:
    lot = fresh_lot(site)
    for _ in range(2):
        open_unit(lot=lot, by=nurse, now=timezone.now())
    place = reverse("clinic:lot-change", args=[lot.pk])
    answer = client.post(place, label(number=lot.number, quantity="1"))
    assert answer.status_code == 422
    assert "2 units of this lot were opened" in answer.content.decode()
    assert client.post(place, label(number="N7", quantity="2")).status_code == 302
    lot.refresh_from_db()
    assert (lot.number, lot.quantity) == ("N7", 2)
    event = AuditEvent.objects.get(action="lot.changed")
    assert "quantity" in event.details["fields"]


def device_entry(**changes: str) -> dict[str, str]:
    return {
        "name": "Pen 1",
        "model_key": "SKINPEN_PRECISION",
        "serial": "S1",
        "serviced_on": "2026-01-05",
        "is_active": "on",
        **changes,
    }


def test_a_device_is_added_and_changed(client: Client, nurse: User, site: Site) -> None:
    add = reverse("clinic:device-add")
    assert client.post(add, device_entry()).status_code == 302
    device = Device.objects.get()
    assert (device.site, device.serviced_on) == (site, date(2026, 1, 5))
    page = client.get(reverse("clinic:devices")).content.decode()
    assert "2.50" in page
    change = reverse("clinic:device", args=[device.pk])
    client.post(change, device_entry(name="Pen one", is_active=""))
    device.refresh_from_db()
    assert (device.name, device.is_active) == ("Pen one", False)
    event = AuditEvent.objects.get(action="device.changed")
    assert event.details == {"fields": ["name", "is_active"]}


@pytest.mark.parametrize("same", [{"name": "Pen 1"}, {"serial": "S1"}])
def test_two_devices_never_share_a_name_or_a_serial_number(
    client: Client, nurse: User, site: Site, same: dict[str, str]
) -> None:
    client.post(reverse("clinic:device-add"), device_entry())
    answer = client.post(
        reverse("clinic:device-add"),
        device_entry(**{"name": "Pen 2", "serial": "S2", **same}),
    )
    assert answer.status_code == 422
    assert Device.objects.count() == 1


def test_a_roller_is_no_device(client: Client, nurse: User) -> None:
    page = client.get(reverse("clinic:device-add")).content.decode()
    assert "SKINPEN_PRECISION" in page
    assert "DERMAROLLER" not in page.upper().replace("DERMAROLLERS", "")


def test_stock_of_another_site_is_not_there_but_an_owner_sees_all(
    client: Client, nurse: User
) -> None:
    elsewhere = factories.make_site()
    lot, device = fresh_lot(elsewhere), factories.make_device(site=elsewhere)
    places = [
        reverse("clinic:lot", args=[lot.pk]),
        reverse("clinic:lot-change", args=[lot.pk]),
        reverse("clinic:device", args=[device.pk]),
        reverse("clinic:lot", args=[10**9]),
    ]
    assert {client.get(place).status_code for place in places} == {404}
    assert lot.number not in client.get(reverse("clinic:lots")).content.decode()
    client.force_login(factories.make_owner(site=factories.make_site()))
    assert client.get(places[0]).status_code == 200


def test_without_a_site_the_page_says_whom_to_ask(client: Client) -> None:
    client.force_login(factories.make_user(Role.FRONT_DESK))
    for name in ("clinic:devices", "clinic:lots", "clinic:lot-receive"):
        page = client.get(reverse(name))
        assert page.status_code == 200
        assert "do not work at a site" in page.content.decode()


def test_the_lists_take_as_few_queries_with_many_rows_as_with_few(
    client: Client,
    desk: User,
    site: Site,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(30):
        fresh_lot(site)
        factories.make_device(site=site)
    client.get(reverse("clinic:lots"))
    with django_assert_max_num_queries(5):
        client.get(reverse("clinic:lots"))
    with django_assert_max_num_queries(5):
        client.get(reverse("clinic:devices"))


def test_the_tenth_device_comes_after_the_second() -> None:
    names = ["Pen 10", "pen 2", "Pen 1", "Pen", "Roller 2b", "10", "9"]
    assert sorted(names, key=as_counted) == [
        *("9", "10", "Pen", "Pen 1", "pen 2", "Pen 10", "Roller 2b"),
    ]
    site = factories.make_site()
    for name in ("Pen 10", "Pen 2"):
        factories.make_device(site=site, name=name, serial=name)
    page = html(signed_in(factories.make_desk(site=site)).get("/stock/devices/"))
    assert page.index("Pen 2") < page.index("Pen 10")


def test_the_desk_receives_and_changes_nothing_else(
    client: Client, desk: User, site: Site
) -> None:
    lot, device = fresh_lot(site, number="OLD7"), factories.make_device(site=site)
    for name, row in (
        ("lot-change", lot),
        ("lot-withdraw", lot),
        ("lot-put-back", lot),
        ("device", device),
    ):
        place = reverse(f"clinic:{name}", args=[row.pk])
        assert client.post(place, {"reason": "x"}).status_code == 403
    page = html(client.get(reverse("clinic:lot", args=[lot.pk])))
    assert "Withdraw the lot" not in page
    assert reverse("clinic:lot-change", args=[lot.pk]) not in page
    assert "Receive a lot" in html(client.get(reverse("clinic:lots")))
    devices = html(client.get(reverse("clinic:devices")))
    assert reverse("clinic:device", args=[device.pk]) not in devices
    assert "Add a device" not in devices
