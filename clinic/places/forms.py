"""Forms of places: the clinic's name, sites, rooms, weeks, days off."""

from collections.abc import Iterable, Sequence
from copy import copy
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from clinic.places.actions import DaysEntry, RoomEntry, Shift, SiteEntry
from clinic.places.models import WEEKDAYS, Room, Site, validate_time_zone
from clinic.places.queries import DayOfWeek
from clinic.staff.models import User
from clinic.web.forms import (
    ChipCheckboxes,
    ClockInput,
    DayInput,
    KeyedForm,
    Switch,
    helper,
)

STRETCHES = 2  # of a day: before and after a break


class ClinicForm(KeyedForm):
    """The name on every page and paper."""

    name = forms.CharField(label=_("Name of the clinic"), max_length=120)
    helper = helper(submit=_("Save"))


class SiteForm(KeyedForm):
    """A site; times are shown as its clock shows them."""

    name = forms.CharField(label=_("Name"), max_length=80)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=20, required=False)
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=60,
        validators=[validate_time_zone],
        help_text=_("For example Europe/London. The list opens as you type."),
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"}),
    )
    is_active = forms.BooleanField(
        label=_("In use"), required=False, initial=True, widget=Switch
    )

    def __init__(self, *args: Any, site: Site | None, **kwargs: Any) -> None:
        if site is not None:
            kwargs.setdefault("initial", {n: getattr(site, n) for n in _SITE_FIELDS})
        super().__init__(*args, **kwargs)
        self.site = site

    def clean_name(self) -> str:
        """Sites have different names."""
        name = str(self.cleaned_data["name"]).strip()
        same = Site.objects.filter(name__iexact=name)
        if self.site is not None:
            same = same.exclude(pk=self.site.pk)
        if same.exists():
            raise ValidationError(_("There is a site of this name already."))
        return name

    def entry(self) -> SiteEntry:
        """What was typed."""
        return SiteEntry(**{name: self.cleaned_data[name] for name in _SITE_FIELDS})


_SITE_FIELDS = tuple(SiteEntry.__dataclass_fields__)


class RoomForm(KeyedForm):
    """A treatment room."""

    name = forms.CharField(label=_("Name"), max_length=60)
    is_active = forms.BooleanField(
        label=_("In use"), required=False, initial=True, widget=Switch
    )

    def __init__(
        self, *args: Any, site: Site, room: Room | None, **kwargs: Any
    ) -> None:
        if room is not None:
            initial = {"name": room.name, "is_active": room.is_active}
            kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        self.site, self.room = site, room

    def clean(self) -> dict[str, Any]:
        """Rooms of a site have different names."""
        if not self.errors:
            made = copy(self.room) if self.room else Room(site=self.site)
            made.name = self.cleaned_data["name"]
            try:
                made.full_clean()
            except ValidationError:
                said = _("There is a room of this name already.")
                self.add_error("name", said)
        return self.cleaned_data

    def entry(self) -> RoomEntry:
        """What was typed."""
        return RoomEntry(
            name=self.cleaned_data["name"], is_active=self.cleaned_data["is_active"]
        )


class WeekForm(KeyedForm):
    """A week of hours: each day up to two stretches; an empty day is closed."""

    def __init__(self, *args: Any, days: Sequence[DayOfWeek], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days = days
        for day in days:
            for place in range(STRETCHES):
                row = day.stretches[place] if place < len(day.stretches) else None
                for end in ("begins", "ends"):
                    self.fields[_key(day.weekday, place, end)] = forms.TimeField(
                        label=_label(day.name, place, end),
                        required=False,
                        initial=getattr(row, end) if row else None,
                        widget=ClockInput(attrs={"class": "form-control"}),
                    )

    def rows(self) -> list[tuple[DayOfWeek, list[forms.BoundField]]]:
        """Each day with its fields, for the template."""
        return [
            (
                day,
                [
                    self[_key(day.weekday, place, end)]
                    for place in range(STRETCHES)
                    for end in ("begins", "ends")
                ],
            )
            for day in self.days
        ]

    def clean(self) -> dict[str, Any]:
        """Both ends, in their order, one stretch after the other."""
        for day in self.days:
            before: time | None = None
            for place in range(STRETCHES):
                before = self._check(day, place, before) or before
        return self.cleaned_data

    def _check(self, day: DayOfWeek, place: int, before: time | None) -> time | None:
        first, last = (_key(day.weekday, place, end) for end in ("begins", "ends"))
        if first in self.errors or last in self.errors:
            return None
        begins, ends = self.cleaned_data.get(first), self.cleaned_data.get(last)
        words = {"day": day.name}
        if (begins is None) != (ends is None):
            missing = first if begins is None else last
            said = _now("%(day)s: fill in both times, or neither.")
            self.add_error(missing, said % words)
        elif begins is not None and ends is not None and ends <= begins:
            self.add_error(last, _now("%(day)s: it must end after it begins.") % words)
        elif begins is not None and before is not None and begins < before:
            said = _now("%(day)s: the second stretch begins before the first ends.")
            self.add_error(first, said % words)
        return ends

    def shifts(self) -> list[Shift]:
        """The stretches that were filled in."""
        keys = [
            (number, place) for number, _name in WEEKDAYS for place in range(STRETCHES)
        ]
        return [
            Shift(weekday=number, begins=begins, ends=ends)
            for number, place in keys
            if (begins := self.cleaned_data.get(_key(number, place, "begins")))
            and (ends := self.cleaned_data.get(_key(number, place, "ends")))
        ]


def _key(weekday: int, place: int, end: str) -> str:
    return f"day{weekday}_{place + 1}_{end}"


def _label(day: str, place: int, end: str) -> str:
    first, second = (
        (_now("%(day)s from"), _now("%(day)s to"))
        if place == 0
        else (
            _now("%(day)s, after the break, from"),
            _now("%(day)s, after the break, to"),
        )
    )
    return (first if end == "begins" else second) % {"day": day}


class DaysForm(KeyedForm):
    """Whole days, the last one included."""

    first_day = forms.DateField(label=_("First day"), widget=DayInput)
    last_day = forms.DateField(label=_("Last day"), widget=DayInput)

    def clean(self) -> dict[str, Any]:
        """In their order."""
        first, last = (self.cleaned_data.get(f"{end}_day") for end in ("first", "last"))
        if first and last and last < first:
            self.add_error("last_day", _("It must end after it begins."))
        return self.cleaned_data

    def entry(self) -> DaysEntry:
        """What was typed."""
        return DaysEntry(
            first_day=self.cleaned_data["first_day"],
            last_day=self.cleaned_data["last_day"],
            reason=self.cleaned_data["reason"],
        )


class ClosureForm(DaysForm):
    """Days on which a site, or the whole clinic, is closed."""

    site = forms.ModelChoiceField(
        label=_("Where"),
        queryset=Site.objects.none(),
        required=False,
        empty_label=_("The whole clinic"),
    )
    reason = forms.CharField(label=_("Reason"), max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        site: Any = self.fields["site"]
        site.queryset = Site.objects.filter(is_active=True).order_by("name", "id")


class AbsenceForm(DaysForm):
    """Days on which a practitioner is away."""

    person = forms.ModelChoiceField(
        label=_("Person"), queryset=User.objects.none(), empty_label=_("Choose")
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=80,
        required=False,
        help_text=_("Nothing about health: everybody who books reads it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person: Any = self.fields["person"]
        person.queryset = User.objects.filter(is_active=True).order_by("full_name")
        person.label_from_instance = User.get_full_name


class SitesForm(KeyedForm):
    """Where a person works."""

    sites = forms.ModelMultipleChoiceField(
        label=_("Sites"),
        queryset=Site.objects.none(),
        required=False,
        widget=ChipCheckboxes,
    )

    def __init__(self, *args: Any, held: Iterable[Site], **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"sites": list(held)}, **kwargs})
        sites: Any = self.fields["sites"]
        sites.queryset = Site.objects.order_by("name", "id")
