"""Phone numbers: typed as people do, stored as E.164, shown internationally."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

_NOT_DIGITS = re.compile(r"[^0-9]+")


class PhoneNumberError(ValueError):
    """What was typed cannot be dialled."""


def normalised(text: str, *, region: str | None) -> str:
    """`+447700900142` for `07700 900142` in GB; numbers with a plus need no region.

    Raises PhoneNumberError when the digits cannot be a number there.
    """
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as error:
        raise PhoneNumberError(text) from error
    if not phonenumbers.is_possible_number(number):
        raise PhoneNumberError(text)
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


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
