"""Writing patients. Each action is one transaction with its audit row inside."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from clinic.audit import actions as audit
from clinic.staff.models import User
from patients.records import endings, names, phones, queries
from patients.records.models import BreakGlass, Patient

_COPIES = frozenset({"search_name", "phone_digits"})
GLASS_OPEN_FOR = timedelta(minutes=60)


class ChangedMeanwhileError(Exception):
    """Somebody else saved the patient after the form was opened."""


class LooksAlikeError(Exception):
    """People who may be the same person are here already."""

    def __init__(self, look_alikes: list[queries.LookAlike]) -> None:
        super().__init__(len(look_alikes))
        self.look_alikes = look_alikes


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientEntry:
    """Identity and contact of a patient, as the desk and the practitioner keep it.

    Phones are in E.164, the e-mail in small letters; `None` is not asked.
    """

    given_name: str
    family_name: str = ""
    preferred_name: str = ""
    born_on: date | None = None
    sex: str = ""
    phone: str = ""
    email: str = ""
    street: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    language: str = "en"
    emergency_name: str = ""
    emergency_phone: str = ""
    emergency_relation: str = ""
    may_call: bool | None = None
    may_text: bool | None = None
    may_email: bool | None = None
    desk_note: str = ""
    is_deceased: bool = False
    deceased_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicalEntry:
    """What only practitioners write about a patient on this form."""

    phototype: int | None
    clinical_note: str


def add_patient(
    *,
    entry: PatientEntry,
    clinical: ClinicalEntry | None,
    by: User,
    now: datetime,
    anyway: bool = False,
) -> Patient:
    """A new patient; raises LooksAlikeError unless told to add her or him anyway."""
    alike = [] if anyway else _look_alikes(entry)
    if alike:
        raise LooksAlikeError(alike)
    with transaction.atomic():
        patient = Patient.objects.create(
            **_columns(entry, clinical), created_at=now, created_by=by
        )
        audit.record(by=by, now=now, action="patient.added", patient_id=patient.pk)
    return patient


def change_patient(
    *,
    patient: Patient,
    version: int,
    entry: PatientEntry,
    clinical: ClinicalEntry | None,
    by: User,
    now: datetime,
    ends: frozenset[str] = frozenset(),
) -> None:
    """Save what was typed over the version the form showed.

    The clinical part stays as it is when there is none. A death ends what stands for
    the patient; `ends` are the keys of what the form showed of it. Raises
    ChangedMeanwhileError when the patient has moved on since, StillStandsError when
    something else would end.
    """
    columns = _columns(entry, clinical)
    with transaction.atomic():
        before = Patient.objects.select_for_update().get(pk=patient.pk)
        if before.version != version:
            raise ChangedMeanwhileError
        if entry.is_deceased:
            endings.end_all(patient=before, shown=ends, by=by, now=now)
        changed = sorted(
            name for name in columns if getattr(before, name) != columns[name]
        )
        if not changed:
            return
        Patient.objects.filter(pk=patient.pk).update(
            **{name: columns[name] for name in changed}, version=F("version") + 1
        )
        audit.record(
            by=by,
            now=now,
            action="patient.changed",
            patient_id=patient.pk,
            fields=[name for name in changed if name not in _COPIES],
        )


def enter_reported_death(
    *,
    patient: Patient,
    died_on: date | None,
    by: User | None,
    now: datetime,
    object_kind: str,
    object_id: int,
) -> None:
    """A death that was reported from outside ends what stands for the patient.

    Call inside a transaction with the patient's row locked; the object is what
    reported it. `by` is None for a command run on the server.
    """
    endings.end_reported(patient=patient, by=by, now=now)
    Patient.objects.filter(pk=patient.pk).update(
        is_deceased=True, deceased_on=died_on, version=F("version") + 1
    )
    audit.record(
        by=by,
        now=now,
        action="patient.reported_dead",
        patient_id=patient.pk,
        object_kind=object_kind,
        object_id=object_id,
    )


def break_glass(
    *, patient: Patient, reason: str, by: User, now: datetime
) -> BreakGlass:
    """Open one patient for an hour, for a reason that is kept and read later."""
    with transaction.atomic():
        glass = BreakGlass.objects.create(
            user=by,
            patient=patient,
            reason=reason,
            opened_at=now,
            until=now + GLASS_OPEN_FOR,
        )
        audit.record(
            by=by,
            now=now,
            action="break_glass.opened",
            patient_id=patient.pk,
            object_kind="break_glass",
            object_id=glass.pk,
        )
    return glass


def _look_alikes(entry: PatientEntry) -> list[queries.LookAlike]:
    return queries.look_alikes(
        person=queries.Newcomer(
            given_name=entry.given_name,
            family_name=entry.family_name,
            preferred_name=entry.preferred_name,
            born_on=entry.born_on,
            phone=entry.phone,
            email=entry.email,
        )
    )


def _columns(entry: PatientEntry, clinical: ClinicalEntry | None) -> dict[str, Any]:
    """The columns of an entry, with the copies that the search reads."""
    return {
        **asdict(entry),
        **(asdict(clinical) if clinical is not None else {}),
        "search_name": names.search_name(
            family=entry.family_name,
            given=entry.given_name,
            preferred=entry.preferred_name,
        ),
        "phone_digits": phones.digits(entry.phone),
    }
