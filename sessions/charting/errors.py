"""Why a write on the sheet was refused, in a sentence for the person who tapped."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from clinic.rules.findings import Finding
from clinic.rules.gates import NOBODY, Authority
from clinic.staff.models import User


class SheetRefusedError(Exception):
    """The tap was not kept. `asks` says what would let it pass: reason or override.

    `findings` are what the rules said, `may_pass` who may override them.
    """

    def __init__(
        self,
        sentence: str,
        *,
        findings: Iterable[Finding] = (),
        may_pass: frozenset[Authority] = NOBODY,
        asks: str = "",
        field: str = "",
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.findings = tuple(findings)
        self.may_pass = may_pass
        self.asks = asks
        self.field = field


class NotTreatingError(SheetRefusedError):
    """Somebody else treats: a colleague reads along, or takes over with a note."""

    def __init__(self, treats: User) -> None:
        super().__init__(
            _("%(name)s treats and records here. Take over with a note to record.")
            % {"name": treats.full_name},
            field="take_over",
        )


class SessionSignedError(SheetRefusedError):
    """The session is signed: what is missing is written as an addition."""

    def __init__(self) -> None:
        super().__init__(_("This session is signed. Write an addition instead."))


class SheetChangedError(Exception):
    """Somebody else changed the sheet since it was shown; nothing was overwritten."""

    def __init__(self, *, by: User | None, at: datetime | None, version: int) -> None:
        super().__init__("The sheet was changed meanwhile.")
        self.by = by
        self.at = at
        self.version = version
