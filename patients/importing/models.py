"""One import of people, its files while it runs, and what it could not take over."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

KINDS = [
    ("people", _("People")),
    ("conditions", _("Conditions")),
    ("medications", _("Medicines")),
    ("allergies", _("Allergies")),
]
STATES = [
    ("ready", _("Ready to start")),
    ("running", _("Running")),
    ("done", _("Done")),
    ("cancelled", _("Cancelled")),
]
ISSUES = [
    ("refused", _("Not taken over")),
    ("held", _("Looks like somebody here")),
    ("changed", _("Reported dead")),
    ("note", _("To look at")),
]


class ImportRun(models.Model):
    """One import: which system, how far it is, what came of it.

    `deceased` counts those who were added as dead, `reported_dead` those who lived
    here until this import and are among the `known`.
    Rows are people, records their conditions, medicines and allergies. A record
    becomes none, one or several facts (`fact_counts` by kind, only to be shown);
    `records_unmapped` are those of no meaning to the screening, `records_homeless`
    those of people who were not added.
    """

    source = models.CharField(max_length=40)
    label = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=STATES, default="ready")
    date_order = models.CharField(max_length=3)
    order_is_sure = models.BooleanField(default=True)
    adds_look_alikes = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey(
        "clinic.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    added = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    deceased = models.PositiveIntegerField(default=0)
    reported_dead = models.PositiveIntegerField(default=0)
    facts_added = models.PositiveIntegerField(default=0)
    fact_counts = models.JSONField(default=dict)
    facts_changed = models.PositiveIntegerField(default=0)
    records_read = models.PositiveIntegerField(default=0)
    records_unmapped = models.PositiveIntegerField(default=0)
    records_homeless = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state for state, _label in STATES]),
                name="import_run_state_known",
            ),
            models.CheckConstraint(
                condition=Q(date_order__in=["dmy", "mdy"]),
                name="import_run_order_known",
            ),
        ]
        indexes = [models.Index(fields=["-id"], name="import_run_latest")]

    def __str__(self) -> str:
        return f"Import {self.pk}"


class ImportFile(models.Model):
    """One file of an import. `at` and `line` say how far it was read.

    `counts` is what a first reading showed, for the preview; it is never queried.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(max_length=12, choices=KINDS)
    name = models.CharField(max_length=120)
    layout_label = models.CharField(max_length=80)
    headers = ArrayField(models.TextField(), default=list)
    delimiter = models.CharField(max_length=1)
    size_bytes = models.PositiveIntegerField()
    rows = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    at = models.PositiveIntegerField(default=0)
    line = models.PositiveIntegerField(default=0)
    is_read = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind for kind, _label in KINDS]),
                name="import_file_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"Import file {self.pk}"


class ImportPart(models.Model):
    """A piece of an uploaded file, as UTF-8; gone when the import is over."""

    file = models.ForeignKey(ImportFile, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="import_part_once"),
        ]

    def __str__(self) -> str:
        return f"Import part {self.pk}"


class ImportIssue(models.Model):
    """A row that was not taken over, or that somebody should look at."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="issues")
    file = models.ForeignKey(
        ImportFile, on_delete=models.CASCADE, related_name="issues"
    )
    line = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=ISSUES)
    reason = models.TextField()
    cells = ArrayField(models.TextField(), default=list)
    patient = models.ForeignKey(
        "patients.Patient", null=True, on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["run", "kind", "id"], name="import_issue_listed")
        ]

    def __str__(self) -> str:
        return f"Import issue {self.pk}"


class ImportRecord(models.Model):
    """A record on its way to becoming a fact; it waits until its person is there."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="records")
    person_key = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    choice = models.CharField(max_length=40, blank=True)
    dated = models.CharField(max_length=5)
    certain = models.BooleanField()
    started_on = models.DateField(null=True)
    stopped_on = models.DateField(null=True)
    detail = models.CharField(max_length=200)
    record_list = models.CharField(max_length=12)
    code_system = models.CharField(max_length=20)
    code = models.CharField(max_length=40)

    class Meta:
        indexes = [
            models.Index(fields=["run", "person_key"], name="import_record_person")
        ]

    def __str__(self) -> str:
        return f"Import record {self.pk}"
