"""What a role may not read is on no page of theirs: planted words, every address.

The words hold markup as well, so the same walk shows that nothing that was stored
becomes part of a page (SECURITY S4, S14, P4).
"""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import DatabaseError, transaction
from django.test import Client

from clinic.staff.roles import Role
from patients.models import HistoryFact
from tests import factories
from tests.factories import NOW
from tests.web.routes import World, all_routes
from tests.web.test_every_address import undone

pytestmark = pytest.mark.django_db
WORD = "Zqclinical"
NAME = "Zqperson"
MARKUP = "<i id=zq>"

# Fields of free text that only practitioners read.
CLINICAL = {
    "patients.HistoryFact": ["detail"],
    "patients.PatientCondition": ["severity", "note"],
    "patients.RuleOverride": ["reason"],
    "patients.ScreeningAnswer": ["detail"],
    "patients.Patient": ["clinical_note"],
    "treatments.Addition": ["text"],
    "treatments.DepthOverride": ["reason"],
    "treatments.SessionTopical": ["product", "signoff_reason"],
    "treatments.TreatmentSession": ["note"],
    "treatments.ZoneTreatment": ["reason", "note"],
}
# And what an owner who does not treat never sees without a reason.
PERSONAL = {
    "patients.Patient": [
        *("given_name", "family_name", "preferred_name", "street", "city", "region"),
        *("country", "emergency_name", "emergency_relation", "desk_note"),
    ],
    "patients.Consent": ["signed_name", "guardian_name"],
    "treatments.Visit": ["why", "cancel_reason"],
    "treatments.AdverseEvent": ["description"],
}


def planted(world: World) -> dict[str, str]:
    """Every address; in each such field that can be written stands its word."""
    places = {route.name: route.url(world) for route in all_routes()}
    Authenticator.objects.all().delete()  # their passkeys are made of paper
    HistoryFact.objects.create(
        patient=world.patient,
        kind="diabetes",
        detail="x",
        source="practitioner",
        recorded_at=NOW,
    )
    count = 0
    for fields, word in ((CLINICAL, WORD), (PERSONAL, NAME)):
        for label, names in fields.items():
            for name in names:
                count += written(label, name, f"{word} {MARKUP}")
    assert count > 12
    return places


def written(label: str, name: str, text: str) -> int:
    """How many rows took the text; a row that is locked keeps its own."""
    model: Any = apps.get_model(label)
    length = model._meta.get_field(name).max_length or len(text)
    try:
        with transaction.atomic():
            return int(model.objects.update(**{name: text[:length]}))
    except DatabaseError:
        return 0


def answers(me: Role) -> dict[str, str]:
    """Every page of a role as it was sent, headers and all."""
    world = World(me=me)
    places = planted(world)
    client = Client()
    client.force_login(world.me)
    found = {}
    for name, url in places.items():
        with undone(client):
            answer = client.get(url)
            body = b"".join(answer) if answer.streaming else answer.content
            found[name] = f"{answer.headers} {body.decode(errors='replace')}"
    return found


def test_a_practitioner_reads_it_and_none_of_it_becomes_markup() -> None:
    pages = answers(Role.PRACTITIONER)
    assert sum(WORD in page for page in pages.values()) > 3
    assert sum(NAME in page for page in pages.values()) > 10
    assert [name for name, page in pages.items() if MARKUP in page] == []


def test_the_desk_reads_names_and_nothing_clinical() -> None:
    pages = answers(Role.FRONT_DESK)
    assert sum(NAME in page for page in pages.values()) > 5
    assert [name for name, page in pages.items() if WORD in page] == []
    assert [name for name, page in pages.items() if MARKUP in page] == []


def test_an_owner_reads_neither_names_nor_charts() -> None:
    pages = answers(Role.OWNER)
    assert [name for name, page in pages.items() if NAME in page or WORD in page] == []


def test_no_name_stands_in_an_address_or_a_title() -> None:
    """UX 5.2: a title goes to the browser's history, like the address."""
    pages = answers(Role.PRACTITIONER)
    titles = {
        name: page.partition("<title>")[2].partition("</title>")[0]
        for name, page in pages.items()
    }
    assert [name for name, title in titles.items() if NAME in title] == []


def test_the_words_are_planted_where_they_can_be() -> None:
    """The control: a patient's page without its words would prove nothing."""
    patient = factories.make_patient()
    assert written("patients.Patient", "clinical_note", WORD) == 1
    patient.refresh_from_db()
    assert patient.clinical_note == WORD
