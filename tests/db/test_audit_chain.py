"""The audit log only grows, and whoever changes it is found."""

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from pytest_django import Settings

from clinic.audit import actions, anchors, sealer, verifier
from clinic.localdb import WEB_ROLE
from clinic.models import AuditEvent, AuditSeal
from tests import factories
from tests.factories import NOW


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


def log(count: int) -> None:
    for number in range(count):
        actions.record(by=None, now=NOW, action="test", number=number, name="Zoë")


def verify() -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("verify_audit", "--no-seal", stdout=out)
    except CommandError as error:
        return error.returncode, str(error)
    return 0, out.getvalue()


@contextmanager
def triggers_off() -> Iterator[None]:
    """What a person with the owner's rights on the tables can do."""
    tables = ("clinic_auditevent", "clinic_auditseal")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def run(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


CHANGES = [
    "UPDATE clinic_auditevent SET action = 'other'",
    "DELETE FROM clinic_auditevent",
    "TRUNCATE clinic_auditevent CASCADE",
    "UPDATE clinic_auditseal SET digest = ''",
    "DELETE FROM clinic_auditseal",
    "TRUNCATE clinic_auditseal",
]


@pytest.mark.django_db
@pytest.mark.parametrize("sql", CHANGES)
def test_even_the_owner_of_the_tables_cannot_change_the_past(sql: str) -> None:
    log(1)
    sealer.seal(now=NOW)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        run(sql)


@pytest.fixture
def web_role(db: None) -> Iterator[BaseDatabaseWrapper]:
    """A connection as the role that serves the pages."""
    if "LOCAL_VAR" not in connection.settings_dict:
        pytest.skip("Another server than the private one: it may have one role only.")
    other = connection.copy()
    other.settings_dict = {**connection.settings_dict, "USER": WEB_ROLE}
    yield other
    other.close()


@pytest.mark.parametrize("sql", CHANGES)
def test_the_role_of_the_web_is_not_even_allowed_to_try(
    web_role: BaseDatabaseWrapper, sql: str
) -> None:
    with web_role.cursor() as cursor:
        cursor.execute("SELECT current_user, count(*) FROM clinic_auditevent")
        assert cursor.fetchone()[0] == WEB_ROLE
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute(sql)


@pytest.mark.django_db
def test_a_whole_log_is_proved_with_its_unsealed_tail() -> None:
    log(5)
    assert sealer.seal(now=NOW) == 5
    log(2)
    status, text = verify()
    assert status == 0
    assert text.splitlines() == [
        "5 events sealed and unbroken.",
        "1 anchors outside the database agree.",
        "2 events not sealed yet.",
    ]


@pytest.mark.django_db
def test_verify_seals_first_unless_it_is_told_not_to() -> None:
    log(3)
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    assert "3 events sealed" in out.getvalue()
    assert "0 events not sealed" in out.getvalue()


@pytest.mark.django_db
def test_an_empty_log_is_whole() -> None:
    assert verify()[0] == 0


@pytest.mark.django_db
def test_sealing_again_adds_nothing() -> None:
    log(2)
    sealer.seal(now=NOW)
    assert sealer.seal(now=NOW) == 0


@pytest.mark.django_db
def test_an_event_that_was_committed_late_is_sealed_later() -> None:
    log(3)
    _, second, third = AuditEvent.objects.order_by("id")
    with triggers_off():
        run(
            "UPDATE clinic_auditevent SET id = %s WHERE id = %s",
            third.pk + 9,
            second.pk,
        )
        sealer.seal(now=NOW)
    actions.record(by=None, now=NOW, action="late")
    assert sealer.seal(now=NOW) == 1
    assert verify()[0] == 0


@pytest.mark.django_db
@pytest.mark.parametrize("batch", [1, 2, 7])
def test_batches_make_one_chain(monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    monkeypatch.setattr(sealer, "BATCH", batch)
    log(7)
    assert sealer.seal(now=NOW) == 7
    assert verifier.verify().sealed == 7


FACTS = {
    "at": "at + interval '1 microsecond'",
    "actor_id": "NULL",
    "action": "'another'",
    "patient_id": "8",
    "object_kind": "'lot'",
    "object_id": "8",
    "details": "'{\"number\": 3}'",
    "address": "'10.0.0.9'",
    "request_id": "'x'",
    "source": "'x'",
}


@pytest.mark.django_db
@pytest.mark.parametrize("fact", FACTS)
def test_an_edited_fact_is_found(fact: str) -> None:
    person = factories.make_desk()
    actions.record(by=person, now=NOW, action="test", patient_id=7, object_id=7)
    log(2)
    sealer.seal(now=NOW)
    event = AuditEvent.objects.order_by("id")[0]
    with triggers_off():
        change = f"SET {fact} = {FACTS[fact]}"
        run(f"UPDATE clinic_auditevent {change} WHERE id = %s", event.pk)
    status, text = verify()
    assert status == 1
    assert f"(event {event.pk})" in text
    assert "changed" in text


def sealed_rows() -> list[AuditSeal]:
    log(5)
    sealer.seal(now=NOW)
    return list(AuditSeal.objects.order_by("id"))


def cut(*seals: AuditSeal) -> None:
    with triggers_off():
        for seal in seals:
            run("DELETE FROM clinic_auditseal WHERE id = %s", seal.pk)
            run("DELETE FROM clinic_auditevent WHERE id = %s", seal.event_id)


@pytest.mark.django_db
def test_a_row_taken_out_of_the_middle_is_found() -> None:
    rows = sealed_rows()
    cut(rows[2])
    status, text = verify()
    assert status == 1
    assert f"seal {rows[3].pk}" in text


def foreign_key() -> str:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "clinic_auditseal")
    return next(name for name, facts in found.items() if facts["foreign_key"])


@pytest.mark.django_db
def test_an_event_gone_without_its_seal_is_found() -> None:
    rows = sealed_rows()
    with triggers_off():
        run(f"ALTER TABLE clinic_auditseal DROP CONSTRAINT {foreign_key()}")
        run("DELETE FROM clinic_auditevent WHERE id = %s", rows[4].event_id)
    status, text = verify()
    assert status == 1
    assert "its event is gone" in text


@pytest.mark.django_db
def test_two_swapped_rows_are_found() -> None:
    rows = sealed_rows()
    one, two = rows[1].event_id, rows[3].event_id
    with triggers_off():
        for event_id, other_number in ((one, 3), (two, 1)):
            run(
                "UPDATE clinic_auditevent SET details = jsonb_set(details, '{number}', "
                "to_jsonb(%s)) WHERE id = %s",
                other_number,
                event_id,
            )
    status, text = verify()
    assert status == 1
    assert f"(event {one})" in text


@pytest.mark.django_db
def test_an_end_that_was_cut_off_is_found_by_its_anchor() -> None:
    rows = sealed_rows()
    cut(rows[4], rows[3])
    status, text = verify()
    assert status == 1
    assert f"seal {rows[4].pk}" in text
    assert "cut off" in text


@pytest.mark.django_db
def test_a_chain_that_was_rebuilt_is_found_by_its_anchor() -> None:
    rows = sealed_rows()
    with triggers_off():
        run(
            "UPDATE clinic_auditevent SET action = 'nothing' WHERE id = %s",
            rows[0].event_id,
        )
        run("DELETE FROM clinic_auditseal")
        run("SELECT setval('clinic_auditseal_id_seq', %s, false)", rows[0].pk)
    anchor_file = anchors.anchor_file()
    assert anchor_file is not None
    kept = anchor_file.read_text()
    sealer.seal(now=NOW)
    anchor_file.write_text(kept)
    status, text = verify()
    assert status == 1
    assert "rewritten" in text
    anchor_file.unlink()
    assert verify()[0] == 0


@pytest.mark.django_db
def test_the_demo_writes_no_anchors(settings: Settings) -> None:
    settings.DEMO = True
    sealed_rows()
    assert anchors.anchor_file() is None
    assert verify()[0] == 0


def at_once(people: int, work: Callable[[], object]) -> list[object]:
    answers: list[object] = []

    def one() -> None:
        try:
            answers.append(work())
        except Exception as error:  # noqa: BLE001  the test looks at it
            answers.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_six_sealers_at_once_make_one_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealer, "BATCH", 10)
    log(60)
    answers = at_once(6, lambda: sealer.seal(now=NOW))
    assert sum(answers) == 60  # type: ignore[arg-type]
    found = verifier.verify()
    assert (found.sealed, found.unsealed, found.broken) == (60, 0, None)


@pytest.mark.django_db(transaction=True)
def test_sealing_while_others_write_loses_nothing() -> None:
    def write_or_seal() -> int:
        log(20)
        return sealer.seal(now=NOW)

    answers = at_once(5, write_or_seal)
    assert all(isinstance(answer, int) for answer in answers)
    sealer.seal(now=NOW)
    found = verifier.verify()
    assert (found.sealed, found.unsealed, found.broken) == (100, 0, None)
