"""Closed and open curves through a list of points, for the drawn face.

A spot is a point the curve passes: smoothly, or with a corner. In the drawings
they stand as text, `"200,30 252,38 311,206!"`, the `!` marking a corner. To change
a drawing, move a spot; the curve follows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

CENTRE_X = 200  # the frontal face is symmetric about this line
TIGHTNESS = 0.98 / 6  # how far a curve swings out between its points


@dataclass(frozen=True, slots=True)
class Spot:
    """A point of a curve."""

    x: float
    y: float
    is_corner: bool = False


def spots(text: str) -> list[Spot]:
    """The spots written as `x,y` or `x,y!`, parted by white space."""
    found = []
    for word in text.split():
        x, y = word.removesuffix("!").split(",")
        found.append(Spot(float(x), float(y), word.endswith("!")))
    return found


def closed(line: Sequence[Spot]) -> str:
    """SVG path data of a closed curve through the spots."""
    return _path(line, is_closed=True)


def opened(line: Sequence[Spot]) -> str:
    """SVG path data of an open curve through the spots."""
    return _path(line, is_closed=False)


def mirrored(line: Sequence[Spot]) -> list[Spot]:
    """The same on the other side of the face."""
    return [Spot(2 * CENTRE_X - spot.x, spot.y, spot.is_corner) for spot in line]


def symmetric(half: Sequence[Spot]) -> list[Spot]:
    """A whole outline from its half, given from top to bottom."""
    other = list(reversed(mirrored(half)))
    if half[-1].x == CENTRE_X:
        other = other[1:]
    if half[0].x == CENTRE_X:
        other = other[:-1]
    return [*half, *other]


def _path(line: Sequence[Spot], *, is_closed: bool) -> str:
    count = len(line)
    pieces = [f"M{line[0].x:.1f} {line[0].y:.1f}"]
    for index in range(count if is_closed else count - 1):
        before = line[(index - 1) % count if is_closed else max(index - 1, 0)]
        start = line[index]
        end = line[(index + 1) % count]
        after = line[(index + 2) % count if is_closed else min(index + 2, count - 1)]
        first = _handle(start, before=before, after=end, direction=1)
        second = _handle(end, before=start, after=after, direction=-1)
        pieces.append(f"C{first} {second} {end.x:.1f} {end.y:.1f}")
    return "".join(pieces) + ("Z" if is_closed else "")


def _handle(spot: Spot, *, before: Spot, after: Spot, direction: int) -> str:
    """The Bezier handle of a spot: along its neighbours, none at a corner."""
    pull = 0 if spot.is_corner else TIGHTNESS * direction
    x = spot.x + (after.x - before.x) * pull
    y = spot.y + (after.y - before.y) * pull
    return f"{x:.1f} {y:.1f}"
