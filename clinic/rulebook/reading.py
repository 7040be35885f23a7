"""The screening rules in words, as the settings page shows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.rulebook.models import RuleSetting
from clinic.rulebook.queries import EffectiveBook
from clinic.rules.findings import Scope, View
from clinic.rules.screening.rows import Case, Outcome, Rule, Window
from clinic.rules.sourced import Source
from clinic.web.templatetags.parts import VERDICT_LOOKS

NOTHING = "\N{EN DASH}"
FROM_MEMORY = "memory"  # the pseudo-source of status M


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One case of a rule: what it says, and what follows in each mode."""

    sentence: str
    default: str
    strict: str
    anaesthetic_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleInWords:
    """One rule with its mode here; `setting` is None for one never changed."""

    code: str
    title: str
    lines: tuple[Line, ...]
    sources: tuple[str, ...]
    views: tuple[View, ...]
    to_confirm: bool
    is_info: bool
    has_strict: bool
    may_be_overridden: bool
    strict: bool
    fixed: bool
    setting: RuleSetting | None

    @property
    def seen_version(self) -> int:
        """The version to name when changing it; 0 when it never was."""
        return self.setting.version if self.setting else 0

    @property
    def can_change(self) -> bool:
        """Whether there is anything to choose."""
        return self.has_strict or self.may_be_overridden


def rules_in_words(
    effective: EffectiveBook, settings: Mapping[str, RuleSetting]
) -> list[RuleInWords]:
    """Every screening rule, in the order of the book."""
    return [
        _in_words(rule, effective, settings.get(rule.code))
        for rule in effective.book.screening
    ]


def rule_in_words(
    code: str, effective: EffectiveBook, settings: Mapping[str, RuleSetting]
) -> RuleInWords | None:
    """One rule, None when the book has no such code."""
    for rule in effective.book.screening:
        if rule.code == code:
            return _in_words(rule, effective, settings.get(code))
    return None


def _in_words(
    rule: Rule, effective: EffectiveBook, setting: RuleSetting | None
) -> RuleInWords:
    cases = [case for part in rule.parts for case in part.cases]
    outcomes = [o for case in cases for o in (*case.default, *case.strict)]
    refusing = any(o.verdict.value in {"block", "defer"} for o in outcomes)
    return RuleInWords(
        code=rule.code,
        title=rule.title,
        lines=tuple(_line(case) for case in cases),
        sources=rule.sources,
        views=rule.views,
        to_confirm=FROM_MEMORY in {*rule.sources, *_of_parts(rule)},
        is_info=rule.info,
        has_strict=any(case.default != case.strict for case in cases),
        may_be_overridden=rule.overridable and refusing,
        strict=rule.code in effective.strict,
        fixed=rule.code in effective.fixed,
        setting=setting,
    )


def _line(case: Case) -> Line:
    return Line(
        sentence=case.sentence,
        default=_outcomes(case.default),
        strict=_outcomes(case.strict),
        anaesthetic_only=case.scope is Scope.ANAESTHETIC,
    )


def _outcomes(outcomes: Iterable[Outcome]) -> str:
    words = [_outcome(outcome) for outcome in outcomes]
    return (
        ", ".join([words[0], *(w[:1].lower() + w[1:] for w in words[1:])])
        if (words)
        else NOTHING
    )


def _outcome(outcome: Outcome) -> str:
    verdict = str(VERDICT_LOOKS[outcome.verdict][0])
    if outcome.window is None:
        return verdict
    return _("%(verdict)s for %(time)s") % {
        "verdict": verdict,
        "time": _time(outcome.window),
    }


def _time(window: Window) -> str:
    if window.months:
        words = ngettext("%(n)d month", "%(n)d months", window.months)
        return words % {"n": window.months}
    return ngettext("%(n)d day", "%(n)d days", window.days) % {"n": window.days}


def sources_in_use(effective: EffectiveBook) -> list[Source]:
    """The sources that some rule or side of a question names, in file order."""
    named = {
        source
        for rule in effective.book.screening
        for source in (*rule.sources, *_of_parts(rule))
    }
    return [s for key, s in effective.book.sources.items() if key in named]


def _of_parts(rule: Rule) -> set[str]:
    views = {source for view in rule.views for source in view.sources}
    cases = {
        source
        for part in rule.parts
        for case in part.cases
        for outcome in (*case.default, *case.strict)
        for source in outcome.sources
    }
    return views | cases
