"""A fact of the history, as it is typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.rules.book import RuleBook
from clinic.rules.facts import FactKind, Shape
from clinic.web.forms import ChipRadio, DayInput, KeyedForm
from patients.history.actions.facts import FactEntry
from patients.history.forms.fields import ZonesField

NOW, OVER = "now", "over"
SOURCES = [("practitioner", _("Seen or known here")), ("patient", _("The patient"))]


def kinds_by_group(book: RuleBook) -> list[tuple[str, list[tuple[str, str]]]]:
    """The kinds of fact by their group, for the first step of adding one."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for kind in book.facts.values():
        groups.setdefault(kind.group.label, []).append((kind.key, kind.label))
    return list(groups.items())


class FactForm(KeyedForm):
    """One fact of a kind: which, since when, until when, where, who said so.

    A day that is left out is not known: the rules then count from today.
    """

    def __init__(
        self, *args: Any, kind: FactKind, book: RuleBook, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        if kind.choices:
            choices = [(choice.key, choice.label) for choice in kind.choices]
            self.fields["choice"] = forms.ChoiceField(
                label=_("Which"), required=False, choices=choices, widget=ChipRadio
            )
        if kind.shape is not Shape.EVER:
            self.fields["started_on"] = _day(kind.when_label or str(_("Since")))
        if kind.shape is Shape.STATE:
            self._add_end(kind)
        if kind.per_zone:
            self.fields["zones"] = ZonesField(
                book=book, label=_("Where"), required=False
            )
        self.fields["detail"] = forms.CharField(
            label=_("Detail"),
            help_text=_("For example the name of the medicine and the dose."),
            max_length=200,
            required=False,
        )
        self.fields["source"] = forms.ChoiceField(
            label=_("Who says so"), choices=SOURCES, widget=ChipRadio
        )

    def _add_end(self, kind: FactKind) -> None:
        self.fields["state"] = forms.ChoiceField(
            label=_("Does it go on?"),
            choices=[(NOW, _("Yes, now")), (OVER, _("No, it is over"))],
            widget=ChipRadio,
        )
        self.fields["stopped_on"] = _day(kind.end_label)

    def clean(self) -> dict[str, Any]:
        """A day of the end means that it is over."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("stopped_on") and said.get("state") == NOW:
            self.add_error("state", _("It has an end, so it does not go on."))
        return said

    def entry(self) -> FactEntry:
        """What was typed."""
        said = self.cleaned_data
        stopped_on = said.get("stopped_on")
        return FactEntry(
            kind=self.kind.key,
            choice=said.get("choice", ""),
            zones=tuple(said.get("zones", ())),
            started_on=said.get("started_on"),
            stopped_on=stopped_on,
            ended=said.get("state") == OVER and stopped_on is None,
            detail=said["detail"],
            source=said["source"],
        )


class EndForm(KeyedForm):
    """When a state ended; without a day nobody knows when."""

    def __init__(self, *args: Any, kind: FactKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stopped_on"] = _day(kind.end_label)


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=_("Leave it empty when nobody knows the day."),
        required=False,
        widget=DayInput,
    )
