"""What stands on the sheet, to be compared and put back: undo without special cases.

A tap is undone by putting back what it changed, nothing else: a patch holds the old
values of changed fields, and None for a row that the tap made.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from sessions.charting.models import (
    ChecklistTick,
    SessionTopical,
    SessionUnit,
    TreatmentSession,
    ZoneTreatment,
)
from sessions.charting.queries.parts import SheetParts

SESSION_FIELDS = (
    "device_id",
    "device_checked",
    "model_key",
    "reaction",
    "pain",
    "tolerance",
    "note",
    "aftercare_given",
    "exposure_incident",
)
ZONE_FIELDS = (
    "zone",
    "depth_setting_mm",
    "needle_length_mm",
    "passes",
    "endpoint",
    "is_scar",
    "is_left_out",
    "planned_mm",
    "previous_mm",
    "previous_passes",
    "reason",
    "note",
    "findings",
)
TOPICAL_FIELDS = (
    "kind",
    "topical_key",
    "product",
    "lot_id",
    "strength_percent",
    "grams",
    "on_at",
    "off_at",
    "is_occluded",
    "is_sterile",
    "for_needled_skin",
    "confirmed",
    "findings",
    "signoff_reason",
    "signoff_by_id",
    "signoff_at",
)
UNIT_FIELDS = ("unit_id", "is_discarded", "taken_at")
TICK_FIELDS = ("item", "at", "by_id")
PARTS: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "zones": (ZoneTreatment, ZONE_FIELDS),
    "topicals": (SessionTopical, TOPICAL_FIELDS),
    "ticks": (ChecklistTick, TICK_FIELDS),
    "units": (SessionUnit, UNIT_FIELDS),
}
Values = dict[str, Any]
State = dict[str, dict[str, Values]]
Patch = dict[str, dict[str, Values | None]]


def capture(parts: SheetParts) -> State:
    """Everything a tap may change, as it stands now; reads what was not read yet."""
    state: State = {"session": {"": _values(parts.session, SESSION_FIELDS)}}
    for part, (_model, fields) in PARTS.items():
        rows = parts.rows(part)
        state[part] = {str(row.pk): _values(row, fields) for row in rows}
    return state


def keep_zones(zones: Iterable[ZoneTreatment], before: State) -> None:
    """Write new and changed zones in one statement, however many they are."""
    changed = [
        row
        for row in zones
        if before["zones"].get(str(row.pk)) != _values(row, ZONE_FIELDS)
    ]
    if changed:
        ZoneTreatment.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["session", "zone"],
            update_fields=[field for field in ZONE_FIELDS if field != "zone"],
        )


def _values(row: Model, fields: tuple[str, ...]) -> Values:
    return {field: getattr(row, field) for field in fields}


def difference(before: State, after: State) -> Patch:
    """What has to be put back to get from `after` to `before`."""
    patch: Patch = {}
    for part, rows in before.items():
        changed: dict[str, Values | None] = {
            key: values
            for key, values in rows.items()
            if after[part].get(key) != values
        }
        changed.update({key: None for key in after[part] if key not in rows})
        if changed:
            patch[part] = changed
    return patch


def restore(session: TreatmentSession, patch: Mapping[str, Any]) -> None:
    """Put back what a patch holds; rows that were made meanwhile go."""
    for values in patch.get("session", {}).values():
        _put(session, values)
    for part, (model, _fields) in PARTS.items():
        rows = model._default_manager.filter(session=session)  # noqa: SLF001
        known = {str(row.pk): row for row in rows}
        for key, values in patch.get(part, {}).items():
            if values is None:
                if key in known:
                    known[key].delete()
            elif key in known:
                _put(known[key], values)
            else:
                _put(model(session=session, pk=int(key)), values, is_new=True)


def _put(row: Model, values: Mapping[str, Any], *, is_new: bool = False) -> None:
    for name, value in values.items():
        field = row._meta.get_field(name.removesuffix("_id"))
        kept = value if field.get_internal_type() == "JSONField" else None
        setattr(row, name, kept if kept is not None else _python(field, value))
    if is_new:
        row.save(force_insert=True)
    else:
        row.save(update_fields=[name.removesuffix("_id") for name in values])


def _python(field: Any, value: object) -> object:
    target = getattr(field, "target_field", field)
    return target.to_python(value)


def as_json(patch: Patch) -> dict[str, Any]:
    """A patch in plain values for a JSON column."""
    plain: dict[str, Any] = json.loads(json.dumps(patch, cls=DjangoJSONEncoder))
    return plain
