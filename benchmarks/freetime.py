"""Availability of practitioners x rooms: a day, a week, a month, ninety days.

Both sides answer over HTTP to a person who is signed in: ours asks the search of the
booking pages, the bare view sends the same query itself and lays masks over masks.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import override_settings
from django.urls import path

from benchmarks import bare, filling, pages
from benchmarks.measure import Row, compare
from clinic.rules import freetime
from clinic.rules.freetime import DayResources, Need
from clinic.urls import urlpatterns as all_pages
from sessions.booking import occupancy
from tests import factories

VISITS = 100_000
SPANS = {"day": 1, "week": 7, "month": 30}


Look = Callable[[int], list[int]]
LOOKS: dict[str, Look] = {}


def free(_request: HttpRequest, who: str, days: int) -> HttpResponse:
    """The free starts of so many days, one mask for each, found by `who`."""
    return JsonResponse([f"{mask:x}" for mask in LOOKS[who](days)], safe=False)


urlpatterns = [path("free/<str:who>/<int:days>/", free), *all_pages]


def run() -> list[Row]:
    """A row for each span, and one for the search alone."""
    house = filling.house(visits=VISITS)
    roster = occupancy.Roster(
        site_id=house.site.pk,
        zone=house.site.zone,
        practitioners=tuple(person.pk for person in house.practitioners),
        rooms=tuple(room.pk for room in house.rooms),
    )
    need = Need(minutes=45, practitioners=roster.practitioners, rooms=roster.rooms)

    def look(days: int) -> list[int]:
        found = occupancy.free_days(roster=roster, first_day=factories.TODAY, days=days)
        return [freetime.day_starts(day, need).anywhere for day in found]

    def bare_look(days: int) -> list[int]:
        found = bare.search(roster.practitioners, roster.rooms, days=days)
        return [found.anywhere(day) for day in range(days)]

    LOOKS.update(ours=look, bare=bare_look)
    with override_settings(ROOT_URLCONF="benchmarks.freetime"):
        client = pages.signed_in(house.desk)
        rows = [
            compare(
                f"free time, {name}, {VISITS:,} visits",
                ours=pages.get(client, f"/free/ours/{days}/"),
                floor=pages.get(client, f"/free/bare/{days}/"),
                limit=1.5,
            )
            for name, days in SPANS.items()
        ]
    return [*rows, _first_free(roster, need)]


def _first_free(roster: occupancy.Roster, need: Need) -> Row:
    """The search alone, through ninety days of which only the last has room."""
    days = occupancy.free_days(roster=roster, first_day=factories.TODAY, days=90)
    full = [_filled(day) for day in days[:-1]] + [days[-1]]
    return compare(
        "first free slot in 90 full days, in Python",
        ours=lambda: freetime.first_free(full, need),
        limit_ms=5,
    )


def _filled(day: DayResources) -> DayResources:
    return DayResources(
        day=day.day,
        open=day.open,
        practitioners=day.practitioners,
        rooms=dict.fromkeys(day.rooms, freetime.FULL_DAY),
        devices=day.devices,
    )
