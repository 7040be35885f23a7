"""Opening the session of a visit, with the settings of last time or of the plan."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from clinic.audit import actions as audit
from clinic.devices import queries as stock
from clinic.devices.models import Device
from clinic.places.queries import clinic
from clinic.rulebook.queries import effective_book
from clinic.rules.devices import Kind
from clinic.staff import queries as staff
from clinic.staff.models import User
from clinic.web.templatetags.formats import day_year
from sessions.booking import stepping, words
from sessions.booking.actions import VisitChangedError
from sessions.booking.checks import RefusedError
from sessions.booking.models import Visit
from sessions.booking.statuses import Status
from sessions.booking.stepping import WayClosedError
from sessions.booking.taking import TimeTakenError
from sessions.charting.actions.zones import PlanZones
from sessions.charting.errors import SheetRefusedError
from sessions.charting.models import TreatmentSession, ZoneTreatment

WAY_TO_THE_ROOM = {
    Status.UNCONFIRMED: (Status.ARRIVED, Status.IN_ROOM),
    Status.CONFIRMED: (Status.ARRIVED, Status.IN_ROOM),
    Status.MISSED: (Status.ARRIVED, Status.IN_ROOM),
    Status.ARRIVED: (Status.IN_ROOM,),
    Status.NUMBING: (Status.IN_ROOM,),
    Status.IN_ROOM: (),
}
TRIES = 3


@transaction.atomic
def start(*, visit: Visit, by: User, now: datetime) -> TreatmentSession:
    """The session of the visit: opened now, or the one that is open already.

    Zones, depths and passes come from the last session of the plan, else from the
    plan; endpoint, reaction and lot are seen, never filled in. Raises
    SheetRefusedError with the reason when nothing may be opened.
    """
    existing = TreatmentSession.objects.filter(visit=visit).first()
    if existing is not None:
        return existing
    _refuse_start(visit, by=by, now=now)
    _take_to_the_room(visit, by=by, now=now)
    try:
        with transaction.atomic():
            session = _open(visit, by=by, now=now)
    except IntegrityError:
        # Somebody else opened it at the same moment: there is one sheet.
        return TreatmentSession.objects.get(visit=visit)
    audit.record(
        by=by,
        now=now,
        action="session.started",
        patient_id=session.patient_id,
        object_kind="session",
        object_id=session.pk,
    )
    return session


def _refuse_start(visit: Visit, *, by: User, now: datetime) -> None:
    if visit.kind != "session":
        raise SheetRefusedError(_("This visit is not booked as a session."))
    today = now.astimezone(visit.site.zone).date()
    if visit.day not in {today, _demo_day()}:
        raise SheetRefusedError(
            _("This visit is on %(day)s. A session starts on its own day.")
            % {"day": day_year(visit.day)}
        )
    if Status(visit.status) not in WAY_TO_THE_ROOM:
        raise SheetRefusedError(
            _("This visit is %(status)s. Bring it back to the day first.")
            % {"status": visit.get_status_display().lower()}
        )
    if visit.patient.is_deceased:
        raise SheetRefusedError(_("This patient has died."))
    refuse_unqualified(by, today)


def _demo_day() -> date | None:
    """The day that the demo shows: on a closed day it is the next open one."""
    found = clinic()
    return found.demo_day if found is not None and found.is_demo else None


def refuse_unqualified(user: User, day: date) -> None:
    """Raises SheetRefusedError: without a valid qualification nothing is recorded."""
    refuse_without_depth(user, staff.valid_depth_mm(user, day))


def refuse_without_depth(user: User, greatest_mm: Decimal | None) -> None:
    """The same when it is known already how deep the person may go."""
    if not user.is_practitioner or greatest_mm is None:
        raise SheetRefusedError(
            _(
                "You have no valid qualification on this day, so you cannot record "
                "a treatment. An owner enters it under Settings, People."
            )
        )


def _take_to_the_room(visit: Visit, *, by: User, now: datetime) -> None:
    """Arrived, then in the room; who was faster has done it already."""
    fresh = Visit.objects.get(pk=visit.pk)
    for _try in range(TRIES):
        try:
            for status in WAY_TO_THE_ROOM.get(Status(fresh.status), ()):
                fresh = stepping.set_status(
                    visit=fresh, version=fresh.version, status=status, by=by, now=now
                )
        except (VisitChangedError, WayClosedError) as error:
            fresh = error.visit
        except TimeTakenError as error:
            raise SheetRefusedError(words.not_again_words(error)) from error
        except RefusedError as error:
            lines = words.lines_of(error.judged, clinical=True)
            said = " ".join(line.text for line in lines)
            raise SheetRefusedError(said) from error
        else:
            return
    raise SheetRefusedError(_("The visit is being changed. Try again."))


def _open(visit: Visit, *, by: User, now: datetime) -> TreatmentSession:
    last = last_of_plan(visit)
    kind = _kind(visit, last)
    device = _device(visit, last) if kind is Kind.PEN else None
    session = TreatmentSession.objects.create(
        visit=visit,
        patient_id=visit.patient_id,
        plan_id=visit.plan_id,
        planned_session_id=visit.planned_session_id,
        condition_id=visit.plan.condition_id if visit.plan else None,
        practitioner=by,
        site_id=visit.site_id,
        performed_on=now.astimezone(visit.site.zone).date(),
        device_kind=kind.value,
        device=device,
        model_key=_model_key(visit, last, device=device, kind=kind),
        copied_from=last,
        started_at=now,
    )
    ZoneTreatment.objects.bulk_create(_zones(session, visit, last))
    return session


def last_of_plan(visit: Visit) -> TreatmentSession | None:
    """The session of the same plan from which settings are carried over."""
    if visit.plan_id is None:
        return None
    return (
        TreatmentSession.objects.filter(plan_id=visit.plan_id)
        .filter(performed_on__lte=visit.day, signed_at__isnull=False)
        .select_related("device")
        .order_by("-performed_on", "-id")
        .first()
    )


def _kind(visit: Visit, last: TreatmentSession | None) -> Kind:
    if last is not None:
        return Kind(last.device_kind)
    return Kind(visit.plan.protocol.device_kind) if visit.plan else Kind.PEN


def _device(visit: Visit, last: TreatmentSession | None) -> Device | None:
    """The booked handpiece, else last time's, else the only one of the site."""
    if visit.device is not None:
        return visit.device
    usable = stock.devices_for_treatment(site=visit.site)
    if last is not None and last.device in usable:
        return last.device
    return usable[0] if len(usable) == 1 else None


def _model_key(
    visit: Visit, last: TreatmentSession | None, *, device: Device | None, kind: Kind
) -> str:
    if device is not None:
        return device.model_key
    if kind is Kind.PEN:
        return ""
    if last is not None:
        return last.model_key
    today = visit.day
    rollers = stock.lots_in_stock(site=visit.site, today=today, kind="roller")
    return rollers[0].lot.model_key if rollers else ""


def _zones(
    session: TreatmentSession, visit: Visit, last: TreatmentSession | None
) -> Iterable[ZoneTreatment]:
    plan = PlanZones(
        session=session, planned=visit.planned_session, book=effective_book().book
    )
    if last is None:
        return plan.first()
    return plan.again(list(last.zones.order_by("id")))
