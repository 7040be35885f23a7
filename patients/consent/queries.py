"""Reading consents: which text holds, and whether a patient's consent stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from patients.consent.guardians import needs_guardian
from patients.consent.models import CONSENT_KINDS, Consent, ConsentText
from patients.records.models import Patient

TREATMENT = "treatment"
FALLBACK_LANGUAGE = "en"
KIND_LABELS = dict(CONSENT_KINDS)


class State(StrEnum):
    """Whether a consent stands, or why not."""

    STANDS = "stands"
    MISSING = "missing"
    WITHDRAWN = "withdrawn"
    NO_GUARDIAN = "no_guardian"
    OF_AGE = "of_age"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One kind of consent of one patient on a day.

    `consent` is the one that stands or last stood, `newest_version` the version
    that would be taken today in its language.
    """

    kind: str
    state: State
    consent: Consent | None = None
    newest_version: int | None = None

    @property
    def stands(self) -> bool:
        """Whether it may be relied on."""
        return self.state is State.STANDS

    @property
    def label(self) -> str:
        """The kind in words."""
        return str(KIND_LABELS[self.kind])

    @property
    def is_outdated(self) -> bool:
        """Whether a newer version of its text was published since."""
        if self.consent is None or self.newest_version is None:
            return False
        return self.consent.text.version < self.newest_version

    @property
    def sentence(self) -> str:
        """The state in one short sentence, without a name."""
        sentences = {
            State.STANDS: _("Given"),
            State.MISSING: _("Not given yet"),
            State.WITHDRAWN: _("Withdrawn"),
            State.NO_GUARDIAN: _("A guardian has to agree"),
            State.OF_AGE: _("Given by a guardian, now of age: ask again"),
        }
        return sentences[self.state]


def treatment_consent(patient: Patient, *, today: date) -> Standing:
    """The consent without which no session starts, signs or records."""
    return standing(patient, TREATMENT, today=today)


def without_treatment_consent(
    patients: Iterable[Patient], *, today: date
) -> frozenset[int]:
    """Keys of those whose treatment consent does not stand on a day; one query."""
    people = {patient.pk: patient for patient in patients}
    rows = Consent.objects.filter(patient_id__in=list(people), kind=TREATMENT)
    rows = rows.only("patient_id", "given_at", "guardian_name", "withdrawn_at")
    latest: dict[int, Consent] = {}
    for consent in rows.order_by(
        F("withdrawn_at").desc(nulls_first=True), "-given_at", "-id"
    ):
        latest.setdefault(consent.patient_id, consent)
    stands = {
        key
        for key, consent in latest.items()
        if _state(consent, people[key], today) is State.STANDS
    }
    return frozenset(people) - stands


def standing(patient: Patient, kind: str, *, today: date) -> Standing:
    """Whether the patient's consent of a kind stands on a day."""
    return all_standing(patient, today=today)[kind]


def all_standing(patient: Patient, *, today: date) -> dict[str, Standing]:
    """Every kind of consent of a patient, in the order of the forms; two queries."""
    latest: dict[str, Consent] = {}
    for consent in consents_of(patient):
        latest.setdefault(consent.kind, consent)
    newest = newest_versions()
    return {
        kind: _standing(kind, latest.get(kind), newest, patient, today)
        for kind, _label in CONSENT_KINDS
    }


def consents_of(patient: Patient) -> QuerySet[Consent]:
    """All consents of a patient, those that live first, then the latest."""
    return (
        Consent.objects.filter(patient=patient)
        .select_related("text", "taken_by", "withdrawn_by")
        .order_by("kind", F("withdrawn_at").desc(nulls_first=True), "-given_at", "-id")
    )


def _standing(
    kind: str,
    consent: Consent | None,
    newest: Mapping[tuple[str, str], int],
    patient: Patient,
    today: date,
) -> Standing:
    if consent is None:
        return Standing(kind=kind, state=State.MISSING)
    return Standing(
        kind=kind,
        state=_state(consent, patient, today),
        consent=consent,
        newest_version=newest.get((kind, consent.text.language)),
    )


def _state(consent: Consent, patient: Patient, today: date) -> State:
    if consent.withdrawn_at is not None:
        return State.WITHDRAWN
    given_on = timezone.localdate(consent.given_at)
    was_minor = needs_guardian(born_on=patient.born_on, day=given_on)
    if was_minor and not consent.guardian_name:
        return State.NO_GUARDIAN
    if was_minor and not needs_guardian(born_on=patient.born_on, day=today):
        return State.OF_AGE
    return State.STANDS


def newest_versions() -> dict[tuple[str, str], int]:
    """The version in use of every kind and language."""
    texts = ConsentText.objects.order_by("version")
    return {
        (kind, language): version
        for kind, language, version in texts.values_list("kind", "language", "version")
    }


def texts_in_use() -> list[ConsentText]:
    """The newest version of every kind and language, in the order of the forms."""
    texts = ConsentText.objects.select_related("published_by").order_by(
        "kind", "language", "-version"
    )
    order = [kind for kind, _label in CONSENT_KINDS]
    newest = texts.distinct("kind", "language")
    return sorted(newest, key=lambda text: (order.index(text.kind), text.language))


def text_for(kind: str, *, language: str) -> ConsentText | None:
    """The text to show: the newest in the language, else in English, else none."""
    texts = ConsentText.objects.filter(
        kind=kind, language__in={language, FALLBACK_LANGUAGE}
    ).order_by("-version")
    found = list(texts)
    own = [text for text in found if text.language == language]
    return next(iter(own or found), None)


def versions_of(kind: str, *, language: str) -> QuerySet[ConsentText]:
    """All versions of a text, the newest first."""
    texts = ConsentText.objects.filter(kind=kind, language=language)
    return texts.select_related("published_by").order_by("-version")
