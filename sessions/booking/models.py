"""Visits: who, where, when. The database refuses every overlap (DESIGN 3.3)."""

from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from clinic.web import refs

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

VISIT_KINDS = [
    ("consultation", _("Consultation")),
    ("session", _("Session")),
    ("review", _("Review")),
]
VISIT_STATUSES = [
    ("unconfirmed", _("Not confirmed")),
    ("confirmed", _("Confirmed")),
    ("arrived", _("Arrived")),
    ("numbing", _("Numbing")),
    ("in_room", _("In room")),
    ("done", _("Done")),
    ("missed", _("Missed")),
    ("cancelled", _("Cancelled")),
]
KIND_WORDS, STATUS_WORDS = dict(VISIT_KINDS), dict(VISIT_STATUSES)
FREE_STATUSES = ("missed", "cancelled")
OCCUPIES = ~Q(status__in=FREE_STATUSES)


class _Span(Func):
    """The visit's time as a range: the start counts, the end does not."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class _Identity(Func):
    """An id as a one-element range, so that GiST needs no extension."""

    function = "INT8RANGE"
    template = "%(function)s(%(expressions)s, '[]')"


def _never_twice(
    field: str, *, message: "StrPromise", nullable: bool
) -> ExclusionConstraint:
    key = f"{field}_id"
    present = Q(**{f"{field}__isnull": False}) if nullable else Q()
    return ExclusionConstraint(
        name=f"visit_{field}_once",
        expressions=[
            (_Identity(F(key), F(key)), "&&"),
            (_Span(F("starts_at"), F("ends_at"), Value("[)")), "&&"),
        ],
        condition=OCCUPIES & present,
        violation_error_message=message,
    )


class Visit(models.Model):
    """A booked time with a practitioner, a room and, if needed, a device."""

    kind = models.CharField(_("kind"), max_length=12, choices=VISIT_KINDS)
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="visits"
    )
    practitioner = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, related_name="visits"
    )
    site = models.ForeignKey(
        "clinic.Site", on_delete=models.PROTECT, related_name="visits"
    )
    room = models.ForeignKey(
        "clinic.Room", on_delete=models.PROTECT, related_name="visits"
    )
    device = models.ForeignKey(
        "clinic.Device", null=True, on_delete=models.PROTECT, related_name="visits"
    )
    plan = models.ForeignKey(
        "treatments.Plan", null=True, on_delete=models.PROTECT, related_name="visits"
    )
    planned_session = models.ForeignKey(
        "treatments.PlannedSession",
        null=True,
        on_delete=models.PROTECT,
        related_name="visits",
    )
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    day = models.DateField(_("day"), help_text=_("The site's own calendar day."))
    status = models.CharField(
        _("status"), max_length=12, choices=VISIT_STATUSES, default="unconfirmed"
    )
    why = models.CharField(max_length=200, blank=True)
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, related_name="+"
    )
    arrived_at = models.DateTimeField(null=True, blank=True)
    numbing_since = models.DateTimeField(null=True, blank=True)
    numbing_until = models.DateTimeField(null=True, blank=True)
    in_room_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(_("why"), max_length=200, blank=True)
    confirmed_rules = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)

    PREFIX: ClassVar[str] = "V"

    class Meta:
        constraints = [
            _never_twice(
                "practitioner", message=_("The practitioner is taken."), nullable=False
            ),
            _never_twice("room", message=_("The room is taken."), nullable=False),
            _never_twice("device", message=_("The device is taken."), nullable=True),
            _never_twice(
                "patient",
                message=_("The patient has another visit then."),
                nullable=False,
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="visit_ends_later"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[s for s, _label in VISIT_STATUSES]),
                name="visit_status_known",
            ),
            models.CheckConstraint(
                condition=Q(planned_session__isnull=True)
                | (Q(plan__isnull=False) & Q(kind="session")),
                name="visit_of_planned_session_has_plan",
            ),
            models.UniqueConstraint(
                fields=["planned_session"],
                condition=OCCUPIES & Q(planned_session__isnull=False),
                name="visit_one_for_a_planned_session",
            ),
            models.CheckConstraint(
                condition=(
                    Q(numbing_since__isnull=True) & Q(numbing_until__isnull=True)
                )
                | Q(numbing_until__gte=F("numbing_since")),
                name="visit_numbing_ordered",
            ),
        ]
        indexes = [
            models.Index(
                fields=["practitioner", "starts_at", "ends_at"],
                name="visit_by_practitioner",
                condition=OCCUPIES,
            ),
            models.Index(
                fields=["room", "starts_at", "ends_at"],
                name="visit_by_room",
                condition=OCCUPIES,
            ),
            models.Index(
                fields=["device", "starts_at", "ends_at"],
                name="visit_by_device",
                condition=OCCUPIES & Q(device__isnull=False),
            ),
            models.Index(fields=["patient", "starts_at"], name="visit_by_patient"),
            models.Index(fields=["site", "day", "starts_at"], name="visit_by_day"),
            models.Index(fields=["plan", "starts_at"], name="visit_by_plan"),
        ]

    def __str__(self) -> str:
        return f"Visit {self.pk}"

    def get_kind_display(self) -> str:  # type: ignore[no-redef]
        """The kind in words; Django's own translates every choice to find one."""
        return str(KIND_WORDS[self.kind])

    def get_status_display(self) -> str:  # type: ignore[no-redef]
        """The state in words, as the kind."""
        return str(STATUS_WORDS[self.status])

    @property
    def reference(self) -> str:
        """`V7KQ2X`, for addresses and paper."""
        return refs.scrambled(self.PREFIX, self.pk)
