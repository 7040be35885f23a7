"""Where and when the clinic works: sites, rooms, hours, closures, absences."""

from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

WEEKDAYS = [
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
]


def validate_time_zone(name: str) -> None:
    """Refuse a time zone the system does not know."""
    if name not in available_timezones():
        raise ValidationError(
            _("Choose a time zone such as Europe/London."), code="time_zone"
        )


class Clinic(models.Model):
    """The one clinic of this database (DESIGN 3.1)."""

    name = models.CharField(_("name"), max_length=120)
    is_demo = models.BooleanField(default=False, editable=False)
    demo_day = models.DateField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="clinic_only_one"),
        ]

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A place with rooms, an address and a time zone of its own."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=60, validators=[validate_time_zone]
    )
    is_active = models.BooleanField(_("in use"), default=True)
    staff = models.ManyToManyField(
        "clinic.User", related_name="sites", through="clinic.SiteStaff"
    )

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone as Python knows it."""
        return ZoneInfo(self.time_zone)


class SiteStaff(models.Model):
    """A person works at a site."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        "clinic.User", on_delete=models.CASCADE, related_name="memberships"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "user"], name="site_staff_once"),
        ]

    def __str__(self) -> str:
        return f"Membership {self.pk}"


class Room(models.Model):
    """A treatment room."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(_("name"), max_length=60)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "name"], name="room_once"),
        ]

    def __str__(self) -> str:
        return self.name


def _ordered_hours(prefix: str) -> list[models.CheckConstraint]:
    return [
        models.CheckConstraint(
            condition=Q(ends__gt=F("begins")),
            name=f"{prefix}_hours_ordered",
            violation_error_message=_("It must end after it begins."),
        ),
        models.CheckConstraint(
            condition=Q(weekday__gte=0) & Q(weekday__lte=6),
            name=f"{prefix}_weekday_known",
        ),
    ]


class OpeningHours(models.Model):
    """When a site is open on a weekday, in its own wall-clock time."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(_("day"), choices=WEEKDAYS)
    begins = models.TimeField(_("from"))
    ends = models.TimeField(_("to"))

    class Meta:
        constraints = [
            *_ordered_hours("opening"),
            models.UniqueConstraint(
                fields=["site", "weekday", "begins"], name="opening_hours_once"
            ),
        ]

    def __str__(self) -> str:
        return f"Opening hours {self.pk}"


class WorkingHours(models.Model):
    """When a person works at a site on a weekday, in the site's wall-clock time."""

    user = models.ForeignKey(
        "clinic.User", on_delete=models.CASCADE, related_name="working_hours"
    )
    site = models.ForeignKey(
        Site, on_delete=models.CASCADE, related_name="working_hours"
    )
    weekday = models.PositiveSmallIntegerField(_("day"), choices=WEEKDAYS)
    begins = models.TimeField(_("from"))
    ends = models.TimeField(_("to"))

    class Meta:
        constraints = [
            *_ordered_hours("working"),
            models.UniqueConstraint(
                fields=["user", "site", "weekday", "begins"], name="working_hours_once"
            ),
        ]

    def __str__(self) -> str:
        return f"Working hours {self.pk}"


class Closure(models.Model):
    """Days on which a site is closed; without a site, the whole clinic is."""

    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.CASCADE, related_name="closures"
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=80)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="closure_days_ordered",
                violation_error_message=_("It must end after it begins."),
            ),
        ]
        indexes = [models.Index(fields=["last_day"], name="closure_by_end")]

    def __str__(self) -> str:
        return f"Closure {self.pk}"


class Absence(models.Model):
    """A practitioner is away for whole days."""

    user = models.ForeignKey(
        "clinic.User", on_delete=models.CASCADE, related_name="absences"
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=80, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="absence_days_ordered",
                violation_error_message=_("It must end after it begins."),
            ),
        ]
        indexes = [models.Index(fields=["user", "last_day"], name="absence_by_end")]

    def __str__(self) -> str:
        return f"Absence {self.pk}"
