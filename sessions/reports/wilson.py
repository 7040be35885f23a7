"""How sure a rate is: the score interval of E. B. Wilson.

Probable inference, the law of succession, and statistical inference. Journal of
the American Statistical Association 22 (1927) 209-212.
"""

import math
from dataclasses import dataclass

Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A share, 0 to 1, and where the true one likely lies."""

    share: float
    low: float
    high: float


def interval(count: int, of: int, *, z: float = Z_95) -> Interval | None:
    """The 95 % interval of `count` in `of`; None of nothing.

    Raises ValueError when there are more than there can be.
    """
    if count < 0 or count > of:
        raise ValueError(f"{count} of {of} cannot be.")
    if of == 0:
        return None
    share = count / of
    square = z * z
    middle = (share + square / (2 * of)) / (1 + square / of)
    reach = (
        z
        / (1 + square / of)
        * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    )
    return Interval(
        share=share, low=max(middle - reach, 0.0), high=min(middle + reach, 1.0)
    )
