"""Nothing comes onto the skin out of an unusable lot: the database refuses it too."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from clinic.devices.models import Lot
from sessions.charting import entries
from sessions.charting.actions import kit_taps
from sessions.charting.actions.open_sheet import OpenSheet
from sessions.charting.errors import SheetRefusedError
from sessions.models import SessionTopical, TreatmentSession
from tests import factories
from tests.chair import Chair, make_chair
from tests.factories import TODAY


@pytest.fixture
def chair(db: None) -> Chair:
    return make_chair()


def make_serum(chair: Chair, **changes: Any) -> Lot:
    return factories.make_lot(
        **{
            "site": chair.site,
            "kind": "serum",
            "product": "Serum",
            "model_key": "",
            "needle_count": None,
            "for_needled_skin": True,
            "received_on": TODAY - timedelta(days=90),
            **changes,
        }
    )


def put_on(session: TreatmentSession, lot: Lot | None) -> SessionTopical:
    return SessionTopical.objects.create(
        session=session, kind="serum", product="Serum", lot=lot
    )


def refused(match: str, session: TreatmentSession, lot: Lot) -> None:
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        put_on(session, lot)


@pytest.mark.parametrize(
    ("days_left", "usable"),
    [(1, True), (0, True), (-1, False)],
    ids=["a day before", "its last day", "a day after"],
)
def test_a_product_is_used_up_to_the_last_day_of_its_lot(
    chair: Chair, days_left: int, usable: bool
) -> None:
    lot = make_serum(chair, expires_on=TODAY + timedelta(days=days_left))
    session = chair.open()
    if usable:
        assert put_on(session, lot).pk
    else:
        refused("expired", session, lot)


def test_the_day_is_that_of_the_session_and_not_of_the_writing(chair: Chair) -> None:
    lot = make_serum(chair, expires_on=TODAY)
    session = chair.open()
    day_after = TODAY + timedelta(days=1)
    TreatmentSession.objects.filter(pk=session.pk).update(performed_on=day_after)
    refused("expired", session, lot)


@pytest.mark.parametrize(("days_ago", "usable"), [(-1, True), (0, False), (1, False)])
def test_nothing_is_put_on_from_the_day_of_a_withdrawal(
    chair: Chair, days_ago: int, usable: bool
) -> None:
    lot = make_serum(chair, withdrawn_on=TODAY - timedelta(days=days_ago))
    session = chair.open()
    if usable:
        assert put_on(session, lot).pk
    else:
        refused("withdrawn", session, lot)


def test_a_lot_of_needles_or_of_another_site_is_no_product(chair: Chair) -> None:
    session = chair.open()
    refused("nothing for the skin", session, chair.lot)
    elsewhere = make_serum(chair, site=factories.make_site())
    refused("another site", session, elsewhere)
    assert put_on(session, None).pk


def test_a_kept_product_stays_what_it_is_and_takes_no_expired_lot(
    chair: Chair,
) -> None:
    lot, expired = make_serum(chair), make_serum(chair, expires_on=TODAY)
    row = put_on(chair.open(), lot)
    Lot.objects.filter(pk=expired.pk).update(expires_on=TODAY - timedelta(days=1))
    with pytest.raises(IntegrityError, match="expired"), transaction.atomic():
        SessionTopical.objects.filter(pk=row.pk).update(lot=expired)
    Lot.objects.filter(pk=lot.pk).update(withdrawn_on=TODAY)
    SessionTopical.objects.filter(pk=row.pk).update(product="Serum, 10 ml")
    row.refresh_from_db()
    assert (row.lot, row.product) == (lot, "Serum, 10 ml")


def test_the_database_holds_when_the_sheet_forgets_to_look(
    chair: Chair, monkeypatch: pytest.MonkeyPatch
) -> None:
    lot = make_serum(chair, expires_on=TODAY - timedelta(days=1))
    session = chair.open()
    entry = entries.TopicalEntry(kind="serum", lot_id=lot.pk)
    with pytest.raises(SheetRefusedError, match="expired"):
        chair.tap(session, entry)

    def blind(_sheet: OpenSheet, lot_id: int | None) -> Lot:
        return Lot.objects.get(pk=lot_id or 0)

    monkeypatch.setattr(kit_taps, "_lot_of", blind)
    with pytest.raises(IntegrityError, match="expired"), transaction.atomic():
        chair.tap(session, entry)
    assert not session.topicals.exists()


def test_a_removed_product_of_a_withdrawn_lot_does_not_come_back(
    chair: Chair,
) -> None:
    lot = make_serum(chair)
    session = chair.open()
    chair.tap(session, entries.TopicalEntry(kind="serum", lot_id=lot.pk))
    key = session.topicals.get().pk
    chair.tap(session, entries.RemoveTopicalEntry(topical_id=key))
    Lot.objects.filter(pk=lot.pk).update(withdrawn_on=TODAY)
    with pytest.raises(SheetRefusedError, match="no longer usable"):
        chair.tap(session, entries.UndoEntry())
    Lot.objects.filter(pk=lot.pk).update(withdrawn_on=None)
    chair.tap(session, entries.UndoEntry())
    assert session.topicals.get().lot == lot


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(5))
def test_a_withdrawal_and_a_product_at_once_never_both_win(turn: int) -> None:
    """Whoever comes second sees the other: no product after the withdrawal."""
    chair = make_chair()
    lot = make_serum(chair)
    session = chair.open()
    start = Barrier(2)

    def withdraw() -> str:
        start.wait()
        try:
            with transaction.atomic():
                found = Lot.objects.select_for_update().get(pk=lot.pk)
                used = SessionTopical.objects.filter(lot=found).exists()
                if not used:
                    Lot.objects.filter(pk=lot.pk).update(withdrawn_on=TODAY)
                return "used" if used else "withdrawn"
        finally:
            connection.close()

    def use() -> str:
        start.wait()
        try:
            chair.tap(session, entries.TopicalEntry(kind="serum", lot_id=lot.pk))
        except SheetRefusedError:
            return "refused"
        finally:
            connection.close()
        return "put on"

    with ThreadPoolExecutor(2) as pool:
        answers = {
            future.result() for future in [pool.submit(withdraw), pool.submit(use)]
        }
    assert answers in ({"withdrawn", "refused"}, {"used", "put on"})
