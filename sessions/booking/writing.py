"""From what a builder page posted to the one action that writes it."""

from collections.abc import Sequence
from typing import Any, cast

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.places.http import StaffRequest
from clinic.rules.series import Slot
from clinic.web import once
from patients.history.actions.conditions import ConditionEntry
from sessions.booking import plan_actions, shown_depths, slots, timeline, words
from sessions.booking.building import Built
from sessions.booking.ground import Choice, Ground
from sessions.booking.house import instants, within_hours
from sessions.booking.plan_actions import PlanBooking, PlanVisit
from sessions.booking.plan_forms import DRAFT, TO_BOOK, BookForm
from sessions.booking.taking import TimeTakenError
from sessions.booking.wishes import WishesForm
from sessions.plans.actions import AwayEntry, PlanEntry
from sessions.plans.models import Plan
from sessions.plans.statuses import PlanStatus

KEPT_AS = {DRAFT: PlanStatus.DRAFT, TO_BOOK: PlanStatus.TO_BOOK}
NOT_WISHES = frozenset({"csrfmiddlewaretoken", "idempotency_key", "then", "version"})
PASSING = frozenset(
    {"past_reason", "slot", "why", "at", "step", "confirm", "print", "depths"}
)


class NotComplete(Exception):  # noqa: N818  a word of the clinic
    """What was posted is no whole plan; `sentence` says what is missing."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def answer(*, request: StaffRequest, sent: BookForm, ground: Ground) -> HttpResponse:
    """Book or keep the plan once, and go to its page.

    Raises NotComplete, TimeTakenError, RefusedError, DepthsChangedError, and what
    the actions raise.
    """
    now = timezone.now()
    booking = _booking(request, sent, ground)

    def write() -> str:
        shown_depths.refuse_changed(
            request.POST.get("depths", ""), depths_mm=ground.depths_mm
        )
        kept_as = KEPT_AS.get(sent.cleaned_data["then"])
        if kept_as is not None:
            plan = plan_actions.save_plan(
                booking=booking, status=kept_as, by=request.user, now=now
            )
        else:
            plan = plan_actions.book_plan(booking=booking, by=request.user, now=now)
            _refuse_out_of_hours(slots_of(request.POST, ground.choice), ground)
        messages.success(request, _done(plan, booking))
        return reverse("booking:plan", args=[plan.reference])

    return once.answer(request=request, form=sent, now=now, write=write)


def _done(plan: Plan, booking: PlanBooking) -> str:
    count = len(booking.visits)
    if not count:
        return _("The plan is kept: %(status)s.") % {
            "status": plan.get_status_display()
        }
    booked = ngettext(
        "%(count)d visit is booked.", "All %(count)d visits are booked.", count
    )
    return booked % {"count": count}


def _booking(request: StaffRequest, sent: BookForm, ground: Ground) -> PlanBooking:
    choice = ground.choice
    found: Sequence[Slot] = ()
    if sent.cleaned_data["then"] not in KEPT_AS:
        found = slots_of(request.POST, choice)
        _refuse_incomplete(found, ground)
    return PlanBooking(
        entry=_entry(ground, found),
        visits=_visits(found, request.POST.getlist("why"), ground),
        new_condition=_new_condition(choice),
        plan=choice.plan,
        version=sent.cleaned_data["version"] or 0,
        kept=choice.kept,
        confirmed=frozenset(request.POST.getlist("confirm")),
        past_reason=sent.cleaned_data["past_reason"],
    )


def _refuse_incomplete(found: Sequence[Slot], ground: Ground) -> None:
    wanted = list(range(1, ground.choice.sessions + 1))
    if [slot.number for slot in found] != wanted:
        raise NotComplete(_("Not every visit has a time. Look at the times again."))


def _refuse_out_of_hours(found: Sequence[Slot], ground: Ground) -> None:
    """A closure or absence that came meanwhile counts as a time that is gone."""
    for slot in found:
        if not within_hours(
            ground.days,
            day=slot.day,
            minute=slot.minute,
            minutes=ground.wishes.minutes,
            practitioner=slot.practitioner,
        ):
            raise TimeTakenError


def _entry(ground: Ground, found: Sequence[Slot]) -> PlanEntry:
    choice, basis = ground.choice, ground.facts.basis
    screening = basis.screening
    first = found[0].practitioner if found else None
    return PlanEntry(
        patient_id=choice.patient.pk,
        condition_id=choice.condition_id or 0,
        protocol_id=choice.protocol.pk,
        site_id=choice.house.site.pk,
        gap_days=choice.gap_days,
        depths_mm=ground.depths_mm,
        practitioner_id=choice.practitioner_id or first,
        screening_id=screening.pk if screening else None,
        goal_scale=choice.goal_scale,
        goal_value=choice.goal_value,
        ready_before=choice.ready.day if choice.ready else None,
        ready_label=choice.ready.label if choice.ready else "",
        aways=[
            AwayEntry(first_day=a.first_day, last_day=a.last_day, label=a.label)
            for a in choice.own_aways
        ],
        book_revision=basis.effective.revision,
    )


def _new_condition(choice: Choice) -> ConditionEntry | None:
    if choice.condition_id is not None:
        return None
    zones = choice.new_zones or tuple(zone.zone for zone in choice.zones)
    return ConditionEntry(kind=choice.protocol.condition_kind, zones=zones)


def _visits(
    found: Sequence[Slot], why: Sequence[str], ground: Ground
) -> tuple[PlanVisit, ...]:
    visits = []
    for index, slot in enumerate(found):
        starts_at, ends_at = instants(
            ground.choice.house.site,
            day=slot.day,
            minute=slot.minute,
            minutes=ground.wishes.minutes,
        )
        visits.append(
            PlanVisit(
                number=ground.choice.kept + slot.number,
                practitioner_id=slot.practitioner,
                room_id=slot.room,
                device_id=slot.device,
                starts_at=starts_at,
                ends_at=ends_at,
                day=slot.day,
                why=why[index] if index < len(why) else "",
            )
        )
    return tuple(visits)


def slots_of(posted: QueryDict, choice: Choice) -> list[Slot]:
    """The slots a page posted, in order; what is none of the house is left out."""
    found = (slots.parse_slot(text, choice.house) for text in posted.getlist("slot"))
    return sorted(
        (slot for slot in found if slot is not None), key=lambda slot: slot.number
    )


def hidden_fields(form: WishesForm) -> list[tuple[str, str]]:
    """The wishes as hidden fields of the form that books."""
    return [
        (name, value)
        for name, values in cast("QueryDict", form.data).lists()
        if name not in NOT_WISHES | PASSING
        for value in values
    ]


def said_of(built: Built | None, *, clinical: bool) -> dict[str, Any]:
    """What the page says of a proposal, in the words of the role."""
    if built is None:
        empty = ("lines", "asks", "notes", "ways_out", "left_out")
        return {"picture": None, **{key: [] for key in empty}}
    lines = words.lines_of(built.judged, clinical=clinical)
    picture = built.picture
    if picture is not None and not clinical:
        picture = timeline.without_depth(picture)
    return {
        "lines": [line for line in lines if line.refuses],
        "asks": [line for line in lines if not line.refuses],
        "notes": [(check.holds, words.check_words(check)) for check in built.checks],
        "ways_out": words.ways_out(built.relax),
        "depths": shown_depths.seal(built.depths_mm),
        "left_out": built.crew.left_out_words(clinical=clinical),
        "picture": picture,
    }
