"""Improvement: from the reading before a plan to the one at its review.

A plan counts when its main scale was read before the first session and again at
least eight weeks after the last one (CLINICAL 8.2: a course is not judged
earlier), in the same variant. It belongs to the period of that second reading.
Percent follows the scale's own rule. Scales that are themselves a comparison with
the start (GAIS, quartiles) have no percentage and are left out.

Groups of fewer than ten are not shown (DESIGN 6): their median, middle half and
own rating never leave this module. Ten people are meant: ten plans of one person
would tell how that person fares, and so would the one rating that ten plans have.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from clinic.rules import scales
from clinic.rules.scales.shape import Direction, Percent
from sessions.reports.filters import Filters
from sessions.reports.queries.run import rows

SMALLEST_GROUP = 10
REVIEW_AFTER_DAYS = 56

READ = """
WITH scale (key, sign, possible, best) AS (VALUES {scales}),
read AS (
    SELECT DISTINCT plan_id FROM treatments_score
     WHERE rated_on BETWEEN %(first)s AND %(last)s AND withdrawn_at IS NULL
),
course AS (
    SELECT plan.id, plan.patient_id, plan.practitioner_id, plan.protocol_id,
           condition.kind AS condition, protocol.device_kind,
           COALESCE(NULLIF(plan.goal_scale, ''), condition.baseline_scale) AS main,
           done.first_on, done.last_on, done.deepest_mm, done.past_protocol
      FROM read
      JOIN treatments_plan plan ON plan.id = read.plan_id
      JOIN patients_patientcondition condition ON condition.id = plan.condition_id
      JOIN treatments_protocol protocol ON protocol.id = plan.protocol_id
      JOIN LATERAL (
        SELECT min(performed_on) AS first_on, max(performed_on) AS last_on,
               max(deepest_mm) AS deepest_mm, bool_or(past_protocol) AS past_protocol
          FROM treatments_treatmentsession session
         WHERE session.plan_id = plan.id AND session.signed_at IS NOT NULL
      ) done ON done.last_on IS NOT NULL
     WHERE (%(site)s::bigint IS NULL OR plan.site_id = %(site)s)
       AND (%(practitioner)s::bigint IS NULL
            OR plan.practitioner_id = %(practitioner)s)
       AND (%(condition)s::text IS NULL OR condition.kind = %(condition)s)
),
outcome AS (
    SELECT course.*, opening.value AS before_value, review.value AS after_value,
           review.rated_on AS reviewed_on,
           {percent} AS improvement, own_review.value AS own_rating
      FROM course
      JOIN scale ON scale.key = course.main
      JOIN LATERAL (
        SELECT value, variant FROM treatments_score
         WHERE plan_id = course.id AND scale = course.main
           AND withdrawn_at IS NULL AND rated_on <= course.first_on
         ORDER BY rated_on DESC, id DESC LIMIT 1) opening ON true
      JOIN LATERAL (
        SELECT value, rated_on FROM treatments_score
         WHERE plan_id = course.id AND scale = course.main
           AND variant = opening.variant AND withdrawn_at IS NULL
           AND rated_on >= course.last_on + {weeks}
         ORDER BY rated_on DESC, id DESC LIMIT 1) review ON true
      LEFT JOIN LATERAL (
        SELECT value FROM treatments_score
         WHERE plan_id = course.id AND scale = 'nrs-own' AND withdrawn_at IS NULL
           AND rated_on >= course.last_on + {weeks}
         ORDER BY rated_on DESC, id DESC LIMIT 1) own_review ON true
     WHERE review.rated_on BETWEEN %(first)s AND %(last)s
)
"""
PERCENT = (
    "100.0 * scale.sign * (opening.value - review.value) / NULLIF(CASE WHEN "
    "scale.possible THEN scale.sign * (opening.value - scale.best) "
    "ELSE opening.value END, 0)"
)
# Conditions of which enough people were scored to be shown by themselves.
SHOWN = f""",
shown AS (
    SELECT condition FROM outcome WHERE improvement IS NOT NULL
     GROUP BY condition HAVING count(DISTINCT patient_id) >= {SMALLEST_GROUP}
)
"""
FIGURES = """
       count(*) AS plans, count(DISTINCT patient_id) AS people,
       count(DISTINCT patient_id) FILTER (WHERE own_rating IS NOT NULL) AS raters,
       percentile_cont(0.25) WITHIN GROUP (ORDER BY improvement) AS low,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY improvement) AS median,
       percentile_cont(0.75) WITHIN GROUP (ORDER BY improvement) AS high,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY own_rating) AS own
"""
GROUPS = f"""
SELECT GROUPING(condition) AS all_conditions, GROUPING(device_kind) AS all_depths,
       GROUPING(past_protocol) AS all_depth_rules, GROUPING(month) AS all_months,
       condition, device_kind, depth, past_protocol, month, is_shown, {FIGURES}
  FROM (SELECT *, ceil(deepest_mm * 4) / 4 AS depth,
               date_trunc('month', reviewed_on)::date AS month,
               condition IN (TABLE shown) AS is_shown FROM outcome
         WHERE improvement IS NOT NULL) one
 GROUP BY GROUPING SETS ((), (is_shown), (condition), (condition, device_kind, depth),
                         (condition, past_protocol), (month))
"""
BY_CONDITION = f"""
SELECT GROUPING(condition) AS all_conditions, 1 AS all_depths, 1 AS all_depth_rules,
       1 AS all_months, condition, NULL AS device_kind, NULL AS depth,
       NULL AS past_protocol, NULL AS month, is_shown, {FIGURES}
  FROM (SELECT *, condition IN (TABLE shown) AS is_shown FROM outcome
         WHERE improvement IS NOT NULL) one
 GROUP BY GROUPING SETS ((), (is_shown), (condition))
"""
PLANS = """
SELECT id AS plan_id, patient_id, practitioner_id, condition, device_kind,
       deepest_mm, past_protocol, main AS scale, before_value, after_value,
       improvement, reviewed_on
  FROM outcome
 WHERE improvement IS NOT NULL
 ORDER BY improvement, id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Plans that are alike, and how much better they got, in percent.

    `own` is the median of the patients' own ratings at the review, 0 to 10: it
    has no percentage beside a clinician's score, so it stays on its own scale.
    Of fewer than ten people everything but the key is withheld, and `plans` is 0
    or None; `own` is withheld as well when fewer than ten of them rated themselves.
    """

    condition: str = ""
    device_kind: str = ""
    depth_mm: Decimal | None = None
    past_protocol: bool | None = None
    month: Any = None
    plans: int | None = None
    median: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    own: Decimal | None = None

    @property
    def is_shown(self) -> bool:
        """Whether there are enough to show."""
        return self.median is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """The improvement of one period, whole and in parts."""

    whole: Group
    conditions: Mapping[str, Group]
    depths: tuple[Group, ...]
    by_protocol: Mapping[tuple[str, bool], Group]
    months: tuple[Group, ...]


def statement() -> str:
    """The shared beginning of the statements, with the scales of the rule book."""
    values = ", ".join(
        f"('{scale.key}', {sign}, {possible}, {scale.best})"
        for scale in scales.all_scales()
        if not scale.is_comparison and scale.percent is not Percent.NONE
        for sign in [1 if scale.direction is Direction.LOWER else -1]
        for possible in ["true" if scale.percent is Percent.POSSIBLE else "false"]
    )
    return READ.format(
        scales=values,
        weeks=REVIEW_AFTER_DAYS,
        percent=PERCENT,
    )


def outcomes(filters: Filters) -> Outcomes:
    """The improvement in a period; one statement."""
    return _outcomes(rows(statement() + SHOWN + GROUPS, filters.arguments()))


def by_condition(filters: Filters) -> Outcomes:
    """The same without depths and months, for a period that is only compared with."""
    return _outcomes(rows(statement() + SHOWN + BY_CONDITION, filters.arguments()))


def _outcomes(found: list[dict[str, Any]]) -> Outcomes:
    return Outcomes(
        whole=_whole(found),
        conditions={
            row["condition"]: _group(row) for row in found if _is(row, "condition")
        },
        depths=tuple(_group(row) for row in found if _is(row, "depth")),
        by_protocol={
            (row["condition"], row["past_protocol"]): _group(row)
            for row in found
            if _is(row, "protocol")
        },
        months=tuple(
            sorted(
                (_group(row) for row in found if _is(row, "month")),
                key=lambda group: group.month,
            )
        ),
    )


def _whole(found: Iterable[Mapping[str, Any]]) -> Group:
    """All conditions that are shown by themselves, together; else simply all.

    The few of a hidden condition would follow from a whole that has them in it.
    """
    wholes = {row["is_shown"]: row for row in found if _is(row, "")}
    whole = wholes.get(True, wholes.get(None))
    return _group(whole) if whole else Group(plans=0)


def _is(row: Mapping[str, Any], part: str) -> bool:
    """Whether a row belongs to one of the grouping sets."""
    flags = (
        row["all_conditions"],
        row["all_depths"],
        row["all_depth_rules"],
        row["all_months"],
    )
    sets = {
        "": (1, 1, 1, 1),
        "condition": (0, 1, 1, 1),
        "depth": (0, 0, 1, 1),
        "protocol": (0, 1, 0, 1),
        "month": (1, 1, 1, 0),
    }
    return flags == sets[part]


def _group(row: Mapping[str, Any]) -> Group:
    enough = row["people"] >= SMALLEST_GROUP
    rated = row["raters"] >= SMALLEST_GROUP

    def kept(name: str, *, is_open: bool = enough) -> Decimal | None:
        value = row[name]
        return Decimal(str(round(value, 1))) if is_open and value is not None else None

    return Group(
        condition=row["condition"] or "",
        device_kind=row["device_kind"] or "",
        depth_mm=row["depth"],
        past_protocol=row["past_protocol"],
        month=row["month"],
        plans=row["plans"] if enough else None,
        median=kept("median"),
        low=kept("low"),
        high=kept("high"),
        own=kept("own", is_open=rated),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOutcome:
    """One plan behind a figure."""

    plan_id: int
    patient_id: int
    practitioner_id: int | None
    condition: str
    device_kind: str
    deepest_mm: Decimal | None
    past_protocol: bool
    scale: str
    before_value: Decimal
    after_value: Decimal
    improvement: Decimal
    reviewed_on: Any

    @property
    def depth_mm(self) -> Decimal | None:
        """The column of the depth table it stands in: up to the next quarter."""
        if self.deepest_mm is None:
            return None
        return (self.deepest_mm * 4).to_integral_value(rounding=ROUND_CEILING) / 4


def are_enough(plans: Iterable[PlanOutcome]) -> bool:
    """Whether plans of ten people or more are among them."""
    return len({one.patient_id for one in plans}) >= SMALLEST_GROUP


def plans(filters: Filters) -> Iterable[PlanOutcome]:
    """Every plan behind the outcome figures of a period, the least improved first."""
    for row in rows(statement() + PLANS, filters.arguments()):
        yield PlanOutcome(**row)
