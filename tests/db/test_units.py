"""A unit out of a lot: each once, never expired, never a used one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from clinic.devices import queries
from clinic.devices.actions import Refusal, UnitRefused, open_unit
from clinic.models import AuditEvent, Lot, Unit, User
from tests import factories
from tests.factories import NOW, TODAY


@pytest.fixture
def lot(db: None) -> Lot:
    return factories.make_lot(site=factories.make_site(), quantity=3)


@pytest.fixture
def nurse(lot: Lot) -> User:
    return factories.make_practitioner(site=lot.site)


def refusal(lot: Lot, by: User, **changes: object) -> Refusal:
    with pytest.raises(UnitRefused) as caught:
        open_unit(**{"lot": lot, "by": by, "now": NOW, **changes})  # type: ignore[arg-type]
    assert caught.value.sentence
    return caught.value.code


def test_units_get_running_numbers(lot: Lot, nurse: User) -> None:
    opened = [open_unit(lot=lot, by=nurse, now=NOW) for _ in range(3)]
    assert [unit.serial for unit in opened] == ["001", "002", "003"]
    assert opened[0].opened_by == nurse
    assert opened[0].opened_at == NOW


def test_a_running_number_skips_a_printed_serial(lot: Lot, nurse: User) -> None:
    open_unit(lot=lot, by=nurse, now=NOW, serial="002")
    assert open_unit(lot=lot, by=nurse, now=NOW).serial == "003"


def test_a_lot_gives_as_many_units_as_it_holds(lot: Lot, nurse: User) -> None:
    for _ in range(3):
        open_unit(lot=lot, by=nurse, now=NOW)
    assert refusal(lot, nurse) is Refusal.EMPTY
    assert Unit.objects.filter(lot=lot).count() == 3


@pytest.mark.parametrize(
    ("expires_on", "may"),
    [(TODAY, True), (TODAY - timedelta(days=1), False)],
    ids=["on its last day", "a day too late"],
)
def test_an_expired_lot_is_never_opened(
    lot: Lot, nurse: User, expires_on: datetime, may: bool
) -> None:
    Lot.objects.filter(pk=lot.pk).update(expires_on=expires_on)
    if may:
        assert open_unit(lot=lot, by=nurse, now=NOW).pk
    else:
        assert refusal(lot, nurse) is Refusal.EXPIRED


def test_the_last_day_is_the_day_of_the_site(nurse: User) -> None:
    tokyo = factories.make_site(time_zone="Asia/Tokyo")
    lot = factories.make_lot(site=tokyo, expires_on=TODAY)
    still_today = datetime(2026, 3, 4, 14, 59, tzinfo=UTC)
    assert open_unit(lot=lot, by=nurse, now=still_today).pk
    already_tomorrow = still_today + timedelta(minutes=1)
    assert refusal(lot, nurse, now=already_tomorrow) is Refusal.EXPIRED


def test_a_withdrawn_lot_is_never_opened(lot: Lot, nurse: User) -> None:
    Lot.objects.filter(pk=lot.pk).update(withdrawn_on=TODAY)
    assert refusal(lot, nurse) is Refusal.WITHDRAWN


def test_serum_has_no_units(nurse: User) -> None:
    serum = factories.make_lot(
        site=factories.make_site(), kind="serum", model_key="", needle_count=None
    )
    assert refusal(serum, nurse) is Refusal.NOT_SINGLE_USE


@pytest.mark.parametrize("again", ["a7", "A7", " A7 "])
def test_the_same_serial_is_never_opened_twice(
    lot: Lot, nurse: User, again: str
) -> None:
    open_unit(lot=lot, by=nurse, now=NOW, serial="A7")
    assert refusal(lot, nurse, serial=again) is Refusal.OPENED_BEFORE


@pytest.mark.parametrize("serial", ["", "   ", "X" * 41])
def test_a_serial_is_neither_empty_nor_endless(
    lot: Lot, nurse: User, serial: str
) -> None:
    assert refusal(lot, nurse, serial=serial) is Refusal.BAD_SERIAL


def test_opening_is_in_the_audit_log(lot: Lot, nurse: User) -> None:
    unit = open_unit(lot=lot, by=nurse, now=NOW)
    event = AuditEvent.objects.get(action="unit.opened")
    assert (event.actor, event.object_id) == (nurse, unit.pk)
    assert event.details == {"lot": lot.pk}


@pytest.mark.django_db(transaction=True)
def test_twelve_people_at_once_open_five_units_once_each() -> None:
    site = factories.make_site()
    lot = factories.make_lot(site=site, quantity=5)
    nurse = factories.make_practitioner(site=site)

    answers = at_once(12, lambda: open_unit(lot=lot, by=nurse, now=NOW).serial)

    assert sorted(a for a in answers if isinstance(a, str)) == [
        "001",
        "002",
        "003",
        "004",
        "005",
    ]
    refused = [a for a in answers if isinstance(a, UnitRefused)]
    assert [a.code for a in refused] == [Refusal.EMPTY] * 7


@pytest.mark.django_db(transaction=True)
def test_eight_people_scan_the_same_serial_and_one_gets_it() -> None:
    site = factories.make_site()
    lot = factories.make_lot(site=site)
    nurse = factories.make_practitioner(site=site)

    answers = at_once(
        8, lambda: open_unit(lot=lot, by=nurse, now=NOW, serial="K9").serial
    )

    assert [a for a in answers if isinstance(a, str)] == ["K9"]
    refused = [a for a in answers if isinstance(a, UnitRefused)]
    assert [a.code for a in refused] == [Refusal.OPENED_BEFORE] * 7


def at_once(people: int, work: Callable[[], str]) -> list[str | Exception]:
    def one(_: int) -> str | Exception:
        try:
            return work()
        except UnitRefused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(one, range(people)))


def test_stock_shows_first_what_expires_first(lot: Lot) -> None:
    sooner = factories.make_lot(site=lot.site, expires_on=TODAY + timedelta(days=9))
    factories.make_lot(site=lot.site, expires_on=TODAY - timedelta(days=1))
    factories.make_lot(site=lot.site, withdrawn_on=TODAY)
    factories.make_lot(site=factories.make_site())
    states = queries.lots_in_stock(site=lot.site, today=TODAY, model_key=lot.model_key)
    assert [state.lot for state in states] == [sooner, lot]
    assert states[0].days_left == 9
    assert states[1].left == 3


def test_a_lot_is_in_stock_on_its_last_day_until_its_last_unit_is_opened(
    lot: Lot, nurse: User
) -> None:
    last_day = factories.make_lot(site=lot.site, expires_on=TODAY, quantity=1)
    wanted = {"site": lot.site, "model_key": lot.model_key, "today": TODAY}
    states = queries.lots_in_stock(**wanted)
    assert [state.lot for state in states] == [last_day, lot]
    open_unit(lot=last_day, by=nurse, now=NOW)
    assert [state.lot for state in queries.lots_in_stock(**wanted)] == [lot]


def test_the_register_keeps_expired_lots_and_hides_used_up_ones(
    lot: Lot, nurse: User
) -> None:
    expired = factories.make_lot(site=lot.site, expires_on=TODAY - timedelta(days=1))
    used_up = factories.make_lot(site=lot.site, quantity=1)
    open_unit(lot=used_up, by=nurse, now=NOW)
    shown = queries.register(site=lot.site, today=TODAY)
    assert [state.lot for state in shown] == [expired, lot]
    assert shown[0].is_expired
    everything = queries.register(site=lot.site, today=TODAY, show_gone=True)
    assert used_up in [state.lot for state in everything]
