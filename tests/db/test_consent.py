"""Consent: taken on a version, withdrawn with a reason, and whether it stands."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from clinic.audit.models import AuditEvent
from clinic.staff.models import User
from patients.consent import actions, queries
from patients.consent.actions import ConsentEntry, ConsentRefusedError, TextEntry
from patients.consent.models import CONSENT_KINDS, Consent, ConsentText
from patients.consent.queries import State
from patients.records.models import Patient
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db

PAPER = ConsentEntry(way="paper")
GUARDED = ConsentEntry(way="paper", guardian_name="Eva S.", guardian_relation="Mother")
BORN_18_TODAY = date(2008, 3, 4)
BORN_18_TOMORROW = date(2008, 3, 5)


def take(patient: Patient, **changes: Any) -> Consent:
    by = changes.pop("by", None) or factories.make_practitioner()
    text = changes.pop("text", None) or factories.make_consent_text()
    return actions.take(
        **{
            "patient": patient,
            "text": text,
            "entry": PAPER,
            "by": by,
            "now": NOW,
            **changes,
        }
    )


def state(patient: Patient, today: date = TODAY) -> State:
    return queries.treatment_consent(patient, today=today).state


def test_a_new_patient_has_no_consent() -> None:
    patient = factories.make_patient()
    assert state(patient) is State.MISSING
    assert not queries.treatment_consent(patient, today=TODAY).stands


def test_a_consent_stands_from_when_it_is_taken() -> None:
    patient = factories.make_patient()
    take(patient)
    assert state(patient) is State.STANDS


def test_a_withdrawn_consent_stands_no_more_and_is_kept() -> None:
    patient, by = factories.make_patient(), factories.make_practitioner()
    consent = take(patient)
    actions.withdraw(consent=consent, reason="Changed her mind", by=by, now=NOW)
    assert state(patient) is State.WITHDRAWN
    assert Consent.objects.get(pk=consent.pk).withdrawn_reason == "Changed her mind"


def test_withdrawing_twice_or_without_a_reason_is_refused() -> None:
    patient, by = factories.make_patient(), factories.make_practitioner()
    consent = take(patient)
    with pytest.raises(ConsentRefusedError):
        actions.withdraw(consent=consent, reason="", by=by, now=NOW)
    actions.withdraw(consent=consent, reason="Asked to", by=by, now=NOW)
    with pytest.raises(ConsentRefusedError):
        actions.withdraw(consent=consent, reason="Again", by=by, now=NOW)


def test_after_a_withdrawal_it_can_be_given_anew() -> None:
    patient, by = factories.make_patient(), factories.make_practitioner()
    consent = take(patient)
    actions.withdraw(consent=consent, reason="Asked to", by=by, now=NOW)
    take(patient, now=NOW + timedelta(hours=1))
    assert state(patient) is State.STANDS


def test_a_newer_consent_replaces_the_one_that_stood() -> None:
    patient = factories.make_patient()
    first = take(patient)
    second = take(patient, now=NOW + timedelta(days=1))
    first.refresh_from_db()
    assert first.withdrawn_reason == actions.REPLACED
    held = queries.treatment_consent(patient, today=TODAY)
    assert held.stands
    assert held.consent == second


def test_kinds_stand_apart() -> None:
    patient = factories.make_patient()
    take(patient, text=factories.make_consent_text(kind="photo_website"))
    held = queries.all_standing(patient, today=TODAY)
    assert list(held) == [kind for kind, _label in CONSENT_KINDS]
    assert [kind for kind, one in held.items() if one.stands] == ["photo_website"]


@pytest.mark.parametrize(
    ("born_on", "is_minor"), [(BORN_18_TODAY, False), (BORN_18_TOMORROW, True)]
)
def test_the_eighteenth_birthday_is_the_limit(born_on: date, is_minor: bool) -> None:
    patient = factories.make_patient(born_on=born_on)
    if is_minor:
        with pytest.raises(ConsentRefusedError) as refused:
            take(patient)
        assert refused.value.field == "guardian_name"
    else:
        take(patient)
    assert state(patient) is (State.MISSING if is_minor else State.STANDS)


def test_a_guardian_says_how_they_are_related() -> None:
    patient = factories.make_patient(born_on=BORN_18_TOMORROW)
    entry = ConsentEntry(way="paper", guardian_name="Eva S.")
    with pytest.raises(ConsentRefusedError) as refused:
        take(patient, entry=entry)
    assert refused.value.field == "guardian_relation"


def test_a_guardians_consent_stands_until_the_birthday() -> None:
    patient = factories.make_patient(born_on=BORN_18_TOMORROW)
    take(patient, entry=GUARDED)
    assert state(patient) is State.STANDS
    assert state(patient, today=TODAY + timedelta(days=1)) is State.OF_AGE


def test_a_minors_consent_without_guardian_does_not_stand() -> None:
    patient = factories.make_patient(born_on=BORN_18_TOMORROW)
    by = factories.make_practitioner()
    factories.make_consent(patient=patient, taken_by=by)
    assert state(patient) is State.NO_GUARDIAN


def test_nobody_consents_after_death() -> None:
    with pytest.raises(ConsentRefusedError):
        take(factories.make_patient(is_deceased=True))


def test_on_the_tablet_a_name_is_typed() -> None:
    patient = factories.make_patient()
    with pytest.raises(ConsentRefusedError) as refused:
        take(patient, entry=ConsentEntry(way="tablet"))
    assert refused.value.field == "signed_name"
    take(patient, entry=ConsentEntry(way="tablet", signed_name="Ana S."))
    assert state(patient) is State.STANDS


def test_the_database_refuses_an_unsigned_tablet_consent() -> None:
    patient, by = factories.make_patient(), factories.make_practitioner()
    with pytest.raises(IntegrityError):
        factories.make_consent(patient=patient, taken_by=by, way="tablet")


@pytest.mark.parametrize(
    "change",
    [
        "given_at = given_at - interval '1 year'",
        "guardian_name = 'Somebody'",
        "way = 'paper', signed_name = 'X'",
    ],
)
def test_the_database_refuses_to_rewrite_a_consent(change: str) -> None:
    consent = take(factories.make_patient())
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"UPDATE patients_consent SET {change} WHERE id = %s",
            [consent.pk],
        )


def test_the_log_names_the_kind_and_never_a_person() -> None:
    patient = factories.make_patient(born_on=BORN_18_TOMORROW)
    take(patient, entry=GUARDED)
    event = AuditEvent.objects.get(action="consent taken")
    assert event.patient_id == patient.pk
    assert event.details["kind"] == "treatment"
    assert "Eva" not in str(event.details)


def publish(by: User, **changes: str) -> ConsentText:
    values = {"kind": "treatment", "language": "en", "title": "T", "body": "B"}
    entry = TextEntry(**{**values, **changes})
    return actions.publish_text(entry=entry, by=by, now=NOW)


def test_a_published_text_is_the_next_version_of_its_language() -> None:
    by = factories.make_owner()
    versions = [publish(by).version, publish(by).version]
    assert versions == [1, 2]
    assert publish(by, language="de").version == 1


def test_an_older_consent_stands_and_says_that_it_is_older() -> None:
    by, patient = factories.make_owner(), factories.make_patient()
    take(patient, text=publish(by))
    publish(by)
    held = queries.treatment_consent(patient, today=TODAY)
    assert held.stands
    assert held.is_outdated


def test_the_text_of_the_language_is_shown_else_english_else_none() -> None:
    assert queries.text_for("treatment", language="de") is None
    by = factories.make_owner()
    publish(by)
    english = publish(by)
    german = publish(by, language="de")
    assert queries.text_for("treatment", language="de") == german
    assert queries.text_for("treatment", language="fr") == english


def test_the_shipped_texts_cover_every_kind_once() -> None:
    assert actions.ensure_shipped_texts(now=NOW) == len(CONSENT_KINDS)
    assert actions.ensure_shipped_texts(now=NOW) == 0
    kinds = [text.kind for text in queries.texts_in_use()]
    assert kinds == [kind for kind, _label in CONSENT_KINDS]


def test_a_text_of_the_clinics_own_is_left_alone() -> None:
    own = publish(factories.make_owner())
    actions.ensure_shipped_texts(now=NOW)
    assert queries.text_for("treatment", language="en") == own


def test_the_standing_of_all_kinds_takes_two_queries(
    django_assert_num_queries: Any,
) -> None:
    patient = factories.make_patient()
    for kind, _label in CONSENT_KINDS:
        take(patient, text=factories.make_consent_text(kind=kind))
    with django_assert_num_queries(2):
        held = queries.all_standing(patient, today=TODAY)
        assert all(one.stands and one.label and one.sentence for one in held.values())
