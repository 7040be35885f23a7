"""Whether a time that was booked once could be booked today: open, and all of it there.

A search offers open hours only; who goes back to an old time asks here.
"""

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from clinic.devices.models import Device
from clinic.places.models import Room
from clinic.rules import freetime
from clinic.staff.models import User
from sessions.booking import occupancy, queries
from sessions.booking.models import Visit
from sessions.booking.occupancy import Roster
from sessions.booking.taking import TimeTakenError


class ShutError(TimeTakenError):
    """Nothing can be booked at that time; `why` says it in a sentence."""

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


def refuse_shut(visit: Visit) -> None:
    """Raise ShutError where the visit could not be booked anew; about five queries.

    Asks opening hours, closures, working hours and absences, and whether person, room
    and handpiece are still in use here. That the time is free is asked elsewhere.
    """
    person = queries.practitioners_at(visit.site).filter(pk=visit.practitioner_id)
    if not person.exists():
        name = User.objects.get(pk=visit.practitioner_id).full_name
        raise ShutError(_("%(name)s no longer treats here.") % {"name": name})
    if not queries.rooms_at(visit.site).filter(pk=visit.room_id).exists():
        name = Room.objects.get(pk=visit.room_id).name
        raise ShutError(_("%(name)s is no longer in use.") % {"name": name})
    device = Device.objects.get(pk=visit.device_id) if visit.device_id else None
    if device is not None and not device.is_active:
        raise ShutError(_("%(name)s is no longer in use.") % {"name": device.name})
    _refuse_hours(visit)


def _refuse_hours(visit: Visit) -> None:
    zone = visit.site.zone
    begins = visit.starts_at.astimezone(zone)
    roster = Roster(
        site_id=visit.site.pk,
        zone=zone,
        practitioners=(visit.practitioner_id,),
        rooms=(),
    )
    [day] = occupancy.free_days(roster=roster, first_day=begins.date(), days=1)
    if day.closed:
        words = {"day": format_date(day.day, "D j F Y"), "why": day.closed}
        raise ShutError(_("Closed on %(day)s: %(why)s.") % words)
    minute = begins.hour * 60 + begins.minute
    length = round((visit.ends_at - visit.starts_at).total_seconds() / 60)
    wanted = freetime.busy_mask([(minute, minute + length)])
    if wanted & ~day.open:
        raise ShutError(_("The site is not open at that time."))
    if wanted & ~day.practitioners[visit.practitioner_id].works:
        name = User.objects.get(pk=visit.practitioner_id).full_name
        raise ShutError(_("%(name)s does not work at that time.") % {"name": name})
