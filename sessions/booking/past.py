"""Planning past the gap rule: who may, with what reason, and what is kept of it.

Ahead of the day only a prescriber may, in writing (DESIGN 6, first column). What
stands absolutely, or against the person and not the gap, is not passed here.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from clinic.audit.actions import Entry
from clinic.rules.findings import Finding
from clinic.rules.gates import Authority, Override, Pass
from clinic.staff.models import User
from patients.history.authority import authorities_of
from sessions.booking.checks import Judgement
from sessions.booking.models import Visit
from sessions.booking.past_models import PlannedPast

TOO_SOON = "interval-block"


def reason_of(user: User, reason: str) -> tuple[Override, ...]:
    """The written reason as the rules take it; nothing from who may not give one."""
    if not reason.strip() or not may(user):
        return ()
    return (Override(code=TOO_SOON, reason=reason.strip(), by_prescriber=True),)


def to_be_written() -> tuple[Override, ...]:
    """A stand-in for a reason that comes with the booking, to see the days.

    For who may give one; without the reason itself nothing is booked.
    """
    reason = _("To be written")
    return (Override(code=TOO_SOON, reason=reason, by_prescriber=True),)


def may(user: User) -> bool:
    """Whether the person may plan past the gap rule."""
    return Authority.PRESCRIBER in authorities_of(user)


def is_all_that_refuses(judged: Iterable[Judgement]) -> bool:
    """Whether a written reason would let everything pass that refuses now."""
    refusing = [
        ruling
        for one in judged
        for ruling in one.gate.rulings
        if ruling.does is Pass.REFUSED
    ]
    return bool(refusing) and all(
        ruling.finding.code == TOO_SOON and Authority.PRESCRIBER in ruling.may_pass
        for ruling in refusing
    )


def passed(judgement: Judgement) -> tuple[Finding, ...]:
    """What the written reason let pass, each sentence once."""
    found = {
        ruling.finding.sentence: ruling.finding
        for ruling in judgement.gate.rulings
        if ruling.override is not None and ruling.finding.code == TOO_SOON
    }
    return tuple(found.values())


def kept(visit: Visit) -> dict[str, str]:
    """The reasons written for a visit, by what the rule said then."""
    rows = PlannedPast.objects.filter(visit=visit).order_by("at", "id")
    return dict(rows.values_list("sentence", "reason"))


def shown(visit: Visit) -> list[PlannedPast]:
    """What was planned past for the visit, the latest first, with who wrote why."""
    rows = PlannedPast.objects.filter(visit=visit).select_related("by")
    return list(rows.order_by("-at", "-id"))


def written_before(written: Mapping[str, str]) -> tuple[Override, ...]:
    """Reasons that were written for this visit before, as the rules take them."""
    return tuple(
        Override(code=TOO_SOON, reason=reason, by_prescriber=True)
        for reason in written.values()
    )


def keep(
    judged: Sequence[tuple[Visit, Judgement]], *, reason: str, by: User, now: datetime
) -> list[Entry]:
    """Keep what was planned past with each visit; gives the entries for the log."""
    rows = [
        PlannedPast(
            visit=visit,
            code=finding.code,
            sentence=finding.sentence,
            reason=reason.strip(),
            by=by,
            at=now,
        )
        for visit, judgement in judged
        for finding in passed(judgement)
    ]
    PlannedPast.objects.bulk_create(rows)
    return [
        Entry(
            action="visit.planned_past",
            patient_id=visit.patient_id,
            object_kind="visit",
            object_id=visit.pk,
        )
        for visit in dict.fromkeys(row.visit for row in rows)
    ]
