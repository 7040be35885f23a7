"""What each verdict stops at each step, and who may let it pass (DESIGN 6)."""

from datetime import date

import pytest

from clinic.rules.findings import Finding, Scope, Verdict
from clinic.rules.gates import Authority, Override, Pass, Step, gate

AHEAD = [Step.BOOK, Step.PLAN, Step.MOVE]
CHAIR = [Step.START, Step.RECORD, Step.SIGN]
PRESCRIBER = {"by_prescriber": True}
LEAD = {"by_medical_lead": True}


def finding(verdict, **more):
    values = {"code": "C99", "title": "A rule", "sentence": "Something is so."}
    return Finding(verdict=verdict, **(values | more))


def override(**by):
    return Override(code="C99", reason="Seen and weighed.", **by)


def does(verdict, step, *, by=None, **more):
    overrides = [override(**by)] if by else []
    return gate(
        findings=[finding(verdict, **more)], step=step, overrides=overrides
    ).does


TABLE = [
    (Verdict.BLOCK, Pass.REFUSED, Pass.REFUSED),
    (Verdict.DEFER, Pass.REFUSED, Pass.REFUSED),
    (Verdict.SIGNOFF, Pass.MARKED, Pass.SIGN_OFF),
    (Verdict.ASK, Pass.MARKED, Pass.REFUSED),
    (Verdict.WARN, Pass.CONFIRM, Pass.MARKED),
    (Verdict.OK, Pass.FREE, Pass.FREE),
]


@pytest.mark.parametrize(("verdict", "ahead", "chair"), TABLE)
def test_what_a_verdict_does_with_nobodys_reason(verdict, ahead, chair):
    assert {does(verdict, step) for step in AHEAD} == {ahead}
    assert {does(verdict, step) for step in CHAIR} == {chair}


# Whose reason lets a finding pass: ahead of the day, then at the chair.
BOTH = {Authority.PRESCRIBER, Authority.MEDICAL_LEAD}
REASONS = [
    (Verdict.BLOCK, {Authority.PRESCRIBER}, BOTH),
    (Verdict.DEFER, set(), BOTH),
    (Verdict.SIGNOFF, set(), {Authority.PRESCRIBER}),
    (Verdict.ASK, set(), set()),
    (Verdict.WARN, set(), set()),
]


@pytest.mark.parametrize(("verdict", "ahead", "chair"), REASONS)
@pytest.mark.parametrize(
    ("by", "authority"),
    [
        pytest.param(PRESCRIBER, Authority.PRESCRIBER, id="a prescriber"),
        pytest.param(LEAD, Authority.MEDICAL_LEAD, id="the medical lead"),
    ],
)
def test_whose_reason_lets_it_pass(verdict, ahead, chair, by, authority):
    for steps, allowed in ((AHEAD, ahead), (CHAIR, chair)):
        for step in steps:
            held = does(verdict, step)
            passed = Pass.MARKED if authority in allowed else held
            assert does(verdict, step, by=by) == passed


@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("verdict", [Verdict.BLOCK, Verdict.DEFER])
def test_nobody_overrides_what_is_absolute(step, verdict):
    everybody = PRESCRIBER | LEAD
    assert does(verdict, step, by=everybody, absolute=True) is Pass.REFUSED


@pytest.mark.parametrize("step", list(Step))
def test_a_clinic_may_switch_overriding_off_for_a_rule(step):
    case = {
        "findings": [finding(Verdict.BLOCK)],
        "step": step,
        "overrides": [override(**PRESCRIBER, **LEAD)],
    }
    assert gate(**case).does is Pass.MARKED
    assert gate(**case, fixed=frozenset({"C99"})).does is Pass.REFUSED
    assert gate(**case, fixed=frozenset({"C98"})).does is Pass.MARKED


def test_a_signoff_stays_possible_where_overriding_is_switched_off():
    case = {"findings": [finding(Verdict.SIGNOFF)], "step": Step.START}
    shut = gate(**case, overrides=[override(**PRESCRIBER)], fixed=frozenset({"C99"}))
    assert shut.does is Pass.MARKED


def test_a_reason_by_somebody_without_authority_does_nothing():
    assert does(Verdict.BLOCK, Step.START, by={"by_prescriber": False}) is Pass.REFUSED


def test_a_reason_for_another_rule_does_nothing():
    other = Override(code="C98", reason="Seen and weighed.", by_prescriber=True)
    held = gate(findings=[finding(Verdict.BLOCK)], step=Step.START, overrides=[other])
    assert held.does is Pass.REFUSED


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_an_override_needs_a_written_reason(reason):
    with pytest.raises(ValueError, match="written reason"):
        Override(code="C99", reason=reason, by_prescriber=True)


def test_a_warning_asks_once_when_a_date_is_set():
    warned = {"findings": [finding(Verdict.WARN)], "step": Step.BOOK}
    assert gate(**warned).does is Pass.CONFIRM
    assert not gate(**warned).is_open
    assert gate(**warned, confirmed=frozenset({"C99"})).is_open


def test_what_is_about_the_anaesthetic_does_not_stop_the_needling():
    about = finding(Verdict.BLOCK, scope=Scope.ANAESTHETIC)
    assert gate(findings=[about], step=Step.START).does is Pass.MARKED
    applied = gate(findings=[about], step=Step.START, scope=Scope.ANAESTHETIC)
    assert applied.does is Pass.REFUSED


def test_a_reason_to_needle_is_no_reason_to_apply_an_anaesthetic():
    about = finding(Verdict.BLOCK, scope=Scope.ANAESTHETIC)
    case = {"findings": [about], "step": Step.RECORD, "scope": Scope.ANAESTHETIC}
    assert gate(**case, overrides=[override(**PRESCRIBER)]).does is Pass.REFUSED
    meant = override(**PRESCRIBER, scope=Scope.ANAESTHETIC)
    assert gate(**case, overrides=[meant]).does is Pass.MARKED


def test_nothing_found_is_free():
    clear = gate(findings=[], step=Step.SIGN)
    assert clear.is_open
    assert (clear.does, clear.first_allowed_on) == (Pass.FREE, None)
    assert clear.may_pass == frozenset()


def test_the_first_allowed_day_is_the_latest_end():
    soon = finding(Verdict.DEFER, code="C28", until=date(2026, 6, 4))
    late = finding(Verdict.DEFER, code="C23", until=date(2026, 6, 15))
    warned = finding(Verdict.WARN, until=date(2026, 7, 1))
    held = gate(findings=[late, soon, warned], step=Step.BOOK)
    assert held.refusing == (late, soon)
    assert held.first_allowed_on == date(2026, 6, 15)


def test_an_open_deferral_promises_no_day():
    dated = finding(Verdict.DEFER, until=date(2026, 6, 15))
    held = gate(findings=[dated, finding(Verdict.DEFER)], step=Step.BOOK)
    assert held.first_allowed_on is None


def test_who_may_pass_is_who_may_pass_everything():
    block, signoff = finding(Verdict.BLOCK), finding(Verdict.SIGNOFF)
    held = gate(findings=[block, signoff], step=Step.START)
    assert held.may_pass == {Authority.PRESCRIBER}
    unasked = gate(findings=[block, finding(Verdict.ASK)], step=Step.START)
    assert unasked.may_pass == frozenset()


def test_the_override_that_let_it_pass_is_kept():
    reason = override(**PRESCRIBER)
    held = gate(findings=[finding(Verdict.BLOCK)], step=Step.SIGN, overrides=[reason])
    assert [ruling.override for ruling in held.rulings] == [reason]
    assert held.that(Pass.MARKED) == (finding(Verdict.BLOCK),)
