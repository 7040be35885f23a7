"""What this clinic sets about the shipped rules, short of changing a number."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RuleSetting(models.Model):
    """One rule's mode here. A rule without a row runs as shipped.

    `version` grows with every change; who changes it names the one they saw.
    """

    code = models.CharField(_("rule"), max_length=20, unique=True)
    strict = models.BooleanField(_("strict"), default=False)
    overridable = models.BooleanField(_("may be overridden"), default=True)
    changed_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"Rule setting {self.code}"
