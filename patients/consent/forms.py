"""What is typed when consent is given, withdrawn, or its text is published."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.web.forms import KeyedForm
from patients.consent.actions import ConsentEntry, TextEntry


class GuardedForm(KeyedForm):
    """The guardian's fields stand only where a guardian has to agree."""

    guardian_name = forms.CharField(
        label=_("Name of the parent or guardian"), max_length=120
    )
    guardian_relation = forms.CharField(
        label=_("Relation to the patient"),
        help_text=_("For example mother, father, legal guardian."),
        max_length=60,
    )

    def __init__(self, *args: Any, guardian_due: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not guardian_due:
            del self.fields["guardian_name"], self.fields["guardian_relation"]


class PaperForm(GuardedForm):
    """Consent on paper: the signed sheet is in the hands of staff."""

    signed = forms.BooleanField(
        label=_("I have the signed sheet with this text"),
        error_messages={"required": _("Confirm that you have the signed sheet.")},
    )
    text_id = forms.IntegerField(widget=forms.HiddenInput)

    def entry(self) -> ConsentEntry:
        """What was confirmed."""
        said = self.cleaned_data
        return ConsentEntry(
            way="paper",
            guardian_name=said.get("guardian_name", ""),
            guardian_relation=said.get("guardian_relation", ""),
        )


class TabletForm(GuardedForm):
    """Consent on the tablet: read, typed name, agreed."""

    signed_name = forms.CharField(
        label=_("Your first and last name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Type your name.")},
    )
    agreed = forms.BooleanField(
        label=_("I have read this text and I agree"),
        error_messages={"required": _("Tick this if you agree.")},
    )
    text_id = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("guardian_name", "guardian_relation", "signed_name", "agreed")

    def entry(self) -> ConsentEntry:
        """What was typed."""
        said = self.cleaned_data
        return ConsentEntry(
            way="tablet",
            signed_name=said["signed_name"],
            guardian_name=said.get("guardian_name", ""),
            guardian_relation=said.get("guardian_relation", ""),
        )


class WithdrawForm(KeyedForm):
    """Why a consent ends."""

    reason = forms.CharField(
        label=_("Why"),
        help_text=_("For example: the patient asked for it by phone."),
        max_length=200,
        error_messages={"required": _("Write down why.")},
    )


class TextForm(KeyedForm):
    """A new version of a text."""

    title = forms.CharField(label=_("Title"), max_length=120)
    body = forms.CharField(
        label=_("Text"),
        help_text=_(
            "A blank line begins a paragraph, ## a heading, a dash an item of a list."
        ),
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 24}),
    )

    def entry(self, *, kind: str, language: str) -> TextEntry:
        """What was written, for a kind and language."""
        said = self.cleaned_data
        body = said["body"].replace("\r\n", "\n").strip()
        return TextEntry(kind=kind, language=language, title=said["title"], body=body)
