"""The visits of a day as rows of a list, each drawn in one escaped pass.

A full day has a hundred of them: as templates they took most of the page's time.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clinic.web.drawing.needles import plan_ruler
from clinic.web.icons import icon
from clinic.web.templatetags.formats import clock
from clinic.web.templatetags.parts import tag, visit_status
from clinic.web.templatetags.ui import avatar
from sessions.booking.statuses import Status
from sessions.booking.today import OVER, Row

ROW = (
    '<li class="visit-row" id="visit-{ref}"><div class="visit-time num">'
    '<strong>{clock}</strong><span class="small sec">{lasts}</span></div>{avatar}'
    '<div class="visit-who"><a class="strong{struck}" href="{url}">{name}</a>'
    '<span class="small sec clip">{about}</span></div>'
    '<div class="visit-plan">{ruler}<span class="small sec">{session}</span></div>'
    '<div class="visit-flags">{flags}</div><div class="visit-state">{state}</div>'
    '<div class="visit-do">{steps}</div></li>'
)
FORM = (
    '<form{css} method="post" action="{url}" hx-post="{url}" hx-target="#day"'
    ' hx-swap="outerHTML">{fields}'
    '<input type="hidden" name="version" value="{version}">{inner}</form>'
)
START = (
    '<form method="post" action="{url}">{csrf}<button class="btn btn-primary btn-sm"'
    ' type="submit"{key}>{words}</button></form>'
)
USUAL = (
    '<button class="btn btn-line btn-sm" type="submit" name="status" value="{status}"'
    ' id="do-{ref}" aria-label="{label}: {name}">{label}</button>'
)
OTHER = (
    '<button class="dropdown-item" type="submit" name="status" value="{}">{}{}</button>'
)
CANCEL = (
    '<label class="form-label" for="why-{ref}">{why}</label><input class="form-control"'
    ' type="text" name="reason" id="why-{ref}" maxlength="200" required'
    ' autocomplete="off"><button class="btn btn-danger btn-sm btn-wide" type="submit"'
    ' name="status" value="cancelled">{cancel}</button>'
)
MENU = (
    '<details class="row-menu" data-menu><summary class="btn btn-ghost btn-sm btn-icon"'
    ' aria-label="{more}">{dots}</summary><div class="popover-card row-menu-list">'
    '{others}<a class="dropdown-item" href="{url}">{open}</a>{cancel}</div></details>'
)
IS_CANCEL = SafeString(' class="row-menu-cancel"')
START_KEY = SafeString(' data-key="s"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What stands in every row, translated once for all of them."""

    start: str
    go_on: str
    more: str
    open: str
    why: str
    cancel: str
    clear: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What all rows share: who looks, at what moment, and what every form carries.

    `start_url` is None where sessions are begun elsewhere or by others.
    """

    now: datetime
    whole_clinic: bool
    may_write: bool
    visit_url: Callable[[str], str]
    step_url: Callable[[str], str]
    start_url: Callable[[str], str] | None
    fields: SafeString
    csrf: SafeString
    words: Words


def words() -> Words:
    """The words in the language of the page."""
    return Words(
        start=_("Start session"),
        go_on=_("Continue session"),
        more=_("More for %(name)s"),
        open=_("Open the visit"),
        why=_("Why it is cancelled"),
        cancel=_("Cancel the visit"),
        clear=_("All clear"),
    )


def drawn(rows: Iterable[Row], page: Page) -> SafeString:
    """The rows one below the other."""
    return SafeString("".join(_row(row, page) for row in rows))


def _row(row: Row, page: Page) -> SafeString:
    visit, name = row.visit, row.visit.patient.name
    about = row.subject
    if page.whole_clinic:
        about = f"{about} · {row.found.practitioner}, {row.found.room}"
    return format_html(
        ROW,
        ref=row.reference,
        clock=clock(timezone.localtime(visit.starts_at)),
        lasts=row.lasts,
        avatar=avatar(name, visit.patient_id),
        struck=" struck" if visit.status == Status.MISSED else "",
        url=page.visit_url(row.reference),
        name=name,
        about=about,
        ruler=plan_ruler(needles=row.needles, label=row.session_words)
        if row.needles
        else "",
        session=row.session_words,
        flags=_flags(row, page),
        state=visit_status(visit.status, _until(row, page)),
        steps=steps(row, page),
    )


def _flags(row: Row, page: Page) -> SafeString:
    """What to know before; that nothing is, while that is still worth knowing."""
    if row.flags:
        said = [tag(flag.text, flag.tone, flag.icon) for flag in row.flags]
        return SafeString("".join(said))
    if row.is_session and Status(row.visit.status) not in OVER:
        return tag(page.words.clear, "ok", "shield-check")
    return SafeString()


def _until(row: Row, page: Page) -> str:
    """Until when the cream stays on, or that it is over."""
    until = row.visit.numbing_until
    if row.visit.status != Status.NUMBING or until is None:
        return ""
    if until <= page.now:
        return _("is over")
    return _("to %(clock)s") % {"clock": clock(timezone.localtime(until))}


def steps(row: Row, page: Page) -> SafeString:
    """The usual step as a button, the others in a menu."""
    parts = [_start(row, page)]
    if page.may_write:
        parts += [_usual(row, page), _menu(row, page)]
    return SafeString("".join(parts))


def _start(row: Row, page: Page) -> SafeString:
    if page.start_url is None or not row.may_start:
        return SafeString()
    return format_html(
        START,
        url=page.start_url(row.reference),
        csrf=page.csrf,
        key=START_KEY if row.visit.status == Status.IN_ROOM else "",
        words=page.words.go_on if row.found.has_sheet else page.words.start,
    )


def _usual(row: Row, page: Page) -> SafeString:
    if row.usual_way is None:
        return SafeString()
    button = format_html(
        USUAL,
        status=row.usual_way.status,
        ref=row.reference,
        label=row.usual_way.label,
        name=row.visit.patient.name,
    )
    return _form(button, row, page)


def _menu(row: Row, page: Page) -> SafeString:
    undo = icon("undo-2")
    ways = ((w.status, undo if w.is_back else "", w.label) for w in row.other_ways)
    said = page.words
    return format_html(
        MENU,
        more=said.more % {"name": row.visit.patient.name},
        dots=icon("ellipsis-vertical"),
        others=_form(format_html_join("", OTHER, ways), row, page),
        url=page.visit_url(row.reference),
        open=said.open,
        cancel=_cancel(row, page) if row.may_cancel else "",
    )


def _cancel(row: Row, page: Page) -> SafeString:
    said = page.words
    inner = format_html(CANCEL, ref=row.reference, why=said.why, cancel=said.cancel)
    return _form(inner, row, page, css=IS_CANCEL)


def _form(inner: SafeString, row: Row, page: Page, css: str = "") -> SafeString:
    """A form that takes a step; a script swaps the day, without it the page loads."""
    return format_html(
        FORM,
        css=css,
        url=page.step_url(row.reference),
        fields=page.fields,
        version=row.visit.version,
        inner=inner,
    )
