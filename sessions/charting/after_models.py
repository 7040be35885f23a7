"""What comes after the signature: additions, and adverse events of any session."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.web import refs


class Addition(models.Model):
    """Something added after signing: dated, signed, never changed."""

    session = models.ForeignKey(
        "treatments.TreatmentSession",
        on_delete=models.PROTECT,
        related_name="additions",
    )
    text = models.TextField(_("addition"))
    by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="addition_has_text"),
        ]

    def __str__(self) -> str:
        return f"Addition {self.pk}"


class AdverseEvent(models.Model):
    """Something that should not have happened; nobody can delete it.

    Whether it is still expected after so many days is no column: the rules say so
    whenever it is read or counted, for the longer it lasts the less it is.
    """

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="adverse_events"
    )
    session = models.ForeignKey(
        "treatments.TreatmentSession",
        on_delete=models.PROTECT,
        related_name="adverse_events",
    )
    kind = models.CharField(_("kind"), max_length=20)
    onset_on = models.DateField(_("began on"))
    grade = models.PositiveSmallIntegerField(_("grade"))
    zones = ArrayField(
        models.CharField(max_length=8), verbose_name=_("zones"), default=list
    )
    description = models.TextField(_("what was seen"), blank=True)
    action = models.TextField(_("what was done"), blank=True)
    outcome = models.CharField(_("outcome"), max_length=200, blank=True)
    closed_on = models.DateField(_("settled on"), null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    PREFIX: ClassVar[str] = "E"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(grade__gte=1) & Q(grade__lte=5),
                name="event_grade_known",
                violation_error_message=_("Choose a grade from 1 to 5."),
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("onset_on")),
                name="event_closed_after_onset",
                violation_error_message=_("It cannot settle before it began."),
            ),
        ]
        indexes = [
            models.Index(fields=["onset_on"], name="event_by_onset"),
            models.Index(
                fields=["id"], name="event_open", condition=Q(closed_on__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"Adverse event {self.pk}"

    @property
    def reference(self) -> str:
        """`E118`, for addresses and paper."""
        return refs.number(self.PREFIX, self.pk, width=3)
