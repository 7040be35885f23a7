"""Putting names with numbers into the order in which people count."""

import re

DIGITS = re.compile(r"(\d+)")


def as_counted(name: str) -> tuple[tuple[bool, int, str], ...]:
    """A sort key by which "Pen 2" comes before "Pen 10", numbers before words."""
    return tuple(
        (False, int(part), "") if part.isdecimal() else (True, 0, part.casefold())
        for part in DIGITS.split(name)
        if part
    )
