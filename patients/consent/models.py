"""Consent: which text was agreed to, by whom, how, and whether it still stands."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

CONSENT_KINDS = [
    ("treatment", _("Treatment")),
    ("off_label", _("Use beyond the device label")),
    ("photo_record", _("Photos for the record")),
    ("photo_teaching", _("Photos for teaching")),
    ("photo_website", _("Photos for the website")),
    ("photo_social", _("Photos for social media")),
]
CONSENT_WAYS = [("paper", _("On paper")), ("tablet", _("On the tablet"))]


class ConsentText(models.Model):
    """One version of a form in one language. Once used it never changes."""

    kind = models.CharField(_("kind"), max_length=16, choices=CONSENT_KINDS)
    version = models.PositiveSmallIntegerField(_("version"))
    language = models.CharField(_("language"), max_length=12, default="en")
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"))
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        "clinic.User", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "language", "version"], name="consent_text_once"
            ),
        ]

    def __str__(self) -> str:
        return f"Consent text {self.kind} {self.version} {self.language}"


class Consent(models.Model):
    """A patient's consent to one version of one text.

    `signed_name` is the name typed on the tablet; on paper the sheet is signed.
    """

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="consents"
    )
    text = models.ForeignKey(
        ConsentText, on_delete=models.PROTECT, related_name="consents"
    )
    kind = models.CharField(max_length=16, choices=CONSENT_KINDS)
    way = models.CharField(_("how"), max_length=8, choices=CONSENT_WAYS)
    given_at = models.DateTimeField()
    taken_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, related_name="+"
    )
    signed_name = models.CharField(_("name"), max_length=120, blank=True)
    guardian_name = models.CharField(_("guardian"), max_length=120, blank=True)
    guardian_relation = models.CharField(_("relation"), max_length=60, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "clinic.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "kind"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_one_live_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True)
                | Q(withdrawn_at__gte=F("given_at")),
                name="consent_withdrawn_after_given",
            ),
            models.CheckConstraint(
                condition=~Q(way="tablet") | ~Q(signed_name=""),
                name="consent_on_tablet_is_signed",
                violation_error_message=_("Type the name of who agrees."),
            ),
        ]

    def __str__(self) -> str:
        return f"Consent {self.pk}"
