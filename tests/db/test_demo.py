"""The demo clinic: whole, plausible, and the same for the same moment."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, F, Q
from pytest_django.plugin import DjangoDbBlocker

from clinic.models import Clinic, Lot, User
from patients.models import Patient
from sessions.demo.build import build, demo_moment
from sessions.models import Plan, Score, TreatmentSession, Visit, ZoneTreatment
from sessions.plans.statuses import PlanStatus

WEDNESDAY = datetime(2026, 11, 25, 10, 31, tzinfo=UTC)


@pytest.fixture(scope="module")
def _demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The whole demo, built once for this module and taken back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        build(now=WEDNESDAY)
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        pytest.param(WEDNESDAY, WEDNESDAY, id="open day, open hours"),
        pytest.param(
            datetime(2026, 11, 25, 20, 0, tzinfo=UTC),
            datetime(2026, 11, 26, 10, 31, tzinfo=UTC),
            id="evening shows tomorrow",
        ),
        pytest.param(
            datetime(2026, 11, 25, 6, 0, tzinfo=UTC),
            datetime(2026, 11, 25, 10, 31, tzinfo=UTC),
            id="early morning shows mid-morning",
        ),
        pytest.param(
            datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
            datetime(2026, 11, 23, 10, 31, tzinfo=UTC),
            id="Sunday shows Monday",
        ),
        pytest.param(
            datetime(2026, 12, 25, 12, 0, tzinfo=UTC),
            datetime(2026, 12, 28, 10, 31, tzinfo=UTC),
            id="Christmas shows the Monday after",
        ),
    ],
)
def test_the_demo_shows_an_open_day(now: datetime, shown: datetime) -> None:
    assert demo_moment(now) == shown


@pytest.mark.usefixtures("_demo")
def test_the_clinic_is_whole() -> None:
    assert Clinic.objects.get().is_demo
    assert User.objects.filter(roles__contains=["practitioner"]).count() == 3
    phototypes = set(Patient.objects.values_list("phototype", flat=True))
    assert phototypes == {1, 2, 3, 4, 5, 6}
    assert set(Plan.objects.values_list("status", flat=True)) == set(PlanStatus)
    today = Visit.objects.filter(day=WEDNESDAY.date())
    assert today.count() >= 18
    states = set(today.values_list("status", flat=True))
    assert states >= {"done", "in_room", "confirmed", "unconfirmed"}


@pytest.mark.usefixtures("_demo")
def test_every_figure_follows_the_rules_it_will_be_judged_by() -> None:
    zones = ZoneTreatment.objects.select_related("session")
    assert not zones.filter(
        Q(session__device_kind="pen", depth_setting_mm__isnull=True)
        | Q(session__device_kind="roller", needle_length_mm__isnull=True)
    )
    deepest_of_tom = zones.filter(session__practitioner__email="tom@demo.clinic")
    assert max(zone.mm or 0 for zone in deepest_of_tom) <= 1.5
    reused = Lot.objects.annotate(opened=Count("units")).filter(
        opened__gt=F("quantity")
    )
    assert not reused
    signed = TreatmentSession.objects.filter(signed_at__isnull=False)
    assert signed.count() > 500
    assert not signed.exclude(signed_digest__regex="^[0-9a-f]{64}$")


@pytest.mark.prove
@pytest.mark.django_db
def test_the_same_moment_gives_the_same_clinic() -> None:
    build(now=WEDNESDAY)
    first = _fingerprint()
    _forget()
    build(now=WEDNESDAY)
    assert _fingerprint() == first


def _fingerprint() -> list[tuple[object, ...]]:
    scores = Score.objects.order_by("id").values_list("scale", "value", "rated_on")
    visits = Visit.objects.order_by("starts_at", "room__name", "site__name")
    return [*scores, *visits.values_list("starts_at", "status", "patient__family_name")]


def _forget() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ours = [
            name
            for (name,) in cursor.fetchall()
            if name.startswith(("clinic_", "patients_", "treatments_"))
        ]
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in ours:
            cursor.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
        names = ", ".join(f'"{name}"' for name in ours)
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        for name in ours:
            cursor.execute(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')


@pytest.mark.django_db
def test_a_real_clinic_is_left_alone() -> None:
    Clinic.objects.create(pk=1, name="A real one")
    with pytest.raises(CommandError, match="real clinic"):
        call_command("demo")
    assert Clinic.objects.get().name == "A real one"
