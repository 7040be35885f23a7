"""Who and what can be booked at a site, and when: the ground of every search."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from clinic.devices.models import Device
from clinic.places.models import Room, Site
from clinic.rules import freetime
from clinic.rules.book import RuleBook
from clinic.rules.freetime import DayResources
from clinic.rules.series import Named
from clinic.staff.models import User
from sessions.booking import occupancy, queries
from sessions.booking.occupancy import Roster

SEARCH_DAYS = 335  # eleven months
ROLLER = "roller"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A site's people, rooms and handpieces, by name."""

    site: Site
    practitioners: tuple[User, ...]
    rooms: tuple[Room, ...]
    devices: tuple[Device, ...] = ()

    def roster(self) -> Roster:
        """The same as ids."""
        return Roster(
            site_id=self.site.pk,
            zone=self.site.zone,
            practitioners=tuple(person.pk for person in self.practitioners),
            rooms=tuple(room.pk for room in self.rooms),
            devices=tuple(device.pk for device in self.devices),
        )

    def named_practitioners(self, only: int | None = None) -> tuple[Named, ...]:
        """Those who may do it; one when one is wished for."""
        people = [Named(id=p.pk, name=p.get_short_name()) for p in self.practitioners]
        return _wished(people, only)

    def named_rooms(self, only: int | None = None) -> tuple[Named, ...]:
        """The rooms; one when one is wished for."""
        return _wished([Named(id=r.pk, name=r.name) for r in self.rooms], only)

    def named_devices(self) -> tuple[Named, ...]:
        """The handpieces."""
        return tuple(Named(id=d.pk, name=d.name) for d in self.devices)

    def person(self, key: int) -> User | None:
        """The practitioner of that id, when she works here."""
        return next((p for p in self.practitioners if p.pk == key), None)

    def room(self, key: int) -> Room | None:
        """The room of that id, when it is here."""
        return next((room for room in self.rooms if room.pk == key), None)

    def device(self, key: int | None) -> Device | None:
        """The handpiece of that id, when it is here."""
        return next((device for device in self.devices if device.pk == key), None)


def _wished(found: Sequence[Named], only: int | None) -> tuple[Named, ...]:
    return tuple(one for one in found if only is None or one.id == only)


def house_of(site: Site, *, book: RuleBook, device_kind: str = "") -> House:
    """What a visit can have at a site; without a kind no handpiece. 2 or 3 queries.

    A roller is no handpiece: it comes out of a lot.
    """
    models = [key for key, model in book.devices.items() if model.kind == device_kind]
    needs_device = device_kind not in {"", ROLLER}
    return House(
        site=site,
        practitioners=tuple(queries.practitioners_at(site)),
        rooms=tuple(queries.rooms_at(site)),
        devices=tuple(queries.devices_at(site, model_keys=models))
        if needs_device
        else (),
    )


def free_days(
    house: House,
    *,
    now: datetime,
    patient_id: int | None = None,
    leaving_out: Sequence[int] = (),
    first_day: date | None = None,
    days: int = SEARCH_DAYS,
) -> tuple[DayResources, ...]:
    """The days ahead, of today only what is left of it; two queries."""
    wall = now.astimezone(house.site.zone)
    found = occupancy.free_days(
        roster=house.roster(),
        first_day=first_day or wall.date(),
        days=days,
        leaving_out=leaving_out,
        patient_id=patient_id,
    )
    gone = freetime.busy_mask([(0, wall.hour * 60 + wall.minute)])
    return tuple(
        replace(day, open=day.open & ~gone) if day.day == wall.date() else day
        for day in found
        if day.day >= wall.date()
    )


def within_hours(
    days: Sequence[DayResources],
    *,
    day: date,
    minute: int,
    minutes: int,
    practitioner: int,
) -> bool:
    """Whether the site is open and the person works, whatever is booked."""
    found = next((one for one in days if one.day == day), None)
    if found is None or practitioner not in found.practitioners:
        return False
    hours = found.open & found.practitioners[practitioner].works
    runs = freetime.starts(hours, minutes=minutes)
    return minute % freetime.STEP_MINUTES == 0 and bool(
        runs >> (minute // freetime.STEP_MINUTES) & 1
    )


def instants(
    site: Site, *, day: date, minute: int, minutes: int
) -> tuple[datetime, datetime]:
    """When a visit begins and ends; raises NoSuchTimeError for a skipped hour."""
    starts_at = freetime.wall_to_instant(day, minute, site.zone)
    return starts_at, starts_at + timedelta(minutes=minutes)
