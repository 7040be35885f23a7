"""Screening: the questions for a patient, and what the answers mean.

`questions` says what to ask, `judge` gives the findings, `gate` says what they
stop. All pure: values in, values out; the rules are data (see `rows`).
"""

from clinic.rules.facts import Purpose
from clinic.rules.gates import Gate, Override, Step, gate
from clinic.rules.screening.answers import Answer, Fact, Person, Setting
from clinic.rules.screening.asking import (
    Earlier,
    Origin,
    Question,
    Suggestion,
    none_of_these,
    questions,
)
from clinic.rules.screening.judging import judge

__all__ = [
    "Answer",
    "Earlier",
    "Fact",
    "Gate",
    "Origin",
    "Override",
    "Person",
    "Purpose",
    "Question",
    "Setting",
    "Step",
    "Suggestion",
    "gate",
    "judge",
    "none_of_these",
    "questions",
]
