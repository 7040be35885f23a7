"""Phone numbers: typed as people do, stored as E.164, shown internationally."""

import re
from dataclasses import dataclass
from functools import cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberFormat

_BETWEEN = dict.fromkeys(map(ord, " ()-./"))
_NOT_DIGITS = re.compile(r"[^0-9]+")


class PhoneNumberError(ValueError):
    """What was typed cannot be dialled."""


def normalised(text: str, *, region: str | None) -> str:
    """`+447700900142` for `07700 900142` in GB; numbers with a plus need no region.

    Raises PhoneNumberError when the digits cannot be a number there.
    """
    usual = _usual(text, region)
    if usual:
        return usual
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as error:
        raise PhoneNumberError(text) from error
    if not phonenumbers.is_possible_number(number):
        raise PhoneNumberError(text)
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def _usual(text: str, region: str | None) -> str:
    """The number when it is written as everybody there does, else nothing.

    Five times as fast as the library for the zero in front and plain digits, and
    by its own tables; a test compares the two. Importing a list spends most of its
    time on phone numbers otherwise.
    """
    home = _home(region) if region else None
    if home is None or not text.startswith(home.prefix):
        return ""
    digits = text.translate(_BETWEEN)
    national = digits[len(home.prefix) :]
    fits = (
        digits.isascii()
        and digits.isdigit()
        and len(national) in home.lengths
        and home.pattern.fullmatch(national)
        and not home.pattern.fullmatch(digits)
        and not home.abroad.match(digits)
    )
    return f"+{home.country_code}{national}" if fits else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Home:
    """How a country's own numbers are dialled there: the prefix, and what follows.

    `abroad` is what begins a call to another country.
    """

    prefix: str
    abroad: re.Pattern[str]
    country_code: int
    lengths: frozenset[int]
    pattern: re.Pattern[str]


@cache
def _home(region: str) -> _Home | None:
    """The library's table of a region; None where a prefix is no plain zero."""
    table = PhoneMetadata.metadata_for_region(region, None)
    if table is None or table.general_desc is None:
        return None
    if {table.national_prefix, table.national_prefix_for_parsing} != {"0"}:
        return None
    return _Home(
        prefix="0",
        abroad=re.compile(table.international_prefix or "00"),
        country_code=table.country_code or 0,
        lengths=frozenset(table.general_desc.possible_length),
        pattern=re.compile(table.general_desc.national_number_pattern or ""),
    )


def shown(number: str) -> str:
    """`+44 7700 900142` for a stored number; anything else as it is."""
    try:
        parsed = phonenumbers.parse(number, None)
    except NumberParseException:
        return number
    return str(phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL))


def digits(number: str) -> str:
    """Only the digits, for the search by the last ones."""
    return _NOT_DIGITS.sub("", number)


def example(*, region: str | None) -> str:
    """A number as people of the region write it, to show in a hint."""
    number = phonenumbers.example_number(region or "GB")
    if number is None:
        return "+44 7700 900142"
    return str(phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL))
