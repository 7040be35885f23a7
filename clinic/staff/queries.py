"""Reading people: who works here and what they may do."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from allauth.usersessions.models import UserSession

from clinic.staff import second_factor
from clinic.staff.models import Qualification, User
from clinic.staff.roles import Capability


def valid_depth_mm(user: User, on: date) -> Decimal | None:
    """The greatest depth any valid qualification allows, in mm.

    None means no qualification is valid on the day: the person records nothing.
    """
    return permits_of([user.pk]).depth_mm(user.pk, on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permits:
    """How deep people may needle on any day, from what they hold; read once."""

    held: Mapping[int, Sequence[Qualification]]

    def depth_mm(self, person_id: int, on: date) -> Decimal | None:
        """The greatest depth in mm; None: no qualification is valid on the day."""
        valid = (q for q in self.held.get(person_id, ()) if is_valid(q, on))
        return max((q.greatest_depth_mm for q in valid), default=None)

    def reaches(
        self, person_id: int, depth_mm: Decimal | None, *, first: date, last: date
    ) -> bool:
        """Whether one qualification alone reaches the depth from day to day."""
        return any(
            is_valid(q, first) and is_valid(q, last)
            for q in self.held.get(person_id, ())
            if depth_mm is None or q.greatest_depth_mm >= depth_mm
        )


def permits_of(people: Iterable[int]) -> Permits:
    """What people are qualified for; one query."""
    held: dict[int, list[Qualification]] = defaultdict(list)
    for row in Qualification.objects.filter(user__in=set(people)).order_by("id"):
        held[row.user_id].append(row)
    return Permits(held=held)


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
