"""Planned past a rule: a prescriber's written reason for a date (DESIGN 6)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sessions.booking.models import Visit


class PlannedPast(models.Model):
    """A named prescriber's written reason to set a date nearer than the gap rule says.

    `sentence` is what the rule said of the date then. Rows are only added.
    """

    visit = models.ForeignKey(
        Visit, on_delete=models.PROTECT, related_name="planned_past"
    )
    code = models.CharField(max_length=20)
    sentence = models.TextField()
    reason = models.TextField(_("reason"))
    by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="planned_past_has_reason",
                violation_error_message=_("Write down why."),
            ),
        ]
        indexes = [models.Index(fields=["visit", "at"], name="planned_past_latest")]

    def __str__(self) -> str:
        return f"Planned past {self.pk}"
