"""The audit log: what was read and changed, and the seal that chains it.

Both tables are append-only: triggers refuse update, delete and truncate
(migration 0002), and the web role has no right to try.
"""

from django.db import models
from django.db.models import Q


class AuditEvent(models.Model):
    """One thing somebody did. It holds no medical values and no names."""

    at = models.DateTimeField()
    actor = models.ForeignKey(
        "clinic.User",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    action = models.CharField(max_length=60)
    patient_id = models.BigIntegerField(null=True)
    object_kind = models.CharField(max_length=40, blank=True)
    object_id = models.BigIntegerField(null=True)
    details = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=32, blank=True)
    source = models.CharField(max_length=40)

    class Meta:
        indexes = [
            models.Index(
                fields=["patient_id", "-id"],
                name="audit_by_patient",
                condition=Q(patient_id__isnull=False),
            ),
            models.Index(fields=["actor", "-id"], name="audit_by_actor"),
            models.Index(fields=["at"], name="audit_by_time"),
            models.Index(
                fields=["-id"],
                name="audit_about_people",
                condition=Q(object_kind="user"),
            ),
        ]

    def __str__(self) -> str:
        return f"Audit event {self.pk}"


class AuditSeal(models.Model):
    """The link of one event in the hash chain, in the order of `id`."""

    event = models.OneToOneField(
        AuditEvent, on_delete=models.PROTECT, related_name="seal"
    )
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["previous"], name="audit_seal_one_next"),
        ]

    def __str__(self) -> str:
        return f"Audit seal {self.pk}"
