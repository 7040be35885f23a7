"""Whether a time that was booked once could be booked today: open, and all of it there.

A search offers open hours only; who goes back to an old time asks here.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from clinic.devices.models import Device
from clinic.places.models import Room, Site
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A time at a site, with whom, where and with which handpiece; ids."""

    site: Site
    starts_at: datetime
    ends_at: datetime
    practitioner_id: int
    room_id: int
    device_id: int | None


def place_of(visit: Visit) -> Place:
    """Where a visit stands; it comes with its site."""
    return Place(
        site=visit.site,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        practitioner_id=visit.practitioner_id,
        room_id=visit.room_id,
        device_id=visit.device_id,
    )


def refuse_shut(place: Place) -> None:
    """Raise ShutError where a new booking could not be; about five queries.

    Asks opening hours, closures, working hours and absences, and whether person, room
    and handpiece are still in use here. That the time is free is asked elsewhere.
    """
    person = queries.practitioners_at(place.site).filter(pk=place.practitioner_id)
    if not person.exists():
        name = User.objects.get(pk=place.practitioner_id).full_name
        raise ShutError(_("%(name)s no longer treats here.") % {"name": name})
    if not queries.rooms_at(place.site).filter(pk=place.room_id).exists():
        name = Room.objects.get(pk=place.room_id).name
        raise ShutError(_("%(name)s is no longer in use.") % {"name": name})
    device = Device.objects.get(pk=place.device_id) if place.device_id else None
    if device is not None and not device.is_active:
        raise ShutError(_("%(name)s is no longer in use.") % {"name": device.name})
    _refuse_hours(place)


def _refuse_hours(place: Place) -> None:
    zone = place.site.zone
    begins = place.starts_at.astimezone(zone)
    roster = Roster(
        site_id=place.site.pk,
        zone=zone,
        practitioners=(place.practitioner_id,),
        rooms=(),
    )
    [day] = occupancy.free_days(roster=roster, first_day=begins.date(), days=1)
    if day.closed:
        words = {"day": format_date(day.day, "D j F Y"), "why": day.closed}
        raise ShutError(_("Closed on %(day)s: %(why)s.") % words)
    minute = begins.hour * 60 + begins.minute
    length = round((place.ends_at - place.starts_at).total_seconds() / 60)
    wanted = freetime.busy_mask([(minute, minute + length)])
    if wanted & ~day.open:
        raise ShutError(_("The site is not open at that time."))
    if wanted & ~day.practitioners[place.practitioner_id].works:
        name = User.objects.get(pk=place.practitioner_id).full_name
        raise ShutError(_("%(name)s does not work at that time.") % {"name": name})
