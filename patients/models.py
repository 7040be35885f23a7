"""Table of contents of the patients app's models."""

from patients.consent.models import Consent, ConsentText
from patients.history.models import (
    HistoryFact,
    PatientCondition,
    RuleOverride,
    Screening,
    ScreeningAnswer,
)
from patients.records.models import BreakGlass, ImportRun, Patient

__all__ = [
    "BreakGlass",
    "Consent",
    "ConsentText",
    "HistoryFact",
    "ImportRun",
    "Patient",
    "PatientCondition",
    "RuleOverride",
    "Screening",
    "ScreeningAnswer",
]
