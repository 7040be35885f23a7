"""Our form fields are those of Django, letter by letter."""

from datetime import date
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.forms.widgets import ChoiceWidget
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.web.form_renderer import QUICK, QuickRenderer

OURS, THEIRS = QuickRenderer(), DjangoTemplates()
WIDGETS = [
    forms.CheckboxInput,
    forms.DateInput,
    forms.DateTimeInput,
    forms.EmailInput,
    forms.HiddenInput,
    forms.NumberInput,
    forms.PasswordInput,
    forms.Textarea,
    forms.TextInput,
    forms.TimeInput,
    forms.URLInput,
]
CHOICES = [
    forms.CheckboxSelectMultiple,
    forms.RadioSelect,
    forms.Select,
    forms.SelectMultiple,
]
WORDS = st.text("ab\"'<>& é\n0", max_size=6)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["id", "class", "data-x", "required", "rows"]),
    WORDS | st.booleans() | st.integers(0, 10_000) | st.none(),
)
VALUES = WORDS | st.none() | st.booleans() | st.integers(0, 10_000) | st.dates()


def both(
    widget: forms.Widget, name: str, value: Any, attrs: dict[str, Any]
) -> tuple[str, str]:
    """The field as ours and as Django's renderer write it."""
    ours, theirs = (
        widget.render(name, value, attrs, renderer=renderer)
        for renderer in (OURS, THEIRS)
    )
    return str(ours), str(theirs)


@pytest.mark.parametrize("kind", WIDGETS)
@settings(max_examples=30)
@given(name=WORDS, value=VALUES, attrs=ATTRIBUTES)
def test_a_field_is_written_as_django_writes_it(
    kind: type[forms.Widget], name: str, value: Any, attrs: dict[str, Any]
) -> None:
    ours, theirs = both(kind(), name, value, attrs)
    assert ours == theirs


@pytest.mark.parametrize("kind", CHOICES)
@settings(max_examples=30)
@given(labels=st.lists(WORDS, max_size=4), chosen=WORDS, attrs=ATTRIBUTES)
def test_choices_are_written_as_django_writes_them(
    kind: type[ChoiceWidget], labels: list[str], chosen: str, attrs: Any
) -> None:
    rows: list[Any] = [(label, label.upper()) for label in labels]
    for choices in (rows, [*rows, ("A group <", rows)], [(1, 1000), (None, "-")]):
        value = [chosen, *labels[:1], "1"] if kind.allow_multiple_selected else chosen
        ours, theirs = both(kind(choices=choices), "field", value, attrs)
        assert ours == theirs


@pytest.mark.parametrize("kind", [forms.CheckboxSelectMultiple, forms.RadioSelect])
@pytest.mark.parametrize("wrap_label", [True, False])
def test_one_choice_by_itself_is_written_as_django_writes_it(
    kind: type[ChoiceWidget], wrap_label: bool
) -> None:
    class Form(forms.Form):
        field = forms.ChoiceField(choices=[("a", "A & b"), ("c", "C")], widget=kind)

    ours, theirs = (
        [one.tag(wrap_label=wrap_label) for one in Form(renderer=renderer)["field"]]
        for renderer in (OURS, THEIRS)
    )
    assert ours == theirs
    assert ('for="id_field_0"' in ours[0]) is wrap_label


def test_what_is_shown_becomes_no_markup() -> None:
    widget = forms.Select(choices=[('"><i>', "<i>label")])
    shown = widget.render("<i>", date(2026, 1, 2), {"title": '"<i>'}, OURS)
    assert "<i>" not in shown


def test_every_quick_field_is_compared() -> None:
    compared = {widget.template_name for widget in WIDGETS + CHOICES}
    compared |= {widget.option_template_name for widget in CHOICES}
    assert set(QUICK) <= compared | {"django/forms/widgets/tel.html"}
