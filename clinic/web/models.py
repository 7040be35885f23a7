"""What every form needs: a key that makes a double click write once."""

from django.db import models


class FormKey(models.Model):
    """One answered form. The same key again gets the same answer (DESIGN 3.3)."""

    user = models.ForeignKey(
        "clinic.User", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    key = models.UUIDField()
    fingerprint = models.CharField(max_length=64)
    location = models.CharField(max_length=500)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="form_key_once"),
        ]
        indexes = [models.Index(fields=["created_at"], name="form_key_by_age")]

    def __str__(self) -> str:
        return f"Form key {self.pk}"
