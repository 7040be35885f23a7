"""The states of a plan and the ways between them (DESIGN 6)."""

from enum import StrEnum


class PlanStatus(StrEnum):
    """Where a plan stands."""

    DRAFT = "draft"
    TO_BOOK = "to_book"
    RUNNING = "running"
    PAUSED = "paused"
    REVIEW_DUE = "review_due"
    FINISHED = "finished"
    STOPPED = "stopped"


_S = PlanStatus
WAYS: dict[PlanStatus, frozenset[PlanStatus]] = {
    _S.DRAFT: frozenset({_S.TO_BOOK, _S.RUNNING, _S.STOPPED}),
    _S.TO_BOOK: frozenset({_S.RUNNING, _S.PAUSED, _S.STOPPED}),
    _S.RUNNING: frozenset({_S.PAUSED, _S.REVIEW_DUE, _S.FINISHED, _S.STOPPED}),
    _S.PAUSED: frozenset({_S.TO_BOOK, _S.RUNNING, _S.STOPPED}),
    _S.REVIEW_DUE: frozenset({_S.RUNNING, _S.FINISHED, _S.STOPPED}),
    _S.FINISHED: frozenset({_S.REVIEW_DUE}),
    _S.STOPPED: frozenset({_S.TO_BOOK, _S.RUNNING}),
}
OPEN = frozenset({_S.DRAFT, _S.TO_BOOK, _S.RUNNING, _S.PAUSED, _S.REVIEW_DUE})


def may_become(now: PlanStatus, then: PlanStatus) -> bool:
    """Whether a plan may go from one state to the other."""
    return then in WAYS[now]
