"""What the screening tests share: a patient with nothing to report, and verdicts."""

from datetime import date

from clinic.rules import screening
from clinic.rules.book import load_book
from clinic.rules.findings import Scope, severity
from clinic.rules.screening import Answer, Person

BOOK = load_book()
TODAY = date(2026, 6, 1)
CHEEK = frozenset({"CHEEK"})
NOTHING = {kind: Answer(value=False) for kind in BOOK.facts}
CODES = frozenset(rule.code for rule in BOOK.screening)
ADULT = Person(born_on=date(1986, 6, 1), phototype=2, sex="female")


def judged(*, answers=(), facts=(), on=TODAY, person=ADULT, **more):
    """The findings of a patient who answers no to all but what is given."""
    more.setdefault("zones", CHEEK)
    more.setdefault("today", TODAY)
    return screening.judge(
        book=BOOK,
        person=person,
        answers=NOTHING | dict(answers),
        facts=facts,
        on=on,
        **more,
    )


def in_words(finding):
    """`DEFER until 2026-06-15`, or just the verdict."""
    until = f" until {finding.until}" if finding.until else ""
    return f"{finding.verdict.name}{until}"


def ruling(code, *, strict=False, scope=Scope.NEEDLING, **case):
    """The worst that one rule says, in words; OK when it says nothing."""
    case["strict"] = CODES if strict else frozenset()
    said = [f for f in judged(**case) if f.code == code and f.scope == scope]
    return in_words(max(said, key=severity)) if said else "OK"
