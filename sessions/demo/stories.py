"""Which plans the demo tells: how many of what, and where each stands today."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from sessions.plans.statuses import PlanStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Plans of one sort: the protocol, the device and how many of each state."""

    condition: str
    subtype: str
    protocol: str
    model: str
    sessions: tuple[int, int]
    finished: int
    running: int
    today: int
    other: tuple[PlanStatus, ...] = ()
    deep: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One plan to be told. `today`: its next session is on today's sheet.

    `deep` marks a melasma plan that went past its protocol: the demo's owner is
    meant to find out what that did.
    """

    kind: Kind
    status: PlanStatus
    sessions: int
    today: bool = False
    deep: bool = False


_P = PlanStatus
KINDS = (
    Kind(
        condition="ACNE_ROLLING",
        subtype="rolling",
        protocol="ACNE_ROLLING_PEN",
        model="SKINPEN_PRECISION",
        sessions=(4, 6),
        finished=26,
        running=14,
        today=6,
        other=(_P.TO_BOOK, _P.PAUSED, *[_P.REVIEW_DUE] * 8, *[_P.STOPPED] * 5),
    ),
    Kind(
        condition="ACNE_ROLLING",
        subtype="rolling",
        protocol="ACNE_ROLLING_ROLLER",
        model="MEDICAL_ROLLER",
        sessions=(4, 5),
        finished=11,
        running=5,
        today=1,
        other=(*[_P.REVIEW_DUE] * 3, _P.STOPPED),
    ),
    Kind(
        condition="RHYTID",
        subtype="upper face",
        protocol="FINE_LINES_PEN",
        model="DERMAPEN_4",
        sessions=(4, 4),
        finished=14,
        running=9,
        today=4,
        other=(_P.TO_BOOK, *[_P.REVIEW_DUE] * 5, *[_P.STOPPED] * 3),
    ),
    Kind(
        condition="MELASMA",
        subtype="malar",
        protocol="MELASMA_PEN",
        model="DERMAPEN_4",
        sessions=(4, 5),
        finished=22,
        running=7,
        today=2,
        other=(_P.PAUSED, *[_P.REVIEW_DUE] * 4, *[_P.STOPPED] * 2),
        deep=11,
    ),
    Kind(
        condition="STRIAE",
        subtype="alba",
        protocol="STRIAE_ROLLER",
        model="MEDICAL_ROLLER",
        sessions=(4, 5),
        finished=11,
        running=8,
        today=2,
        other=(_P.TO_BOOK, *[_P.REVIEW_DUE] * 5, *[_P.STOPPED] * 2),
    ),
    Kind(
        condition="AGA",
        subtype="crown",
        protocol="HAIR_ROLLER",
        model="MEDICAL_ROLLER",
        sessions=(6, 8),
        finished=10,
        running=9,
        today=2,
        other=(_P.TO_BOOK, *[_P.REVIEW_DUE] * 5, *[_P.STOPPED] * 2),
    ),
    Kind(
        condition="SCAR_SURG",
        subtype="flat",
        protocol="SURGICAL_SCAR_PEN",
        model="SKINPEN_PRECISION",
        sessions=(3, 4),
        finished=10,
        running=5,
        today=2,
        other=(*[_P.REVIEW_DUE] * 3, _P.STOPPED),
    ),
    Kind(
        condition="TEXTURE_PORES",
        subtype="pores",
        protocol="TEXTURE_PEN",
        model="DERMAPEN_4",
        sessions=(3, 4),
        finished=4,
        running=4,
        today=1,
        other=(_P.DRAFT, *[_P.REVIEW_DUE] * 2),
    ),
    Kind(
        condition="PIH",
        subtype="after acne",
        protocol="PIH_PEN",
        model="DERMAPEN_4",
        sessions=(3, 3),
        finished=2,
        running=1,
        today=1,
    ),
    Kind(
        condition="DULL",
        subtype="whole face",
        protocol="DULL_PEN",
        model="DERMAPEN_4",
        sessions=(3, 3),
        finished=2,
        running=1,
        today=1,
    ),
)


def all_stories(random: Random) -> Iterator[Story]:
    """Every plan of the demo; those of today's sheet first."""
    for kind in KINDS:
        for _ in range(kind.today):
            yield _story(kind, _P.RUNNING, random, today=True)
    for kind in KINDS:
        states = [_P.FINISHED] * kind.finished + [_P.RUNNING] * kind.running
        for number, status in enumerate([*states, *kind.other]):
            deep = number < kind.deep
            yield _story(kind, status, random, deep=deep)


def _story(
    kind: Kind,
    status: PlanStatus,
    random: Random,
    *,
    today: bool = False,
    deep: bool = False,
) -> Story:
    return Story(
        kind=kind,
        status=status,
        sessions=random.randint(*kind.sessions),
        today=today,
        deep=deep,
    )
