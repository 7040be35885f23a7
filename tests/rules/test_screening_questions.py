"""Which questions a patient meets, in which order, and what is suggested."""

from datetime import date, timedelta

import pytest

from clinic.rules import screening
from clinic.rules.facts import Purpose
from clinic.rules.findings import Verdict
from clinic.rules.screening import Answer, Earlier, Fact, Origin, Person, Setting
from clinic.rules.screening.asking import Detail
from tests.rules.screening_room import ADULT, BOOK, CHEEK, TODAY, judged

NO = Answer(value=False)


def asked(*, facts=(), person=ADULT, purpose=Purpose.SESSION, **more):
    return screening.questions(
        book=BOOK,
        person=person,
        facts=facts,
        today=TODAY,
        zones=CHEEK,
        purpose=purpose,
        **more,
    )


def question(kind, **more):
    (found,) = [q for q in asked(**more) if q.key == kind]
    return found


def keys(questions):
    return {q.key for q in questions}


def test_before_a_session_every_kind_is_asked_of_a_woman():
    assert keys(asked()) == set(BOOK.facts)


def test_a_man_is_not_asked_about_pregnancy():
    man = Person(born_on=ADULT.born_on, phototype=2, sex="male")
    left_out = {"pregnancy", "breast_feeding"}
    assert keys(asked(person=man)) == set(BOOK.facts) - left_out


def test_a_plan_does_not_ask_what_passes_within_days():
    planned = keys(asked(purpose=Purpose.PLAN))
    assert not planned & {"waxing", "retinoid", "sun_exposure", "open_wound"}
    assert {"isotretinoin", "pregnancy", "keloid_history", "filler"} <= planned


def test_what_the_history_reports_is_asked_whatever_the_purpose():
    wound = [Fact(kind="open_wound", started_on=TODAY)]
    assert "open_wound" in keys(asked(purpose=Purpose.PLAN, facts=wound))


def test_answering_every_question_leaves_nothing_owed():
    answers = {q.key: NO for q in asked()}
    assert judged(answers=answers) == ()
    owed = {q.key for q in asked() if q.owed}
    unasked = {kind: Answer(value=None) for kind in BOOK.facts}
    assert len(judged(answers=unasked | dict.fromkeys(owed, NO))) == 0


def test_groups_stay_together_and_the_gravest_come_first():
    groups = [q.group.key for q in asked()]
    in_order = list(dict.fromkeys(groups))
    assert groups == sorted(groups, key=in_order.index)
    worst = {q.group.key: 0 for q in asked()}
    for q in asked():
        worst[q.group.key] = max(worst[q.group.key], q.worst.rank)
    ranks = [worst[group] for group in in_order]
    assert ranks == sorted(ranks, reverse=True)
    assert in_order[-1] == "wishes"


def test_within_a_group_the_gravest_question_comes_first():
    for group in keys_of_groups():
        ranks = [q.worst.rank for q in asked() if q.group.key == group]
        assert ranks == sorted(ranks, reverse=True)


def keys_of_groups():
    return dict.fromkeys(q.group.key for q in asked())


def test_the_strict_mode_shows_in_the_worst_verdict():
    assert question("nsaid").worst is Verdict.WARN
    assert question("biologic").worst is Verdict.WARN
    assert not question("biologic").owed
    strict = question("biologic", strict=frozenset({"C42"}))
    assert strict.worst is Verdict.SIGNOFF
    assert strict.owed


def test_radiofrequency_makes_the_heart_matter():
    assert not question("cardiac").owed
    assert question("cardiac", setting=Setting(radiofrequency=True)).owed


def test_one_question_serves_two_rules():
    assert question("isotretinoin").codes == ("C01", "C02")


# What is suggested, and where it comes from.


def test_nothing_is_suggested_without_history():
    assert [q.suggested for q in asked() if q.suggested] == []


def test_a_medicine_on_record_suggests_a_yes_with_its_source():
    warfarin = Fact(
        kind="anticoagulant",
        started_on=date(2020, 5, 3),
        choice="anticoagulant",
        detail="Warfarin Sodium 5 MG Oral Tablet",
    )
    suggested = question("anticoagulant", facts=[warfarin]).suggested
    assert suggested.answer == Answer(
        value=True, on=date(2020, 5, 3), choice="anticoagulant"
    )
    assert suggested.origin is Origin.HISTORY
    assert (suggested.on, suggested.detail) == (date(2020, 5, 3), warfarin.detail)


def test_a_suggestion_is_not_an_answer():
    warfarin = Fact(kind="anticoagulant", certain=False)
    assert question("anticoagulant", facts=[warfarin]).suggested
    unasked = {"anticoagulant": Answer(value=None)}
    (finding,) = judged(answers=unasked, facts=[warfarin])
    assert finding.verdict is Verdict.ASK


def test_an_uncertain_fact_is_suggested_as_uncertain():
    steroid = Fact(kind="immunosuppression", certain=False, detail="Prednisone 5 MG")
    suggested = question("immunosuppression", facts=[steroid]).suggested
    assert suggested.origin is Origin.UNCERTAIN


def test_a_certain_fact_goes_before_an_uncertain_one():
    facts = [
        Fact(kind="diabetes", certain=False, choice="uncontrolled"),
        Fact(kind="diabetes", choice="controlled"),
    ]
    suggested = question("diabetes", facts=facts).suggested
    assert suggested.answer.choice == "controlled"


@pytest.mark.parametrize(
    ("stopped_on", "suggested"),
    [
        pytest.param(date(2025, 12, 1), False, id="six months are over today"),
        pytest.param(date(2025, 12, 2), True, id="they are over tomorrow"),
    ],
)
def test_what_can_no_longer_matter_is_not_suggested(stopped_on, suggested):
    fact = Fact(kind="isotretinoin", stopped_on=stopped_on)
    found = question("isotretinoin", facts=[fact]).suggested
    assert bool(found) is suggested


def test_the_strict_window_decides_whether_an_exposure_is_suggested():
    toxin = Fact(kind="toxin", started_on=date(2026, 3, 2))
    assert question("toxin", facts=[toxin]).suggested.answer.on == date(2026, 3, 2)
    earlier = Fact(kind="toxin", started_on=date(2026, 3, 1))
    assert question("toxin", facts=[earlier]).suggested is None


def test_the_fact_that_matters_most_is_suggested():
    facts = [
        Fact(kind="isotretinoin", stopped_on=date(2026, 4, 1)),
        Fact(kind="isotretinoin", started_on=date(2026, 5, 1)),
        Fact(kind="isotretinoin", stopped_on=date(2026, 2, 1)),
    ]
    suggested = question("isotretinoin", facts=facts).suggested
    assert suggested.answer == Answer(value=True, on=date(2026, 5, 1))


def test_a_course_that_ended_is_suggested_with_its_end():
    fact = Fact(
        kind="isotretinoin", started_on=date(2026, 1, 1), stopped_on=date(2026, 4, 1)
    )
    suggested = question("isotretinoin", facts=[fact]).suggested
    assert suggested.answer.ended
    assert suggested.answer.stopped_on == date(2026, 4, 1)


def test_what_was_done_elsewhere_is_still_suggested():
    toxin = Fact(kind="toxin", started_on=TODAY, zones=frozenset({"FOREHEAD"}))
    suggested = question("toxin", facts=[toxin]).suggested
    assert suggested.answer.zones == {"FOREHEAD"}


@pytest.mark.parametrize(
    ("kind", "days_ago", "stands"),
    [
        pytest.param("metal_allergy", 364, True, id="an allergy within a year"),
        pytest.param("metal_allergy", 365, False, id="an allergy after a year"),
        pytest.param("diabetes", 181, True, id="an illness within half a year"),
        pytest.param("diabetes", 182, False, id="an illness after half a year"),
        pytest.param("pregnancy", 0, False, id="pregnancy is always asked afresh"),
    ],
)
def test_how_long_an_earlier_no_is_offered_again(kind, days_ago, stands):
    given_on = TODAY - timedelta(days=days_ago)
    earlier = {kind: Earlier(answer=NO, given_on=given_on)}
    suggested = question(kind, earlier=earlier).suggested
    if not stands:
        assert suggested is None
        return
    assert (suggested.answer, suggested.origin) == (NO, Origin.EARLIER)
    assert suggested.on == given_on


def test_history_goes_before_an_earlier_no():
    earlier = {"diabetes": Earlier(answer=NO, given_on=TODAY)}
    facts = [Fact(kind="diabetes", choice="controlled")]
    suggested = question("diabetes", facts=facts, earlier=earlier).suggested
    assert suggested.answer.value is True


# A grouped no, and what a yes still has to say.


def test_one_no_answers_a_group():
    answers = screening.none_of_these(asked(), group="allergies")
    assert answers == {q.key: NO for q in asked() if q.kind.group.key == "allergies"}
    assert "metal_allergy" in answers


def test_a_grouped_no_leaves_open_what_the_history_suggests():
    metal = [Fact(kind="metal_allergy")]
    answers = screening.none_of_these(asked(facts=metal), group="allergies")
    assert "metal_allergy" not in answers
    assert "latex_allergy" in answers


@pytest.mark.parametrize(
    ("kind", "answer", "missing"),
    [
        pytest.param("toxin", Answer(value=None), set(), id="not asked"),
        pytest.param("toxin", NO, set(), id="no"),
        pytest.param(
            "toxin", Answer(value=True), {Detail.WHEN, Detail.WHERE}, id="a bare yes"
        ),
        pytest.param(
            "toxin",
            Answer(value=True, on=TODAY, zones=CHEEK),
            set(),
            id="a yes with day and zone",
        ),
        pytest.param("diabetes", Answer(value=True), {Detail.WHICH}, id="which"),
        pytest.param("isotretinoin", Answer(value=True), set(), id="taking now"),
        pytest.param(
            "isotretinoin",
            Answer(value=True, ended=True),
            {Detail.WHEN},
            id="stopped some day",
        ),
        pytest.param(
            "isotretinoin",
            Answer(value=True, ended=True, stopped_on=TODAY),
            set(),
            id="stopped on a day",
        ),
    ],
)
def test_what_a_yes_still_has_to_say(kind, answer, missing):
    assert question(kind).missing(answer) == missing
