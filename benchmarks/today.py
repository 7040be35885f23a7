"""The desk's day: three practitioners fully booked, every visit of a plan."""

from datetime import timedelta

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from benchmarks import pages
from benchmarks.measure import Row, compare
from clinic.models import Site, User
from tests import factories

PRACTITIONERS, A_DAY = 3, 12
MINUTES = 45
STATES = ("done", "in_room", "arrived", "confirmed", "unconfirmed", "missed")


def run() -> list[Row]:
    """One row: the whole page, signed in."""
    site = factories.make_site()
    desk = factories.make_desk(site=site)
    _fill(site, desk)
    return [
        compare(
            f"Today, {PRACTITIONERS * A_DAY} visits",
            ours=pages.get(pages.signed_in(desk), reverse("booking:today")),
            limit_ms=80,
        )
    ]


def _fill(site: Site, desk: User) -> None:
    opens = timezone.localtime(timezone.now(), site.zone).replace(
        hour=8, minute=0, second=0, microsecond=0
    )
    for number in range(PRACTITIONERS):
        practitioner = factories.make_practitioner(site=site)
        room = factories.make_room(site=site)
        for turn in range(A_DAY):
            condition = factories.make_condition(patient=factories.make_patient())
            plan = factories.make_plan(condition=condition, site=site, by=desk)
            factories.make_visit(
                patient=condition.patient,
                practitioner=practitioner,
                room=room,
                by=desk,
                plan=plan,
                planned_session=plan.planned_sessions.order_by("number").first(),
                starts_at=opens + timedelta(minutes=MINUTES * turn),
                status=STATES[(number + turn) % len(STATES)],
                in_room_at=timezone.now(),
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
