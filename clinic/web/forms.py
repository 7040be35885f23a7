"""What forms share: widgets with our looks, the idempotency key, the crispy helper.

A widget only names its look; the markup is templates/bootstrap5/field.html, so
`{% crispy form %}` and `{{ form.depth_mm|as_crispy_field }}` draw the same thing.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NO_E_MAIL = gettext_lazy("Enter an e-mail address such as name@example.org.")


class ChipRadio(forms.RadioSelect):
    """One of a few answers as chips. Without `initial` nothing is chosen."""

    look = "chips"


class ChipCheckboxes(forms.CheckboxSelectMultiple):
    """Any of a few answers as chips."""

    look = "chips"


class SegmentRadio(forms.RadioSelect):
    """One of two to four ways as a segmented control."""

    look = "segments"


class Switch(forms.CheckboxInput):
    """On or off, as a switch."""

    look = "switch"


class Stepper(forms.NumberInput):
    """A number between two buttons; a plain number field without script."""

    look = "stepper"


class ShortInput(forms.TextInput):
    """A text field as wide as a code or a number."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"class": "short", **(attrs or {})})


class DayInput(forms.DateInput):
    """A day, picked with the device's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"class": "short", **(attrs or {})}, format="%Y-%m-%d")


class ClockInput(forms.TimeInput):
    """A time of day, picked with the device's own clock."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"class": "short", **(attrs or {})}, format="%H:%M")


def new_key() -> str:
    """A key for one rendering of a form."""
    return str(uuid4())


def ask_by_name(field: forms.Field) -> None:
    """Let a missing answer name the field, unless the form says it better."""
    general = forms.Field.default_error_messages["required"]
    if not field.label or field.error_messages["required"] != general:
        return
    is_choice = isinstance(field, forms.ChoiceField)
    label = str(field.label)
    words = _("Choose an answer: %(field)s") if is_choice else _("Fill in: %(field)s")
    end = "" if label.endswith("?") else "."
    field.error_messages["required"] = words % {"field": label} + end


class KeyedForm(forms.Form):
    """A form that writes once: each rendering carries a key of its own.

    The key goes to the action, which writes nothing for a key it has seen.
    Optional fields say "(optional)"; the browser's own checks stay off, ours
    name the field and what to do.
    """

    use_required_attribute = False
    idempotency_key = forms.UUIDField(
        required=False, initial=new_key, widget=forms.HiddenInput
    )

    def full_clean(self) -> None:
        """Check everything; what is missing is asked for by its name."""
        for field in self.fields.values():
            ask_by_name(field)
        super().full_clean()

    @property
    def key(self) -> UUID | None:
        """The key of the rendering that was sent; None when a client left it out."""
        value = self.cleaned_data.get("idempotency_key")
        return value if isinstance(value, UUID) else None


def helper(
    *,
    submit: str | Promise = "",
    action: str = "",
    layout: Callable[[FormHelper], None] | None = None,
    attrs: dict[str, str] | None = None,
) -> FormHelper:
    """The crispy helper of a form: posts, no browser checks, one primary button.

    Without `submit` the template writes the form tag and the buttons itself.
    """
    made = FormHelper()
    made.form_method = "post"
    made.form_action = action
    made.attrs = {"novalidate": "", **(attrs or {})}
    made.form_tag = bool(submit)
    made.disable_csrf = not submit
    if submit:
        made.add_input(Submit("submit", submit))
    if layout is not None:
        layout(made)
    return made
