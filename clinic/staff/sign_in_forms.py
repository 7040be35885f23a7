"""allauth's forms in the words and looks of the clinic; paste is allowed everywhere."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.base.forms import (
    AuthenticateForm,
)
from allauth.mfa.base.forms import (
    ReauthenticateForm as ReauthenticateByCodeForm,
)
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.staff.passwords import LengthValidator


class Plain:
    """No placeholders instead of labels, and our own checks before the browser's."""

    use_required_attribute = False

    def name(self, field: str, label: Any, help_text: Any = "") -> None:
        """Give a field its label and hint."""
        made: forms.Field = self.fields[field]  # type: ignore[attr-defined]
        made.label = label
        made.help_text = help_text
        made.widget.attrs.pop("placeholder", None)


class CodePlain(Plain):
    """A one-time code: digits, pasted or typed, with or without a space."""

    def ask_for_code(self) -> None:
        """Name the field and bring up the digits on a tablet."""
        self.name("code", _("Code"))
        code: forms.Field = self.fields["code"]  # type: ignore[attr-defined]
        code.widget.attrs.update({"class": "short", "inputmode": "numeric"})


class SignInForm(Plain, LoginForm):  # type: ignore[misc]
    """E-mail and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name("login", _("E-mail"))
        self.name("password", _("Password"))
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class AgainForm(Plain, ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something weighty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name("password", _("Password"))


class NewPasswordForm(Plain, ChangePasswordForm):  # type: ignore[misc]
    """A new password for oneself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name("oldpassword", _("Password now"))
        rules = LengthValidator().get_help_text()
        self.name("password1", _("New password"), rules)
        self.name("password2", _("New password again"))


class CodeForm(CodePlain, AuthenticateForm):  # type: ignore[misc]
    """The second step: a code of the app, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask_for_code()


class CodeAgainForm(CodePlain, ReauthenticateByCodeForm):  # type: ignore[misc]
    """A code before something weighty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask_for_code()


class AddAppForm(CodePlain, ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask_for_code()


class AddPasskeyForm(Plain, AddWebAuthnForm):  # type: ignore[misc]
    """A name for a new passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name("name", _("Name"), _("So that you can tell them apart."))
        self.name("passwordless", _("Sign in with it alone, without a password"))
        self.fields["passwordless"].initial = True


class RenamePasskeyForm(Plain, EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name("name", _("Name"))
