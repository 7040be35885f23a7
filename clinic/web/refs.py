"""References for addresses and paper: short, speakable, and free of names."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
_BITS = 25
_STEP = 22_695_477  # odd, so multiplication permutes the numbers below 2**25
_INVERSE = pow(_STEP, -1, 1 << _BITS)


def number(prefix: str, key: int, *, width: int) -> str:
    """`P00412` for the prefix P, the key 412 and a width of 5 digits."""
    return f"{prefix}{key:0{width}d}"


def parse_number(prefix: str, text: str) -> int | None:
    """The key inside a reference of that prefix, None when it is none of them."""
    digits = text.strip().upper().removeprefix(prefix)
    if not text.strip().upper().startswith(prefix) or not digits.isascii():
        return None
    return int(digits) if digits.isdigit() and len(digits) <= 15 else None


def row_number(text: str) -> int | None:
    """A key as it stands in a form or an address, None when it cannot be one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def scrambled(prefix: str, key: int) -> str:
    """`V7KQ2X` for a key: neighbours look unrelated, every key has its own.

    A multiplicative permutation of the low 25 bits, then base 32; the higher
    bits follow in front, so that no key is ever without a reference.
    """
    low = (key * _STEP) & ((1 << _BITS) - 1)
    mixed = (key >> _BITS << _BITS) | low
    text = ""
    for _ in range(5):
        text = _ALPHABET[mixed & 31] + text
        mixed >>= 5
    while mixed:
        text = _ALPHABET[mixed & 31] + text
        mixed >>= 5
    return prefix + text


def parse_scrambled(prefix: str, text: str) -> int | None:
    """The key behind a scrambled reference, None when it is none of them."""
    body = text.strip().upper()
    if not body.startswith(prefix) or not 5 <= len(body) - len(prefix) <= 12:
        return None
    mixed = 0
    for letter in body.removeprefix(prefix):
        place = _ALPHABET.find(letter)
        if place < 0:
            return None
        mixed = mixed << 5 | place
    low = (mixed & ((1 << _BITS) - 1)) * _INVERSE & ((1 << _BITS) - 1)
    return mixed >> _BITS << _BITS | low
