"""The taps on a sheet: what was changed, what stood there, what was answered."""

from django.db import models


class SheetTap(models.Model):
    """One tap on the sheet, applied once however often it is sent.

    `undo` holds what stood there before, `result` what the tap was answered with.
    """

    session = models.ForeignKey(
        "treatments.TreatmentSession", on_delete=models.PROTECT, related_name="taps"
    )
    tablet = models.UUIDField()
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    payload = models.JSONField()
    undo = models.JSONField(null=True)
    result = models.JSONField(default=dict)
    by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "tablet", "sequence"], name="sheet_tap_once"
            ),
        ]

    def __str__(self) -> str:
        return f"Sheet tap {self.pk}"
