"""What changed of a row: assigned, saved, and written to the audit log by name."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Model

from clinic.audit import actions


def assign(row: Model, values: Mapping[str, object]) -> list[str]:
    """Set what differs; the names of what was set, in the order given."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def save_changes(
    row: Model,
    *,
    values: Mapping[str, object],
    by: AbstractBaseUser | None,
    now: datetime,
    action: str,
    kind: str,
) -> None:
    """Save what differs and record the names of it; nothing when all is the same."""
    changed = assign(row, values)
    if not changed:
        return
    row.save(update_fields=changed)
    actions.record(
        by=by,
        now=now,
        action=action,
        object_kind=kind,
        object_id=row.pk,
        fields=changed,
    )
