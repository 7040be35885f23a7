"""What treats: handpieces, lots of single-use goods, and each opened unit.

Device models (SkinPen, Exceed, rollers ...) are knowledge, not rows: `model_key`
names one of `clinic/rules/knowledge/devices.toml`.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

LOT_KINDS = [
    ("cartridge", _("Cartridge")),
    ("roller", _("Roller")),
    ("glide", _("Glide")),
    ("serum", _("Serum")),
    ("anaesthetic", _("Anaesthetic")),
    ("antiseptic", _("Antiseptic")),
]
SINGLE_USE = ("cartridge", "roller")


class Device(models.Model):
    """A pen's handpiece. A roller is no device: it is a unit out of a lot."""

    site = models.ForeignKey(
        "clinic.Site", on_delete=models.PROTECT, related_name="devices"
    )
    name = models.CharField(_("name"), max_length=60, unique=True)
    model_key = models.CharField(_("model"), max_length=40)
    serial = models.CharField(_("serial number"), max_length=60)
    serviced_on = models.DateField(_("serviced on"), null=True, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["model_key", "serial"], name="device_serial_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Lot(models.Model):
    """A batch with one expiry date; a lot may serve many patients."""

    kind = models.CharField(_("kind"), max_length=12, choices=LOT_KINDS)
    site = models.ForeignKey(
        "clinic.Site", on_delete=models.PROTECT, related_name="lots"
    )
    product = models.CharField(_("product"), max_length=80)
    model_key = models.CharField(_("fits device model"), max_length=40, blank=True)
    number = models.CharField(_("lot number"), max_length=40)
    expires_on = models.DateField(_("use by"))
    received_on = models.DateField(_("received on"))
    quantity = models.PositiveIntegerField(_("how many"))
    needle_count = models.PositiveSmallIntegerField(_("needles"), null=True, blank=True)
    needle_length_mm = models.DecimalField(
        _("needle length (mm)"), max_digits=4, decimal_places=2, null=True, blank=True
    )
    strength_percent = models.DecimalField(
        _("strength (%)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    is_sterile = models.BooleanField(_("sterile"), null=True, blank=True)
    for_needled_skin = models.BooleanField(
        _("labelled for needled skin"), null=True, blank=True
    )
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    withdrawn_because = models.CharField(_("reason"), max_length=160, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "product", "number", "site"],
                name="lot_once",
                violation_error_message=_("This lot is already in the register."),
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=SINGLE_USE) | ~Q(model_key=""),
                name="lot_single_use_names_model",
                violation_error_message=_("Choose the device model it fits."),
            ),
            models.CheckConstraint(
                condition=(Q(kind="roller") & Q(needle_length_mm__isnull=False))
                | (~Q(kind="roller") & Q(needle_length_mm__isnull=True)),
                name="lot_needle_length_of_rollers_only",
                violation_error_message=_(
                    "A roller needs its needle length; nothing else has one."
                ),
            ),
            models.CheckConstraint(
                condition=Q(needle_length_mm__isnull=True)
                | (Q(needle_length_mm__gt=0) & Q(needle_length_mm__lte=3)),
                name="lot_needle_length_sane",
                violation_error_message=_("Enter a length from 0.01 to 3.00 mm."),
            ),
            models.CheckConstraint(
                condition=Q(expires_on__gt=F("received_on")),
                name="lot_received_before_expiry",
                violation_error_message=_("It must be received before its use-by day."),
            ),
        ]
        indexes = [
            models.Index(fields=["number"], name="lot_by_number"),
            models.Index(fields=["kind", "site", "expires_on"], name="lot_first_out"),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.number}"

    @property
    def is_single_use(self) -> bool:
        """Whether each piece belongs to one patient and one session."""
        return self.kind in SINGLE_USE


class Unit(models.Model):
    """One cartridge or roller out of a lot, opened for one session."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="units")
    serial = models.CharField(_("serial"), max_length=40)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, related_name="+"
    )

    SERIAL_DIGITS: ClassVar[int] = 3

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "serial"],
                name="unit_opened_once",
                violation_error_message=_("This unit was already opened."),
            ),
        ]

    def __str__(self) -> str:
        return f"Unit {self.pk}"
