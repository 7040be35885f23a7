"""Filters for numbers and times, as UX 11 writes them; part of `{% load ui %}`."""

import json
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import phonenumbers
from django import template
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import dateformat
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

register = template.Library()

# The space of our font is thin already (0.2 em); its "narrow" one can hardly be seen.
UNIT_SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
DAYS_OF_WEEK = 7


@register.filter
def mm(depth_mm: Decimal | float | str | None) -> str:
    """A depth as people read it: `1.50 mm`; nothing for no depth."""
    number = mm_number(depth_mm)
    return f"{number}{UNIT_SPACE}mm" if number else ""


@register.filter
def mm_number(depth_mm: Decimal | float | str | None) -> str:
    """A depth without its unit: `1.50`."""
    value = decimal_of(depth_mm)
    return "" if value is None else f"{rounded(value, places=2)}"


@register.filter
def percent(value: Decimal | float | str | None, places: int = 0) -> str:
    """`44%`, a minus sign when below zero: the value is in percent already."""
    value = decimal_of(value)
    if value is None:
        return ""
    return f"{rounded(value, places=places)}%".replace("-", MINUS)


def signed(value: Decimal | float | str | None, places: int = 0) -> str:
    """A change with its sign: `+3`, `0`, a real minus sign below zero."""
    value = decimal_of(value)
    if value is None:
        return ""
    number = rounded(value, places=places)
    return f"+{number}" if number > 0 else f"{number}".replace("-", MINUS)


@register.filter(expects_localtime=True)
def day(value: date | datetime | None) -> str:
    """`Wed 7 January`."""
    return _written(value, "D j F")


@register.filter(expects_localtime=True)
def day_year(value: date | datetime | None) -> str:
    """`7 January 2026`."""
    return _written(value, "j F Y")


def each_day_year(days: Iterable[date]) -> list[str]:
    """Many days as `day_year` writes one; the language is looked up once."""
    language = get_language()
    return [_words_of(day.year, day.month, day.day, "j F Y", language) for day in days]


@register.filter(expects_localtime=True)
def day_short(value: date | datetime | None) -> str:
    """`7 Jan`."""
    return _written(value, "j M")


def _written(value: date | datetime | None, pattern: str) -> str:
    """A day in the words of the language; a page names the same days again and again.

    Only the day counts: one moment is another day elsewhere, yet equal to itself.
    """
    if not value:
        return ""
    return _words_of(value.year, value.month, value.day, pattern, get_language())


@lru_cache(maxsize=4096)
def _words_of(
    year: int, month: int, day: int, pattern: str, _language: str | None
) -> str:
    return dateformat.format(date(year, month, day), pattern)


@register.filter(expects_localtime=True)
def clock(value: datetime | time | None) -> str:
    """`10:15`."""
    return f"{value:%H:%M}" if value is not None else ""


@register.filter(expects_localtime=True)
def moment(value: datetime | None) -> str:
    """`Wed 7 January, 10:15`."""
    return f"{day(value)}, {clock(value)}" if value else ""


@register.filter(expects_localtime=True)
def moment_year(value: datetime | None) -> str:
    """`7 January 2026, 10:15`."""
    return f"{day_year(value)}, {clock(value)}" if value else ""


@register.filter
def age_on(born_on: date | None, today: date) -> str:
    """`{{ patient.born_on|age_on:today }}`: "34 years"."""
    if born_on is None:
        return ""
    years = age_years(born_on=born_on, today=today)
    return ngettext("%(years)d year", "%(years)d years", years) % {"years": years}


def age_years(*, born_on: date, today: date) -> int:
    """Completed years; born on 29 February counts from 1 March in other years."""
    had_birthday = (today.month, today.day) >= (born_on.month, born_on.day)
    return today.year - born_on.year - (0 if had_birthday else 1)


@register.filter
def phone(number: str | None) -> str:
    """A stored number as people here write it; another country's with its code."""
    if not number:
        return ""
    region = getattr(settings, "PHONE_REGION", "GB")
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return number
    home = phonenumbers.country_code_for_region(region)
    is_local = parsed.country_code == home
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if is_local
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return str(phonenumbers.format_number(parsed, style))


@register.filter
def days_words(count: int | None) -> str:
    """`1 day`, `42 days`."""
    if count is None:
        return ""
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}


def weeks_words(days: int | None) -> str:
    """`4 weeks` for 28 days; nothing where they are no whole weeks."""
    weeks, rest = divmod(days or 0, DAYS_OF_WEEK)
    if rest or not weeks:
        return ""
    return ngettext("%(count)d week", "%(count)d weeks", weeks) % {"count": weeks}


@register.filter
def yes_no(answer: bool | None) -> str:  # noqa: FBT001  a template filter
    """An answer in words; not asked is not no."""
    if answer is None:
        return _("not asked")
    return _("yes") if answer else _("no")


def decimal_of(value: Any) -> Decimal | None:
    """The value as a Decimal, or None when there is none."""
    if value is None or value == "":
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def rounded(value: Decimal, *, places: int) -> Decimal:
    """Half up, as people do it; a zero has no sign."""
    number = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return abs(number) if number == 0 else number


@register.filter
def as_json(value: Any) -> str:
    """A value as JSON for a `data-` attribute, which the template escapes."""
    return json.dumps(value, cls=DjangoJSONEncoder)


BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPad", "iPad"),
    ("iPhone", "iPhone"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@register.filter
def browser_words(user_agent: str) -> str:
    """`Firefox on Windows`, as well as it can be told from what a browser sends."""
    browser = next((word for mark, word in BROWSERS if mark in user_agent), "")
    system = next((word for mark, word in SYSTEMS if mark in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Another program")
