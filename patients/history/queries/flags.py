"""Short flags for headers and lists: what one must know before touching the skin."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import itemgetter

from django.utils import dateformat
from django.utils.translation import gettext as _

from clinic.rulebook.queries import EffectiveBook, effective_book
from clinic.rules.facts import FactKind, Shape
from clinic.rules.findings import Finding, Verdict, severity
from clinic.rules.screening import Fact, Person
from clinic.rules.screening import judging as rules_judging
from clinic.rules.screening.answers import of_fact
from patients.history.models import HistoryFact, ScreeningAnswer
from patients.history.queries import bases, gates, known
from patients.records.models import PHOTOTYPES, Patient

BAD, WARN, INFO = TONE_ORDER = ("bad", "warn", "info")
ALLERGIES = "allergies"
THIS_YEAR = timedelta(days=330)
TONES = {Verdict.BLOCK: BAD, Verdict.DEFER: BAD, Verdict.SIGNOFF: WARN}
TONES |= {Verdict.ASK: WARN, Verdict.WARN: WARN, Verdict.OK: INFO}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One flag: its tone (bad, warn or info) and its words; `detail` says more."""

    kind: str
    text: str
    detail: str = ""


def flags(
    patient: Patient, *, today: date, with_phototype: bool = True
) -> tuple[Flag, ...]:
    """The clinical flags of a patient, the gravest first; two queries.

    For those who may read the chart. The desk gets `needs_word`.
    """
    found = flags_of([patient], today=today)[patient.pk]
    return found + (_phototype(patient) if with_phototype else ())


def flags_of(
    patients: Sequence[Patient], *, today: date
) -> dict[int, tuple[Flag, ...]]:
    """The clinical flags of several patients by key, without the phototype.

    Two queries for all.
    """
    effective = effective_book()
    facts = known.live_facts_of(patients)
    return {
        patient.pk: _flags(patient, facts[patient.pk], effective, today)
        for patient in patients
    }


def needs_word(patient: Patient, *, today: date) -> bool:
    """Whether the desk is to ask the practitioner before booking.

    True when something refuses a booking for today. It does not say what.
    """
    return patient.pk in needing_word([patient], today=today)


def needing_word(patients: Sequence[Patient], *, today: date) -> frozenset[int]:
    """The keys of those of whom the desk is to ask first; few queries for all."""
    return frozenset(
        key
        for key, basis in bases.read_bases(patients, today=today).items()
        if gates.refuses_booking(basis, on=today, today=today)
    )


def desk_flag() -> Flag:
    """The neutral flag that the desk sees, whatever stands behind it."""
    return Flag(kind=WARN, text=_("Ask the practitioner before booking"))


def _flags(
    patient: Patient,
    facts: Iterable[HistoryFact],
    effective: EffectiveBook,
    today: date,
) -> tuple[Flag, ...]:
    scene = rules_judging.set_scene(
        book=effective.book,
        person=Person(phototype=patient.phototype, sex=patient.sex),
        on=today,
        zones=frozenset(),
    )
    found: dict[str, tuple[tuple[int, ...], Flag]] = {}
    for fact in facts:
        kind = effective.book.facts.get(fact.kind)
        if kind is None or not fact.certain:
            continue
        rules_fact = known.rules_fact(fact, book=effective.book)
        worst = _worst(kind, rules_fact, effective, scene)
        if worst is not None:
            flag = _flag(kind, fact, worst, today)
            mildness = tuple(-number for number in severity(worst))
            place = (TONE_ORDER.index(flag.kind), *mildness, kind.order)
            found.setdefault(flag.text, (place, flag))
    # "Diabetes" says nothing beside "Diabetes: controlled".
    told = [found[text] for text in found if not _is_told(text, found)]
    ordered = sorted(told, key=itemgetter(0))
    return tuple(flag for _place, flag in ordered)


def _is_told(text: str, texts: Iterable[str]) -> bool:
    """Whether another flag says the same and more."""
    return any(other.startswith(f"{text}: ") for other in texts)


def _worst(
    kind: FactKind,
    fact: Fact,
    effective: EffectiveBook,
    scene: rules_judging.Scene,
) -> Finding | None:
    """The gravest thing the fact leads to today, None for nothing."""
    occurrence = of_fact(kind=kind, fact=fact, on=scene.on)
    findings = [
        finding
        for rule in effective.book.screening
        for part in rule.parts
        if part.kind is kind
        for finding in rules_judging.worst(
            rule, part, [occurrence], scene, strict=rule.code in effective.strict
        )
    ]
    return max(findings, key=severity, default=None)


def _flag(kind: FactKind, fact: HistoryFact, worst: Finding, today: date) -> Flag:
    tone = BAD if kind.group.key == ALLERGIES else TONES[worst.verdict]
    said = words(kind, fact, today=today)
    return Flag(kind=tone, text=said, detail=further(fact.detail, said=said))


def words(kind: FactKind, fact: HistoryFact, *, today: date) -> str:
    """A fact in a few words: "Isotretinoin, stopped on 31 Aug"."""
    labels = {choice.key: choice.label for choice in kind.choices}
    which = labels.get(fact.choice, "")
    name = f"{kind.label}: {which[:1].lower()}{which[1:]}" if which else kind.label
    if kind.shape is Shape.EVENT:
        return f"{name}, {short_day(fact.started_on, today=today)}"
    if fact.stopped_on is not None:
        ending = kind.end_label[:1].lower() + kind.end_label[1:]
        return f"{name}, {ending} {short_day(fact.stopped_on, today=today)}"
    if fact.ended:
        return _("%(name)s, over, day not known") % {"name": name}
    return name


def further(detail: str, *, said: str) -> str:
    """The detail, or nothing when the words before it say the same already."""
    return "" if detail.casefold() in said.casefold() else detail


def answer_words(kind: FactKind, row: ScreeningAnswer, *, today: date) -> str:
    """A yes in a few words: "Yes: anticoagulant, stopped on 31 Aug"."""
    labels = {choice.key: choice.label for choice in kind.choices}
    which = labels.get(row.choice, "")
    said = _("Yes: %(which)s") % {"which": which.lower()} if which else _("Yes")
    if kind.shape is Shape.EVENT:
        return f"{said}, {short_day(row.dated_on, today=today)}"
    if row.stopped_on is not None:
        ending = kind.end_label[:1].lower() + kind.end_label[1:]
        return f"{said}, {ending} {short_day(row.stopped_on, today=today)}"
    if row.ended:
        return _("%(name)s, over, day not known") % {"name": said}
    if row.dated_on is not None:
        day = short_day(row.dated_on, today=today)
        return _("%(said)s, since %(day)s") % {"said": said, "day": day}
    return said


def short_day(day: date | None, *, today: date) -> str:
    """`31 Aug`, with the year when it is long ago; a day not known says so."""
    if day is None:
        return _("day not known")
    pattern = "j M" if today - day < THIS_YEAR else "j M Y"
    return dateformat.format(day, pattern)


def _phototype(patient: Patient) -> tuple[Flag, ...]:
    if patient.phototype is None:
        return ()
    return (Flag(kind=INFO, text=str(dict(PHOTOTYPES)[patient.phototype])),)
