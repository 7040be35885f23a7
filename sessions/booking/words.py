"""What the rules say about a date, in the words a role may read.

The desk learns that and until when something stands against a date, never why:
neither an answer of the patient nor how deep the needles go (DESIGN 6).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.audit.models import AuditEvent
from clinic.rules.findings import Finding
from clinic.rules.gates import Pass, Ruling
from clinic.rules.series import Check, Reason
from clinic.web.templatetags.formats import days_words
from sessions.booking import marks
from sessions.booking.checks import DECEASED, SCREENING, Judgement
from sessions.booking.going_on import PLAN_CLOSED
from sessions.booking.hours import ShutError
from sessions.booking.models import VISIT_STATUSES
from sessions.booking.numbing import NumbingStoppedError
from sessions.booking.reasons import describe, describe_all
from sessions.booking.taking import Booked, Clash, SessionTakenError, TimeTakenError


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing said: refuses or only asks; `code` is what a person confirms."""

    code: str
    text: str
    refuses: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of a visit's log."""

    event: AuditEvent
    words: str


def lines_of(judged: Iterable[Judgement], *, clinical: bool) -> list[Line]:
    """Everything that refuses or asks, each once, refusals first."""
    found: dict[Line, None] = {}
    for judgement in judged:
        for ruling in judgement.gate.rulings:
            if ruling.does in {Pass.REFUSED, Pass.CONFIRM}:
                found[_line(ruling, judgement, clinical=clinical)] = None
    return sorted(found, key=lambda line: not line.refuses)


def _line(ruling: Ruling, judgement: Judgement, *, clinical: bool) -> Line:
    finding = ruling.finding
    refuses = ruling.does is Pass.REFUSED
    is_open = clinical or finding.code in {DECEASED, PLAN_CLOSED}
    text = said_of(finding) if is_open else _for_the_desk(finding, refuses=refuses)
    offered = judgement.first_allowed_on
    if refuses and offered is not None:
        text = _("%(said)s First possible day: %(day)s.") % {
            "said": text,
            "day": day_words(offered),
        }
    code = finding.code if marks.is_of_gap(finding) else SCREENING
    return Line(code=code, text=text, refuses=refuses)


SENTENCES = {
    ("interval-block", "after"): gettext_lazy(
        "%(days)s after the session on %(other)s: at least %(limit)s are needed."
    ),
    ("interval-block", "before"): gettext_lazy(
        "%(days)s before the session on %(other)s: at least %(limit)s are needed."
    ),
    ("interval-short", "after"): gettext_lazy(
        "%(days)s after the session on %(other)s: %(limit)s are usual."
    ),
    ("interval-short", "before"): gettext_lazy(
        "%(days)s before the session on %(other)s: %(limit)s are usual."
    ),
    ("interval-long", ""): gettext_lazy(
        "%(days)s since the session on %(other)s: studies end at %(limit)s."
    ),
    ("depth-qualification", ""): gettext_lazy(
        "%(mm)s mm is deeper than the %(limit)s mm this practitioner is qualified for."
    ),
    ("depth-scope", ""): gettext_lazy(
        "%(mm)s mm is deeper than the %(limit)s mm the law here allows this"
        " practitioner."
    ),
    ("unqualified", ""): gettext_lazy(
        "The practitioner has no valid qualification on that day."
    ),
}


def said_of(finding: Finding) -> str:
    """A finding on a date in the page's language; a medical one as the rule says it.

    The rules of the book are knowledge, written and approved in one language; what
    they compute about dates comes as values and is said here.
    """
    values = dict(finding.values)
    sentence = SENTENCES.get((finding.code, str(values.get("side", ""))))
    if sentence is None:
        return finding.sentence
    words = {name: _value_words(name, value) for name, value in values.items()}
    if finding.code.startswith("interval"):
        words["limit"] = days_words(int(str(values["limit"])))
    return str(sentence) % words


def _value_words(name: str, value: object) -> str:
    if isinstance(value, date):
        return day_words(value)
    return days_words(int(str(value))) if name == "days" else str(value)


def _for_the_desk(finding: Finding, *, refuses: bool) -> str:
    if marks.is_of_person(finding):
        return _("The practitioner is not qualified for this session on that day.")
    if finding.code == "interval-block":
        return _("Too soon after or before another session.")
    if finding.code == "interval-short":
        return _("Sooner than usual after or before another session.")
    if finding.code == "interval-long":
        return _("Longer than usual after the session before.")
    if refuses:
        return _("Ask the practitioner: this day is not possible.")
    return _("The practitioner has something to mind here: ask before booking.")


def day_words(day: date) -> str:
    """`Wed 7 January 2026`."""
    return format_date(day, "D j F Y")


def check_words(check: Check) -> str:
    """A line under a series: "Session 3: sun trip in healing time"."""
    said = sentence([check.reason])
    if check.number is None:
        return said
    return _("Session %(number)d: %(said)s") % {"number": check.number, "said": said}


def sentence(reasons: Iterable[Reason]) -> str:
    """Reasons as one line."""
    return describe_all(reasons)


def ways_out(reasons: Iterable[Reason]) -> list[str]:
    """What would let all visits fit, each as a line."""
    return [describe(reason) for reason in reasons]


def taken_words(error: TimeTakenError) -> list[str]:
    """Everything that is taken, each once, with who has it since when."""
    said = [clash_words(clash) for clash in error.clashes]
    if isinstance(error, ShutError):
        said = [error.why]
    if isinstance(error, SessionTakenError):
        said += [booked_words(one) for one in error.booked]
        said = said or [_("This session is booked already.")]
    return list(dict.fromkeys(said))


def not_again_words(error: TimeTakenError) -> str:
    """Why a missed or cancelled visit cannot be taken up again, as one line."""
    said = taken_words(error)
    if not isinstance(error, SessionTakenError | ShutError):
        said.insert(0, _("Not possible: the time has been given to somebody else."))
    return " ".join(said)


def not_numbed_words(error: NumbingStoppedError, *, clinical: bool) -> str:
    """Why the clock of numbing does not start; the desk reads no answer."""
    if not clinical:
        return _("Ask the practitioner before numbing.")
    if not error.findings:
        return _("Not numbed: ask today's safety questions first.")
    said = dict.fromkeys(finding.sentence for finding in error.findings)
    return _("Not numbed: %(said)s") % {"said": " ".join(said)}


def booked_words(one: Booked) -> str:
    """`Session 3 is booked: Thu 26 November 2026, 10:00, by Jo Price at 10:14.`"""
    starts_at = timezone.localtime(one.starts_at)
    said = _("Session %(number)d is booked: %(day)s, %(clock)s, by %(by)s %(at)s.")
    return said % {
        "number": one.number,
        "day": day_words(starts_at.date()),
        "clock": format_date(starts_at, "H:i"),
        "by": one.booked_by,
        "at": _moment(one.booked_at),
    }


def clash_words(clash: Clash) -> str:
    """Who has the time: "Room 2 was taken at 10:14 by Jo Price." """
    words = {
        "name": clash.name,
        "by": clash.booked_by,
        "when": _moment(clash.booked_at),
    }
    if clash.resource == "patient":
        said = _("The patient has another visit then, booked %(when)s by %(by)s.")
    else:
        said = _("%(name)s was taken %(when)s by %(by)s.")
    return said % words


def _moment(booked_at: datetime | None) -> str:
    if booked_at is None:
        return ""
    at = timezone.localtime(booked_at)
    if at.date() == timezone.localdate():
        return _("at %(clock)s") % {"clock": format_date(at, "H:i")}
    return _("on %(day)s") % {"day": format_date(at, "j F")}


def changes(events: Iterable[AuditEvent]) -> list[Change]:
    """The log of a visit in words."""
    statuses = {value: str(label) for value, label in VISIT_STATUSES}
    said = {
        "visit.booked": _("Booked"),
        "visit.moved": _("Moved"),
        "visit.planned_past": _("Planned past the gap rule"),
    }
    return [
        Change(
            event=event,
            words=said.get(event.action)
            or statuses.get(str(event.details.get("status")), event.action),
        )
        for event in events
    ]
