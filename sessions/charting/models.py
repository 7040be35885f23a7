"""What was done at the chair. A signed session is locked by the database.

Triggers (migration 0002) refuse every change of a signed session and of its
zones, units, topicals and ticks; additions and events are rows of their own.
"""

from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.web import refs
from sessions.charting.after_models import Addition, AdverseEvent
from sessions.charting.tap_models import ChecklistTick, SheetTap, TakeOver
from sessions.plans.models import DEVICE_KINDS

__all__ = [
    "Addition",
    "AdverseEvent",
    "ChecklistTick",
    "DepthOverride",
    "SessionTopical",
    "SessionUnit",
    "SheetTap",
    "TakeOver",
    "TreatmentSession",
    "ZoneTreatment",
]
ENDPOINTS = [
    ("light_erythema", _("Light redness")),
    ("even_erythema", _("Even redness")),
    ("pinpoint_bleeding", _("Pinpoint bleeding")),
    ("stopped", _("Stopped early")),
]
REACTIONS = [
    ("none", _("Nothing unusual")),
    ("redness", _("Redness as expected")),
    ("swelling", _("Swelling")),
    ("bruising", _("Bruising")),
    ("strong", _("Stronger than expected")),
]
TOPICAL_KINDS = [
    ("anaesthetic", _("Anaesthetic")),
    ("antiseptic", _("Antiseptic")),
    ("glide", _("Glide")),
    ("serum", _("Serum")),
    ("after", _("Aftercare product")),
]


class TreatmentSession(models.Model):
    """One session: what was used, what was seen, who signed."""

    visit = models.OneToOneField(
        "treatments.Visit", on_delete=models.PROTECT, related_name="session"
    )
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="sessions"
    )
    plan = models.ForeignKey(
        "treatments.Plan", null=True, on_delete=models.PROTECT, related_name="sessions"
    )
    planned_session = models.OneToOneField(
        "treatments.PlannedSession",
        null=True,
        on_delete=models.PROTECT,
        related_name="session",
    )
    condition = models.ForeignKey(
        "patients.PatientCondition",
        null=True,
        on_delete=models.PROTECT,
        related_name="sessions",
    )
    practitioner = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, related_name="sessions"
    )
    site = models.ForeignKey(
        "clinic.Site", on_delete=models.PROTECT, related_name="sessions"
    )
    performed_on = models.DateField()
    device_kind = models.CharField(_("device"), max_length=6, choices=DEVICE_KINDS)
    device = models.ForeignKey(
        "clinic.Device", null=True, on_delete=models.PROTECT, related_name="sessions"
    )
    device_checked = models.BooleanField(default=False)
    model_key = models.CharField(max_length=40, blank=True)
    screening = models.ForeignKey(
        "patients.Screening",
        null=True,
        on_delete=models.PROTECT,
        related_name="sessions",
    )
    consent = models.ForeignKey(
        "patients.Consent", null=True, on_delete=models.PROTECT, related_name="sessions"
    )
    copied_from = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField()
    skin_clear_at = models.DateTimeField(null=True, blank=True)
    skin_clear_by = models.ForeignKey(
        "clinic.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reaction = models.CharField(
        _("reaction now"), max_length=12, choices=REACTIONS, blank=True
    )
    pain = models.PositiveSmallIntegerField(_("pain, 0 to 10"), null=True, blank=True)
    tolerance = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    note = models.TextField(_("note"), blank=True)
    aftercare_given = models.BooleanField(_("aftercare sheet given"), default=False)
    exposure_incident = models.BooleanField(
        _("needle-stick or blood exposure"), default=False
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        "clinic.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_digest = models.CharField(max_length=64, blank=True)
    digest_version = models.PositiveSmallIntegerField(default=0)
    signed_findings = models.JSONField(default=list)
    signed_printed = models.JSONField(default=dict)
    book_revision = models.CharField(max_length=64, blank=True)
    # Kept by the database at the signature, from the zones that it locks with it:
    # the deepest of all, and whether one went past what the plan's protocol allows.
    deepest_mm = models.DecimalField(
        max_digits=4, decimal_places=2, null=True, editable=False
    )
    past_protocol = models.BooleanField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1)

    PREFIX: ClassVar[str] = "S"
    # What only the record itself shows: lists leave it in the database.
    OF_THE_RECORD: ClassVar[tuple[str, ...]] = ("signed_findings", "signed_printed")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pain__isnull=True) | Q(pain__lte=10),
                name="session_pain_sane",
                violation_error_message=_("Enter 0 to 10."),
            ),
            models.CheckConstraint(
                condition=(
                    Q(signed_at__isnull=True)
                    & Q(signed_by__isnull=True)
                    & Q(signed_digest="")
                )
                | (
                    Q(signed_at__isnull=False)
                    & Q(signed_by__isnull=False)
                    & ~Q(signed_digest="")
                ),
                name="session_signed_whole",
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True)
                | (
                    Q(screening__isnull=False)
                    & Q(consent__isnull=False)
                    & Q(skin_clear_at__isnull=False)
                ),
                name="session_signed_after_safety",
            ),
            models.CheckConstraint(
                condition=(
                    Q(signed_at__isnull=True)
                    & Q(deepest_mm__isnull=True)
                    & Q(past_protocol__isnull=True)
                )
                | (Q(signed_at__isnull=False) & Q(past_protocol__isnull=False)),
                name="session_depths_of_the_signed",
            ),
            models.CheckConstraint(
                condition=Q(device_kind="pen") | Q(device__isnull=True),
                name="session_roller_has_no_handpiece",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-performed_on"], name="session_latest"),
            models.Index(
                fields=["plan", "performed_on"],
                name="session_of_plan",
                condition=Q(signed_at__isnull=False),
                include=["deepest_mm", "past_protocol"],
            ),
            models.Index(fields=["performed_on"], name="session_by_day"),
            models.Index(
                fields=["practitioner"],
                name="session_unsigned",
                condition=Q(signed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Treatment session {self.pk}"

    @property
    def reference(self) -> str:
        """`S0912`, for addresses and paper."""
        return refs.number(self.PREFIX, self.pk, width=4)

    @property
    def is_signed(self) -> bool:
        """Whether the record is locked."""
        return self.signed_at is not None


class ZoneTreatment(models.Model):
    """One zone of one session. Settings are carried over, the endpoint is seen.

    A pen has a depth setting, a roller a needle length: never both, never mixed
    (CLINICAL 3.4). `is_left_out` keeps a planned zone that was not treated.
    """

    session = models.ForeignKey(
        TreatmentSession, on_delete=models.PROTECT, related_name="zones"
    )
    zone = models.CharField(_("zone"), max_length=8)
    depth_setting_mm = models.DecimalField(
        _("depth setting (mm)"), max_digits=4, decimal_places=2, null=True, blank=True
    )
    needle_length_mm = models.DecimalField(
        _("needle length (mm)"), max_digits=4, decimal_places=2, null=True, blank=True
    )
    passes = models.PositiveSmallIntegerField(_("passes"), null=True, blank=True)
    endpoint = models.CharField(
        _("endpoint"), max_length=20, choices=ENDPOINTS, blank=True
    )
    is_scar = models.BooleanField(_("scar in this zone"), default=False)
    is_left_out = models.BooleanField(_("left out"), default=False)
    planned_mm = models.DecimalField(
        max_digits=4, decimal_places=2, null=True, blank=True
    )
    previous_mm = models.DecimalField(
        max_digits=4, decimal_places=2, null=True, blank=True
    )
    previous_passes = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.CharField(_("why deeper"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    findings = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "zone"], name="zone_treatment_once"
            ),
            models.CheckConstraint(
                condition=Q(depth_setting_mm__isnull=True)
                | Q(needle_length_mm__isnull=True),
                name="zone_pen_or_roller",
            ),
            models.CheckConstraint(
                condition=Q(depth_setting_mm__isnull=True)
                | (Q(depth_setting_mm__gt=0) & Q(depth_setting_mm__lte=Decimal(3))),
                name="zone_depth_sane",
                violation_error_message=_("Enter a depth from 0.01 to 3.00 mm."),
            ),
            models.CheckConstraint(
                condition=Q(needle_length_mm__isnull=True)
                | (Q(needle_length_mm__gt=0) & Q(needle_length_mm__lte=Decimal(3))),
                name="zone_needle_sane",
                violation_error_message=_("Enter a length from 0.01 to 3.00 mm."),
            ),
            models.CheckConstraint(
                condition=Q(passes__isnull=True)
                | (Q(passes__gte=1) & Q(passes__lte=40)),
                name="zone_passes_sane",
                violation_error_message=_("Enter 1 to 40 passes."),
            ),
            models.CheckConstraint(
                condition=~Q(zone__startswith="EY"), name="zone_never_eyelid"
            ),
        ]

    def __str__(self) -> str:
        return f"Zone treatment {self.pk}"

    @property
    def mm(self) -> Decimal | None:
        """The setting or length, whichever the device has."""
        if self.depth_setting_mm is not None:
            return self.depth_setting_mm
        return self.needle_length_mm


class DepthOverride(models.Model):
    """A named person's written reason to go past a limit in one zone."""

    session = models.ForeignKey(
        TreatmentSession, on_delete=models.PROTECT, related_name="depth_overrides"
    )
    zone = models.CharField(max_length=8)
    code = models.CharField(max_length=30)
    mm = models.DecimalField(max_digits=4, decimal_places=2)
    sentence = models.TextField()
    reason = models.TextField(_("reason"))
    by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "zone", "code", "mm"], name="depth_override_once"
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="depth_override_has_reason",
                violation_error_message=_("Write down why."),
            ),
        ]

    def __str__(self) -> str:
        return f"Depth override {self.pk}"


class SessionUnit(models.Model):
    """The cartridge or roller of a session: one unit, one session, one patient."""

    session = models.ForeignKey(
        TreatmentSession, on_delete=models.PROTECT, related_name="units"
    )
    unit = models.OneToOneField(
        "clinic.Unit", on_delete=models.PROTECT, related_name="session_unit"
    )
    is_discarded = models.BooleanField(_("discarded in sharps"), default=False)
    taken_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Session unit {self.pk}"


class SessionTopical(models.Model):
    """Something put on the skin before, during or after."""

    session = models.ForeignKey(
        TreatmentSession, on_delete=models.PROTECT, related_name="topicals"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=TOPICAL_KINDS)
    topical_key = models.CharField(max_length=30, blank=True)
    product = models.CharField(_("product"), max_length=80)
    lot = models.ForeignKey(
        "clinic.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    strength_percent = models.DecimalField(
        _("strength (%)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    grams = models.DecimalField(
        _("grams"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    on_at = models.DateTimeField(_("on"), null=True, blank=True)
    off_at = models.DateTimeField(_("off"), null=True, blank=True)
    is_occluded = models.BooleanField(_("under film"), null=True, blank=True)
    is_sterile = models.BooleanField(_("sterile"), null=True, blank=True)
    for_needled_skin = models.BooleanField(
        _("labelled for needled skin"), null=True, blank=True
    )
    confirmed = models.BooleanField(default=False)
    findings = models.JSONField(default=list)
    signoff_reason = models.TextField(_("reason"), blank=True)
    signoff_by = models.ForeignKey(
        "clinic.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    signoff_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(signoff_reason="") & Q(signoff_by__isnull=True))
                | (~Q(signoff_reason="") & Q(signoff_by__isnull=False)),
                name="topical_signoff_whole",
                violation_error_message=_("Write down why."),
            ),
            models.CheckConstraint(
                condition=Q(off_at__isnull=True)
                | Q(on_at__isnull=True)
                | Q(off_at__gte=F("on_at")),
                name="topical_times_ordered",
                violation_error_message=_("It came off before it went on."),
            ),
            models.CheckConstraint(
                condition=Q(strength_percent__isnull=True)
                | (Q(strength_percent__gte=0) & Q(strength_percent__lte=100)),
                name="topical_strength_sane",
                violation_error_message=_("Enter 0 to 100 %."),
            ),
            models.CheckConstraint(
                condition=Q(grams__isnull=True) | Q(grams__gt=0),
                name="topical_grams_sane",
                violation_error_message=_("Enter more than 0 grams."),
            ),
        ]

    def __str__(self) -> str:
        return f"Topical {self.pk}"
