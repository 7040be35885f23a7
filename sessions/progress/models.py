"""How it went: readings of named scales, and when the skin was calm again."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

RATERS = [("clinician", _("Clinician")), ("patient", _("Patient"))]


class Score(models.Model):
    """One reading of one variant of one scale at one time.

    `scale` is a key of `clinic/rules/scales`, `items` what was entered for each
    part; `value` follows from them and is what charts and reports read. A wrong
    reading is withdrawn with a reason, never changed.
    """

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="scores"
    )
    condition = models.ForeignKey(
        "patients.PatientCondition", on_delete=models.PROTECT, related_name="scores"
    )
    plan = models.ForeignKey(
        "treatments.Plan", null=True, on_delete=models.PROTECT, related_name="scores"
    )
    session = models.ForeignKey(
        "treatments.TreatmentSession",
        null=True,
        on_delete=models.PROTECT,
        related_name="scores",
    )
    scale = models.CharField(_("scale"), max_length=30)
    variant = models.CharField(max_length=30, blank=True)
    value = models.DecimalField(_("score"), max_digits=7, decimal_places=2)
    items = models.JSONField(default=dict)
    rater = models.CharField(_("rated by"), max_length=10, choices=RATERS)
    rated_on = models.DateField(_("on"))
    rated_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "clinic.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_reason = models.CharField(_("why"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""),
                name="score_withdrawn_has_reason",
                violation_error_message=_("Write down why."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["condition", "scale", "rated_on"],
                name="score_course",
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.Index(
                fields=["plan", "scale", "rated_on", "id"],
                name="score_of_plan",
                condition=Q(withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Score {self.pk}"


class Recovery(models.Model):
    """On which day after a session the skin was calm."""

    session = models.OneToOneField(
        "treatments.TreatmentSession", on_delete=models.PROTECT, related_name="recovery"
    )
    calm_on_day = models.PositiveSmallIntegerField(_("calm on day"))
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(calm_on_day__lte=120), name="recovery_day_sane"
            ),
        ]

    def __str__(self) -> str:
        return f"Recovery {self.pk}"
