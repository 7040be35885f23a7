"""Finding people of a list who look like somebody here, a batch at a time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import permutations

from django.db import connection
from django.utils.translation import gettext as _

from clinic.web import refs
from patients.importing.people import Person
from patients.records import dates, names
from patients.records.models import Patient

_COLUMNS = (
    *("pk", "search_name", "born_on", "phone_digits", "email"),
    *("given_name", "family_name", "preferred_name"),
)
FullNames = frozenset[frozenset[str]]
MOST_COMPARED = 5
# Everybody whose sorted name begins with two words of a full name, in either order;
# and those of more names than that, a preferred one or an umlaut's two spellings, who
# begin with one of them (index `patient_named_twice`). Each is a short stretch of an
# index. A word ends before a space, which sorts before the exclamation mark.
# Limited name by name: joined, a table that was emptied a moment ago, as by a dry run,
# would be read from end to end for each.
NAMESAKES = """
SELECT found.id
FROM unnest(%(pairs)s::text[], %(pair_names)s::text[]) AS wanted (head, name),
LATERAL (
    SELECT p.id FROM patients_patient p
     WHERE p.search_name >= wanted.head AND p.search_name < wanted.head || '!'
       AND string_to_array(p.search_name, ' ') @> string_to_array(wanted.name, ' ')
     LIMIT 1000
) found
UNION ALL
SELECT found.id
FROM unnest(%(firsts)s::text[], %(first_names)s::text[]) AS wanted (head, name),
LATERAL (
    SELECT p.id FROM patients_patient p
     WHERE (p.preferred_name > '' OR p.given_name::text ~ '[^ -~]'
            OR p.family_name::text ~ '[^ -~]')
       AND p.search_name >= wanted.head AND p.search_name < wanted.head || '!'
       AND string_to_array(p.search_name, ' ') @> string_to_array(wanted.name, ' ')
     LIMIT 1000
) found
"""
# An umlaut sorts by its bare letter; typed with two, its word begins elsewhere.
_TYPED_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Somebody here, or on an earlier line: `patient_id` is None for a line."""

    patient_id: int | None
    line: int
    words: frozenset[str]
    born_on: date | None = None

    def __str__(self) -> str:
        if self.patient_id is None:
            return _("line %d") % self.line
        return refs.number(Patient.PREFIX, self.patient_id, width=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Who it may be, and in what they are alike: `reason` has a place for `who`.

    `is_likely` for a like name with the same birth, phone or e-mail; `is_namesake`
    where only the birth date, unknown or nearly the same, leaves it open.
    """

    seen: Seen
    reason: str
    is_likely: bool = False
    is_namesake: bool = False

    def __str__(self) -> str:
        return self.reason % {"who": self.seen}


class Faces:
    """The people whom those of one batch may be; it grows as the batch is added.

    Birth dates are kept by word of the name as well: a list in which everybody was
    born on 1 January would otherwise compare everybody with everybody.
    """

    def __init__(self) -> None:
        self._by_birth: dict[tuple[date, str], list[Seen]] = defaultdict(list)
        self._by_phone: dict[str, list[Seen]] = defaultdict(list)
        self._by_email: dict[str, list[Seen]] = defaultdict(list)
        self._by_name: dict[frozenset[str], list[Seen]] = defaultdict(list)

    def add(
        self, seen: Seen, *, full_names: FullNames, phone_digits: str, email: str
    ) -> None:
        """Remember somebody under birth, phone, e-mail and full name."""
        if seen.born_on is not None:
            for word in seen.words:
                self._by_birth[seen.born_on, word].append(seen)
        if phone_digits:
            self._by_phone[phone_digits].append(seen)
        if email:
            self._by_email[email].append(seen)
        for name in full_names:
            self._by_name[name].append(seen)

    def likeness(self, person: Person) -> Likeness | None:
        """The closest: a like name with the same birth, phone or e-mail; then a
        namesake; then those who only share a phone or an e-mail, as families do.
        """
        found = list(self._found(person))
        return max(
            found, key=lambda one: (one.is_likely, one.is_namesake), default=None
        )

    def _found(self, person: Person) -> Iterator[Likeness]:
        if person.born_on is not None:
            for word in person.words:
                for seen in self._by_birth.get((person.born_on, word), ()):
                    if names.alike(person.words, seen.words):
                        reason = _("Same birth date, similar name as %(who)s")
                        yield Likeness(seen=seen, reason=reason, is_likely=True)
                        return
        sharing = self._by_phone.get(person.phone_digits)
        if sharing:
            yield from self._sharing(person, sharing, _("Same phone as %(who)s"))
        sharing = self._by_email.get(person.email)
        if sharing:
            yield from self._sharing(person, sharing, _("Same e-mail as %(who)s"))
        yield from self._namesakes(person)

    @staticmethod
    def _sharing(person: Person, there: list[Seen], reason: str) -> Iterator[Likeness]:
        for seen in there[:MOST_COMPARED]:
            is_likely = names.alike(person.words, seen.words)
            yield Likeness(seen=seen, reason=reason, is_likely=is_likely)

    def _namesakes(self, person: Person) -> Iterator[Likeness]:
        """The first namesake whom the birth date does not tell apart."""
        mine = person.born_on
        for name in person.full_names:
            for seen in self._by_name.get(name, ()):
                theirs = seen.born_on
                if mine is None or theirs is None:
                    reason = _("Same name as %(who)s, a birth date is unknown")
                elif dates.nearly_same(mine, theirs):
                    reason = _("Same name as %(who)s, nearly the same birth date")
                else:
                    continue
                yield Likeness(seen=seen, reason=reason, is_namesake=True)
                return


def faces_for(people: Iterable[Person]) -> Faces:
    """Everybody here who shares a birth date, phone, e-mail or full name with one of
    them.
    """
    people = list(people)
    faces = Faces()
    if not people:
        return faces
    births = {person.born_on for person in people} - {None}
    numbers = {person.phone_digits for person in people} - {""}
    emails = {person.email for person in people} - {""}
    known: set[int] = set()
    for wanted in (
        {"born_on__in": births},
        {"phone_digits__in": numbers},
        {"email__in": emails},
        {"pk__in": _of_the_same_name(people)},
    ):
        rows = Patient.objects.filter(**wanted).values_list(*_COLUMNS)
        for pk, search_name, born_on, digits, email, given, family, preferred in rows:
            if pk in known:
                continue
            known.add(pk)
            words = frozenset(search_name.split())
            faces.add(
                Seen(patient_id=pk, line=0, words=words, born_on=born_on),
                full_names=names.full_names(
                    family=family, given=given, preferred=preferred
                ),
                phone_digits=digits,
                email=email,
            )
    return faces


def _of_the_same_name(people: Iterable[Person]) -> list[int]:
    """The ids of those here whose sorted name has all words of a full name."""
    full_names = {name for person in people for name in person.full_names}
    pairs, firsts = set[tuple[str, str]](), set[tuple[str, str]]()
    for name in full_names:
        words = " ".join(sorted(name))
        heads = permutations(name, 2) if len(name) > 1 else [tuple(name)]
        pairs |= {(f" {' '.join(head)}", words) for head in heads}
        firsts |= {(f" {first}", words) for w in name for first in _beginnings(w)}
    values = {
        "pairs": [head for head, _name in pairs],
        "pair_names": [name for _head, name in pairs],
        "firsts": [head for head, _name in firsts],
        "first_names": [name for _head, name in firsts],
    }
    with connection.cursor() as cursor:
        cursor.execute(NAMESAKES, values)
        return list({pk for (pk,) in cursor.fetchall()})


@lru_cache(maxsize=4096)
def _beginnings(word: str) -> frozenset[str]:
    """The word, and as it sorts here where some of its letters are typed umlauts."""
    found = {word}
    for typed, letter in _TYPED_UMLAUTS:
        if typed in word:
            found |= {one.replace(typed, letter) for one in found}
    return frozenset(found)
