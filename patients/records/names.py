"""Names as the search reads them: folded, so that spelling habits do not matter.

Nothing here asks the database or the clock. `O'Connor-Müller` is stored as
` oconnor muller mueller`: small letters without accents, the apostrophe closed,
the hyphen opened, and for umlauts also the way they are typed without one.
"""
# ruff: noqa: RUF001  names are written with these letters and signs

import re
import unicodedata

SEARCH_NAME_LENGTH = 260
# Letters which do not come apart into a base letter and an accent.
_LETTERS = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ı": "i",
        "ł": "l",
        "ŋ": "n",
        "þ": "th",
        "ŧ": "t",
    }
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
# Signs inside a name that people leave out when they type it.
_NOT_ASCII_WORD = re.compile(r"[^a-z0-9]+")
_SILENT = dict.fromkeys(map(ord, "'’‘ʼʻ`´.\u00ad"))


def fold(text: str) -> str:
    """Small letters and digits without accents, words parted by one space."""
    return _bare(text.casefold())


def _bare(text: str) -> str:
    """`fold` for text that is in small letters already."""
    if text.isascii():  # most names: ten times as fast
        return _NOT_ASCII_WORD.sub(" ", text.translate(_SILENT)).strip()
    closed = text.translate(_SILENT).translate(_LETTERS)
    apart = unicodedata.normalize("NFKD", closed).casefold()
    kept = (
        sign if sign.isalnum() else " "
        for sign in apart
        if not unicodedata.combining(sign)
    )
    return " ".join("".join(kept).split())


def spellings(text: str) -> list[str]:
    """The folded text, and for umlauts also the two-letter way of typing them."""
    small = unicodedata.normalize("NFC", text.casefold())
    bare = _bare(small)
    if small.isascii():
        return [bare]
    typed = _bare(small.translate(_UMLAUTS))
    return [bare] if bare == typed else [bare, typed]


def search_name(*, family: str, given: str, preferred: str = "") -> str:
    """What the search reads and the list sorts by; every word has a space before it."""
    words: dict[str, None] = {}
    for name in (family, given, preferred):
        for way in spellings(name):
            words.update(dict.fromkeys(way.split()))
    return "".join(f" {word}" for word in words)[:SEARCH_NAME_LENGTH]


def words_of(*names: str) -> frozenset[str]:
    """The folded words of a name, in no order."""
    return frozenset(word for name in names for word in fold(name).split())


def full_names(
    *, family: str, given: str, preferred: str = ""
) -> frozenset[frozenset[str]]:
    """The full name as its folded words, in no order: with the first name, with the
    preferred one, and for umlauts in both spellings. Two people are of the same name
    when one of theirs is one of the other's.
    """
    firsts = [given, preferred] if preferred else [given]
    ways = (way for first in firsts for way in spellings(f"{first} {family}"))
    return frozenset(frozenset(way.split()) for way in ways if way)


def alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two names, as words, may well mean the same person.

    Order does not matter, nor a name left out, nor an initial, nor one slip of
    the finger in one of the words (two in words of eight letters and more).
    """
    if not one or not other:
        return False
    left, right = one - other, other - one
    if not left or not right:
        return True
    if len(left) > 1 or len(right) > 1:
        return False
    return _nearly(*left, *right)


def _nearly(one: str, other: str) -> bool:
    """Whether one word is the other's initial, or a slip or two away from it."""
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) == 1:
        return longer.startswith(shorter)
    if len(shorter) == 2:
        return False
    return slips(shorter, longer) <= (1 if len(shorter) < 8 else 2)


def slips(one: str, other: str) -> int:
    """Letters to insert, drop, change or swap with a neighbour (edit distance)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, above, row = row, before, [i]
        for j, wanted in enumerate(other, start=1):
            least = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != wanted))
            swapped = (
                i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted
            )
            row.append(min(least, above[j - 2] + 1) if swapped else least)
    return row[-1]
