"""Writing places: clinic, sites, rooms, hours, closures, absences, who works where."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.audit import actions as audit
from clinic.audit.changes import save_changes
from clinic.places.models import (
    Absence,
    Clinic,
    Closure,
    OpeningHours,
    Room,
    Site,
    SiteStaff,
    WorkingHours,
)
from clinic.staff.models import User


class PlacesRefused(Exception):  # noqa: N818  a refusal, said to a person
    """A change of places that cannot be; `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteEntry:
    """A site as somebody typed it."""

    name: str
    address: str
    phone: str
    time_zone: str
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomEntry:
    """A room as somebody typed it."""

    name: str
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One stretch of a weekday, 0 for Monday, in the site's wall-clock time."""

    weekday: int
    begins: time
    ends: time


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysEntry:
    """Whole days, the last one included, and why."""

    first_day: date
    last_day: date
    reason: str


@transaction.atomic
def name_clinic(*, name: str, by: User, now: datetime) -> Clinic:
    """Give the one clinic of this database its name."""
    clinic, _is_new = Clinic.objects.update_or_create(pk=1, defaults={"name": name})
    audit.record(
        by=by, now=now, action="clinic.named", object_kind="clinic", object_id=clinic.pk
    )
    return clinic


@transaction.atomic
def add_site(*, entry: SiteEntry, by: User, now: datetime) -> Site:
    """A new site; whoever adds it works there, so that it can be opened at once."""
    site = Site.objects.create(**asdict(entry))
    SiteStaff.objects.create(site=site, user=by)
    audit.record(
        by=by, now=now, action="site.added", object_kind="site", object_id=site.pk
    )
    return site


@transaction.atomic
def change_site(*, site: Site, entry: SiteEntry, by: User, now: datetime) -> Site:
    """Change a site. Raises PlacesRefused when the last one would be closed."""
    in_use = list(
        Site.objects.select_for_update().filter(is_active=True).order_by("id")
    )
    if not entry.is_active and [row.pk for row in in_use] == [site.pk]:
        raise PlacesRefused(_("The clinic needs a site in use. Add another one first."))
    save_changes(
        site, values=asdict(entry), by=by, now=now, action="site.changed", kind="site"
    )
    return site


@transaction.atomic
def add_room(*, site: Site, entry: RoomEntry, by: User, now: datetime) -> Room:
    """A new room."""
    room = Room.objects.create(site=site, **asdict(entry))
    audit.record(
        by=by, now=now, action="room.added", object_kind="room", object_id=room.pk
    )
    return room


@transaction.atomic
def change_room(*, room: Room, entry: RoomEntry, by: User, now: datetime) -> Room:
    """Rename a room or put it out of use; visits keep pointing to it."""
    save_changes(
        room, values=asdict(entry), by=by, now=now, action="room.changed", kind="room"
    )
    return room


@transaction.atomic
def set_opening_hours(
    *, site: Site, shifts: Sequence[Shift], by: User, now: datetime
) -> None:
    """The whole week anew; booked visits stay where they are."""
    Site.objects.select_for_update().get(pk=site.pk)
    OpeningHours.objects.filter(site=site).delete()
    OpeningHours.objects.bulk_create(
        [OpeningHours(site=site, **asdict(shift)) for shift in shifts]
    )
    audit.record(
        by=by, now=now, action="site.hours_set", object_kind="site", object_id=site.pk
    )


@transaction.atomic
def set_working_hours(
    *, person: User, site: Site, shifts: Sequence[Shift], by: User, now: datetime
) -> None:
    """A person's whole week at a site anew; booked visits stay where they are."""
    SiteStaff.objects.select_for_update().get(site=site, user=person)
    WorkingHours.objects.filter(user=person, site=site).delete()
    WorkingHours.objects.bulk_create(
        [WorkingHours(user=person, site=site, **asdict(shift)) for shift in shifts]
    )
    audit.record(
        by=by,
        now=now,
        action="person.hours_set",
        object_kind="user",
        object_id=person.pk,
        site=site.pk,
    )


@transaction.atomic
def set_sites(*, person: User, sites: Iterable[Site], by: User, now: datetime) -> None:
    """Where a person works; hours at a site they leave go with it."""
    wanted = {site.pk for site in sites}
    User.objects.select_for_update().get(pk=person.pk)
    held = set(SiteStaff.objects.filter(user=person).values_list("site_id", flat=True))
    if wanted == held:
        return
    left = held - wanted
    WorkingHours.objects.filter(user=person, site_id__in=left).delete()
    SiteStaff.objects.filter(user=person, site_id__in=left).delete()
    SiteStaff.objects.bulk_create(
        [SiteStaff(user=person, site_id=pk) for pk in sorted(wanted - held)]
    )
    audit.record(
        by=by,
        now=now,
        action="person.sites_set",
        object_kind="user",
        object_id=person.pk,
        before=[str(pk) for pk in sorted(held)],
        after=[str(pk) for pk in sorted(wanted)],
    )


@transaction.atomic
def add_closure(
    *, site: Site | None, entry: DaysEntry, by: User, now: datetime
) -> Closure:
    """Days on which a site, or the whole clinic, is closed."""
    closure = Closure.objects.create(site=site, **asdict(entry))
    audit.record(
        by=by,
        now=now,
        action="closure.added",
        object_kind="closure",
        object_id=closure.pk,
    )
    return closure


@transaction.atomic
def remove_closure(*, closure: Closure, by: User, now: datetime) -> None:
    """Open on those days after all."""
    pk = closure.pk
    closure.delete()
    audit.record(
        by=by, now=now, action="closure.removed", object_kind="closure", object_id=pk
    )


@transaction.atomic
def add_absence(*, person: User, entry: DaysEntry, by: User, now: datetime) -> Absence:
    """Days on which a person is away."""
    absence = Absence.objects.create(user=person, **asdict(entry))
    audit.record(
        by=by,
        now=now,
        action="absence.added",
        object_kind="absence",
        object_id=absence.pk,
    )
    return absence


@transaction.atomic
def remove_absence(*, absence: Absence, by: User, now: datetime) -> None:
    """Here on those days after all."""
    pk = absence.pk
    absence.delete()
    audit.record(
        by=by, now=now, action="absence.removed", object_kind="absence", object_id=pk
    )
