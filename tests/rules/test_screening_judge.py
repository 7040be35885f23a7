"""How answers and history come together, beyond the single limits."""

from dataclasses import replace
from datetime import date

import pytest

from clinic.rules.findings import Verdict, severity
from clinic.rules.gates import Step, gate
from clinic.rules.screening import Answer, Fact, Person, Setting, judge
from tests.rules.screening_room import (
    ADULT,
    BOOK,
    CHEEK,
    NOTHING,
    TODAY,
    in_words,
    judged,
    ruling,
)

NO = Answer(value=False)
YES = Answer(value=True)
UNASKED = Answer(value=None)


def codes(findings):
    return [finding.code for finding in findings]


def test_a_patient_with_nothing_to_report_has_no_findings():
    assert judged() == ()


@pytest.mark.parametrize("strict", [False, True])
def test_what_is_not_asked_is_never_fine(strict):
    every = frozenset(rule.code for rule in BOOK.screening) if strict else frozenset()
    for rule in BOOK.screening:
        for part in rule.parts:
            if part.kind is None:
                continue
            answers = {part.kind.key: UNASKED}
            verdicts = {
                finding.verdict
                for finding in judged(answers=answers, strict=every)
                if finding.code == rule.code
            }
            grave = part.is_grave(
                frozenset({"anaesthetic", "no_radiofrequency", "no_guardian_consent"}),
                strict=strict,
            )
            assert verdicts == ({Verdict.ASK} if grave else set()), rule.code


def test_no_answer_at_all_is_the_same_as_not_asked():
    unasked = judge(
        book=BOOK, person=ADULT, answers={}, facts=(), on=TODAY, zones=CHEEK
    )
    said = judged(answers=dict.fromkeys(NOTHING, UNASKED))
    assert unasked == said
    assert {finding.verdict for finding in unasked} == {Verdict.ASK}


@pytest.mark.parametrize(
    ("sex", "said"),
    [
        pytest.param("male", "OK", id="a man is not asked"),
        pytest.param("female", "ASK", id="a woman is"),
        pytest.param("other", "ASK", id="another sex is"),
        pytest.param("", "ASK", id="unknown sex is"),
    ],
)
def test_whom_pregnancy_is_asked_of(sex, said):
    person = Person(born_on=ADULT.born_on, phototype=2, sex=sex)
    answers = {"pregnancy": UNASKED, "breast_feeding": UNASKED}
    assert ruling("C03", person=person, answers=answers) == said
    assert ruling("C04", person=person, answers=answers) == said


def test_a_pregnancy_on_record_counts_for_a_man_too():
    person = Person(born_on=ADULT.born_on, phototype=2, sex="male")
    answers = {"pregnancy": UNASKED}
    pregnant = [Fact(kind="pregnancy")]
    assert ruling("C03", person=person, answers=answers, facts=pregnant) == "BLOCK"


def test_all_findings_are_listed_worst_first():
    answers = {
        "cardiac": YES,
        "toxin": Answer(value=True, on=TODAY),
        "filler": Answer(value=True, on=TODAY),
        "pregnancy": YES,
        "keloid_history": YES,
        "metal_allergy": YES,
        "open_wound": YES,
        "hsv_history": UNASKED,
    }
    said = judged(answers=answers)
    assert codes(said) == ["C03", "C14", "C10", "C24", "C23", "C13", "C07", "C36"]
    assert [severity(f) for f in said] == sorted(map(severity, said), reverse=True)


def test_several_windows_are_safe_from_the_latest():
    answers = {
        "toxin": Answer(value=True, on=date(2026, 5, 20)),
        "filler": Answer(value=True, on=date(2026, 5, 30)),
        "waxing": Answer(value=True, on=TODAY),
    }
    found = gate(findings=judged(answers=answers), step=Step.BOOK)
    assert found.first_allowed_on == date(2026, 6, 27)


# The day is not known.


@pytest.mark.parametrize("kind", ["toxin", "filler", "waxing", "retinoid", "tan"])
def test_an_exposure_on_an_unknown_day_counts_as_today(kind):
    unknown = judged(answers={kind: YES})
    assert unknown == judged(answers={kind: Answer(value=True, on=TODAY)})


def test_an_unknown_day_counts_as_today_not_as_the_day_of_the_visit():
    later = date(2026, 6, 15)
    assert ruling("C23", answers={"toxin": YES}) == "DEFER until 2026-06-15"
    assert ruling("C23", answers={"toxin": YES}, on=later) == "OK"


def test_a_course_that_ended_on_an_unknown_day_ended_today():
    answers = {"isotretinoin": Answer(value=True, ended=True)}
    assert ruling("C01", answers=answers) == "OK"
    assert ruling("C02", answers=answers) == "SIGNOFF until 2026-12-01"


def test_the_judged_day_stands_in_for_today():
    said = judge(
        book=BOOK,
        person=ADULT,
        answers=NOTHING | {"waxing": YES},
        facts=(),
        on=date(2026, 7, 1),
        zones=CHEEK,
    )
    assert [in_words(finding) for finding in said] == ["DEFER until 2026-07-04"]


# A course and its end.


def test_isotretinoin_stops_being_taken_on_the_day_it_is_stopped():
    fact = Fact(
        kind="isotretinoin", started_on=date(2026, 1, 1), stopped_on=date(2026, 6, 10)
    )
    case = {"answers": {"isotretinoin": YES}, "facts": [fact]}
    stopping = {"answers": {"isotretinoin": UNASKED}, "facts": [fact]}
    assert ruling("C01", **case, on=date(2026, 6, 9)) == "BLOCK"
    assert ruling("C01", **stopping, on=date(2026, 6, 9)) == "BLOCK"
    assert ruling("C01", **stopping, on=date(2026, 6, 10)) == "ASK"
    assert ruling("C02", **stopping, on=date(2026, 6, 10)) == "SIGNOFF until 2026-12-10"


def test_what_is_taken_now_has_not_been_stopped():
    assert codes(judged(answers={"isotretinoin": YES})) == ["C01"]


def test_a_finished_pregnancy_is_not_a_pregnancy_now():
    fact = Fact(
        kind="pregnancy", started_on=date(2025, 6, 1), stopped_on=date(2026, 3, 1)
    )
    assert ruling("C03", facts=[fact]) == "OK"
    assert ruling("C03", facts=[Fact(kind="pregnancy")], answers={}) != "OK"


def test_a_thinner_on_record_speaks_before_anybody_asked():
    fact = Fact(kind="anticoagulant", choice="anticoagulant")
    answers = {"anticoagulant": UNASKED}
    assert ruling("C12", answers=answers, facts=[fact]) == "SIGNOFF"
    assert ruling("C12", answers=answers, facts=[fact], strict=True) == "BLOCK"


def test_a_mild_finding_on_record_does_not_spare_the_question():
    fact = Fact(kind="diabetes", choice="controlled")
    said = judged(answers={"diabetes": UNASKED}, facts=[fact])
    assert [finding.verdict for finding in said] == [Verdict.ASK, Verdict.WARN]


def test_an_old_exposure_on_record_does_not_spare_the_question():
    fact = Fact(kind="toxin", started_on=date(2025, 1, 1))
    assert ruling("C23", answers={"toxin": UNASKED}, facts=[fact]) == "ASK"


def test_the_latest_exposure_counts():
    facts = [
        Fact(kind="toxin", started_on=date(2026, 5, 25)),
        Fact(kind="toxin", started_on=date(2026, 5, 30)),
        Fact(kind="toxin", started_on=date(2026, 5, 20)),
    ]
    assert ruling("C23", facts=facts) == "DEFER until 2026-06-13"


def test_a_no_today_does_not_undo_an_exposure_on_record():
    fact = Fact(kind="toxin", started_on=date(2026, 5, 30))
    assert ruling("C23", facts=[fact], answers={"toxin": NO}) == (
        "DEFER until 2026-06-13"
    )


def test_a_no_today_does_not_undo_an_allergy_on_record():
    assert ruling("C14", facts=[Fact(kind="metal_allergy")]) == "BLOCK"


# The answer and the history differ.


def test_a_state_on_record_that_the_answer_denies_has_to_be_settled():
    open_fact = Fact(kind="bleeding_disorder", started_on=date(2020, 1, 1))
    (finding,) = judged(facts=[open_fact])
    assert (finding.code, finding.verdict) == ("C11", Verdict.ASK)
    assert "Settle which holds" in finding.sentence


def test_a_fact_that_does_not_say_which_asks_for_it_in_words():
    (finding,) = judged(answers={"diabetes": Answer(value=True)})
    assert finding.verdict is Verdict.ASK
    assert finding.sentence == (
        "It is not recorded which: controlled or not controlled."
    )


def test_a_denied_course_counts_as_stopped_today():
    said = judged(facts=[Fact(kind="isotretinoin", started_on=date(2026, 1, 1))])
    assert [(f.code, in_words(f)) for f in said] == [
        ("C02", "SIGNOFF until 2026-12-01"),
        ("C01", "ASK"),
    ]


def test_an_answer_that_it_is_over_denies_an_open_course():
    fact = Fact(kind="isotretinoin", started_on=date(2025, 1, 1))
    answers = {"isotretinoin": Answer(value=True, stopped_on=date(2026, 1, 31))}
    assert ruling("C01", answers=answers, facts=[fact]) == "ASK"
    assert ruling("C02", answers=answers, facts=[fact]) == "SIGNOFF until 2026-07-31"


def test_another_medicine_that_is_over_denies_nothing():
    fact = Fact(kind="anticoagulant", choice="anticoagulant")
    answers = {"anticoagulant": Answer(value=True, choice="antiplatelet", ended=True)}
    assert ruling("C12", answers=answers, facts=[fact]) == "SIGNOFF"


def test_a_denied_state_that_can_only_warn_is_let_go():
    assert judged(facts=[Fact(kind="nsaid")]) == ()


def test_an_uncertain_fact_only_suggests():
    fact = Fact(kind="immunosuppression", certain=False)
    assert ruling("C16", facts=[fact]) == "OK"
    answers = {"immunosuppression": UNASKED}
    assert ruling("C16", facts=[fact], answers=answers) == "ASK"


# Where it is.


@pytest.mark.parametrize(
    ("infected", "treated", "said"),
    [
        pytest.param({"CHEEK"}, {"CHEEK"}, {"CHEEK"}, id="the same zone"),
        pytest.param({"CHEEK"}, {"CHEEK", "NOSE"}, {"CHEEK"}, id="one of two zones"),
        pytest.param({"CHEEK"}, {"CM-R", "NO"}, {"CM-R"}, id="an area of the zone"),
        pytest.param({"CM-R"}, {"CHEEK"}, {"CHEEK"}, id="the zone of the area"),
        pytest.param({"CM"}, {"CM-L", "CM-R"}, {"CM-L", "CM-R"}, id="both sides"),
        pytest.param(set(), {"NOSE"}, set(), id="nobody said where"),
        pytest.param({"CHEEK"}, set(), {"CHEEK"}, id="the treatment is not placed"),
    ],
)
def test_an_infection_counts_where_it_is_treated(infected, treated, said):
    answers = {"infection_in_area": Answer(value=True, zones=frozenset(infected))}
    (finding,) = judged(answers=answers, zones=frozenset(treated))
    assert (finding.code, in_words(finding)) == ("C05", "DEFER")
    assert finding.zones == said


@pytest.mark.parametrize(
    ("infected", "treated"),
    [
        pytest.param({"NOSE"}, {"CHEEK"}, id="another zone"),
        pytest.param({"CM-R"}, {"CM-L"}, id="the other side"),
    ],
)
def test_an_infection_elsewhere_does_not_count(infected, treated):
    answers = {"infection_in_area": Answer(value=True, zones=frozenset(infected))}
    assert judged(answers=answers, zones=frozenset(treated)) == ()


def test_two_exposures_in_two_zones_are_two_findings():
    facts = [
        Fact(kind="toxin", started_on=date(2026, 5, 25), zones=frozenset({"FOREHEAD"})),
        Fact(kind="toxin", started_on=date(2026, 5, 30), zones=frozenset({"CHEEK"})),
    ]
    said = judged(facts=facts, zones=frozenset({"FOREHEAD", "CHEEK"}))
    assert [(set(f.zones), in_words(f)) for f in said] == [
        ({"CHEEK"}, "DEFER until 2026-06-13"),
        ({"FOREHEAD"}, "DEFER until 2026-06-08"),
    ]


# What a finding carries.


def test_a_conflict_shows_its_sides_with_their_sources():
    answers = {"isotretinoin": Answer(value=True, stopped_on=TODAY)}
    (finding,) = judged(answers=answers)
    assert {"S69"} <= set(finding.sources)
    assert len(finding.views) == 3
    assert {"S71", "S69", "S77"} <= {s for view in finding.views for s in view.sources}


def test_a_window_from_policy_says_so():
    answers = {"cold_sore_active": Answer(value=True, stopped_on=TODAY)}
    (finding,) = judged(answers=answers)
    assert (finding.status, finding.sources) == ("P", ("policy",))


def test_a_value_from_memory_says_so():
    answers = {"laser_nonablative": Answer(value=True, on=TODAY)}
    (finding,) = judged(answers=answers)
    assert finding.status == "M"


def test_a_rule_that_nobody_overrides_makes_its_refusal_absolute():
    fixed = tuple(replace(rule, overridable=False) for rule in BOOK.screening)
    answers = {"pregnancy": YES, "open_wound": YES, "keloid_history": YES}
    said = judge(
        book=replace(BOOK, screening=fixed),
        person=ADULT,
        answers=NOTHING | answers,
        facts=(),
        on=TODAY,
        zones=CHEEK,
    )
    assert [(f.code, f.absolute) for f in said] == [
        ("C03", True),
        ("C10", True),
        ("C13", False),
    ]
    assert not any(finding.absolute for finding in judged(answers=answers))


def test_latex_is_shown_and_stops_nothing():
    (finding,) = judged(facts=[Fact(kind="latex_allergy")])
    assert (finding.code, finding.verdict) == ("INFO-LATEX", Verdict.OK)
    assert finding.info


def test_a_choice_the_book_no_longer_knows_counts_as_not_known():
    answers = {"diabetes": Answer(value=True, choice="brittle")}
    assert ruling("C18", answers=answers) == "ASK"


def test_a_heart_disease_is_asked_for_before_radiofrequency_only():
    answers = {"cardiac": UNASKED}
    assert ruling("C36", answers=answers) == "OK"
    assert ruling("C36", answers=answers, strict=True) == "ASK"
    radiofrequency = Setting(radiofrequency=True)
    assert ruling("C36", answers=answers, setting=radiofrequency) == "ASK"


@pytest.mark.parametrize(
    "unknown",
    [
        pytest.param({"answers": {"hay_fever": NO}}, id="an answer"),
        pytest.param({"facts": [Fact(kind="hay_fever")]}, id="a fact"),
        pytest.param(
            {
                "zones": frozenset({"KNEE"}),
                "facts": [
                    Fact(kind="toxin", started_on=TODAY, zones=frozenset({"CHEEK"}))
                ],
            },
            id="a zone",
        ),
    ],
)
def test_what_the_book_does_not_know_is_refused(unknown):
    with pytest.raises(LookupError):
        judged(**unknown)
