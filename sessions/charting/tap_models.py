"""What is tapped on a sheet: every tap, the ticks, and who took the sheet over."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


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


class TakeOver(models.Model):
    """Somebody else treats from here on, and why; it stays with the record."""

    session = models.ForeignKey(
        "treatments.TreatmentSession",
        on_delete=models.PROTECT,
        related_name="take_overs",
    )
    before = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.CharField(_("why"), max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(note=""),
                name="take_over_has_note",
                violation_error_message=_("Write down why."),
            ),
            models.CheckConstraint(
                condition=~Q(before=F("by")), name="take_over_from_another"
            ),
        ]

    def __str__(self) -> str:
        return f"Take-over {self.pk}"


class ChecklistTick(models.Model):
    """One line of the sterile checklist, ticked."""

    session = models.ForeignKey(
        "treatments.TreatmentSession", on_delete=models.PROTECT, related_name="ticks"
    )
    item = models.CharField(max_length=30)
    at = models.DateTimeField()
    by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "item"], name="checklist_tick_once"
            ),
        ]

    def __str__(self) -> str:
        return f"Checklist tick {self.pk}"
