"""Forms of the import: the files, and how to go about them."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from clinic.web.forms import KeyedForm, SegmentRadio, helper
from patients.importing.days import Order

MOST_BYTES = 25 * 1024 * 1024
MOST_FILES = 8


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files in one field."""

    widget = _Files(attrs={"multiple": True, "accept": ".csv,.tsv,.txt,text/csv"})

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        """Each file by Django's rules, all together within our limits."""
        files = data if isinstance(data, list | tuple) else [data]
        cleaned = [super(FilesField, self).clean(file, initial) for file in files]
        if len(cleaned) > MOST_FILES:
            raise forms.ValidationError(_("Choose at most 8 files at once."))
        if sum(file.size or 0 for file in cleaned) > MOST_BYTES:
            raise forms.ValidationError(
                _(
                    "The files are larger than 25 MB. Ask whoever runs the server to"
                    " import them there, or split the list."
                )
            )
        return cleaned


class UploadForm(KeyedForm):
    """The files of one system."""

    csv_files = FilesField(
        label=_("CSV files"),
        help_text=_(
            "A list of patients from Jane, Fresha, Square, Acuity, Cliniko, Vagaro,"
            " Booksy or another system, or the files of a Synthea folder; up to 25 MB."
        ),
        error_messages={
            "required": _("Choose a CSV file."),
            "empty": _("This file is empty."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper()


class StartForm(KeyedForm):
    """How to go about it; the order of days is asked only when it does not show."""

    date_order = forms.ChoiceField(
        label=_("How is a day written?"),
        choices=[
            (Order.DAY_FIRST.value, _("3/2/1991 is 3 February")),
            (Order.MONTH_FIRST.value, _("3/2/1991 is 2 March")),
        ],
        widget=SegmentRadio,
    )
    add_look_alikes = forms.BooleanField(
        label=_("Also add people who look like somebody who is here"),
        required=False,
        help_text=_(
            "Left off, they wait: you see who they may be, and can add them later."
        ),
    )

    def __init__(self, *args: Any, asks_order: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_order:
            del self.fields["date_order"]
        self.helper = helper()
