"""Charts: the marks at the right places, one sentence, the numbers as a table."""

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from django.utils.safestring import SafeString

from clinic.web.charts import frame, planning, progress, report, tables
from clinic.web.charts.frame import Numbers, Scale, TimeScale
from clinic.web.drawing.svg import smooth_line
from clinic.web.gallery import samples

TODAY = date(2026, 3, 4)
HOSTILE = '"><script>alert(1)</script>'


def parsed(chart: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<div>{chart}</div>")  # noqa: S314  our own


def with_class(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [e for e in root.iter() if name in (e.get("class") or "").split()]


def words(root: ElementTree.Element) -> str:
    return " ".join(" ".join(root.itertext()).split())


def attribute(root: ElementTree.Element, css: str, name: str) -> list[float]:
    return [float(str(e.get(name))) for e in with_class(root, css)]


EVERY_CHART = {
    "progress": lambda: progress.progress_lanes(samples.COURSE),
    "progress, empty": lambda: progress.progress_lanes(samples.EMPTY_COURSE),
    "plan": lambda: planning.plan_timeline(samples.PLAN),
    "plan, desk": lambda: planning.plan_timeline(samples.PLAN_FOR_DESK),
    "plan, empty": lambda: planning.plan_timeline(
        planning.PlanPicture(sessions=(), healing_days=28, today=date(2026, 1, 1))
    ),
    "dumbbell": lambda: report.dumbbell(samples.OUTCOMES, caption="Outcome"),
    "dumbbell, empty": lambda: report.dumbbell([], caption="Outcome"),
    "drop off": lambda: report.drop_off(samples.STAY, caption="Stay"),
    "drop off, empty": lambda: report.drop_off([], caption="Stay"),
    "use": lambda: report.use_bars(samples.USES, caption="Use"),
    "use, empty": lambda: report.use_bars([], caption="Use"),
    "matrix": lambda: tables.matrix(
        samples.MATRIX, columns=samples.MATRIX_COLUMNS, caption="Depth", mark_label="x"
    ),
    "heat": lambda: tables.heat(
        samples.MISSED, columns=samples.WEEKDAYS, caption="Missed"
    ),
    "heat, empty": lambda: tables.heat([], columns=(), caption="Missed"),
}


# All charts ------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY_CHART)
def test_a_chart_is_well_formed_without_styles_ids_or_scripts(name: str) -> None:
    chart = EVERY_CHART[name]()
    assert isinstance(chart, SafeString)
    for e in parsed(chart).iter():
        assert e.get("style") is None
        assert e.get("id") is None
        assert e.tag not in {"style", "script"}
        assert not [a for a in e.attrib if a.startswith("on")]


@pytest.mark.parametrize("name", EVERY_CHART)
def test_a_chart_is_the_same_each_time(name: str) -> None:
    assert EVERY_CHART[name]() == EVERY_CHART[name]()


@pytest.mark.parametrize("name", EVERY_CHART)
def test_a_chart_says_itself_in_words(name: str) -> None:
    root = parsed(EVERY_CHART[name]())
    drawings = [e for e in root.iter("svg") if e.get("role") == "img"]
    assert all(e.get("aria-label") for e in drawings)
    assert list(root.iter("table"))


def test_words_from_people_are_escaped() -> None:
    course = replace(samples.COURSE, scale=HOSTILE, expected_label=HOSTILE)
    plan = replace(
        samples.PLAN,
        occasion=planning.Occasion(on=date(2026, 6, 20), words=HOSTILE),
        closures=(
            planning.Closure(
                first=date(2026, 1, 1), last=date(2026, 1, 2), words=HOSTILE
            ),
        ),
    )
    outcome = replace(samples.OUTCOMES[0], name=HOSTILE, detail=HOSTILE)
    for chart in (
        progress.progress_lanes(course),
        planning.plan_timeline(plan),
        report.dumbbell([outcome], caption=HOSTILE, before_label=HOSTILE),
        report.use_bars([report.Use(name=HOSTILE, used=Decimal(5))], caption=HOSTILE),
        tables.heat(
            [tables.HeatRow(name=HOSTILE, values=(Decimal(1),))],
            columns=[HOSTILE],
            caption=HOSTILE,
        ),
    ):
        assert "<script>" not in chart
        parsed(chart)


# Scales ----------------------------------------------------------------------


def test_a_scale_puts_its_ends_at_its_ends() -> None:
    y = Scale(low=0, high=20, start=178, end=22)
    assert y(0) == 178
    assert y(20) == 22
    assert y(10) == 100


def test_a_scale_without_extent_does_not_divide_by_zero() -> None:
    assert Scale(low=3, high=3, start=0, end=10)(3) == 5
    one_day = TimeScale(first=date(2026, 1, 1), last=date(2026, 1, 1), start=0, end=10)
    assert one_day(date(2026, 1, 1)) == 5


@pytest.mark.parametrize(
    ("low", "high", "marks"),
    [
        (0, 20, [0, 5, 10, 15, 20]),
        (0, 1, [0, 0.5, 1]),
        (0, 63, [0, 20, 40, 60]),
        (-10, 30, [-10, 0, 10, 20, 30]),
        (4, 4, [4]),
    ],
)
def test_ticks_are_round(low: float, high: float, marks: list[float]) -> None:
    assert frame.ticks(low, high) == marks


def test_months_begin_on_their_first_day_across_a_year() -> None:
    found = frame.months(date(2025, 11, 10), date(2026, 2, 1))
    assert found == [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]


def test_labels_that_would_touch_are_moved_apart_and_stay_inside() -> None:
    moved = frame.spread([10, 12, 90, 95], gap=20, end=100)
    assert moved == [10, 30, 80, 100]
    assert frame.spread([], gap=20, end=100) == []


def test_steps_hold_a_value_until_halfway() -> None:
    assert frame.step_path([(0, 0), (10, 5)]) == "M0 0L5 0L5 5L10 5"
    assert frame.step_path([]) == ""


def test_one_special_letter_among_the_numbers_is_escaped_and_the_rest_stands() -> None:
    rows = (("1 May", "1.50"), (HOSTILE, "2 < 3"))
    numbers = Numbers(caption="C", headings=("A", "B"), rows=rows)
    table = frame.numbers_table(numbers)
    assert "<script" not in table
    assert '<th scope="row">1 May</th><td class="num">1.50</td>' in table
    assert HOSTILE in words(parsed(table))
    assert "2 < 3" in words(parsed(table))


def test_numbers_are_a_table_with_heads() -> None:
    numbers = Numbers(caption="C", headings=("A", "B"), rows=(("x", "1"),))
    root = parsed(frame.numbers_table(numbers))
    assert [e.get("scope") for e in root.iter("th")] == ["col", "col", "row"]


# A patient's course ----------------------------------------------------------


def test_a_lower_score_stands_lower_and_later_further_right() -> None:
    root = parsed(progress.progress_lanes(samples.COURSE))
    xs = attribute(root, "score-dot", "cx")
    ys = attribute(root, "score-dot", "cy")
    assert xs == sorted(xs)
    assert ys == sorted(ys)
    assert ys[0] == pytest.approx(178 - 156 * 18 / 20, abs=0.1)


@pytest.mark.parametrize(
    ("days", "is_written"),
    [(60, True), (1, False)],
)
def test_a_score_is_written_where_it_does_not_cover_the_next(
    days: int, *, is_written: bool
) -> None:
    """Readings of one height; the latest has its value in any case."""
    last = date(2026, 1, 7)
    readings = tuple(
        progress.Reading(on=last - timedelta(days=days * back), value=Decimal(11))
        for back in (2, 1, 0)
    )
    start = progress.Reading(on=last - timedelta(days=400), value=Decimal(18))
    course = replace(samples.EMPTY_COURSE, readings=(start, *readings), today=last)
    root = parsed(progress.progress_lanes(course))
    written = [one for one in root.iter("text") if one.text == "11"]
    assert len(with_class(root, "score-dot")) == 4
    assert len(written) == (3 if is_written else 1)


def test_the_goal_and_both_bands_are_drawn_and_never_merged() -> None:
    root = parsed(progress.progress_lanes(samples.COURSE))
    assert len(with_class(root, "goal")) == 1
    assert len(with_class(root, "band")) == 1
    assert len(with_class(root, "band-own")) == 1
    without = parsed(
        progress.progress_lanes(replace(samples.COURSE, own=(), expected=()))
    )
    assert with_class(without, "band") + with_class(without, "band-own") == []
    assert "Published" not in words(without)


def heights(path: str) -> list[float]:
    """Every y of path data: of its points and of the handles of its curves."""
    return [float(y) for y in re.findall(r"-?[\d.]+ (-?[\d.]+)", path)]


def test_bands_and_scores_are_drawn_within_their_scale_and_never_below_nought() -> None:
    def days(*ends: tuple[str, str]) -> tuple[frame.Band, ...]:
        return tuple(
            frame.Band(
                on=TODAY + timedelta(days=28 * number),
                low=Decimal(low),
                high=Decimal(high),
            )
            for number, (low, high) in enumerate(ends)
        )

    falling = days(("18", "18"), ("2", "12"), ("0", "6"), ("0", "4"), ("0", "4"))
    beyond = days(("-3", "25"), ("-1", "20"), ("0", "21"), ("4", "20"))
    course = replace(
        samples.COURSE,
        low=Decimal(0),
        high=Decimal(20),
        expected=falling,
        own=beyond,
        readings=tuple(
            progress.Reading(
                on=TODAY + timedelta(days=28 * number), value=Decimal(value)
            )
            for number, value in enumerate((20, 1, 0, 0, 12))
        ),
    )
    root = parsed(progress.progress_lanes(course))
    for css in ("band", "band-own", "score"):
        [path] = with_class(root, css)
        found = heights(str(path.get("d")))
        assert found
        assert min(found) >= progress.SCORE_TOP, css
        assert max(found) <= progress.SCORE_BASE, css


def test_a_soft_curve_stays_between_the_heights_of_its_points() -> None:
    curve = smooth_line([(0, 0), (10, 100), (20, 100), (30, 40)])
    assert curve.startswith("M0 0C")
    for piece, (low, high) in zip(
        curve.split("C")[1:], [(0, 100), (100, 100), (40, 100)], strict=True
    ):
        assert all(low <= y <= high for y in heights(piece))


def test_every_session_with_a_depth_has_three_needles_and_its_number() -> None:
    root = parsed(progress.progress_lanes(samples.COURSE))
    assert len(with_class(root, "needle")) == 3 * len(samples.COURSE.sessions)
    assert len(with_class(root, "planned")) == 3 * 3
    assert "1.25" in words(root)


def test_a_healing_window_is_as_long_as_its_days() -> None:
    root = parsed(progress.progress_lanes(samples.COURSE))
    (now,) = with_class(root, "today-line")
    assert now is not None
    widths = attribute(root, "healing", "width")
    first, last = date(2025, 6, 15), date(2026, 3, 14)
    day_px = (progress.RIGHT - progress.LEFT) / (last - first).days
    assert widths[0] == pytest.approx(28 * day_px, abs=0.2)


def test_days_until_calm_are_said() -> None:
    root = parsed(progress.progress_lanes(samples.COURSE))
    assert "calm on day 5" in words(root)
    assert len(with_class(root, "calm")) == 3


def test_a_course_without_scores_says_so() -> None:
    root = parsed(progress.progress_lanes(samples.EMPTY_COURSE))
    assert "No score yet" in words(root)
    assert progress.sentence(samples.EMPTY_COURSE).endswith("no score yet")


def test_the_sentence_tells_start_now_and_goal() -> None:
    assert progress.sentence(samples.COURSE) == (
        "Goodman and Baron score: from 18 to 10 on 12 November 2025; goal 6"
    )


# A plan ----------------------------------------------------------------------


def test_gaps_between_sessions_are_counted_in_days() -> None:
    shown = words(parsed(planning.plan_timeline(samples.PLAN)))
    assert "49 days" in shown
    assert "42 days" in shown
    assert "38 days" in shown  # to the occasion


def test_sessions_stand_in_the_order_of_their_days() -> None:
    root = parsed(planning.plan_timeline(samples.PLAN))
    xs = attribute(root, "disc", "cx")
    assert xs == sorted(xs)
    assert len(xs) == len(samples.PLAN.sessions)
    assert len(with_class(root, "disc-number")) == len(xs)


def test_a_deeper_session_reaches_deeper() -> None:
    def deepest(plan: planning.PlanPicture) -> list[str]:
        root = parsed(planning.plan_timeline(plan))
        return [str(e.get("d")).split(" ")[-1] for e in with_class(root, "thin")][::5]

    tips = [float(tip) for tip in deepest(samples.PLAN)]
    assert tips == sorted(tips)
    assert tips[0] < tips[-1]
    assert len(set(deepest(samples.PLAN_FOR_DESK))) == 1


def test_front_desk_reads_no_depth() -> None:
    shown = words(parsed(planning.plan_timeline(samples.PLAN_FOR_DESK)))
    assert "mm" not in shown
    assert "1.50" not in shown


def test_a_closure_covers_its_last_day() -> None:
    plan = replace(
        samples.PLAN,
        closures=(
            planning.Closure(
                first=date(2026, 1, 10), last=date(2026, 1, 10), words="Closed"
            ),
        ),
    )
    root = parsed(planning.plan_timeline(plan))
    (hatched,) = [e for e in root.iter("rect") if e.get("fill") == "url(#np-hatch)"]
    first = samples.PLAN.sessions[0].on - timedelta(days=planning.EDGE_DAYS)
    last = date(2026, 6, 20) + timedelta(days=planning.EDGE_DAYS)
    day_px = (planning.RIGHT - planning.LEFT) / (last - first).days
    assert float(str(hatched.get("width"))) == pytest.approx(day_px, abs=0.1)


def test_a_closure_outside_the_plan_is_not_drawn() -> None:
    old = planning.Closure(first=date(2020, 1, 1), last=date(2020, 1, 9), words="Old")
    root = parsed(planning.plan_timeline(replace(samples.PLAN, closures=(old,))))
    assert "Old" not in words(root)


# The owner's charts ----------------------------------------------------------


def test_a_median_that_fell_clearly_is_marked() -> None:
    root = parsed(report.dumbbell(samples.OUTCOMES, caption="x"))
    assert len(with_class(root, "fell")) == 2  # the bar and the dot of melasma
    slightly = report.Outcome(
        name="a", detail="", median=Decimal(38), before=Decimal(41)
    )
    assert not slightly.fell
    assert replace(slightly, before=Decimal("41.1")).fell


def test_a_group_too_small_shows_no_number() -> None:
    root = parsed(report.dumbbell(samples.OUTCOMES[-1:], caption="x"))
    assert with_class(root, "median") == []
    assert "too few to show" in words(root)


def test_the_matrix_hides_small_cells_and_leaves_empty_ones_blank() -> None:
    row = tables.MatrixRow(
        name="a",
        cells=samples.cells((0, None), (9, None), (10, 40)),
    )
    root = parsed(
        tables.matrix([row], columns=("1", "2", "3"), caption="x", mark_label="y")
    )
    cells = list(root.iter("td"))[1:]
    assert [c.get("class") for c in cells] == ["none", "few", "shade-3"]
    assert words(cells[1]) == "few"
    assert "10 plans" in words(cells[2])


def test_a_marked_cell_says_why_in_words() -> None:
    root = parsed(EVERY_CHART["matrix"]())
    (mark,) = with_class(root, "mark")
    assert mark.get("aria-label") == "x"


@pytest.mark.parametrize(
    ("value", "shade"), [(0, 1), (19, 1), (20, 2), (99, 5), (100, 5)]
)
def test_shades_run_from_one_to_five(value: int, shade: int) -> None:
    assert tables.level(Decimal(value), low=Decimal(0), high=Decimal(100)) == shade


def test_use_and_loss_never_leave_the_track() -> None:
    rows = [report.Use(name="a", used=Decimal(98), lost=Decimal(30))]
    root = parsed(report.use_bars(rows, caption="x"))
    (track,) = with_class(root, "track")
    end = float(str(track.get("x"))) + float(str(track.get("width")))
    for css in ("used", "lost"):
        (bar,) = with_class(root, css)
        assert float(str(bar.get("x"))) + float(str(bar.get("width"))) <= end + 0.11


def test_who_stays_ends_with_its_share() -> None:
    shown = words(
        parsed(
            report.drop_off(
                samples.STAY,
                before=samples.STAY_BEFORE,
                caption="x",
                before_label="2024",
            )
        )
    )
    assert "71%" in shown
    assert "65%" in shown
    assert "2024" in shown


def test_a_sparkline_needs_two_values() -> None:
    assert report.sparkline([Decimal(1)]) == ""
    root = ElementTree.fromstring(report.sparkline(samples.TENDENCY))  # noqa: S314
    assert root.get("aria-hidden") == "true"


def test_names_of_closures_never_lie_on_each_other() -> None:
    days = [
        (date(2026, 12, 23), "Stocktaking and inventory"),
        (date(2026, 12, 25), "Christmas"),
        (date(2026, 12, 28), "Between the years"),
        (date(2027, 1, 1), "New Year"),
    ]
    closures = tuple(
        planning.Closure(first=day, last=day, words=words) for day, words in days
    )
    first = date(2026, 11, 4)
    sessions = tuple(
        planning.PlannedMark(number=n + 1, on=first + timedelta(days=28 * n))
        for n in range(8)
    )
    plan = replace(samples.PLAN, sessions=sessions, occasion=None, closures=closures)
    root = parsed(planning.plan_timeline(plan))
    spans: dict[str, list[tuple[float, float]]] = {}
    for text in root.iter():
        if text.text in {words for _day, words in days}:
            half = len(text.text or "") * planning.LETTER_PX / 2
            middle = float(text.attrib["x"])
            line = spans.setdefault(text.attrib["y"], [])
            line.append((middle - half, middle + half))
    assert len(spans) > 1
    for line in spans.values():
        assert all(a[1] <= b[0] for a, b in pairwise(sorted(line)))


def test_a_cell_that_may_be_shown_opens_its_plans() -> None:
    shown = tables.matrix(
        [
            tables.MatrixRow(
                name="Melasma",
                cells=(
                    tables.MatrixCell(count=12, value=Decimal(35), opens="/a?of=x&b=1"),
                    tables.MatrixCell(count=3),
                ),
            )
        ],
        columns=["0.50", "1.00"],
        caption="Depth and result",
        mark_label="",
    )
    assert shown.count("<a ") == 1
    assert 'href="/a?of=x&amp;b=1"' in shown
