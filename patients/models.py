"""Table of contents of the patients app's models."""

from patients.consent.models import Consent, ConsentText
from patients.history.models import (
    HistoryFact,
    PatientCondition,
    RuleOverride,
    Screening,
    ScreeningAnswer,
)
from patients.importing.models import (
    ImportFile,
    ImportIssue,
    ImportPart,
    ImportRecord,
    ImportRun,
)
from patients.records.models import BreakGlass, Patient

__all__ = [
    "BreakGlass",
    "Consent",
    "ConsentText",
    "HistoryFact",
    "ImportFile",
    "ImportIssue",
    "ImportPart",
    "ImportRecord",
    "ImportRun",
    "Patient",
    "PatientCondition",
    "RuleOverride",
    "Screening",
    "ScreeningAnswer",
]
