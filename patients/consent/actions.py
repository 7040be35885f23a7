"""Taking and withdrawing consent; publishing its texts."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.audit import actions as audit
from clinic.staff.models import User
from patients.consent.guardians import needs_guardian
from patients.consent.models import CONSENT_KINDS, Consent, ConsentText
from patients.records.models import Patient

TEXTS = Path(__file__).with_name("texts")
REPLACED = "Replaced by a newer consent"


class ConsentRefusedError(Exception):
    """A consent that would not stand; `field` names what to mend, when known."""

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentEntry:
    """How a consent was given. The guardian counts for people under age."""

    way: str
    signed_name: str = ""
    guardian_name: str = ""
    guardian_relation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEntry:
    """What a new version of a text says."""

    kind: str
    language: str
    title: str
    body: str


@transaction.atomic
def take(
    *, patient: Patient, text: ConsentText, entry: ConsentEntry, by: User, now: datetime
) -> Consent:
    """Record that the patient agreed to this version of this text.

    A consent of the same kind that still stands is closed as replaced. Raises
    ConsentRefusedError when the consent could not stand: the patient has died, a
    guardian is due and missing, or nobody signed on the tablet.
    """
    locked = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    _refuse_unsound(patient=locked, entry=entry, now=now)
    replaced = Consent.objects.filter(
        patient=locked, kind=text.kind, withdrawn_at__isnull=True
    ).update(withdrawn_at=now, withdrawn_by=by, withdrawn_reason=REPLACED)
    consent = Consent.objects.create(
        patient=locked,
        text=text,
        kind=text.kind,
        way=entry.way,
        signed_name=entry.signed_name,
        guardian_name=entry.guardian_name,
        guardian_relation=entry.guardian_relation,
        given_at=now,
        taken_by=by,
    )
    audit.record(
        by=by,
        now=now,
        action="consent taken",
        patient_id=locked.pk,
        object_kind="consent",
        object_id=consent.pk,
        kind=text.kind,
        text_version=text.version,
        way=entry.way,
        replaced=bool(replaced),
    )
    return consent


def _refuse_unsound(*, patient: Patient, entry: ConsentEntry, now: datetime) -> None:
    day = timezone.localdate(now)
    if patient.is_deceased:
        raise ConsentRefusedError(_("This patient has died."))
    if entry.way == "tablet" and not entry.signed_name:
        raise ConsentRefusedError(_("Type the name."), field="signed_name")
    if not needs_guardian(born_on=patient.born_on, day=day):
        return
    if not entry.guardian_name:
        sentence = _("The patient is under age: enter the guardian who agrees.")
        raise ConsentRefusedError(sentence, field="guardian_name")
    if not entry.guardian_relation:
        sentence = _("Enter how the guardian is related to the patient.")
        raise ConsentRefusedError(sentence, field="guardian_relation")


@transaction.atomic
def withdraw(*, consent: Consent, reason: str, by: User, now: datetime) -> Consent:
    """End a consent for a stated reason. Raises ConsentRefusedError if it has ended."""
    locked = Consent.objects.select_for_update(no_key=True).get(pk=consent.pk)
    if locked.withdrawn_at is not None:
        raise ConsentRefusedError(_("This consent was withdrawn already."))
    if not reason:
        raise ConsentRefusedError(_("Write down why."), field="reason")
    locked.withdrawn_at = now
    locked.withdrawn_by = by
    locked.withdrawn_reason = reason
    locked.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    audit.record(
        by=by,
        now=now,
        action="consent withdrawn",
        patient_id=locked.patient_id,
        object_kind="consent",
        object_id=locked.pk,
        kind=locked.kind,
    )
    return locked


@transaction.atomic
def publish_text(*, entry: TextEntry, by: User, now: datetime) -> ConsentText:
    """Publish the next version of a text; earlier ones stay with their consents.

    Raises ConsentRefusedError when somebody else publishes at the same moment.
    """
    held = ConsentText.objects.select_for_update(no_key=True).filter(
        kind=entry.kind, language=entry.language
    )
    newest = max((text.version for text in held), default=0)
    try:
        with transaction.atomic():
            text = ConsentText.objects.create(
                kind=entry.kind,
                language=entry.language,
                version=newest + 1,
                title=entry.title,
                body=entry.body,
                published_at=now,
                published_by=by,
            )
    except IntegrityError as error:
        sentence = _("Somebody else has just published a version. Look at it first.")
        raise ConsentRefusedError(sentence) from error
    audit.record(
        by=by,
        now=now,
        action="consent text published",
        object_kind="consent text",
        object_id=text.pk,
        kind=text.kind,
        language=text.language,
        version=text.version,
    )
    return text


@transaction.atomic
def ensure_shipped_texts(*, now: datetime) -> int:
    """Publish the texts that come with the product where a kind has none yet.

    Gives how many were published. What a clinic has written is never touched.
    """
    held = {
        (kind, language): version
        for kind, language, version in ConsentText.objects.values_list(
            "kind", "language"
        ).annotate(newest=Max("version"))
    }
    missing = [
        ConsentText(
            kind=entry.kind,
            language=entry.language,
            version=1,
            title=entry.title,
            body=entry.body,
            published_at=now,
        )
        for entry in shipped_texts()
        if (entry.kind, entry.language) not in held
    ]
    ConsentText.objects.bulk_create(missing, ignore_conflicts=True)
    if missing:
        audit.record(
            by=None,
            now=now,
            action="consent texts shipped",
            object_kind="consent text",
            kinds=[text.kind for text in missing],
        )
    return len(missing)


def shipped_texts() -> list[TextEntry]:
    """The texts of `texts/*.toml`. Raises ValueError for a file that cannot be."""
    known = dict(CONSENT_KINDS)
    entries = []
    for path in sorted(TEXTS.glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        if set(table) != {"kind", "language", "title", "body"}:
            raise ValueError(f"{path.name} must hold kind, language, title and body.")
        if table["kind"] not in known:
            raise ValueError(f"{path.name}: unknown kind {table['kind']!r}.")
        entries.append(
            TextEntry(
                kind=table["kind"],
                language=table["language"],
                title=table["title"],
                body=table["body"].strip(),
            )
        )
    return entries
