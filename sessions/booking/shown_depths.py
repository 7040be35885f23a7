"""The depths a builder page showed, carried through its form and back.

They are planned by what the practitioner is qualified for at that moment. If that
changes before the plan is booked, nobody has seen the depths that would be written:
the page is shown again instead. The desk sees no depth, so they travel sealed.
"""

from collections.abc import Sequence
from decimal import Decimal

from cryptography.fernet import InvalidToken
from django.utils.translation import gettext as _

from clinic.web.sealed import box
from clinic.web.templatetags.formats import mm

Depths = tuple[Decimal | None, ...]
PURPOSE = "shown-depths"
OPEN = ""  # where the practitioner chooses


class DepthsChangedError(Exception):
    """The plan would go to other depths than were shown; carries both, in mm.

    `shown` is None when the form did not bring what was shown.
    """

    def __init__(self, *, shown: Depths | None, now: Depths) -> None:
        super().__init__("The depths changed since they were shown.")
        self.shown = shown
        self.now = now


def seal(depths_mm: Sequence[Decimal | None]) -> str:
    """The depths as a form carries them; nothing to read for whoever looks."""
    text = ",".join(OPEN if mm is None else str(mm) for mm in depths_mm)
    return box(PURPOSE).encrypt(text.encode()).decode()


def refuse_changed(sealed: str, *, depths_mm: Sequence[Decimal | None]) -> None:
    """Raise DepthsChangedError unless these are the depths that were shown."""
    shown, now = _opened(sealed), tuple(depths_mm)
    if shown != now:
        raise DepthsChangedError(shown=shown, now=now)


def _opened(sealed: str) -> Depths | None:
    try:
        text = box(PURPOSE).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None
    return tuple(Decimal(one) if one else None for one in text.split(","))


def changed_words(error: DepthsChangedError, *, clinical: bool) -> list[str]:
    """What changed, for a role: the desk hears no depth."""
    said = [_("How deep this plan may go was changed since it was shown.")]
    if clinical and error.shown is not None:
        words = {"shown": _depths_words(error.shown), "now": _depths_words(error.now)}
        said = [_("The depths changed from %(shown)s to %(now)s.") % words]
    return [*said, _("Look at the plan again and book it.")]


def _depths_words(depths_mm: Depths) -> str:
    return ", ".join(mm(one) or _("open") for one in depths_mm)
