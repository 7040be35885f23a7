"""Who of a house may treat a plan, how deep, and why somebody is left out.

The same limit as when recording (DESIGN 6): the greatest depth that a
qualification valid on the day allows. A plan with a practitioner of its own stays
within their limit; with anybody, within the greatest limit of the house.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from clinic.rules.freetime import DayResources
from clinic.staff.models import User
from clinic.staff.queries import Permits
from sessions.plans.ramp import Range


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Somebody who is not proposed; `limit_mm` None: not qualified at all.

    Who `may_be_chosen` treats less deep than the plan would go with others.
    """

    person: User
    limit_mm: Decimal | None
    may_be_chosen: bool

    def words(self, *, clinical: bool) -> str:
        """Why, for a role: the desk hears no depth."""
        said = {"name": self.person.full_name, "limit": self.limit_mm}
        if self.limit_mm is None:
            return _("%(name)s has no valid qualification.") % said
        if not clinical:
            if self.may_be_chosen:
                return _("%(name)s is qualified for a part of it only.") % said
            return _("%(name)s is not qualified for this.") % said
        if self.may_be_chosen:
            words = _("%(name)s is qualified to %(limit)s mm: choose to stay within.")
        else:
            words = _("%(name)s is qualified to %(limit)s mm, this begins deeper.")
        return words % said


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Who may treat a plan: `able` may be chosen, `people` are proposed.

    `ceiling_mm` is how deep they go where their qualification, not the protocol,
    ends the depth; else None.
    """

    people: tuple[User, ...]
    able: tuple[User, ...]
    left_out: tuple[LeftOut, ...]
    ceiling_mm: Decimal | None

    def left_out_words(self, *, clinical: bool) -> list[str]:
        """How deep those proposed go, and why each of the others is not."""
        said = [one.words(clinical=clinical) for one in self.left_out]
        if self.ceiling_mm is None or not clinical:
            return said
        words = _("Depths stay within %(limit)s mm, as the qualification allows.")
        return [words % {"limit": self.ceiling_mm}, *said]


def crew_of(
    people: Iterable[User],
    *,
    permits: Permits,
    span: Range | None,
    on: date,
    only: int | None = None,
) -> Crew:
    """Who treats from the shallowest of the protocol to the deepest that is meant.

    `span` is those two in mm, `only` the id of the practitioner wished for.
    """
    everybody = [(person, permits.depth_mm(person.pk, on)) for person in people]
    able = [(p, mm) for p, mm in everybody if mm is not None and _reaches(mm, span)]
    chosen = [(p, mm) for p, mm in able if only in {None, p.pk}]
    high = max((mm for _p, mm in chosen), default=None)
    meant = min(high, span[1]) if span and high is not None else None
    going = [p for p, mm in chosen if meant is None or mm >= meant]
    ids = {person.pk for person, _mm in able}
    return Crew(
        people=tuple(going),
        able=tuple(person for person, _mm in able),
        left_out=tuple(
            LeftOut(person=p, limit_mm=mm, may_be_chosen=p.pk in ids)
            for p, mm in everybody
            if p not in going and not (only and p.pk in ids)
        ),
        ceiling_mm=high if span and high is not None and high < span[1] else None,
    )


def _reaches(limit_mm: Decimal, span: Range | None) -> bool:
    return span is None or limit_mm >= span[0]


def only_those_who_may(
    days: Sequence[DayResources], *, permits: Permits, depth_mm: Decimal | None
) -> tuple[DayResources, ...]:
    """The days with everybody marked whose qualification does not reach so deep."""
    people = {key for day in days[:1] for key in day.practitioners}
    if all(
        permits.reaches(key, depth_mm, first=days[0].day, last=days[-1].day)
        for key in people
    ):
        return tuple(days)
    return tuple(
        replace(
            day,
            practitioners={
                key: who
                if _holds(permits.depth_mm(key, day.day), depth_mm)
                else replace(who, may=False)
                for key, who in day.practitioners.items()
            },
        )
        for day in days
    )


def _holds(limit_mm: Decimal | None, depth_mm: Decimal | None) -> bool:
    return limit_mm is not None and (depth_mm is None or limit_mm >= depth_mm)
