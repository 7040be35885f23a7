"""What is known of a patient's health, what is treated, and what was asked when."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.web import refs

FACT_SOURCES = [
    ("import", _("Imported record")),
    ("screening", _("Screening answer")),
    ("practitioner", _("Practitioner")),
    ("patient", _("Patient")),
]
CONDITION_STATUSES = [
    ("active", _("Active")),
    ("in_treatment", _("In treatment")),
    ("resolved", _("Resolved")),
]
PURPOSES = [("plan", _("Before a plan")), ("session", _("Before a session"))]
OVERRIDE_KINDS = [("signoff", _("Sign-off")), ("override", _("Override"))]


class HistoryFact(models.Model):
    """A dated, sourced fact: isotretinoin, stopped 31 August.

    `kind` and `choice` are keys of `clinic/rules/knowledge/facts.toml`. A state that
    is over has `stopped_on`, or `ended` when nobody knows the day. A fact that is
    not `certain` only suggests an answer to the screening. A row is withdrawn when
    it was entered in error, never deleted.
    """

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="facts"
    )
    kind = models.CharField(max_length=40)
    choice = models.CharField(max_length=40, blank=True)
    zones = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    started_on = models.DateField(_("since"), null=True, blank=True)
    stopped_on = models.DateField(_("until"), null=True, blank=True)
    ended = models.BooleanField(_("over, day not known"), default=False)
    certain = models.BooleanField(default=True)
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    source = models.CharField(max_length=12, choices=FACT_SOURCES)
    code_system = models.CharField(max_length=20, blank=True)
    code = models.CharField(max_length=40, blank=True)
    import_key = models.CharField(max_length=160, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        "clinic.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "clinic.User", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(started_on__isnull=True)
                | Q(stopped_on__isnull=True)
                | Q(stopped_on__gte=F("started_on")),
                name="fact_dates_ordered",
                violation_error_message=_("It must end after it begins."),
            ),
            models.UniqueConstraint(
                fields=["patient", "import_key"],
                condition=~Q(import_key=""),
                name="fact_imported_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["patient", "kind"],
                name="fact_live",
                condition=Q(withdrawn_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"History fact {self.pk}"


class PatientCondition(models.Model):
    """One thing that is treated on one patient; several may stand side by side.

    `kind` is a key of `clinic/rules/knowledge/conditions.toml`, `zones` are drawn
    codes such as CM-R, the baseline is a reading of a named scale.
    """

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="conditions"
    )
    kind = models.CharField(_("condition"), max_length=30)
    subtype = models.CharField(_("subtype"), max_length=80, blank=True)
    zones = ArrayField(
        models.CharField(max_length=8), verbose_name=_("zones"), default=list
    )
    baseline_scale = models.CharField(_("scale"), max_length=30, blank=True)
    baseline_value = models.DecimalField(
        _("score at the start"), max_digits=7, decimal_places=2, null=True, blank=True
    )
    severity = models.CharField(_("severity in words"), max_length=80, blank=True)
    onset_on = models.DateField(_("since"), null=True, blank=True)
    onset_precision = models.CharField(
        max_length=5,
        blank=True,
        choices=[("day", _("Day")), ("month", _("Month")), ("year", _("Year"))],
    )
    status = models.CharField(
        _("status"), max_length=12, choices=CONDITION_STATUSES, default="active"
    )
    note = models.TextField(_("note"), blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        "clinic.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(baseline_scale="") & Q(baseline_value__isnull=True))
                | (~Q(baseline_scale="") & Q(baseline_value__isnull=False)),
                name="condition_baseline_complete",
                violation_error_message=_("A score needs its scale."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=[s for s, _label in CONDITION_STATUSES]),
                name="condition_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(zones=[]),
                name="condition_has_zones",
                violation_error_message=_("Choose at least one zone."),
            ),
        ]
        indexes = [models.Index(fields=["patient", "status"], name="condition_status")]

    def __str__(self) -> str:
        return f"Patient condition {self.pk}"


class Screening(models.Model):
    """One round of safety questions, with the book and the findings of its day.

    `findings` is the frozen answer of the rules, kept so that the record explains
    itself later; it is never queried. A draft is open until `completed_at`.
    """

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="screenings"
    )
    purpose = models.CharField(max_length=8, choices=PURPOSES)
    for_date = models.DateField()
    zones = ArrayField(models.CharField(max_length=8), default=list)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, related_name="+"
    )
    answered_by_patient = models.BooleanField(default=False)
    anaesthetic = models.BooleanField(_("numbing"), null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey(
        "clinic.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    verdict = models.CharField(max_length=8, blank=True)
    findings = models.JSONField(default=list)
    book_revision = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)

    PREFIX: ClassVar[str] = "Q"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True)
                | (~Q(verdict="") & ~Q(book_revision="")),
                name="screening_completed_has_verdict",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-started_at"], name="screening_latest")
        ]

    def __str__(self) -> str:
        return f"Screening {self.pk}"

    @property
    def reference(self) -> str:
        """`Q0012`, for addresses."""
        return refs.number(self.PREFIX, self.pk, width=4)


class ScreeningAnswer(models.Model):
    """One answer: yes, no, or not asked (null). Not asked is never no.

    `prefilled_from` is the fact that suggested it, `recorded_as` the fact that it
    became when the screening was completed.
    """

    screening = models.ForeignKey(
        Screening, on_delete=models.CASCADE, related_name="answers"
    )
    question = models.CharField(max_length=40)
    value = models.BooleanField(null=True)
    dated_on = models.DateField(null=True, blank=True)
    stopped_on = models.DateField(null=True, blank=True)
    ended = models.BooleanField(default=False)
    choice = models.CharField(max_length=40, blank=True)
    zones = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    prefilled_from = models.ForeignKey(
        HistoryFact, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_as = models.ForeignKey(
        HistoryFact, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["screening", "question"], name="screening_answer_once"
            ),
        ]

    def __str__(self) -> str:
        return f"Screening answer {self.pk}"


class RuleOverride(models.Model):
    """A named person's written reason against a finding of a screening.

    `verdict` is how grave the finding was: a graver one needs another reason.
    """

    screening = models.ForeignKey(
        Screening, on_delete=models.PROTECT, related_name="overrides"
    )
    code = models.CharField(max_length=20)
    kind = models.CharField(max_length=8, choices=OVERRIDE_KINDS)
    scope = models.CharField(max_length=12, default="needling")
    verdict = models.CharField(max_length=8)
    sentence = models.TextField()
    reason = models.TextField(_("reason"))
    by_prescriber = models.BooleanField(default=False)
    by_medical_lead = models.BooleanField(default=False)
    by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["screening", "code", "scope", "kind"],
                name="rule_override_once",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="rule_override_has_reason",
                violation_error_message=_("Write down why."),
            ),
            models.CheckConstraint(
                condition=Q(by_prescriber=True) | Q(by_medical_lead=True),
                name="rule_override_has_authority",
            ),
        ]

    def __str__(self) -> str:
        return f"Override {self.pk}"
