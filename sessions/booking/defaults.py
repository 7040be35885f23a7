"""The wishes of the builder with everything filled in that nobody has said yet."""

from datetime import date, timedelta

from django.http import QueryDict

from sessions.booking.occasions import OCCASIONS
from sessions.booking.wishes import NEW, Options
from sessions.plans.models import Plan, Protocol


def with_defaults(given: QueryDict, options: Options) -> QueryDict:
    """The wishes with everything filled in that nobody has said yet."""
    data = given.copy()
    plan = options.plan
    known = {str(condition.pk) for condition in options.conditions}
    known |= {key for key, _name in options.new_kinds()}
    if data.get("condition") not in known:
        data["condition"] = _first_condition(options, plan)
    offered = options.protocols_for(_one(data, "condition"))
    if data.get("protocol") not in {str(p.pk) for p in offered}:
        wanted = plan.protocol_id if plan else None
        keys = [p.pk for p in offered]
        first = keys[0] if keys else ""
        data["protocol"] = str(wanted if wanted in keys else first)
    protocol = options.protocol(_one(data, "protocol"))
    if protocol and data.get("for_protocol") != data["protocol"]:
        _numbers_of(data, protocol, options)
    data["for_protocol"] = _one(data, "protocol")
    if _has_passed(_one(data, "start_on"), options.today):
        data["start_on"] = options.today.isoformat()
    if "start_on" not in data:
        data["start_on"] = (options.today + timedelta(days=1)).isoformat()
        _wishes_of_the_plan(data, options)
    offered_days = {key for key, _name in options.weekdays()}
    data.setlist(
        "weekdays", [day for day in data.getlist("weekdays") if day in offered_days]
    )
    able = {str(person.pk) for person in options.able(protocol)}
    if _one(data, "practitioner") not in able:
        data["practitioner"] = ""  # the page says why somebody is not offered
    return data


def _has_passed(text: str, today: date) -> bool:
    try:
        return date.fromisoformat(text) < today
    except ValueError:
        return False


def _one(data: QueryDict, name: str) -> str:
    return str(data.get(name, ""))


def _first_condition(options: Options, plan: Plan | None) -> str:
    if plan is not None:
        return str(plan.condition_id)
    active = [c for c in options.conditions if c.status != "resolved"]
    return str(active[0].pk) if active else NEW


def _numbers_of(data: QueryDict, protocol: Protocol, options: Options) -> None:
    plan = options.plan
    same = plan is not None and plan.protocol_id == protocol.pk
    gap = plan.gap_days if plan is not None and same else protocol.gap_days
    data["gap"] = str(gap)
    data["sessions"] = str(max(protocol.sessions - options.kept, 1))


def _wishes_of_the_plan(data: QueryDict, options: Options) -> None:
    plan = options.plan
    if plan is None:
        if options.own_id is not None:
            data.setdefault("practitioner", str(options.own_id))
        return
    data.setdefault("practitioner", str(plan.practitioner_id or ""))
    if plan.ready_before:
        data["ready_before"] = plan.ready_before.isoformat()
        labels = {str(label): key for key, label in OCCASIONS}
        data["ready_label"] = labels.get(plan.ready_label, "occasion")
    if options.clinical and plan.goal_scale:
        data["goal_scale"] = plan.goal_scale
        data["goal_value"] = str(plan.goal_value)
