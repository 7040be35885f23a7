"""Builds the whole demo clinic, the same one for the same day and time."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.db import transaction

from clinic.audit.actions import record
from clinic.rules.book import load_book
from patients.consent import actions as consent
from patients.consent import queries as consents
from patients.models import HistoryFact, Patient
from patients.records.names import search_name
from patients.records.phones import digits
from sessions.demo import daysheet, histories, house, people, readings, sheets
from sessions.demo.diary import Diary
from sessions.demo.histories import Outline, Scene, Told
from sessions.demo.stories import Story, all_stories
from sessions.models import Protocol
from sessions.plans.shipping import ensure_shipped_protocols

SEED = 20260304
PATIENTS = 122
NEWCOMERS = 6
JOINED_DAYS_AGO = (640, 1250)  # before the first session of any story
ZONE = ZoneInfo("Europe/London")
OPENS, CLOSES = time(9, 5), time(14, 0)
QUIET_HOUR = time(10, 31)
FACTS = (
    ("latex_allergy", "", 3000, None),
    ("hsv_history", "", 2000, None),
    ("keloid_history", "", 4000, None),
    ("anticoagulant", "", 700, None),
    ("isotretinoin", "", 900, 400),
    ("diabetes", "controlled", 2500, None),
)


def demo_moment(now: datetime) -> datetime:
    """The moment the demo shows: now, or mid-morning of the next open day.

    On Sundays and holidays the sites are closed; outside hours a day would be
    all over or not yet begun, so it is shown at 10:31.
    """
    local = now.astimezone(ZONE)
    day = local.date()
    if local.time() >= CLOSES:
        day += timedelta(days=1)
    while day.weekday() > 4 or (day.month, day.day) in {(12, 25), (12, 26), (1, 1)}:
        day += timedelta(days=1)
    if day == local.date() and OPENS <= local.time() < CLOSES:
        return now
    return datetime.combine(day, QUIET_HOUR, tzinfo=ZONE).astimezone(UTC)


@transaction.atomic
def build(*, now: datetime) -> None:
    """Fill an empty database. `now` decides which day is today."""
    shown = demo_moment(now)
    today = shown.astimezone(ZONE).date()
    scene = _scene(shown, today)
    patients = _patients(scene)
    stories = list(all_stories(scene.random))
    told = list(_tell(scene, stories, patients[:-NEWCOMERS]))
    _give_facts(scene, patients)
    sheets.write(scene, told)
    readings.write(scene, told)
    daysheet.write(scene, told, patients[-NEWCOMERS:])
    record(by=None, now=now, action="demo.built")


def _scene(now: datetime, today: date) -> Scene:
    random = Random(SEED)  # noqa: S311  simulation, not secrets
    book = load_book()
    ensure_shipped_protocols(book=book, now=now - timedelta(days=600))
    consent.ensure_shipped_texts(now=now - timedelta(days=600))
    text = consents.text_for("treatment", language="en")
    if text is None:
        raise LookupError("The shipped treatment consent is missing.")
    home = house.build(today=today, now=now)
    protocols = Protocol.objects.prefetch_related("zones")
    return Scene(
        book=book,
        house=home,
        diary=Diary(house=home, random=random, today=today),
        random=random,
        today=today,
        now=now,
        consent_text=text,
        protocols={protocol.shipped_key: protocol for protocol in protocols},
    )


def _patients(scene: Scene) -> list[Patient]:
    invented = people.invent(PATIENTS, random=scene.random, today=scene.today)
    return Patient.objects.bulk_create(
        Patient(
            given_name=person.given_name,
            family_name=person.family_name,
            born_on=person.born_on,
            sex=person.sex,
            phototype=person.phototype,
            phone=person.phone,
            phone_digits=digits(person.phone),
            email=f"{person.given_name}.{person.family_name}@example.org".lower(),
            street=person.street,
            city="Harbour",
            postcode="HB1 2AB",
            country="United Kingdom",
            may_call=True,
            may_text=True,
            may_email=scene.random.random() < 0.8,
            search_name=search_name(family=person.family_name, given=person.given_name),
            created_at=scene.now
            - timedelta(days=scene.random.randint(*JOINED_DAYS_AGO)),
            created_by=scene.house.desk,
        )
        for person in invented
    )


def _tell(
    scene: Scene, stories: Sequence[Story], patients: Sequence[Patient]
) -> Iterator[Told]:
    """Each patient a story of their own first, then those who have room for more."""
    pool = list(patients)
    lives: dict[int, list[Outline]] = {patient.pk: [] for patient in pool}
    today = iter(daysheet.who_treats(scene))
    for story in stories:
        treats = next(today, None) if story.today else None
        fits = replace(story, today=treats is not None)
        plot = histories.outline(scene, fits, practitioner=treats)
        patient = _somebody(scene, plot, pool, lives)
        told = histories.tell(scene, plot, patient)
        lives[patient.pk].append(plot.as_told(told))
        yield told


def _somebody(
    scene: Scene,
    plot: Outline,
    pool: list[Patient],
    lives: dict[int, list[Outline]],
) -> Patient:
    """Somebody with the fewest plans whose skin is free then, and for once only."""
    kind = plot.story.kind.condition
    scene.random.shuffle(pool)
    for patient in sorted(pool, key=lambda one: len(lives[one.pk])):
        known = lives[patient.pk]
        new = all(one.story.kind.condition != kind for one in known)
        if new and all(plot.leaves(one) for one in known):
            return patient
    raise LookupError("The demo needs more patients for its stories.")


def _give_facts(scene: Scene, patients: Sequence[Patient]) -> None:
    rows = []
    for patient in scene.random.sample(list(patients), 30):
        kind, choice, since, until = scene.random.choice(FACTS)
        started = max(
            scene.today - timedelta(days=since), patient.born_on or date(1900, 1, 1)
        )
        rows.append(
            HistoryFact(
                patient=patient,
                kind=kind,
                choice=choice,
                started_on=started,
                stopped_on=scene.today - timedelta(days=until) if until else None,
                source="practitioner",
                recorded_at=scene.now - timedelta(days=20),
                recorded_by=scene.house.practitioners[0],
            )
        )
    HistoryFact.objects.bulk_create(rows)
