"""The demo clinic: whole, plausible, and the same for the same moment."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, F, Q
from pytest_django.plugin import DjangoDbBlocker

from clinic.models import Clinic, Lot, User
from clinic.rules import interval
from clinic.rules.book import load_book
from clinic.rules.findings import Verdict
from clinic.rules.gates import Step
from patients.models import Patient, Screening
from sessions.booking import checks
from sessions.booking.checks import Wanted
from sessions.booking.earlier import planned_of, sessions_of
from sessions.demo.build import build, demo_moment
from sessions.demo.diary import SESSIONS_AT
from sessions.models import Plan, Score, TreatmentSession, Visit, ZoneTreatment
from sessions.plans.statuses import PlanStatus
from sessions.reports.filters import Filters, Span
from sessions.reports.queries import use

pytestmark = pytest.mark.django_db  # so that whatever is chosen has a test database

WEDNESDAY = datetime(2026, 11, 25, 10, 31, tzinfo=UTC)


@pytest.fixture(scope="module")
def _demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The whole demo, built once for this module and taken back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        build(now=WEDNESDAY)
        connection.check_constraints()  # once, not again after each test
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


@pytest.mark.django_db
def test_a_real_clinic_is_left_alone() -> None:
    Clinic.objects.create(pk=1, name="A real one")
    with pytest.raises(CommandError, match="real clinic"):
        call_command("demo")
    assert Clinic.objects.get().name == "A real one"


@pytest.mark.prove
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


@pytest.mark.prove
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
@pytest.mark.usefixtures("_demo")
def test_nothing_is_booked_that_the_product_would_refuse() -> None:
    today = WEDNESDAY.date()
    ahead = Visit.objects.filter(kind="session", day__gte=today)
    ahead = ahead.filter(status__in=["confirmed", "unconfirmed"])
    planned = planned_of(ahead.values_list("planned_session", flat=True))
    by_patient: dict[int, list[Visit]] = defaultdict(list)
    for visit in ahead.select_related("patient"):
        by_patient[visit.patient_id].append(visit)
    assert ahead.count() > 100
    for visits in by_patient.values():
        people = [visit.practitioner_id for visit in visits]
        facts = checks.read_facts(visits[0].patient, today=today, practitioners=people)
        for visit in visits:
            others = [one for one in facts.others if one.visit_id != visit.pk]
            wanted = Wanted(
                kind="session",
                on=visit.day,
                practitioner_id=visit.practitioner_id,
                planned=planned[visit.planned_session_id or 0],
            )
            [judged] = checks.judge(
                replace(facts, others=tuple(others)),
                wanted=[wanted],
                step=Step.BOOK,
                today=today,
            )
            found = {finding.code for finding in judged.gate.refusing}
            assert not found, f"{visit} of {visit.patient} on {visit.day}: {found}"


@pytest.mark.prove
@pytest.mark.usefixtures("_demo")
def test_everybody_joined_and_agreed_before_being_treated() -> None:
    day = F("performed_on")
    early = Q(patient__created_at__date__gte=day) | Q(consent__given_at__date__gt=day)
    assert not TreatmentSession.objects.filter(early).exists()
    assert TreatmentSession.objects.exists()


@pytest.mark.prove
@pytest.mark.usefixtures("_demo")
def test_no_two_sessions_of_one_skin_were_nearer_than_the_rule_allows() -> None:
    book = load_book()
    for patient in Patient.objects.filter(visits__kind="session").distinct():
        others = sessions_of(patient_id=patient.pk)
        for other in others:
            before = [o for o in others if o is not other and o.on <= other.on]
            zones = other.zones or ()
            found = interval.check(
                book,
                previous=[t for o in before for t in o.treated([])],
                planned=zones,
                on=other.on,
            )
            assert Verdict.BLOCK not in {finding.verdict for finding in found}


@pytest.mark.prove
@pytest.mark.usefixtures("_demo")
def test_rooms_and_people_are_as_busy_as_in_a_real_clinic() -> None:
    last = WEDNESDAY.date()
    for days in (365, 91):
        first = last - timedelta(days=days - 1)
        filters = Filters(span=Span.YEAR, first_day=first, last_day=last)
        for used in (*use.rooms(filters), *use.people(filters)):
            assert 35 < used.share < 75, (used.name, used.share)
        together = use.together(use.rooms(filters))
        assert 40 < together.share < 75


@pytest.mark.prove
@pytest.mark.usefixtures("_demo")
@pytest.mark.parametrize("email", ["practitioner", "sana", "tom"])
def test_everybody_who_works_today_has_a_full_day(email: str) -> None:
    visits = Visit.objects.filter(
        day=WEDNESDAY.date(), practitioner__email=f"{email}@demo.clinic"
    )
    assert visits.filter(kind="session").count() == len(SESSIONS_AT)
    assert visits.filter(kind="consultation").count() == 1


@pytest.mark.prove
@pytest.mark.usefixtures("_demo")
def test_nobody_is_in_a_room_or_numbed_without_being_screened() -> None:
    day = WEDNESDAY.date()
    treated = Visit.objects.filter(day=day, status__in=["in_room", "numbing", "done"])
    screened = Screening.objects.filter(
        purpose="session", for_date=day, completed_at__isnull=False
    )
    people = set(treated.values_list("patient", flat=True))
    assert people
    assert people <= set(screened.values_list("patient", flat=True))
    in_room = treated.filter(status="in_room")
    assert in_room.count() == in_room.filter(session__isnull=False).count() == 3


@pytest.mark.prove
@pytest.mark.usefixtures("_demo")
def test_the_same_moment_gives_the_same_clinic() -> None:
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
