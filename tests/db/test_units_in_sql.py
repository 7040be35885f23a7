"""One unit, session and kind of device: the database refuses what the sheet does."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from clinic.devices.actions import open_unit
from clinic.devices.models import Lot, Unit
from sessions.charting import entries
from sessions.models import SessionUnit, TreatmentSession, ZoneTreatment
from sessions.progress.queries import last_treatment
from tests import factories
from tests.chair import Chair, make_chair, make_roller_chair
from tests.factories import NOW, TODAY


@pytest.fixture
def chair(db: None) -> Chair:
    return make_chair()


def opened(chair: Chair, **changes: Any) -> Unit:
    values: dict[str, Any] = {
        "lot": chair.lot,
        "serial": "X1",
        "opened_at": NOW,
        "opened_by": chair.practitioner,
        **changes,
    }
    return Unit.objects.create(**values)


def refused(chair: Chair, match: str, **changes: Any) -> None:
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        opened(chair, **changes)


@pytest.mark.parametrize("days_left", [0, -1], ids=["last day", "a day later"])
def test_a_lot_is_used_up_to_its_last_day(chair: Chair, days_left: int) -> None:
    Lot.objects.update(
        received_on=TODAY - timedelta(days=90),
        expires_on=TODAY + timedelta(days=days_left),
    )
    if days_left == 0:
        assert opened(chair).pk
    else:
        refused(chair, "expired")


@pytest.mark.parametrize("days_ago", [0, -1], ids=["withdrawn today", "tomorrow"])
def test_nothing_is_opened_from_the_day_of_a_withdrawal(
    chair: Chair, days_ago: int
) -> None:
    Lot.objects.update(withdrawn_on=TODAY - timedelta(days=days_ago))
    if days_ago == 0:
        refused(chair, "withdrawn")
    else:
        assert opened(chair).pk


def test_no_more_is_opened_than_came(chair: Chair) -> None:
    Lot.objects.update(quantity=1)
    opened(chair)
    refused(chair, "Every unit", serial="X2")


def test_serum_is_not_opened_one_by_one(chair: Chair) -> None:
    serum = factories.make_lot(
        site=chair.site, kind="serum", model_key="", needle_count=None
    )
    refused(chair, "one by one", lot=serum)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE clinic_unit SET serial = 'new'",
        "DELETE FROM clinic_unit",
        "DELETE FROM treatments_sessionunit",
        "UPDATE treatments_sessionunit SET session_id = session_id + 1",
        "UPDATE treatments_sessionunit SET unit_id = unit_id + 1",
    ],
)
def test_an_opened_unit_stays_where_it_is(chair: Chair, statement: str) -> None:
    session = chair.open()
    chair.tap(session, entries.LotEntry(lot_id=chair.lot.pk))
    with (
        pytest.raises(IntegrityError, match="stays"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_unit_of_another_session_is_not_taken_again(chair: Chair) -> None:
    first = chair.signed()
    unit = first.units.get().unit
    second = chair.open(2, now=NOW + timedelta(days=28))
    with pytest.raises(IntegrityError, match="unique"), transaction.atomic():
        SessionUnit.objects.create(session=second, unit=unit, taken_at=NOW)


def test_the_last_treatment_names_its_units_with_their_lots(chair: Chair) -> None:
    session = chair.signed()
    last = last_treatment(session.patient)
    assert last is not None
    (unit,) = session.units.select_related("unit__lot")
    assert last.lots == [f"{unit.unit.lot.number} / {unit.unit.serial}"]


def test_a_unit_of_another_site_is_not_taken(chair: Chair) -> None:
    session = chair.open()
    elsewhere = factories.make_lot(site=factories.make_site())
    unit = open_unit(lot=elsewhere, by=chair.practitioner, now=NOW)
    with pytest.raises(IntegrityError, match="another site"), transaction.atomic():
        SessionUnit.objects.create(session=session, unit=unit, taken_at=NOW)


# A pen's depth, a roller's length --------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "field", "is_kept"),
    [
        ("pen", "depth_setting_mm", True),
        ("pen", "needle_length_mm", False),
        ("roller", "needle_length_mm", True),
        ("roller", "depth_setting_mm", False),
    ],
)
def test_a_zone_has_the_measure_of_its_sessions_device(
    db: None, kind: str, field: str, is_kept: bool
) -> None:
    chair = make_chair() if kind == "pen" else make_roller_chair()
    session = chair.open()
    zones = ZoneTreatment.objects.filter(session=session)
    zones.update(depth_setting_mm=None, needle_length_mm=None)
    new = ZoneTreatment(session=session, zone="FH", **{field: Decimal("0.50")})
    if is_kept:
        zones.update(**{field: Decimal("0.50")})
        new.save()
        return
    for write in (lambda: zones.update(**{field: Decimal("0.50")}), new.save):
        with pytest.raises(IntegrityError, match="needle length"), transaction.atomic():
            write()


@pytest.mark.parametrize("has_depth", [True, False])
def test_a_session_keeps_its_device_while_a_zone_has_a_depth(
    chair: Chair, has_depth: bool
) -> None:
    session = chair.open()
    TreatmentSession.objects.update(device=None)
    if not has_depth:
        ZoneTreatment.objects.filter(session=session).update(depth_setting_mm=None)
        TreatmentSession.objects.update(device_kind="roller")
        return
    with pytest.raises(IntegrityError, match="kind of device"), transaction.atomic():
        TreatmentSession.objects.update(device_kind="roller")
