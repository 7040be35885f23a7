"""Reading plans and protocols."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import Prefetch, QuerySet

from sessions.plans import ramp
from sessions.plans.models import Away, Plan, PlannedSession, Protocol, ProtocolZone


def approved_protocols(*, kinds: Iterable[str] = ()) -> QuerySet[Protocol]:
    """Protocols that may be chosen, best evidence first; of these conditions if any."""
    rows = Protocol.objects.filter(is_active=True, approved_at__isnull=False)
    wanted = list(kinds)
    if wanted:
        rows = rows.filter(condition_kind__in=wanted)
    return rows.order_by("condition_kind", "device_kind", "name", "-version", "id")


def zones_of(protocol: Protocol) -> list[ProtocolZone]:
    """The zones of a protocol in the order they were written."""
    return list(protocol.zones.order_by("id"))


def all_protocols() -> QuerySet[Protocol]:
    """Every version of every protocol with its zones, newest version first."""
    zones = Prefetch("zones", queryset=ProtocolZone.objects.order_by("id"))
    return (
        Protocol.objects.select_related("approved_by")
        .prefetch_related(zones)
        .order_by("condition_kind", "device_kind", "name", "-version", "id")
    )


def planned_sessions(plan: Plan) -> list[PlannedSession]:
    """The sessions that are meant, in order; those given up are left out."""
    return list(plan.planned_sessions.filter(is_dropped=False).order_by("number"))


def aways_of(*, patient_id: int) -> list[Away]:
    """When the patient travels, in order of time."""
    return list(Away.objects.filter(patient_id=patient_id).order_by("first_day", "id"))


def ranges_of(protocols: Iterable[Protocol]) -> Mapping[int, ramp.Range | None]:
    """The range of each protocol's deepest zone in mm, by its id; one query."""
    zones: dict[int, list[ProtocolZone]] = defaultdict(list)
    for row in ProtocolZone.objects.filter(protocol__in=list(protocols)):
        zones[row.protocol_id].append(row)
    return {key: ramp.deepest_range(rows) for key, rows in zones.items()}


def by_key(key: int) -> QuerySet[Plan]:
    """One plan as a queryset, for pages that add what they read."""
    return Plan.objects.filter(pk=key)
