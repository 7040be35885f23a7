"""Forms of people: who somebody is, roles, qualifications, a password by link."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from clinic.rules import scope
from clinic.staff.actions import PersonEntry, QualificationEntry, RolesEntry
from clinic.staff.models import (
    CAPABILITY_LABELS,
    QUALIFICATION_LABELS,
    ROLE_LABELS,
    THEMES,
    Qualification,
    User,
)
from clinic.staff.passwords import LengthValidator
from clinic.staff.roles import Capability, Role
from clinic.web.forms import (
    NO_E_MAIL,
    ChipCheckboxes,
    ChipRadio,
    DayInput,
    KeyedForm,
    SegmentRadio,
    ShortInput,
    Switch,
    helper,
)


class PersonForm(KeyedForm):
    """A name and the address to sign in with."""

    full_name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("As it stands in the record.")
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("To sign in with."),
        error_messages={"invalid": NO_E_MAIL},
    )

    def __init__(self, *args: Any, person: User | None = None, **kwargs: Any) -> None:
        if person is not None:
            initial = {"full_name": person.full_name, "email": person.email}
            kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_email(self) -> str:
        """Lower case, and nobody else's."""
        email = str(self.cleaned_data["email"]).lower()
        others = User.objects.filter(email=email)
        if self.person is not None:
            others = others.exclude(pk=self.person.pk)
        if others.exists():
            raise ValidationError(_("Somebody already signs in with this address."))
        return email

    def entry(self) -> PersonEntry:
        """What was typed."""
        return PersonEntry(
            full_name=self.cleaned_data["full_name"], email=self.cleaned_data["email"]
        )


class RolesForm(KeyedForm):
    """What somebody does here. Nothing is chosen for a new person."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=[(role.value, ROLE_LABELS[role]) for role in Role],
        widget=ChipCheckboxes,
        error_messages={"required": _("Choose at least one role.")},
    )
    capabilities = forms.MultipleChoiceField(
        label=_("A practitioner may also be"),
        choices=[(c.value, CAPABILITY_LABELS[c]) for c in Capability],
        widget=ChipCheckboxes,
        required=False,
        help_text=_("A prescriber signs off and overrides with a written reason."),
    )

    def __init__(self, *args: Any, person: User | None = None, **kwargs: Any) -> None:
        if person is not None:
            initial = {"roles": person.roles, "capabilities": person.capabilities}
            kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Capabilities belong to practitioners."""
        chosen = self.cleaned_data
        if chosen.get("capabilities") and Role.PRACTITIONER not in chosen.get(
            "roles", []
        ):
            self.add_error(
                "capabilities",
                _("Only a practitioner can be a prescriber or medical lead."),
            )
        return chosen

    def roles_entry(self) -> RolesEntry:
        """What was chosen."""
        return RolesEntry(
            roles=tuple(Role(value) for value in self.cleaned_data["roles"]),
            capabilities=tuple(
                Capability(value) for value in self.cleaned_data["capabilities"]
            ),
        )


class NewPersonForm(RolesForm, PersonForm):
    """Who somebody new is, and what they will do."""

    helper = helper(submit=_("Add the person"))
    field_order = ("idempotency_key", "full_name", "email", "roles", "capabilities")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, person=None, **kwargs)


class QualificationForm(KeyedForm):
    """A licence or certificate, as its paper says."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=list(QUALIFICATION_LABELS.items()), widget=ChipRadio
    )
    number = forms.CharField(label=_("Number"), max_length=60, widget=ShortInput)
    issuer = forms.CharField(label=_("Issued by"), max_length=120)
    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput)
    valid_until = forms.DateField(
        label=_("Valid until"),
        required=False,
        widget=DayInput,
        help_text=_("Its last day. Leave empty when it has no end."),
    )
    greatest_depth_mm = forms.DecimalField(
        label=_("Greatest depth (mm)"),
        decimal_places=2,
        widget=ShortInput(attrs={"inputmode": "decimal"}),
        help_text=_(
            "How deep its holder may needle, up to 3.00 mm: the smallest that the "
            "certificate, the law where you work and the clinic allow. Where limits "
            "by law are switched on in the settings, the smaller one counts."
        ),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean(self) -> dict[str, Any]:
        """The row's own constraints answer in the fields."""
        if self.errors:
            return self.cleaned_data
        values = {name: self.cleaned_data[name] for name in _QUALIFICATION_FIELDS}
        row = Qualification(user=self.person, **values)
        try:
            row.full_clean()
        except ValidationError as refused:
            for name, errors in refused.error_dict.items():
                self.add_error(name if name in self.fields else None, errors)
        return self.cleaned_data

    def entry(self) -> QualificationEntry:
        """What was typed."""
        return QualificationEntry(
            **{name: self.cleaned_data[name] for name in _QUALIFICATION_FIELDS}
        )


_QUALIFICATION_FIELDS = tuple(QualificationEntry.__dataclass_fields__)


class SecondStepNoteForm(KeyedForm):
    """How an owner knew who asked for it."""

    note = forms.CharField(
        label=_("How did you make sure who it is?"),
        max_length=160,
        error_messages={
            "required": _("Say how, for example: in person, showed a passport.")
        },
    )


class LinkPasswordForm(KeyedForm):
    """A password of one's own, chosen over a sign-in link."""

    password1 = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("New password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["password1"].help_text = LengthValidator().get_help_text()

    def clean(self) -> dict[str, Any]:
        """The same twice, and strong enough."""
        first, again = (self.cleaned_data.get(f"password{n}") for n in (1, 2))
        if first and again and first != again:
            self.add_error("password2", _("The two passwords differ. Type both again."))
        elif first:
            try:
                password_validation.validate_password(first, user=self.person)
            except ValidationError as refused:
                self.add_error("password1", refused)
        return self.cleaned_data


class OwnSettingsForm(KeyedForm):
    """How pages look and react for oneself."""

    theme = forms.ChoiceField(
        label=_("Colours"),
        choices=THEMES,
        widget=SegmentRadio,
    )
    single_keys = forms.BooleanField(
        label=_("Single-letter shortcuts"),
        required=False,
        widget=Switch,
        help_text=_("For example N for new. Press ? to see them all."),
    )
    helper = helper(submit=_("Save"))


class DepthScopeForm(KeyedForm):
    """Whose limits by law hold here, and when somebody checked them."""

    jurisdiction = forms.ChoiceField(label=_("Limits of"), required=False)
    checked_on = forms.DateField(
        label=_("Checked with the board on"), required=False, widget=DayInput
    )
    helper = helper(submit=_("Save"))

    def __init__(
        self, *args: Any, places: Iterable[str], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        choices = [(place, place) for place in places if place != scope.ANYWHERE]
        self.fields["jurisdiction"].choices = [  # type: ignore[attr-defined]
            ("", _("None: switched off")),
            *choices,
            (scope.ANYWHERE, _("Another place: the medical ceiling only")),
        ]

    def clean(self) -> dict[str, Any]:
        """What is switched on was checked, and not tomorrow."""
        data = super().clean() or self.cleaned_data
        day = data.get("checked_on")
        if data.get("jurisdiction") and day is None and "checked_on" not in self.errors:
            self.add_error("checked_on", _now("Enter the day on which it was checked."))
        if day is not None and day > self.today:
            self.add_error("checked_on", _now("That day is in the future."))
        return data
