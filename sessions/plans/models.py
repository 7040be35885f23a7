"""How a condition is treated here, and what is planned for one patient."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.web import refs

DEVICE_KINDS = [("pen", _("Pen")), ("roller", _("Roller"))]
PLAN_STATUSES = [
    ("draft", _("Draft")),
    ("to_book", _("To book")),
    ("running", _("Running")),
    ("paused", _("Paused")),
    ("review_due", _("Review due")),
    ("finished", _("Finished")),
    ("stopped", _("Stopped")),
]
PLAN_WORDS = dict(PLAN_STATUSES)


class Protocol(models.Model):
    """One version of a way to treat a condition; a published one never changes.

    Shipped protocols come from `clinic/rules/knowledge/protocols.toml`
    (`shipped_key`); the clinic adds its own and newer versions.
    """

    shipped_key = models.CharField(max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=80)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    condition_kind = models.CharField(_("condition"), max_length=30)
    device_kind = models.CharField(_("device"), max_length=6, choices=DEVICE_KINDS)
    phototypes = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("skin types"), default=list
    )
    sessions = models.PositiveSmallIntegerField(_("sessions"))
    gap_days = models.PositiveSmallIntegerField(_("gap (days)"))
    gap_min_days = models.PositiveSmallIntegerField(_("smallest gap (days)"))
    gap_max_days = models.PositiveSmallIntegerField(_("greatest gap (days)"))
    session_minutes = models.PositiveSmallIntegerField(_("minutes of a visit"))
    numbing_minutes = models.PositiveSmallIntegerField(_("minutes of numbing"))
    endpoint = models.CharField(_("endpoint"), max_length=30, blank=True)
    scales = ArrayField(
        models.CharField(max_length=30), verbose_name=_("scores"), default=list
    )
    evidence = models.PositiveSmallIntegerField(_("evidence (1 to 4)"), null=True)
    note = models.TextField(_("note"), blank=True)
    sources = ArrayField(models.CharField(max_length=10), default=list)
    is_active = models.BooleanField(_("offered"), default=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        "clinic.User", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name", "version"], name="protocol_version_once"
            ),
            models.CheckConstraint(
                condition=Q(gap_min_days__lte=F("gap_days"))
                & Q(gap_days__lte=F("gap_max_days"))
                & Q(gap_min_days__gte=1),
                name="protocol_gaps_ordered",
                violation_error_message=_(
                    "The gap must lie between the smallest and the greatest."
                ),
            ),
            models.CheckConstraint(
                condition=Q(sessions__gte=1) & Q(sessions__lte=24),
                name="protocol_sessions_sane",
                violation_error_message=_("Enter 1 to 24 sessions."),
            ),
            models.CheckConstraint(
                condition=Q(session_minutes__gte=10) & Q(session_minutes__lte=240),
                name="protocol_minutes_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"


class ProtocolZone(models.Model):
    """Depth range and passes in one zone; empty depth: the practitioner chooses."""

    protocol = models.ForeignKey(
        Protocol, on_delete=models.CASCADE, related_name="zones"
    )
    zone = models.CharField(_("zone"), max_length=8)
    low_mm = models.DecimalField(
        _("from (mm)"), max_digits=4, decimal_places=2, null=True
    )
    high_mm = models.DecimalField(
        _("to (mm)"), max_digits=4, decimal_places=2, null=True
    )
    passes = models.PositiveSmallIntegerField(_("passes"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["protocol", "zone"], name="protocol_zone_once"
            ),
            models.CheckConstraint(
                condition=(Q(low_mm__isnull=True) & Q(high_mm__isnull=True))
                | (Q(low_mm__gt=0) & Q(high_mm__gte=F("low_mm")) & Q(high_mm__lte=3)),
                name="protocol_zone_depth_sane",
                violation_error_message=_("Enter a range from 0.01 to 3.00 mm."),
            ),
            models.CheckConstraint(
                condition=Q(passes__isnull=True)
                | (Q(passes__gte=1) & Q(passes__lte=40)),
                name="protocol_zone_passes_sane",
                violation_error_message=_("Enter 1 to 40 passes."),
            ),
        ]

    def __str__(self) -> str:
        return f"Protocol zone {self.pk}"


class Plan(models.Model):
    """A protocol chosen for one condition of one patient, with a goal."""

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="plans"
    )
    condition = models.ForeignKey(
        "patients.PatientCondition", on_delete=models.PROTECT, related_name="plans"
    )
    protocol = models.ForeignKey(
        Protocol, on_delete=models.PROTECT, related_name="plans"
    )
    site = models.ForeignKey(
        "clinic.Site", on_delete=models.PROTECT, related_name="plans"
    )
    practitioner = models.ForeignKey(
        "clinic.User", null=True, on_delete=models.PROTECT, related_name="plans"
    )
    screening = models.ForeignKey(
        "patients.Screening", null=True, on_delete=models.PROTECT, related_name="plans"
    )
    status = models.CharField(
        _("status"), max_length=10, choices=PLAN_STATUSES, default="draft"
    )
    gap_days = models.PositiveSmallIntegerField(_("gap (days)"))
    goal_scale = models.CharField(_("scale"), max_length=30, blank=True)
    goal_value = models.DecimalField(
        _("goal"), max_digits=7, decimal_places=2, null=True, blank=True
    )
    ready_before = models.DateField(_("ready before"), null=True, blank=True)
    ready_label = models.CharField(_("occasion"), max_length=60, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, related_name="+"
    )
    ended_on = models.DateField(null=True, blank=True)
    stop_reason = models.CharField(_("why it stopped"), max_length=200, blank=True)
    book_revision = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)

    PREFIX: ClassVar[str] = "T"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[s for s, _label in PLAN_STATUSES]),
                name="plan_status_known",
            ),
            models.CheckConstraint(
                condition=(Q(goal_scale="") & Q(goal_value__isnull=True))
                | (~Q(goal_scale="") & Q(goal_value__isnull=False)),
                name="plan_goal_complete",
            ),
            models.CheckConstraint(
                condition=~Q(status="stopped") | ~Q(stop_reason=""),
                name="plan_stopped_has_reason",
                violation_error_message=_("Write down why the plan stopped."),
            ),
            models.UniqueConstraint(
                fields=["condition"],
                condition=Q(status__in=["to_book", "running", "paused", "review_due"]),
                name="plan_one_open_for_a_condition",
                violation_error_message=_("This condition already has an open plan."),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "id"], name="plan_by_status"),
            models.Index(fields=["patient", "status"], name="plan_of_patient"),
        ]

    def __str__(self) -> str:
        return f"Plan {self.pk}"

    def get_status_display(self) -> str:  # type: ignore[no-redef]
        """The state in words; Django's own translates every choice to find one."""
        return str(PLAN_WORDS[self.status])

    @property
    def reference(self) -> str:
        """`T0310`, for addresses and paper."""
        return refs.number(self.PREFIX, self.pk, width=4)


class PlannedSession(models.Model):
    """The n-th session of a plan and the deepest setting meant for it.

    `planned_mm` is a pen setting or a roller's needle length, as the protocol's
    device kind says; the visit that carries it out lives in `booking`.
    """

    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="planned_sessions"
    )
    number = models.PositiveSmallIntegerField()
    planned_mm = models.DecimalField(max_digits=4, decimal_places=2, null=True)
    is_dropped = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number"], name="planned_session_once"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1) & Q(number__lte=24),
                name="planned_session_number_sane",
            ),
            models.CheckConstraint(
                condition=Q(planned_mm__isnull=True)
                | (Q(planned_mm__gt=0) & Q(planned_mm__lte=3)),
                name="planned_session_depth_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"Planned session {self.pk}"


class Away(models.Model):
    """Days on which a patient travels: no visit, and better no healing in the sun."""

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="aways"
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    label = models.CharField(_("what"), max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="away_days_ordered",
                violation_error_message=_("It must end after it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"Away {self.pk}"
