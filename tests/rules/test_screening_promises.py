"""What holds for every patient, whatever they answer (hypothesis)."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.rules import screening
from clinic.rules.facts import Shape
from clinic.rules.findings import Finding, Verdict, severity, verdict_of
from clinic.rules.gates import Pass, Step, gate
from clinic.rules.screening import Answer, Fact, Person, judge
from clinic.rules.screening.rows import Trigger
from tests.rules.screening_room import ADULT, BOOK, CHEEK, NOTHING, TODAY, judged

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2032, 12, 31))
STRICT = st.sampled_from([frozenset(), frozenset(rule.code for rule in BOOK.screening)])
KINDS = st.sampled_from(list(BOOK.facts.values()))
EVENTS = st.sampled_from([k for k in BOOK.facts.values() if k.shape is Shape.EVENT])
NO_OR_UNASKED = st.sampled_from([False, None])
ORDER = list(Pass)


@st.composite
def facts(draw):
    kind = draw(KINDS)
    begun = draw(st.none() | DAYS)
    over = draw(st.none() | DAYS)
    choices = [None, *sorted(kind.choice_keys)]
    return Fact(
        kind=kind.key,
        started_on=begun,
        stopped_on=over,
        choice=draw(st.sampled_from(choices)),
        zones=draw(st.sampled_from([frozenset(), CHEEK, frozenset({"NOSE"})])),
        certain=draw(st.booleans()),
    )


@st.composite
def answers(draw):
    """Everything denied or nothing asked, but for a few kinds."""
    given_answers = dict.fromkeys(BOOK.facts, Answer(value=draw(NO_OR_UNASKED)))
    for kind in draw(st.lists(KINDS, max_size=5)):
        choices = [None, *sorted(kind.choice_keys)]
        given_answers[kind.key] = Answer(
            value=True,
            on=draw(st.none() | DAYS),
            choice=draw(st.sampled_from(choices)),
            ended=draw(st.booleans()),
        )
    return given_answers


persons = st.builds(
    Person,
    born_on=st.none() | st.dates(date(1930, 1, 1), date(2015, 12, 31)),
    phototype=st.none() | st.integers(1, 6),
    sex=st.sampled_from(["female", "male", "other", ""]),
    guardian_consent=st.none() | st.booleans(),
)
verdicts = st.builds(
    Finding,
    code=st.sampled_from(["C01", "C02", "C03"]),
    verdict=st.sampled_from(list(Verdict)),
    title=st.just("A rule"),
    sentence=st.just("Something is so."),
    until=st.none() | DAYS,
    absolute=st.booleans(),
)


@given(person=persons, said=answers(), known=st.lists(facts(), max_size=4), on=DAYS)
@settings(max_examples=40, deadline=None)
def test_findings_come_worst_first(person, said, known, on):
    found = judge(
        book=BOOK, person=person, answers=said, facts=known, on=on, zones=CHEEK
    )
    ranks = [severity(finding) for finding in found]
    assert ranks == sorted(ranks, reverse=True)


@given(known=st.lists(facts(), max_size=4), more=facts(), on=DAYS, strict=STRICT)
@settings(max_examples=50, deadline=None)
def test_one_more_fact_never_lowers_the_verdict(known, more, on, strict):
    before = judged(facts=known, on=on, strict=strict)
    after = judged(facts=[*known, more], on=on, strict=strict)
    assert verdict_of(after).rank >= verdict_of(before).rank


@given(said=answers(), kind=KINDS, strict=STRICT)
@settings(max_examples=40, deadline=None)
def test_a_yes_is_never_milder_than_a_no(said, kind, strict):
    yes = judged(answers=said | {kind.key: Answer(value=True)}, strict=strict)
    no = judged(answers=said | {kind.key: Answer(value=False)}, strict=strict)
    assert verdict_of(yes).rank >= verdict_of(no).rank


@given(kind=EVENTS, exposed_on=DAYS, on=DAYS, later=st.integers(0, 800), strict=STRICT)
@settings(max_examples=60, deadline=None)
def test_a_later_day_never_makes_a_window_stricter(kind, exposed_on, on, later, strict):
    said = {kind.key: Answer(value=True, on=exposed_on)}
    case = {"answers": said, "strict": strict}
    now = judged(on=on, **case)
    then = judged(on=on + timedelta(days=later), **case)
    assert verdict_of(then).rank <= verdict_of(now).rank


@given(kind=EVENTS, exposed_on=DAYS, on=DAYS, strict=STRICT)
@settings(max_examples=60, deadline=None)
def test_an_unknown_day_is_never_milder_than_a_past_one(kind, exposed_on, on, strict):
    past = min(exposed_on, TODAY)
    on = max(on, TODAY)
    case = {"on": on, "strict": strict}
    known = judged(answers={kind.key: Answer(value=True, on=past)}, **case)
    unknown = judged(answers={kind.key: Answer(value=True)}, **case)
    assert verdict_of(unknown).rank >= verdict_of(known).rank
    ends = [f.until for f in known if f.until]
    assert all(f.until >= max(ends, default=f.until) for f in unknown if f.until)


@given(kind=EVENTS, exposed_on=DAYS, strict=STRICT)
@settings(max_examples=50, deadline=None)
def test_treating_is_allowed_on_the_day_a_window_ends(kind, exposed_on, strict):
    case = {
        "answers": {kind.key: Answer(value=True, on=exposed_on)},
        "strict": strict,
    }
    for finding in judged(on=exposed_on, **case):
        eve = finding.until - timedelta(days=1)
        assert finding in judged(on=eve, **case)
        assert finding not in judged(on=finding.until, **case)


@given(person=persons, said=answers(), kind=KINDS, on=DAYS, strict=STRICT)
@settings(max_examples=40, deadline=None)
def test_not_asked_is_never_fine_where_it_could_be_grave(
    person, said, kind, on, strict
):
    asked = {
        question.key: question
        for question in screening.questions(
            book=BOOK,
            person=person,
            facts=(),
            today=on,
            zones=CHEEK,
            purpose=screening.Purpose.SESSION,
            strict=strict,
        )
    }
    found = judge(
        book=BOOK,
        person=person,
        answers=said | {kind.key: Answer(value=None)},
        facts=(),
        on=on,
        zones=CHEEK,
        strict=strict,
    )
    owed = kind.key in asked and asked[kind.key].owed
    if owed:
        codes = {f.code for f in found if f.verdict.rank >= Verdict.ASK.rank}
        assert codes & set(asked[kind.key].codes)


@given(found=st.lists(verdicts, max_size=5), more=verdicts)
def test_one_more_finding_never_opens_a_gate(found, more):
    for step in Step:
        before = gate(findings=found, step=step).does
        after = gate(findings=[*found, more], step=step).does
        assert ORDER.index(after) >= ORDER.index(before)


@given(found=st.lists(verdicts, max_size=5))
def test_a_first_allowed_day_outlasts_all_that_refuses(found):
    held = gate(findings=found, step=Step.BOOK)
    if held.first_allowed_on is not None:
        assert all(f.until <= held.first_allowed_on for f in held.refusing)


def test_strict_is_never_milder_but_for_the_youngest_scar():
    milder = set()
    for rule in BOOK.screening:
        for part in rule.parts:
            for case in part.cases:
                if case.default and case.strict:
                    ranks = [o[0].verdict.rank for o in (case.strict, case.default)]
                    milder |= {rule.code} if ranks[0] < ranks[1] else set()
    # CLINICAL 4: BLOCK under 6 weeks by default, DEFER under 12 months if strict.
    assert milder == {"C33"}


def test_every_strict_window_is_at_least_as_long():
    start = date(2026, 8, 31)
    for rule in BOOK.screening:
        for part in rule.parts:
            for case in part.cases:
                if case.trigger in {Trigger.LAST, Trigger.STOPPED} and case.default:
                    longest = case.default[-1].window.end(start)
                    assert case.strict[-1].window.end(start) >= longest


def test_a_patient_of_whom_nothing_is_known_may_be_booked_but_not_treated():
    found = judge(
        book=BOOK,
        person=replace(ADULT, born_on=None, phototype=None),
        answers={},
        facts=(),
        on=TODAY,
        zones=CHEEK,
    )
    booked = gate(findings=found, step=Step.BOOK, confirmed=frozenset({"C35"}))
    assert booked.is_open
    assert gate(findings=found, step=Step.START).does is Pass.REFUSED
    assert NOTHING.keys() == BOOK.facts.keys()
