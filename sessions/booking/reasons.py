"""Why a slot was taken and what to mind, in words: the rules give codes and values.

Gaps are counted in days, as on the rest of the page; a shift of whole weeks is
said in weeks.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from clinic.rules.series import Code, Reason
from clinic.rules.series.reasons import Value
from clinic.web.templatetags.formats import days_words
from sessions.booking.occasions import in_a_sentence

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

WEEK = 7
IN_WEEKS = frozenset({Code.LATER, Code.EARLIER})
WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
PARTS = {
    "": "",
    "morning": pgettext_lazy("part of the day", "morning"),
    "midday": pgettext_lazy("part of the day", "midday"),
    "late": pgettext_lazy("part of the day", "late"),
}
_t = gettext_lazy
SENTENCES: "Mapping[Code, StrPromise]" = {
    Code.FIRST_FREE: _t("first free %(when)s"),
    Code.ON_TIME: _t("%(days)s after session %(number)s"),
    Code.NEAREST_WEEKDAY: _t("the %(weekdays)s nearest to %(days)s"),
    Code.NEXT_FREE: _t("next free %(when)s"),
    Code.CHOSEN: _t("chosen by hand"),
    Code.KEPT: _t("stays as it was"),
    Code.CLOSED: _t("%(day)s is closed"),
    Code.PATIENT_AWAY: _t("away on %(day)s"),
    Code.PRACTITIONER_AWAY: _t("%(name)s is away"),
    Code.PRACTITIONER_BUSY: _t("%(name)s is busy"),
    Code.NOT_QUALIFIED: _t("%(name)s is not qualified for it on %(day)s"),
    Code.OTHER_SESSION: _t("%(day)s is too near the session on %(other)s"),
    Code.AROUND_OTHER: _t("keeps its distance from the session on %(other)s"),
    Code.NOBODY_FREE: _t("nobody is free on %(day)s"),
    Code.ROOM_TAKEN: _t("%(name)s is taken"),
    Code.ROOMS_TAKEN: _t("every room is taken on %(day)s"),
    Code.DEVICE_TAKEN: _t("%(name)s is taken"),
    Code.DEVICES_TAKEN: _t("every device is taken on %(day)s"),
    Code.PART_FULL: _t("the %(part)s of %(day)s is full"),
    Code.FULL: _t("%(day)s is full"),
    Code.NOT_BOOKABLE: _t("%(day)s cannot be booked yet"),
    Code.LATER: _t("%(days)s later"),
    Code.EARLIER: _t("%(days)s earlier"),
    Code.OTHER_PART: _t("no %(when)s free, another time of day"),
    Code.OTHER_WEEKDAY: _t("no %(weekdays)s free, %(weekday)s instead"),
    Code.INSTEAD: _t("with %(name)s"),
    Code.CLOSER_TOGETHER: _t(
        "%(days)s apart, not %(limit)s, to be ready for %(event)s"
    ),
    Code.HEALS_WHILE_AWAY: _t("%(label)s in healing time"),
    Code.TOO_CLOSE: _t("only %(days)s before %(event)s"),
    Code.SHORT_GAP: _t("%(days)s after the session before, under %(limit)s"),
    Code.LONG_GAP: _t("%(days)s after the session before, over %(limit)s"),
    Code.GAP_REFUSED: _t(
        "%(days)s after the session before, at least %(limit)s needed"
    ),
    Code.NOT_FREE: _t("%(day)s is not free at that time"),
    Code.NOTHING_FREE: _t("nothing is free for session %(number)s from %(day)s on"),
    Code.NEXT_TOO_SOON: _t(
        "session %(number)s on %(day)s would come too soon after it"
    ),
    Code.GAPS_KEPT: _t("every gap is %(days)s or more"),
    Code.ENDS_BEFORE: _t("ends %(days)s before %(event)s"),
    Code.ANY_TIME: _t("any day of the week and time of day"),
    Code.ANY_PRACTITIONER: _t("any practitioner"),
    Code.ANY_ROOM: _t("any room"),
    Code.LONGER_GAP: _t("gaps of up to %(days)s"),
    Code.AFTER_THE_EVENT: _t("ending after %(event)s, on %(day)s"),
    Code.FEWER: _t("%(number)s of the %(wanted)s sessions"),
    Code.CALENDAR_ENDS: _t("a calendar that is open beyond %(day)s"),
}


def describe(why: Reason) -> str:
    """One reason, starting in lower case where it can.

    Wished weekdays and the part of day together read as `when`.
    """
    words = {name: _word(why.code, name, v) for name, v in why.params.items()}
    wished = filter(None, (words.get("weekdays", ""), words.get("part", "")))
    return SENTENCES[why.code] % {"when": " ".join(wished) or _("day"), **words}


def describe_all(reasons: Iterable[Reason]) -> str:
    """Several reasons as one line: "31 December is closed, one week later"."""
    line = ", ".join(describe(why) for why in reasons)
    return line[:1].upper() + line[1:]


def _word(code: Code, name: str, value: Value) -> str:
    if isinstance(value, date):
        return format_date(value, "j F Y" if code is Code.CALENDAR_ENDS else "j F")
    if isinstance(value, tuple):
        return _(" or ").join(str(WEEKDAYS[weekday]) for weekday in value)
    if name in {"weekday", "part"}:
        return str(WEEKDAYS[int(value)] if name == "weekday" else PARTS[str(value)])
    if name in {"days", "limit"}:
        return shift(int(value)) if code in IN_WEEKS else days_words(int(value))
    return in_a_sentence(str(value)) if name == "event" else str(value)


def shift(days: int) -> str:
    """How far something slips: "one week", "6 weeks", "45 days"."""
    if days and days % WEEK == 0:
        weeks = days // WEEK
        return ngettext("one week", "%(count)d weeks", weeks) % {"count": weeks}
    return ngettext("one day", "%(count)d days", days) % {"count": days}
