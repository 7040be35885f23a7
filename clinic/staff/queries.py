"""Reading people: who works here and what they may do."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from allauth.usersessions.models import UserSession
from django.db.models import Subquery

from clinic.rules import scope
from clinic.rules.book import load_book
from clinic.staff import second_factor
from clinic.staff.models import DepthScope, Qualification, User
from clinic.staff.roles import Capability

_PLACE = DepthScope.objects.values("jurisdiction")[:1]


def valid_depth_mm(user: User, on: date) -> Decimal | None:
    """How deep the person may needle on the day, in mm: see `Permits.depth_mm`."""
    return permits_of([user.pk]).depth_mm(user.pk, on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permits:
    """How deep people may needle on any day, from what they hold; read once.

    `jurisdiction` is the place whose limits by law are switched on, empty for none.
    """

    held: Mapping[int, Sequence[Qualification]]
    jurisdiction: str = ""

    def depth_mm(self, person_id: int, on: date) -> Decimal | None:
        """The greatest depth in mm, by qualification and law; None: nothing at all.

        That is who has no qualification that is valid on the day, and whose role the
        law of the place closes needling to.
        """
        qualified = self.qualified_mm(person_id, on)
        lawful = self.scope_mm(person_id, on)
        if qualified is None or lawful is None:
            return qualified
        return min(qualified, lawful) or None

    def qualified_mm(self, person_id: int, on: date) -> Decimal | None:
        """The greatest depth of a qualification valid on the day; None without one."""
        return max(
            (q.greatest_depth_mm for q in self._valid(person_id, on)), default=None
        )

    def scope_mm(self, person_id: int, on: date) -> Decimal | None:
        """The limit by law of who holds what is valid on the day; None without one."""
        return self._lawful({q.kind for q in self._valid(person_id, on)})

    def reaches(
        self, person_id: int, depth_mm: Decimal | None, *, first: date, last: date
    ) -> bool:
        """Whether one qualification alone reaches the depth from day to day."""
        return any(
            is_valid(q, first) and is_valid(q, last) and self._allows(q, depth_mm)
            for q in self.held.get(person_id, ())
            if depth_mm is None or q.greatest_depth_mm >= depth_mm
        )

    def _valid(self, person_id: int, on: date) -> Iterator[Qualification]:
        return (q for q in self.held.get(person_id, ()) if is_valid(q, on))

    def _lawful(self, kinds: Collection[str]) -> Decimal | None:
        return scope.limit_mm(_in_force(self.jurisdiction), qualifications=kinds)

    def _allows(self, one: Qualification, depth_mm: Decimal | None) -> bool:
        """Whether the law lets this qualification alone go so deep."""
        if not self.jurisdiction:
            return True
        lawful = self._lawful({one.kind})
        return lawful is not None and lawful > 0 and lawful >= (depth_mm or 0)


def permits_of(people: Iterable[int]) -> Permits:
    """What people are qualified for, and whose law holds; one query."""
    held: dict[int, list[Qualification]] = defaultdict(list)
    jurisdiction = ""
    rows = Qualification.objects.filter(user__in=set(people)).order_by("id")
    for row in rows.annotate(place=Subquery(_PLACE)):
        held[row.user_id].append(row)
        jurisdiction = row.place or ""
    return Permits(held=held, jurisdiction=jurisdiction)


def depth_scope() -> DepthScope:
    """Whose limits by law hold here; one without a place when none are switched on."""
    return DepthScope.objects.first() or DepthScope(pk=1)


@lru_cache(maxsize=16)
def _in_force(jurisdiction: str) -> tuple[scope.ScopeRule, ...]:
    return scope.in_force(load_book().scope, jurisdiction=jurisdiction)


def lawful_places() -> tuple[str, ...]:
    """The places whose limits can be switched on."""
    return scope.jurisdictions(load_book().scope)


def lawful_limits() -> tuple[scope.ScopeRule, ...]:
    """The limits by law that the book has, switched on or not, for an overview."""
    return tuple(rule for rule in load_book().scope if rule.qualifications)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A person in the list: who, and what is missing before they can work."""

    person: User
    site_names: tuple[str, ...]
    depth_mm: Decimal | None
    needs_qualification: bool
    has_second_step: bool


def people(*, on: date) -> list[PersonRow]:
    """Everybody of the clinic, those who may sign in first, by name."""
    rows = User.objects.order_by("-is_active", "full_name", "id")
    return [
        person_row(person=person, on=on)
        for person in rows.prefetch_related(
            "memberships__site", "qualifications", "authenticator_set"
        )
    ]


def person_row(*, person: User, on: date) -> PersonRow:
    """How a person stands on the day."""
    depths = [
        q.greatest_depth_mm for q in person.qualifications.all() if is_valid(q, on)
    ]
    memberships = getattr(person, "memberships").all()  # noqa: B009  of the places
    factors = getattr(person, "authenticator_set").all()  # noqa: B009  of allauth
    return PersonRow(
        person=person,
        site_names=tuple(sorted(m.site.name for m in memberships)),
        depth_mm=max(depths, default=None),
        needs_qualification=person.is_practitioner and not depths,
        has_second_step=any(f.type in second_factor.MAIN_TYPES for f in factors),
    )


def is_valid(qualification: Qualification, on: date) -> bool:
    """Neither lapsed nor withdrawn on the day; the last day still counts."""
    ends = qualification.valid_until
    return (
        qualification.withdrawn_at is None
        and qualification.valid_from <= on
        and (ends is None or ends >= on)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class QualificationRow:
    """A qualification and how it stands on a day."""

    qualification: Qualification
    is_valid: bool


def qualifications_of(*, person: User, on: date) -> list[QualificationRow]:
    """All of a person's qualifications, the newest first."""
    rows = Qualification.objects.filter(user=person).order_by("-valid_from", "-id")
    return [
        QualificationRow(qualification=row, is_valid=is_valid(row, on)) for row in rows
    ]


def sessions_of(*, person: User) -> list[UserSession]:
    """Where the person is signed in now, the latest use first."""
    found: list[UserSession] = UserSession.objects.purge_and_list(person)
    return sorted(found, key=lambda session: session.last_seen_at, reverse=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhomToAsk:
    """Names of the people who decide, for the help page."""

    owners: tuple[str, ...]
    medical_leads: tuple[str, ...]
    prescribers: tuple[str, ...]


def whom_to_ask() -> WhomToAsk:
    """Who may sign in today and holds an office others turn to."""
    people = list(User.objects.filter(is_active=True).order_by("full_name", "id"))
    return WhomToAsk(
        owners=tuple(p.full_name for p in people if p.is_owner),
        medical_leads=tuple(
            p.full_name for p in people if p.can(Capability.MEDICAL_LEAD)
        ),
        prescribers=tuple(p.full_name for p in people if p.can(Capability.PRESCRIBER)),
    )
