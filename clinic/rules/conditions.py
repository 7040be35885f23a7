"""What is treated: default depth, sessions and gaps per condition (CLINICAL 1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clinic.rules.devices import Kind
from clinic.rules.sourced import Measure, Note, Provenance, Row, Source, Span

EVIDENCE = {
    1: "randomised trials or meta-analysis",
    2: "controlled or several uncontrolled studies",
    3: "small series",
    4: "practice only",
}
DAYS_PER_UNIT = {"days": 1, "weeks": 7}


@dataclass(frozen=True, slots=True, kw_only=True)
class Icd10:
    """A diagnosis code and where it was seen."""

    code: str
    origin: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition; what nobody states is None, and the practitioner chooses.

    `depth` in mm is the default range of the product, for a pen setting or a
    needle length. Above `signoff_above` mm a prescriber signs off.
    """

    key: str
    name: str
    icd10: tuple[Icd10, ...]
    snomed_code: str
    scar: bool
    adjuvant_only: bool
    hospital_only: bool
    kinds: tuple[Kind, ...]
    depth: Span
    signoff_above: Measure | None
    published_depth: Note | None
    sessions: Span | None
    sessions_usual: Measure | None
    gap: Span | None
    gap_preferred: Measure | None
    gap_studied: Note | None
    endpoint: Note | None
    technique: Note | None
    visible_result: Note | None
    evidence: int
    instruments: tuple[str, ...]
    note: Note | None
    origin: Provenance

    @property
    def gap_days(self) -> tuple[int, int] | None:
        """Smallest and greatest default gap in days; None if unstated or in months."""
        if self.gap is None or self.gap.unit not in DAYS_PER_UNIT:
            return None
        days = DAYS_PER_UNIT[self.gap.unit]
        return int(self.gap.low * days), int(self.gap.high * days)

    @property
    def gap_preferred_days(self) -> int | None:
        """The usual gap in days, None where none is stated."""
        if self.gap_preferred is None:
            return None
        return int(self.gap_preferred.value * DAYS_PER_UNIT[self.gap_preferred.unit])


def load(rows: Sequence[Row], sources: Mapping[str, Source]) -> tuple[Condition, ...]:
    """All conditions of the book."""
    return tuple(_condition(row) for row in rows)


def _condition(row: Row) -> Condition:
    condition = Condition(
        key=row.key,
        name=row.text("name"),
        icd10=tuple(_icd10(inner) for inner in row.rows("icd10")),
        snomed_code=row.text("snomed_code", ""),
        scar=row.flag("scar"),
        adjuvant_only=row.flag("adjuvant_only"),
        hospital_only=row.flag("hospital_only"),
        kinds=row.choices("kinds", Kind),
        depth=row.span("depth"),
        signoff_above=row.measure_or_none("signoff_above"),
        published_depth=row.note_or_none("published_depth"),
        sessions=row.span_or_none("sessions"),
        sessions_usual=row.measure_or_none("sessions_usual"),
        gap=row.span_or_none("gap"),
        gap_preferred=row.measure_or_none("gap_preferred"),
        gap_studied=row.note_or_none("gap_studied"),
        endpoint=row.note_or_none("endpoint"),
        technique=row.note_or_none("technique"),
        visible_result=row.note_or_none("visible_result"),
        evidence=row.number("evidence") or 0,
        instruments=row.texts("instruments"),
        note=row.note_or_none("note"),
        origin=row.provenance(),
    )
    row.finish()
    _refuse_contradictions(row=row, condition=condition)
    return condition


def _icd10(row: Row) -> Icd10:
    icd10 = Icd10(code=row.text("code"), origin=row.provenance())
    row.finish()
    return icd10


def _refuse_contradictions(*, row: Row, condition: Condition) -> None:
    if condition.evidence not in EVIDENCE:
        row.fail("Evidence is none of 1, 2, 3, 4.")
    usual, sessions = condition.sessions_usual, condition.sessions
    if usual and (sessions is None or usual.value not in sessions):
        row.fail("The usual number of sessions lies outside their range.")
    preferred, gaps = condition.gap_preferred_days, condition.gap_days
    if preferred is not None and gaps and not gaps[0] <= preferred <= gaps[1]:
        row.fail("The preferred gap lies outside the default gaps.")
