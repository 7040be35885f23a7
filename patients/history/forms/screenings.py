"""The screening as it is filled in: one small form for each question."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.rules.book import RuleBook
from clinic.rules.facts import FactKind, Purpose, Shape
from clinic.rules.findings import Scope
from clinic.web.forms import ChipRadio, DayInput, KeyedForm, SegmentRadio
from patients.history.actions.overrides import OverrideEntry
from patients.history.actions.screenings import AnswerEntry
from patients.history.forms.fields import ZonesField
from patients.history.models import PURPOSES, ScreeningAnswer
from patients.history.queries.screenings import AskedQuestion

YES, NO, NOT_ASKED = "yes", "no", ""
NOW, OVER = "now", "over"
VALUES = {YES: True, NO: False, NOT_ASKED: None}
NUMBING = [
    ("yes", gettext_lazy("Planned")),
    ("no", gettext_lazy("None")),
    ("", gettext_lazy("Not decided")),
]


def numbing_value(text: str) -> bool | None:
    """The chip as an answer; anything else is "not decided"."""
    return {"yes": True, "no": False}.get(text)


def numbing_text(*, anaesthetic: bool | None) -> str:
    """The answer as its chip."""
    return {True: "yes", False: "no", None: ""}[anaesthetic]


class StartForm(KeyedForm):
    """What the screening is for, where will be treated, and whether it is numbed."""

    purpose = forms.ChoiceField(
        label=gettext_lazy("When"), choices=PURPOSES, widget=SegmentRadio
    )
    numbing = forms.ChoiceField(
        label=gettext_lazy("Numbing cream"),
        choices=NUMBING,
        required=False,
        widget=ChipRadio,
    )

    def __init__(self, *args: Any, book: RuleBook, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zones"] = ZonesField(
            book=book,
            label=gettext_lazy("Where will be treated"),
            help_text=gettext_lazy("Without zones every zone counts."),
            required=False,
        )

    @property
    def purpose_said(self) -> Purpose:
        """What it is for."""
        return Purpose(self.cleaned_data["purpose"])


class AnswerForm(forms.Form):
    """One question: yes, no or not asked; for a yes which, when and where."""

    use_required_attribute = False
    value = forms.ChoiceField(
        choices=[
            (YES, gettext_lazy("Yes")),
            (NO, gettext_lazy("No")),
            (NOT_ASKED, gettext_lazy("Not asked")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    detail = forms.CharField(
        label=gettext_lazy("Detail"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )

    def __init__(
        self, *args: Any, kind: FactKind, book: RuleBook, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{**kwargs, "prefix": kind.key})
        self.kind = kind
        self.fields["value"].label = kind.question
        if kind.choices:
            choices = [(choice.key, choice.label) for choice in kind.choices]
            self.fields["choice"] = forms.ChoiceField(
                label=_("Which"),
                choices=[*choices, ("", _("Not sure"))],
                required=False,
                widget=forms.RadioSelect,
            )
        if kind.shape is not Shape.EVER:
            self._add_days(kind)
        if kind.per_zone:
            self.fields["zones"] = ZonesField(
                book=book, label=_("Where"), required=False
            )

    def _add_days(self, kind: FactKind) -> None:
        label = kind.when_label or _("Since")
        self.fields["dated_on"] = _day(label)
        if kind.shape is Shape.EVENT:
            self.fields["unknown"] = forms.BooleanField(
                label=_("Day not known"),
                required=False,
                widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
            )
            return
        self.fields["state"] = forms.ChoiceField(
            label=_("Does it go on?"),
            choices=[(NOW, _("Yes, now")), (OVER, _("No, it is over"))],
            required=False,
            widget=forms.RadioSelect,
        )
        self.fields["stopped_on"] = _day(kind.end_label or _("Until"))

    def entry(self) -> AnswerEntry:
        """What was answered; details count for a yes only."""
        said = self.cleaned_data
        stopped_on = said.get("stopped_on")
        is_over = said.get("state") == OVER or stopped_on is not None
        if said.get("state") == NOW:
            is_over, stopped_on = False, None
        return AnswerEntry(
            value=VALUES[said["value"]],
            dated_on=said.get("dated_on"),
            stopped_on=stopped_on,
            ended=is_over and stopped_on is None,
            choice=said.get("choice", ""),
            zones=tuple(said.get("zones", ())),
            detail=said["detail"],
        )

    def require_details(self) -> None:
        """Before finishing: a yes says when, or that nobody knows."""
        if not self.is_valid() or self.cleaned_data["value"] != YES:
            return
        said = self.cleaned_data
        if self.kind.shape is Shape.EVENT:
            if said["dated_on"] is None and not said["unknown"]:
                self.add_error("dated_on", _("Enter the day, or tick “Day not known”."))
        elif (
            self.kind.shape is Shape.STATE
            and not said["state"]
            and said["stopped_on"] is None
        ):
            self.add_error("state", _("Say whether it goes on."))


def _day(label: str) -> forms.DateField:
    look = DayInput(attrs={"class": "form-control short"})
    return forms.DateField(label=label, required=False, widget=look)


def initial_of(row: ScreeningAnswer | None, *, kind: FactKind) -> dict[str, Any]:
    """What an answer that was kept fills in."""
    if row is None or row.value is None:
        return {}
    if not row.value:
        return {"value": NO}
    is_over = row.stopped_on is not None or row.ended
    return {
        "value": YES,
        "choice": row.choice,
        "dated_on": row.dated_on,
        "unknown": kind.shape is Shape.EVENT and row.dated_on is None,
        "state": OVER if is_over else NOW,
        "stopped_on": row.stopped_on,
        "zones": row.zones,
        "detail": row.detail,
    }


def answer_forms(
    asked: Iterable[AskedQuestion],
    *,
    book: RuleBook,
    data: Mapping[str, Any] | None = None,
) -> dict[str, AnswerForm]:
    """A form for every question, by its key: with what was typed, or what is kept."""
    return {
        one.question.key: AnswerForm(
            data,
            kind=one.question.kind,
            book=book,
            initial=initial_of(one.answer, kind=one.question.kind),
        )
        for one in asked
    }


class OverrideForm(KeyedForm):
    """Why a finding is signed off or overridden."""

    code = forms.CharField(max_length=20)
    scope = forms.ChoiceField(choices=[(scope.value, scope.value) for scope in Scope])
    reason = forms.CharField(
        max_length=2000,
        error_messages={"required": gettext_lazy("Write down why.")},
    )

    def entry(self) -> OverrideEntry:
        """What was written."""
        said = self.cleaned_data
        return OverrideEntry(
            code=said["code"], scope=Scope(said["scope"]), reason=said["reason"]
        )
