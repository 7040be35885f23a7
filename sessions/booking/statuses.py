"""The states of a visit and the ways between them (DESIGN 6, UX 8)."""

from enum import StrEnum


class Status(StrEnum):
    """Where a visit stands; all but missed and cancelled occupy their time."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    NUMBING = "numbing"
    IN_ROOM = "in_room"
    DONE = "done"
    MISSED = "missed"
    CANCELLED = "cancelled"


_S = Status
WAYS: dict[Status, frozenset[Status]] = {
    _S.UNCONFIRMED: frozenset({_S.CONFIRMED, _S.ARRIVED, _S.MISSED, _S.CANCELLED}),
    _S.CONFIRMED: frozenset({_S.UNCONFIRMED, _S.ARRIVED, _S.MISSED, _S.CANCELLED}),
    _S.ARRIVED: frozenset({_S.CONFIRMED, _S.NUMBING, _S.IN_ROOM, _S.CANCELLED}),
    _S.NUMBING: frozenset({_S.ARRIVED, _S.IN_ROOM, _S.CANCELLED}),
    _S.IN_ROOM: frozenset({_S.ARRIVED, _S.NUMBING, _S.DONE, _S.CANCELLED}),
    _S.DONE: frozenset({_S.IN_ROOM}),
    _S.MISSED: frozenset({_S.CONFIRMED, _S.ARRIVED}),
    _S.CANCELLED: frozenset({_S.UNCONFIRMED, _S.CONFIRMED}),
}
FREE = frozenset({_S.MISSED, _S.CANCELLED})
ENDS = FREE | {_S.DONE}
MOVABLE = frozenset({_S.UNCONFIRMED, _S.CONFIRMED})


def may_become(now: Status, then: Status) -> bool:
    """Whether a visit may go from one state to the other."""
    return then in WAYS[now]
