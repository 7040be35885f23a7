"""Finding people of a list who look like somebody here, a batch at a time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from clinic.web import refs
from patients.importing.people import Person
from patients.records import names
from patients.records.models import Patient

_COLUMNS = ("pk", "search_name", "born_on", "phone_digits", "email")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Somebody here, or on an earlier line: `patient_id` is None for a line."""

    patient_id: int | None
    line: int
    words: frozenset[str]

    def __str__(self) -> str:
        if self.patient_id is None:
            return _("line %d") % self.line
        return refs.number(Patient.PREFIX, self.patient_id, width=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Who it may be, and in what they are alike; `is_same_name` makes it likely."""

    seen: Seen
    reason: str
    is_same_name: bool


class Faces:
    """The people whom those of one batch may be; it grows as the batch is added.

    Birth dates are kept by word of the name as well: a list in which everybody was
    born on 1 January would otherwise compare everybody with everybody.
    """

    def __init__(self) -> None:
        self._by_birth: dict[tuple[date, str], list[Seen]] = defaultdict(list)
        self._by_phone: dict[str, list[Seen]] = defaultdict(list)
        self._by_email: dict[str, list[Seen]] = defaultdict(list)

    def add(
        self, seen: Seen, *, born_on: date | None, phone_digits: str, email: str
    ) -> None:
        """Remember somebody under birth, phone and e-mail."""
        if born_on is not None:
            for word in seen.words:
                self._by_birth[born_on, word].append(seen)
        if phone_digits:
            self._by_phone[phone_digits].append(seen)
        if email:
            self._by_email[email].append(seen)

    def likeness(self, person: Person) -> Likeness | None:
        """The closest: a like name with the same birth, phone or e-mail before those
        who only share a phone or an e-mail, as families do.
        """
        found = list(self._found(person))
        return max(found, key=lambda one: one.is_same_name, default=None)

    def _found(self, person: Person) -> Iterable[Likeness]:
        if person.born_on is not None:
            for word in person.words:
                for seen in self._by_birth.get((person.born_on, word), ()):
                    if names.alike(person.words, seen.words):
                        reason = _("Same birth date, similar name")
                        yield Likeness(seen=seen, reason=reason, is_same_name=True)
                        return
        sharing = self._by_phone.get(person.phone_digits)
        if sharing:
            yield from self._sharing(person, sharing, _("Same phone"))
        sharing = self._by_email.get(person.email)
        if sharing:
            yield from self._sharing(person, sharing, _("Same e-mail"))

    @staticmethod
    def _sharing(person: Person, there: list[Seen], reason: str) -> Iterable[Likeness]:
        for seen in there[:5]:
            is_same_name = names.alike(person.words, seen.words)
            yield Likeness(seen=seen, reason=reason, is_same_name=is_same_name)


def faces_for(people: Iterable[Person]) -> Faces:
    """Everybody here who shares a birth date, phone or e-mail with one of them."""
    people = list(people)
    births = {person.born_on for person in people} - {None}
    numbers = {person.phone_digits for person in people} - {""}
    emails = {person.email for person in people} - {""}
    faces = Faces()
    known: set[int] = set()
    for wanted in (
        {"born_on__in": births},
        {"phone_digits__in": numbers},
        {"email__in": emails},
    ):
        rows = Patient.objects.filter(**wanted).values_list(*_COLUMNS)
        for pk, search_name, born_on, digits, email in rows:
            if pk not in known:
                known.add(pk)
                words = frozenset(search_name.split())
                seen = Seen(patient_id=pk, line=0, words=words)
                faces.add(seen, born_on=born_on, phone_digits=digits, email=email)
    return faces
