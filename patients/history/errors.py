"""Why a write about a patient's health was refused."""

from django.db.models import Model
from django.utils.translation import gettext as _


class HistoryRefusedError(Exception):
    """What was entered cannot be; `field` names what to mend, when known."""

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class ChangedMeanwhileError(Exception):
    """Somebody else changed the row since it was shown; `current` is theirs."""

    def __init__(self, current: Model) -> None:
        super().__init__(_("Somebody else changed this meanwhile."))
        self.current = current
