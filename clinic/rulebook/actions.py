"""Changing the mode of a rule. Numbers of the book are not changed here."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.audit import actions as audit
from clinic.rulebook.models import RuleSetting
from clinic.staff.models import User


class RuleChangedError(Exception):
    """Somebody else changed the rule's mode since it was shown."""

    def __init__(self, setting: RuleSetting) -> None:
        super().__init__(_("Somebody else changed this rule meanwhile."))
        self.setting = setting


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeEntry:
    """How a rule shall run here; `seen_version` is 0 for a rule never changed."""

    strict: bool
    overridable: bool
    seen_version: int


@transaction.atomic
def set_mode(*, code: str, entry: ModeEntry, by: User, now: datetime) -> RuleSetting:
    """Run a rule strict or as shipped, and let it be overridden or not.

    Raises RuleChangedError when the mode is not the one that was shown.
    """
    RuleSetting.objects.get_or_create(
        code=code, defaults={"changed_by": by, "changed_at": now, "version": 0}
    )
    setting = RuleSetting.objects.select_for_update().get(code=code)
    if setting.version != entry.seen_version:
        raise RuleChangedError(setting)
    setting.strict = entry.strict
    setting.overridable = entry.overridable
    setting.changed_by, setting.changed_at = by, now
    setting.version += 1
    setting.save(
        update_fields=["strict", "overridable", "changed_by", "changed_at", "version"]
    )
    audit.record(
        by=by,
        now=now,
        action="rule mode changed",
        object_kind="rule setting",
        object_id=setting.pk,
        code=code,
        strict=entry.strict,
        overridable=entry.overridable,
    )
    return setting
