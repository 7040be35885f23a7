"""Taking the tablet back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.web.forms import helper


class UnlockForm(forms.Form):
    """The password of the person who handed the tablet over."""

    use_required_attribute = False
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Type the password.")},
    )
    helper = helper(submit=_("Unlock"))

    def __init__(self, *args: Any, who: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = _("Signed in: %(name)s") % {"name": who}
