"""The form of the plan builder: wishes in, a `Choice` out.

It is asked by GET, so that a proposal has an address; nothing in it is free
text, so no name or illness ever stands in that address.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from clinic.rules import scales, series
from clinic.rules.book import RuleBook
from clinic.staff.models import User
from clinic.staff.queries import Permits
from clinic.web.forms import ChipCheckboxes, ChipRadio, DayInput, Stepper, ask_by_name
from clinic.web.templatetags.formats import DAYS_OF_WEEK, day_year, weeks_words
from patients.history.models import PatientCondition
from patients.records.models import Patient
from sessions.booking.ground import Choice
from sessions.booking.house import SEARCH_DAYS, House
from sessions.booking.occasions import OCCASIONS
from sessions.booking.qualified import crew_of
from sessions.booking.slots import parse_pin
from sessions.plans import ramp
from sessions.plans.models import Plan, Protocol, ProtocolZone

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

NEW = "new"
MOST_AWAYS = 2
MOST_SESSIONS = 24
MOST_DIGITS = 5
WEEKDAYS = [
    ("0", _("Mon")),
    ("1", _("Tue")),
    ("2", _("Wed")),
    ("3", _("Thu")),
    ("4", _("Fri")),
    ("5", _("Sat")),
    ("6", _("Sun")),
]
PARTS = [
    ("", _("Any time")),
    ("morning", _("Morning")),
    ("midday", _("Midday")),
    ("late", _("Late")),
]
JOURNEYS = [
    ("sun", _("Holiday in the sun")),
    ("trip", _("Trip")),
    ("away", _("Away")),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What may be chosen: of the patient, of the clinic, by this person.

    `may_pass` for who may plan past the gap rule in writing.
    """

    patient: Patient
    book: RuleBook
    house: House
    conditions: Sequence[PatientCondition]
    protocols: Sequence[Protocol]
    ranges: Mapping[int, ramp.Range | None]
    permits: Permits
    today: date
    clinical: bool
    may_pass: bool
    open_weekdays: frozenset[int]
    own_id: int | None = None
    plan: Plan | None = None
    kept: int = 0
    aways: tuple[series.Away, ...] = ()

    def protocols_for(self, condition: str) -> list[Protocol]:
        """The protocols of a chosen condition, the patient's own or a new one."""
        known = [c.kind for c in self.conditions if str(c.pk) == condition]
        kinds = {*known, condition.removeprefix(f"{NEW}-")}
        return [p for p in self.protocols if p.condition_kind in kinds]

    def new_kinds(self) -> list[tuple[str, str]]:
        """What else could be treated: conditions with a protocol, by name."""
        kinds = {p.condition_kind for p in self.protocols} & set(self.book.conditions)
        named = [(self.book.conditions[kind].name, kind) for kind in kinds]
        return [(f"{NEW}-{kind}", name) for name, kind in sorted(named)]

    def condition_words(self, condition: PatientCondition) -> str:
        """What a condition is called in a list."""
        name = self.book.conditions[condition.kind].name
        more = condition.subtype
        return f"{name}, {more}" if more and more.lower() not in name.lower() else name

    def zones_of(self, condition: str) -> tuple[str, ...]:
        """Where a condition of the patient is; nowhere yet for a new one."""
        known = (c.zones for c in self.conditions if str(c.pk) == condition)
        return tuple(next(known, ()))

    def able(self, protocol: Protocol | None) -> Sequence[User]:
        """Whose qualification reaches the protocol; everybody while none is chosen."""
        people = self.house.practitioners
        if protocol is None:
            return people
        span = self.ranges.get(protocol.pk)
        return crew_of(people, permits=self.permits, span=span, on=self.today).able

    def weekdays(self) -> list[tuple[str, Any]]:
        """The days that may be wished for: those on which the site is open."""
        return [(key, name) for key, name in WEEKDAYS if int(key) in self.open_weekdays]

    def protocol(self, key: str) -> Protocol | None:
        """The protocol of an id as typed."""
        return next((p for p in self.protocols if str(p.pk) == key), None)


class WishesForm(forms.Form):
    """Everything a person can wish of a plan; bound always, by GET or POST."""

    use_required_attribute = False
    condition = forms.ChoiceField(label=_("What is treated"))
    protocol = forms.ChoiceField(label=_("Protocol"), widget=forms.RadioSelect)
    zones = forms.MultipleChoiceField(
        label=_("Where"), required=False, widget=ChipCheckboxes
    )
    sessions = forms.IntegerField(
        label=_("Sessions"), min_value=1, max_value=24, widget=Stepper
    )
    gap = forms.IntegerField(label=_("Gap in days"), min_value=1, widget=Stepper)
    weekdays = forms.MultipleChoiceField(
        label=_("When it suits"),
        required=False,
        widget=ChipCheckboxes,
    )
    part = forms.ChoiceField(
        label=_("Time of day"), choices=PARTS, required=False, widget=ChipRadio
    )
    practitioner = forms.ChoiceField(label=_("With"), required=False)
    room = forms.ChoiceField(label=_("Room"), required=False)
    start_on = forms.DateField(label=_("Not before"), widget=DayInput)
    anyhow = forms.BooleanField(
        label=_("Also days too soon by the rule, with a written reason"),
        required=False,
    )
    ready_before = forms.DateField(
        label=_("Ready before"), required=False, widget=DayInput
    )
    ready_label = forms.ChoiceField(
        label=_("Occasion"), choices=OCCASIONS, required=False
    )
    goal_scale = forms.ChoiceField(label=_("Goal on"), required=False)
    goal_value = forms.DecimalField(
        label=_("Goal"), required=False, max_digits=7, decimal_places=2
    )

    def __init__(self, *, data: QueryDict, options: Options) -> None:
        super().__init__(data)
        self.options = options
        self.chosen = options.protocol(data.get("protocol", ""))
        self._offer()
        self._offer_numbers()
        for field in self.fields.values():
            ask_by_name(field)

    def _choices(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _offer(self) -> None:
        options, book = self.options, self.options.book
        known = [(str(c.pk), options.condition_words(c)) for c in options.conditions]
        unsaid = [] if known else [(NEW, _("Choose what is treated"))]
        new = (str(_("Something new")), options.new_kinds())
        self._choices("condition", [*unsaid, *known, new])
        offered = options.protocols_for(self.data.get("condition", ""))
        self._choices("protocol", [(str(p.pk), p.name) for p in offered])
        areas = book.areas.values()
        self._choices("zones", [(area.key, area.name) for area in areas])
        people = [(str(p.pk), p.full_name) for p in options.able(self.chosen)]
        self._choices("practitioner", [("", _("Anybody")), *people])
        self._choices("weekdays", options.weekdays())
        rooms = [(str(room.pk), room.name) for room in options.house.rooms]
        self._choices("room", [("", _("Any")), *rooms])
        if options.clinical:
            keys = self.chosen.scales if self.chosen else []
            named = [
                (key, scales.get(key, book=book).short) for key in _known(keys, book)
            ]
            self._choices("goal_scale", [("", _("No goal yet")), *named])
        else:
            del self.fields["goal_scale"], self.fields["goal_value"]
        if not options.may_pass:
            del self.fields["anyhow"]
        for number in range(1, MOST_AWAYS + 1):
            self.fields |= _away_fields(number)

    def _offer_numbers(self) -> None:
        if self.chosen is None:
            return
        low, high = self.chosen.gap_min_days, self.chosen.gap_max_days
        words = _("This protocol allows %(low)d to %(high)d days.")
        gap = _number(_("Gap in days"), (low, high), words)
        gap.help_text = weeks_words(_days(self.data.get("gap", "")))
        if low % DAYS_OF_WEEK == 0:  # a tap is a week; any day can be typed
            gap.widget.attrs["step"] = DAYS_OF_WEEK
        self.fields["gap"] = gap
        most = MOST_SESSIONS - self.options.kept
        words = _("Plan %(low)d to %(high)d sessions.")
        self.fields["sessions"] = _number(_("Sessions"), (1, most), words)

    def clean_start_on(self) -> date:
        """Not in the past, and not beyond the days that can be booked."""
        day: date = self.cleaned_data["start_on"]
        last = self.options.today + timedelta(days=SEARCH_DAYS - 1)
        if day > last:
            sentence = _("Visits can be booked until %(day)s.")
            raise forms.ValidationError(sentence % {"day": day_year(last)})
        return max(day, self.options.today)

    def clean(self) -> dict[str, Any]:
        """Journeys end after they begin; an occasion lies ahead; a goal is whole."""
        data = super().clean() or self.cleaned_data
        ready = data.get("ready_before")
        if ready is not None and ready <= self.options.today:
            self.add_error("ready_before", _("That day has passed."))
        for number in range(1, MOST_AWAYS + 1):
            first, last = data.get(f"away{number}_from"), data.get(f"away{number}_to")
            if first and last and last < first:
                self.add_error(f"away{number}_to", _("It must end after it begins."))
        self._clean_goal(data)
        return data

    def _clean_goal(self, data: dict[str, Any]) -> None:
        key, value = data.get("goal_scale"), data.get("goal_value")
        if not key or value is None:
            return
        scale = scales.get(key, book=self.options.book)
        if not scale.minimum <= value <= scale.maximum:
            sentence = _("%(scale)s runs from %(low)s to %(high)s.")
            words = {"scale": scale.short, "low": scale.minimum, "high": scale.maximum}
            self.add_error("goal_value", sentence % words)

    def choice(self, *, zones: Sequence[ProtocolZone], house: House) -> Choice:
        """The wishes as the search takes them; call on a valid form."""
        data, options = self.cleaned_data, self.options
        assert self.chosen is not None  # noqa: S101  a valid form has one
        is_new = data["condition"].startswith(NEW)
        ready = data["ready_before"]
        occasions = {key: str(label) for key, label in OCCASIONS}
        return Choice(
            patient=options.patient,
            condition_id=None if is_new else int(data["condition"]),
            protocol=self.chosen,
            zones=zones,
            house=house,
            sessions=data["sessions"],
            gap_days=data["gap"],
            start_on=data["start_on"],
            weekdays=frozenset(int(day) for day in data["weekdays"]),
            part=data["part"],
            practitioner_id=int(data["practitioner"] or 0) or None,
            room_id=int(data["room"] or 0) or None,
            new_zones=tuple(data["zones"]) if is_new else (),
            condition_zones=options.zones_of(data["condition"]),
            ready=series.Event(
                day=ready, label=occasions[data["ready_label"] or "occasion"]
            )
            if ready
            else None,
            own_aways=tuple(self._aways()),
            known_aways=options.aways,
            goal_scale=self._goal()[0],
            goal_value=self._goal()[1],
            plan=options.plan,
            kept=options.kept,
            anyhow=bool(data.get("anyhow")),
            pins=tuple(filter(None, map(parse_pin, self._pins()))),
        )

    def _goal(self) -> tuple[str, Decimal | None]:
        key = self.cleaned_data.get("goal_scale") or ""
        value = self.cleaned_data.get("goal_value")
        return (key, value) if key and value is not None else ("", None)

    def _pins(self) -> list[str]:
        data = self.data
        return data.getlist("at") if isinstance(data, QueryDict) else []

    def _aways(self) -> list[series.Away]:
        labels = {key: str(label) for key, label in JOURNEYS}
        found = []
        for number in range(1, MOST_AWAYS + 1):
            first = self.cleaned_data.get(f"away{number}_from")
            last = self.cleaned_data.get(f"away{number}_to")
            label = self.cleaned_data.get(f"away{number}_label") or "away"
            if first:
                away = series.Away(
                    first_day=first, last_day=last or first, label=labels[label]
                )
                found.append(away)
        return found


def _days(typed: str) -> int:
    """A number of days as typed, 0 for anything else."""
    return int(typed) if typed.isdecimal() and len(typed) < MOST_DIGITS else 0


def _number(
    label: "StrPromise | str", limits: tuple[int, int], words: "StrPromise"
) -> forms.IntegerField:
    """A whole number within limits, and the sentence that says them."""
    low, high = limits
    sentence = words % {"low": low, "high": high}
    return forms.IntegerField(
        label=label,
        min_value=low,
        max_value=high,
        widget=Stepper,
        error_messages={"min_value": sentence, "max_value": sentence},
    )


def _known(keys: Sequence[str], book: RuleBook) -> list[str]:
    known = {scale.key for scale in scales.all_scales(book=book)}
    return [key for key in keys if key in known]


def _away_fields(number: int) -> dict[str, forms.Field]:
    return {
        f"away{number}_from": forms.DateField(
            label=_("Away from"), required=False, widget=DayInput
        ),
        f"away{number}_to": forms.DateField(
            label=_("Until"), required=False, widget=DayInput
        ),
        f"away{number}_label": forms.ChoiceField(
            label=_("Why away"), choices=JOURNEYS, required=False
        ),
    }
