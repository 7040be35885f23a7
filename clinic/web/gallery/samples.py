"""What the gallery shows: invented findings, faces, plans and figures."""

from datetime import date
from decimal import Decimal

from clinic.rules.findings import Finding, Verdict, View
from clinic.web.charts.frame import Band
from clinic.web.charts.planning import Closure, Occasion, PlannedMark, PlanPicture
from clinic.web.charts.progress import Course, Reading, SessionMark
from clinic.web.charts.report import Outcome, Use
from clinic.web.charts.tables import HeatRow, MatrixCell, MatrixRow
from clinic.web.drawing.facechart import FaceState
from clinic.web.drawing.needles import Needle, NeedleState

PAIRED = {"TE", "PO", "CB", "CM", "CL", "JW"}


def depths(**by_stem: str) -> dict[str, Decimal]:
    """Depths by zone code from depths by stem; a paired stem gives both sides."""
    found: dict[str, Decimal] = {}
    for stem, depth in by_stem.items():
        codes = (f"{stem}-R", f"{stem}-L") if stem in PAIRED else (stem,)
        found.update(dict.fromkeys(codes, Decimal(depth)))
    return found


DEPTHS = depths(
    FH="1.0",
    GL="0.75",
    TE="1.0",
    PO="0.5",
    NO="0.75",
    CB="0.75",
    CM="1.5",
    CL="1.5",
    UL="0.75",
    CH="1.25",
    JW="1.25",
)
FACE = FaceState(
    depths=DEPTHS,
    left_out=frozenset({"NE"}),
    changed=frozenset({"FH", "CH"}),
    selected=frozenset({"CM-R", "CM-L"}),
)
BODY = FaceState(
    depths={
        "SC": Decimal("0.5"),
        "DE": Decimal("0.75"),
        "HA": Decimal("0.5"),
        "AB": Decimal("1.5"),
    },
    left_out=frozenset({"TR"}),
    selected=frozenset({"AB"}),
)
STATES = (
    NeedleState.DONE,
    NeedleState.DONE,
    NeedleState.MISSED,
    NeedleState.NOW,
    NeedleState.PLANNED,
    NeedleState.PLANNED,
)
NEEDLES = tuple(
    Needle(state=state, depth_mm=Decimal(depth))
    for state, depth in zip(
        STATES, ("1.0", "1.25", "1.25", "1.5", "1.5", "1.5"), strict=True
    )
)
NEEDLES_FOR_DESK = tuple(Needle(state=state) for state in STATES)

FINDINGS = (
    Finding(
        code="sample-infection",
        verdict=Verdict.BLOCK,
        title="Infection in the area",
        sentence="There is open or infected skin where the needles would go.",
        sources=("S01",),
        absolute=True,
    ),
    Finding(
        code="sample-isotretinoin",
        verdict=Verdict.DEFER,
        title="Isotretinoin stopped on 31 August",
        sentence="The waiting time after the last dose is not over.",
        sources=("S12", "S14"),
        until=date(2026, 2, 28),
        views=(
            View(sentence="Older guidance waits longer.", sources=("S12",)),
            View(sentence="A newer consensus allows it earlier.", sources=("S14",)),
        ),
    ),
    Finding(
        code="sample-open",
        verdict=Verdict.DEFER,
        title="Active cold sore",
        sentence="Wait until it has healed.",
    ),
    Finding(
        code="sample-thinner",
        verdict=Verdict.SIGNOFF,
        title="Blood thinner",
        sentence="A prescriber signs off, with a reason.",
    ),
    Finding(
        code="sample-keloid",
        verdict=Verdict.ASK,
        title="Raised scars",
        sentence="Nobody has asked about keloids yet.",
    ),
    Finding(
        code="sample-doxycycline",
        verdict=Verdict.WARN,
        title="Doxycycline since 6 November",
        sentence="Skin burns faster in the sun: repeat the sun advice.",
        sources=("S07",),
    ),
    Finding(
        code="sample-latex",
        verdict=Verdict.OK,
        title="Latex allergy",
        sentence="Use nitrile gloves and a latex-free room.",
        info=True,
    ),
    Finding(
        code="sample-clear",
        verdict=Verdict.OK,
        title="No pregnancy",
        sentence="Answered no on 12 November.",
    ),
)


def band(on: date, low: str, high: str) -> Band:
    """An expected range."""
    return Band(on=on, low=Decimal(low), high=Decimal(high))


def session(
    on: date, number: int, state: NeedleState, depth: str, calm: int | None = None
) -> SessionMark:
    """A session of the sample course."""
    return SessionMark(
        on=on, number=number, state=state, depth_mm=Decimal(depth), calm_days=calm
    )


COURSE = Course(
    scale="Goodman and Baron score",
    low=Decimal(0),
    high=Decimal(20),
    goal=Decimal(6),
    today=date(2025, 11, 12),
    readings=tuple(
        Reading(on=on, value=Decimal(value))
        for on, value in (
            (date(2025, 6, 25), 18),
            (date(2025, 8, 20), 15),
            (date(2025, 10, 1), 13),
            (date(2025, 11, 12), 10),
        )
    ),
    sessions=(
        session(date(2025, 7, 9), 1, NeedleState.DONE, "1.0", 5),
        session(date(2025, 8, 20), 2, NeedleState.DONE, "1.25", 4),
        session(date(2025, 10, 1), 3, NeedleState.DONE, "1.5", 3),
        session(date(2025, 11, 12), 4, NeedleState.NOW, "1.5"),
        session(date(2026, 1, 7), 5, NeedleState.PLANNED, "1.5"),
        session(date(2026, 2, 18), 6, NeedleState.PLANNED, "1.5"),
    ),
    expected=(
        band(date(2025, 6, 25), "17.4", "18.6"),
        band(date(2025, 8, 20), "13.2", "16.4"),
        band(date(2025, 10, 1), "10.2", "13.9"),
        band(date(2025, 11, 12), "8.0", "12.0"),
        band(date(2026, 1, 7), "5.8", "10.2"),
        band(date(2026, 3, 4), "4.4", "8.8"),
    ),
    expected_label="Expected, from an invented study",
    own=(
        band(date(2025, 6, 25), "17", "18.2"),
        band(date(2025, 10, 1), "11.4", "14.4"),
        band(date(2026, 1, 7), "7.4", "11"),
        band(date(2026, 3, 4), "6", "9.6"),
    ),
    own_label="",
)
EMPTY_COURSE = Course(
    scale="Goodman and Baron score",
    low=Decimal(0),
    high=Decimal(20),
    today=date(2025, 11, 12),
)
PLAN = PlanPicture(
    sessions=tuple(
        PlannedMark(
            number=number, on=on, depth_mm=Decimal(depth), is_selected=number == 2
        )
        for number, on, depth in (
            (1, date(2025, 11, 19), "0.75"),
            (2, date(2026, 1, 7), "1.0"),
            (3, date(2026, 2, 18), "1.25"),
            (4, date(2026, 4, 1), "1.5"),
            (5, date(2026, 5, 13), "1.5"),
        )
    ),
    healing_days=28,
    today=date(2025, 11, 12),
    closures=(
        Closure(first=date(2025, 12, 25), last=date(2026, 1, 4), words="Closed"),
        Closure(first=date(2026, 2, 24), last=date(2026, 3, 7), words="Away"),
    ),
    occasion=Occasion(on=date(2026, 6, 20), words="Wedding"),
    expected=(
        band(date(2025, 11, 19), "99", "101"),
        band(date(2026, 1, 7), "82", "91"),
        band(date(2026, 2, 18), "66", "80"),
        band(date(2026, 4, 1), "53", "69"),
        band(date(2026, 5, 13), "43", "60"),
        band(date(2026, 6, 20), "36", "55"),
    ),
    expected_label="Expected score, invented",
)
PLAN_FOR_DESK = PlanPicture(
    sessions=tuple(
        PlannedMark(number=mark.number, on=mark.on) for mark in PLAN.sessions
    ),
    healing_days=28,
    today=PLAN.today,
    closures=PLAN.closures,
)


def outcome(  # noqa: PLR0917
    name: str,
    plans: int,
    median: int,
    low: int,
    high: int,
    own: int,
    before: int | None,
) -> Outcome:
    """A row of the sample report."""
    return Outcome(
        name=name,
        detail=f"{plans} plans",
        median=Decimal(median),
        low=Decimal(low),
        high=Decimal(high),
        patients=Decimal(own),
        before=None if before is None else Decimal(before),
    )


OUTCOMES = (
    outcome("Acne scars", 88, 52, 41, 63, 58, 49),
    outcome("Fine lines", 61, 38, 29, 49, 51, 39),
    outcome("Stretch marks", 31, 34, 22, 45, 40, 30),
    outcome("Melasma", 27, 29, 12, 44, 25, 35),
    outcome("Hair thinning", 22, 31, 20, 42, 38, None),
    Outcome(name="Surgical scars", detail="7 plans", median=None),
)
MATRIX_COLUMNS = ("0.50", "0.75", "1.00", "1.25", "1.50", "2.00")


def cells(*pairs: tuple[int, int | None]) -> tuple[MatrixCell, ...]:
    """Cells from count and value."""
    return tuple(
        MatrixCell(
            count=count,
            value=None if value is None else Decimal(value),
            is_marked=value == 17,
        )
        for count, value in pairs
    )


MATRIX = (
    MatrixRow(
        name="Acne scars",
        cells=cells((4, None), (0, None), (12, 31), (19, 48), (41, 56), (11, 57)),
    ),
    MatrixRow(
        name="Fine lines",
        cells=cells((14, 30), (22, 38), (17, 42), (3, None), (0, None), (0, None)),
    ),
    MatrixRow(
        name="Melasma",
        cells=cells((10, 36), (6, None), (11, 17), (0, None), (0, None), (0, None)),
    ),
)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
MISSED = tuple(
    HeatRow(
        name=hour,
        values=tuple(Decimal(value) if value else None for value in values),
    )
    for hour, values in (
        ("08", (9, 6, 5, 6, 7, 4)),
        ("10", (4, 3, 3, 4, 5, 3)),
        ("12", (5, 5, 4, 5, 6, 5)),
        ("14", (5, 4, 4, 5, 7, 8)),
        ("16", (7, 5, 5, 6, 12, 0)),
    )
)
STAY = tuple(Decimal(share) for share in (100, 97, 92, 85, 78, 71))
STAY_BEFORE = tuple(Decimal(share) for share in (100, 95, 88, 79, 70, 65))
USES = (
    Use(name="Mira L.", used=Decimal(76), lost=Decimal(6)),
    Use(name="Sana M.", used=Decimal(64), lost=Decimal(9)),
    Use(name="Room 1", used=Decimal(66), lost=Decimal(5)),
    Use(name="Room 2", used=Decimal(81)),
)
TENDENCY = tuple(Decimal(value) for value in (64, 63, 66, 65, 68, 67, 70, 69, 71))
