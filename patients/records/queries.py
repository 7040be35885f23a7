"""Reading patients: the search, look-alikes, the list."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Case,
    Func,
    IntegerField,
    Lookup,
    Q,
    QuerySet,
    TextField,
    When,
)
from django.db.models.functions import Length, Reverse, Upper
from django.db.models.lookups import StartsWith

from clinic.web import refs
from patients.records import dates, filters, names, phones
from patients.records.models import Patient

LEAST_PHONE_DIGITS = 3
MOST_PARTS = 8
MOST_NAMESAKES = 50
BY_NAME = ("search_name", "id")
# The same order, by a function: for the few whom a phone or a birth date finds, so
# that PostgreSQL does not walk all names in order until it has met enough of them.
BY_NAME_OF_FEW = (Upper("search_name"), "id")
_NOBODY = Q(pk__in=[])
_TEXTS: "ArrayField[Any, Any]" = ArrayField(TextField())


class LettersInThrees(Func):
    """Every three letters in a row, as migration 0004 indexes them."""

    function = "letters_in_threes"
    output_field = _TEXTS

    def contains(self, threes: Sequence[str]) -> "Lookup[Any]":
        """Names in which all of them stand."""
        lookup = _TEXTS.get_lookup("contains")
        assert lookup is not None  # noqa: S101  an array has it
        return lookup(self, list(threes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search gave: people, whether there are more, and what was searched by."""

    patients: Sequence[Patient]
    has_more: bool
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAlike:
    """Somebody who may be the same person, and why: birth, name, near, phone, email.

    `name` is the same name where a birth date is unknown, `near` the same name and
    nearly the same date.
    """

    patient: Patient
    reasons: tuple[str, ...]


def people() -> QuerySet[Patient]:
    """Patients without their clinical note, which no list shows."""
    return Patient.objects.defer("clinical_note")


def listed(
    *, kind: filters.Filter, now: datetime, by_name: bool
) -> QuerySet[Patient, int]:
    """The patients of a filter, in its order, as keys: see `in_order`.

    For those who see no names the newest come first: an order by name would tell.
    """
    order = kind.order if by_name else ("-id",)
    rows = kind.narrow(Patient.objects.all(), now)
    return rows.order_by(*order).values_list("pk", flat=True)


def in_order(keys: Sequence[int]) -> list[Patient]:
    """The patients of the keys, in their order. A page far down the list is read
    from the index alone, and only its own rows are fetched.
    """
    found = people().in_bulk(keys)
    return [found[key] for key in keys if key in found]


def search(*, text: str, limit: int, today: date) -> Found:
    """People whom every part of the text fits, in any order of the parts.

    A part is some of a name, a birth date, the last digits of a phone (three at
    least) or a reference. Who sorts under the first word comes first.
    """
    days, rest = dates.take_days(text, today=today)
    wanted = Q(born_on__in=days) if days else Q()
    by = {"birth"} if days else set[str]()
    first_word, first_name = "", Q()
    for part in _parts(rest):
        condition, kind = _condition(part)
        by.add(kind)
        if kind == "name" and not first_word:
            first_word, first_name = names.fold(part), condition
        else:
            wanted &= condition
    if not by:
        return Found(patients=[], has_more=False, by=())
    rows = people().filter(wanted)
    found = (
        _nearest_first(rows, first_word, first_name, limit + 1)
        if first_word
        else list(rows.order_by(*BY_NAME_OF_FEW)[: limit + 1])
    )
    return Found(
        patients=found[:limit], has_more=len(found) > limit, by=tuple(sorted(by))
    )


def _nearest_first(
    rows: QuerySet[Patient], word: str, anywhere: Q, limit: int
) -> list[Patient]:
    """Those whose family name begins with the word, then the others, by name.

    The first group is read from the sorted index; when it fills the page, the many
    who have the word somewhere are not looked at.
    """
    begins = Q(search_name__startswith=f" {word}")
    found = list(rows.filter(begins).order_by(*BY_NAME)[:limit])
    if len(found) < limit:
        others = rows.filter(anywhere).exclude(begins)
        nearest = others.order_by(_nearness(word), *BY_NAME)
        found += nearest[: limit - len(found)]
    return found


def by_reference(*, text: str) -> Found:
    """Exactly the patient of a reference, for those who may not search by name."""
    key = refs.parse_number(Patient.PREFIX, text)
    patients = list(people().filter(pk=key)) if key is not None else []
    return Found(patients=patients, has_more=False, by=("reference",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """What is known of the person about to be added."""

    given_name: str
    family_name: str
    preferred_name: str
    born_on: date | None
    phone: str
    email: str


def look_alikes(*, person: Newcomer, limit: int = 6) -> list[LookAlike]:
    """Who may be the person about to be added: all who share phone or e-mail, those
    born on the day whose name is alike, and those of the same full name whose birth
    date is unknown, here or there, or a slip of the pen away.
    """
    same = Q()
    if person.born_on is not None:
        same |= Q(born_on=person.born_on)
    if person.phone:
        same |= Q(phone_digits=phones.digits(person.phone))
    if person.email:
        same |= Q(email=person.email)
    rows = people().filter(same).order_by("search_name", "id") if same else []
    found = {patient.pk: patient for patient in (*rows, *_namesakes(person))}
    alike = (
        LookAlike(patient=patient, reasons=_reasons(patient, person))
        for patient in found.values()
    )
    likely = [one for one in alike if one.reasons]
    return sorted(likely, key=lambda one: -len(one.reasons))[:limit]


def _namesakes(person: Newcomer) -> QuerySet[Patient]:
    """Those in whose names all words of the full name stand, and whose birth date does
    not tell them apart. The shortest names come first: they are the same.
    """
    named = _NOBODY
    for words in _full_names(person):
        every = Q()
        for word in words:
            every &= _piece(f" {word}")
        named |= every
    rows = people().filter(named)
    if person.born_on is not None:
        near = dates.easily_mistaken(person.born_on)
        rows = rows.filter(Q(born_on__isnull=True) | Q(born_on__in=near))
    return rows.order_by(Length("search_name"), "id")[:MOST_NAMESAKES]


def _reasons(patient: Patient, person: Newcomer) -> tuple[str, ...]:
    mine, theirs = person.born_on, patient.born_on
    is_same_name = not _full_names(person).isdisjoint(_full_names(patient))
    checks = {
        "birth": mine is not None
        and mine == theirs
        and names.alike(_words(person), _words(patient)),
        "name": is_same_name and (mine is None or theirs is None),
        "near": is_same_name
        and mine is not None
        and theirs in dates.easily_mistaken(mine),
        "phone": bool(person.phone)
        and patient.phone_digits == phones.digits(person.phone),
        "email": bool(person.email) and patient.email == person.email,
    }
    return tuple(reason for reason, holds in checks.items() if holds)


def _full_names(one: Patient | Newcomer) -> frozenset[frozenset[str]]:
    return names.full_names(
        family=one.family_name, given=one.given_name, preferred=one.preferred_name
    )


def _words(one: Patient | Newcomer) -> frozenset[str]:
    return names.words_of(one.given_name, one.family_name, one.preferred_name)


def _parts(text: str) -> list[str]:
    """The words of the text; a phone typed in groups of digits is one part."""
    if re.fullmatch(r"[+\d\s()./-]+", text.strip()):
        digits = phones.digits(text)
        return [digits] if digits else []
    words = [word for word in text.split() if any(map(str.isalnum, word))]
    return words[:MOST_PARTS]


def _condition(part: str) -> tuple[Q, str]:
    """What one part asks for, and its kind."""
    key = refs.parse_number(Patient.PREFIX, part)
    if key is not None:
        return Q(pk=key), "reference"
    digits = phones.digits(part)
    if len(digits) >= LEAST_PHONE_DIGITS and re.fullmatch(r"[+\d()./-]+", part):
        return _phone(digits) | _birth_year(digits), "phone"
    return _name(part), "name"


def _name(part: str) -> Q:
    """Any part of a name; one or two letters only at the start of a word."""
    either = _NOBODY
    for way in names.spellings(part):
        every = Q()
        for word in way.split():
            every &= _piece(word if len(word) > 2 else f" {word}")
        either |= every or _NOBODY
    return either


def _piece(text: str) -> Q:
    """Names with the piece in them; from three letters on read from the index."""
    threes = [text[place : place + 3] for place in range(len(text) - 2)]
    found = Q(search_name__contains=text)
    if threes:
        found &= Q(LettersInThrees("search_name").contains(threes))
    return found


def _phone(digits: str) -> Q:
    """The last digits; dialled from home, the leading zeros are not stored."""
    ends = {digits, digits.lstrip("0")} if len(digits) > 6 else {digits}
    either = _NOBODY
    for end in ends - {""}:
        either |= Q(StartsWith(Reverse("phone_digits"), end[::-1]))
    return ~Q(phone_digits="") & either


def _birth_year(digits: str) -> Q:
    """Four digits may also be the year of birth."""
    if len(digits) != 4 or digits[:2] not in {"19", "20"}:
        return _NOBODY
    first = date(int(digits), 1, 1)
    return Q(born_on__gte=first, born_on__lte=first.replace(month=12, day=31))


def _nearness(word: str) -> Case:
    """0 when some name begins with the word, 1 when it stands inside one."""
    return Case(
        When(search_name__contains=f" {word}", then=0),
        default=1,
        output_field=IntegerField(),
    )
