"""People of the clinic: who signs in, what they may do, what they are trained for."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from clinic.staff.roles import Capability, Role

ROLE_LABELS = {
    Role.PRACTITIONER: _("Practitioner"),
    Role.FRONT_DESK: _("Front desk"),
    Role.OWNER: _("Owner"),
}
CAPABILITY_LABELS = {
    Capability.PRESCRIBER: _("Prescriber"),
    Capability.MEDICAL_LEAD: _("Medical lead"),
}
THEMES = [("system", _("System")), ("light", _("Light")), ("dark", _("Dark"))]
QUALIFICATION_LABELS = {
    "needling": _("Microneedling certificate"),
    "medical": _("Medical licence"),
    "nursing": _("Nursing licence"),
    "aesthetic": _("Aesthetic licence"),
}


class UserManager(BaseUserManager["User"]):
    """Makes users; an e-mail address is the name to sign in with."""

    def create_user(
        self,
        *,
        email: str,
        full_name: str,
        password: str | None = None,
        roles: Iterable[Role] = (),
        capabilities: Iterable[Capability] = (),
        **extra: Any,
    ) -> "User":
        """A saved user with a hashed password, or none that works when None."""
        user = self.model(
            email=self.normalize_email(email).lower(),
            full_name=full_name,
            roles=[role.value for role in roles],
            capabilities=[capability.value for capability in capabilities],
            **extra,
        )
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Sign-in finds the address in any case."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """One person who signs in. Roles are data; there is no superuser."""

    email = models.EmailField(
        _("e-mail"),
        max_length=254,
        unique=True,
        error_messages={"unique": _("Somebody already signs in with this address.")},
    )
    full_name = models.CharField(_("name"), max_length=120)
    roles = ArrayField(
        models.CharField(
            max_length=20, choices=[(r.value, ROLE_LABELS[r]) for r in Role]
        ),
        verbose_name=_("roles"),
        default=list,
    )
    capabilities = ArrayField(
        models.CharField(
            max_length=20, choices=[(c.value, CAPABILITY_LABELS[c]) for c in Capability]
        ),
        verbose_name=_("capabilities"),
        default=list,
        blank=True,
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    single_keys = models.BooleanField(_("single-letter shortcuts"), default=True)
    theme = models.CharField(
        _("theme"),
        max_length=6,
        default="system",
        choices=THEMES,
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        verbose_name = _("person")
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="user_email_lower_case"
            ),
            models.CheckConstraint(
                condition=Q(roles__contained_by=[r.value for r in Role]),
                name="user_roles_known",
            ),
            models.CheckConstraint(
                condition=Q(capabilities__contained_by=[c.value for c in Capability]),
                name="user_capabilities_known",
            ),
            models.CheckConstraint(
                condition=Q(capabilities=[])
                | Q(roles__contains=[Role.PRACTITIONER.value]),
                name="user_capabilities_need_practitioner",
                violation_error_message=_(
                    "Only a practitioner can be a prescriber or medical lead."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"User {self.pk}"

    def get_full_name(self) -> str:
        """The name shown on screens and in records."""
        return self.full_name

    def get_short_name(self) -> str:
        """The first word of the name."""
        return self.full_name.split(" ")[0]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What every open session of the person is checked against at each request.

        A new password, other roles or capabilities end all of them (SECURITY S7).
        """
        facts = [self.password, *sorted(self.roles), *sorted(self.capabilities)]
        mac = salted_hmac(
            "clinic.staff.models.User",
            "|".join(facts),
            secret=secret,
            algorithm="sha256",
        )
        return mac.hexdigest()

    def has_role(self, role: Role) -> bool:
        """Whether the person holds the role."""
        return role.value in self.roles

    def can(self, capability: Capability) -> bool:
        """Whether the person holds the capability."""
        return capability.value in self.capabilities

    @property
    def is_practitioner(self) -> bool:
        """Treats patients and reads charts."""
        return self.has_role(Role.PRACTITIONER)

    @property
    def is_front_desk(self) -> bool:
        """Books and checks in."""
        return self.has_role(Role.FRONT_DESK)

    @property
    def is_owner(self) -> bool:
        """Reads reports, sets the clinic up."""
        return self.has_role(Role.OWNER)


class DepthScope(models.Model):
    """The place whose limits by law hold here, and when somebody checked them.

    One row at most; without it, or without a place, no such limit is switched on
    (CLINICAL 3.3: the rows are examples of weak sources).
    """

    jurisdiction = models.CharField(_("place"), max_length=60, blank=True)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="depth_scope_only_one"),
            models.CheckConstraint(
                condition=Q(jurisdiction="") | Q(checked_on__isnull=False),
                name="depth_scope_was_checked",
            ),
        ]

    def __str__(self) -> str:
        return f"Depth scope {self.jurisdiction}"


class Qualification(models.Model):
    """A licence or certificate, and how deep it allows its holder to needle."""

    user = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, related_name="qualifications"
    )
    kind = models.CharField(
        _("kind"), max_length=20, choices=list(QUALIFICATION_LABELS.items())
    )
    number = models.CharField(_("number"), max_length=60)
    issuer = models.CharField(_("issued by"), max_length=120)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    greatest_depth_mm = models.DecimalField(
        _("greatest depth (mm)"), max_digits=4, decimal_places=2
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(greatest_depth_mm__gt=0)
                & Q(greatest_depth_mm__lte=Decimal(3)),
                name="qualification_depth_sane",
                violation_error_message=_("Enter a depth from 0.01 to 3.00 mm."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="qualification_dates_ordered",
                violation_error_message=_("It must end after it begins."),
            ),
            models.UniqueConstraint(
                fields=["user", "kind", "number"], name="qualification_once"
            ),
        ]

    def __str__(self) -> str:
        return f"Qualification {self.pk}"
