"""The patient: who they are and how the clinic reaches them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Reverse
from django.utils.translation import gettext_lazy as _

from clinic.web import refs

SEXES = [
    ("female", _("Female")),
    ("male", _("Male")),
    ("other", _("Another")),
    ("", _("Not asked")),
]
PHOTOTYPES = [
    (1, _("Fitzpatrick I")),
    (2, _("Fitzpatrick II")),
    (3, _("Fitzpatrick III")),
    (4, _("Fitzpatrick IV")),
    (5, _("Fitzpatrick V")),
    (6, _("Fitzpatrick VI")),
]


class Patient(models.Model):
    """A person who is or was treated here.

    `search_name` (family name first, so that it also sorts) and `phone_digits` are
    the normalised copies that the search reads; `patients.records.names` and
    `phones` make them, every write goes through `patients.records.actions` or the
    import. They sort byte by byte, so that an index serves a name's beginning and a
    phone's end; migration 0004 adds the index on any three letters in a row (no
    extension is needed, DEPENDENCIES P14). A person may have one name only: then it
    is the first name.
    """

    given_name = models.CharField(_("first name"), max_length=80)
    family_name = models.CharField(_("last name"), max_length=80, blank=True)
    preferred_name = models.CharField(_("preferred name"), max_length=80, blank=True)
    born_on = models.DateField(_("date of birth"), null=True, blank=True)
    sex = models.CharField(_("sex"), max_length=8, choices=SEXES, blank=True)
    phototype = models.PositiveSmallIntegerField(
        _("skin type"), choices=PHOTOTYPES, null=True, blank=True
    )
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    street = models.CharField(_("street"), max_length=160, blank=True)
    city = models.CharField(_("town"), max_length=80, blank=True)
    region = models.CharField(_("county or state"), max_length=80, blank=True)
    postcode = models.CharField(_("postcode"), max_length=16, blank=True)
    country = models.CharField(_("country"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=12, default="en")
    emergency_name = models.CharField(_("name"), max_length=120, blank=True)
    emergency_phone = models.CharField(_("phone"), max_length=20, blank=True)
    emergency_relation = models.CharField(_("relation"), max_length=60, blank=True)
    may_call = models.BooleanField(_("may be called"), null=True, blank=True)
    may_text = models.BooleanField(_("may be texted"), null=True, blank=True)
    may_email = models.BooleanField(_("may be e-mailed"), null=True, blank=True)
    desk_note = models.TextField(_("note for the desk"), blank=True)
    clinical_note = models.TextField(_("clinical note"), blank=True)
    deceased_on = models.DateField(_("died on"), null=True, blank=True)
    is_deceased = models.BooleanField(_("has died"), default=False)
    search_name = models.CharField(max_length=260, editable=False, db_collation="C")
    phone_digits = models.CharField(
        max_length=20, blank=True, editable=False, db_collation="C"
    )
    import_source = models.CharField(max_length=40, blank=True, editable=False)
    import_key = models.CharField(max_length=80, blank=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(
        "clinic.User",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        db_index=False,
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    PREFIX: ClassVar[str] = "P"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(phototype__isnull=True)
                | (Q(phototype__gte=1) & Q(phototype__lte=6)),
                name="patient_phototype_known",
            ),
            models.CheckConstraint(
                condition=Q(sex__in=["female", "male", "other", ""]),
                name="patient_sex_known",
            ),
            models.CheckConstraint(
                condition=Q(deceased_on__isnull=True) | Q(is_deceased=True),
                name="patient_death_consistent",
            ),
            models.CheckConstraint(
                condition=Q(deceased_on__isnull=True)
                | Q(born_on__isnull=True)
                | Q(deceased_on__gte=F("born_on")),
                name="patient_born_before_death",
                violation_error_message=_("The day of death is before the birth."),
            ),
            models.CheckConstraint(
                condition=~Q(given_name="") & ~Q(search_name=""),
                name="patient_has_name",
            ),
            models.UniqueConstraint(
                fields=["import_source", "import_key"],
                condition=~Q(import_key=""),
                name="patient_imported_once",
            ),
        ]
        indexes = [
            models.Index(fields=["born_on", "id"], name="patient_by_birth"),
            models.Index(fields=["search_name", "id"], name="patient_az"),
            models.Index(fields=["-created_at", "-id"], name="patient_newest"),
            models.Index(
                fields=["email"], name="patient_by_email", condition=~Q(email="")
            ),
            models.Index(
                fields=["phone_digits"],
                name="patient_by_phone",
                condition=~Q(phone_digits=""),
            ),
            models.Index(
                Reverse("phone_digits"),
                name="patient_by_phone_end",
                condition=~Q(phone_digits=""),
            ),
            models.Index(
                fields=["search_name", "id"],
                name="patient_named_twice",
                condition=Q(preferred_name__gt="")
                | Q(given_name__regex="[^ -~]")
                | Q(family_name__regex="[^ -~]"),
            ),
            models.Index(
                fields=["search_name", "id"],
                name="patient_died",
                condition=Q(is_deceased=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Patient {self.pk}"

    @property
    def reference(self) -> str:
        """`P00412`, for addresses and paper."""
        return refs.number(self.PREFIX, self.pk, width=5)

    @property
    def name(self) -> str:
        """The name shown on screens: the preferred first name when there is one."""
        return f"{self.preferred_name or self.given_name} {self.family_name}".strip()


class BreakGlass(models.Model):
    """An owner opened the names and charts for a stated reason (DESIGN 6)."""

    user = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, related_name="break_glass"
    )
    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="break_glass"
    )
    reason = models.TextField(_("reason"))
    opened_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("opened_at")), name="break_glass_ends"
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="break_glass_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "patient", "until"], name="break_glass_live")
        ]

    def __str__(self) -> str:
        return f"Break-glass {self.pk}"
