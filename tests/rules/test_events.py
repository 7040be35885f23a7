"""Expected reaction or adverse event: both sides of every limit."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules import events
from clinic.rules.book import load_book
from clinic.rules.events import Judgement

BOOK = load_book()
LITTLE = timedelta(minutes=1)
LIMITS = {
    "ERYTHEMA": timedelta(days=7),
    "OEDEMA": timedelta(days=5),
    "PAIN": timedelta(hours=24),
    "BLEED": timedelta(minutes=30),
    "BRUISE": timedelta(days=14),
    "PEEL": timedelta(days=10),
    "ACNE_MILIA": timedelta(days=21),
    "CONTACT": timedelta(days=10),
}
FLOORS = {
    "PIH": 1,
    "TRAM": 2,
    "HSV": 1,
    "INFECTION": 2,
    "GRANULOMA": 2,
    "KELOID": 2,
    "LAST": 3,
}


@pytest.mark.parametrize(("kind", "limit"), LIMITS.items(), ids=LIMITS)
def test_a_reaction_is_expected_up_to_its_limit_and_an_event_after_it(kind, limit):
    on_the_limit = events.judge(BOOK, kind=kind, after=limit)
    beyond = events.judge(BOOK, kind=kind, after=limit + LITTLE)
    assert on_the_limit.judgement is Judgement.EXPECTED
    assert on_the_limit.grade_floor is None
    assert beyond.judgement is Judgement.EVENT
    assert beyond.grade_floor == 1


@pytest.mark.parametrize(("kind", "floor"), FLOORS.items(), ids=FLOORS)
def test_some_kinds_are_an_event_at_once_with_their_least_grade(kind, floor):
    reaction = events.judge(BOOK, kind=kind, after=timedelta(0))
    assert reaction.judgement is Judgement.EVENT
    assert reaction.grade_floor == floor


def test_an_exposure_to_blood_is_an_incident():
    reaction = events.judge(BOOK, kind="EXPOSURE", after=timedelta(0))
    assert reaction.judgement is Judgement.INCIDENT
    assert reaction.red_flags[0].action == "Blood-borne exposure protocol"


def test_the_tables_cover_every_kind():
    assert set(LIMITS) | set(FLOORS) | {"EXPOSURE"} == set(BOOK.events)


@pytest.mark.parametrize(
    ("kind", "sign", "action"),
    [
        pytest.param("HSV", "eye", "same day", id="herpes at the eye"),
        pytest.param("OEDEMA", "airway", "Emergency", id="swollen airway"),
        pytest.param("LAST", "seizure", "Emergency", id="anaesthetic toxicity"),
        pytest.param("INFECTION", "pus", "same day", id="pus"),
        pytest.param("INFECTION", "2 to 8 weeks", "mycobacteria", id="late nodules"),
        pytest.param("TRAM", "tram-track", "over bone", id="tram-track"),
    ],
)
def test_a_red_flag_says_what_to_do(kind, sign, action):
    flags = BOOK.events[kind].red_flags
    assert any(sign in flag.sign and action in flag.action for flag in flags)


def test_a_reaction_before_the_session_is_refused():
    with pytest.raises(ValueError, match="before the session"):
        events.judge(BOOK, kind="PAIN", after=-LITTLE)


def test_an_unknown_kind_is_refused():
    with pytest.raises(KeyError):
        events.judge(BOOK, kind="NOTHING", after=LITTLE)


@given(
    kind=st.sampled_from(sorted(BOOK.events)),
    first=st.timedeltas(timedelta(0), timedelta(days=60)),
    second=st.timedeltas(timedelta(0), timedelta(days=60)),
)
def test_an_event_never_becomes_expected_again(kind, first, second):
    early, late = sorted((first, second))
    if events.judge(BOOK, kind=kind, after=early).judgement is Judgement.EVENT:
        assert (
            events.judge(BOOK, kind=kind, after=late).judgement
            is not Judgement.EXPECTED
        )


@pytest.mark.parametrize(
    ("kind", "grade", "allowed"),
    [
        pytest.param("INFECTION", 1, False, id="below the least grade"),
        pytest.param("INFECTION", 2, True, id="the least grade"),
        pytest.param("LAST", 2, False, id="toxicity below three"),
        pytest.param("LAST", 3, True, id="toxicity at three"),
        pytest.param("PAIN", 1, True, id="mild"),
        pytest.param("PAIN", 0, False, id="no such grade"),
        pytest.param("PAIN", 5, True, id="the highest"),
        pytest.param("PAIN", 6, False, id="above the highest"),
    ],
)
def test_a_grade_is_never_below_the_least_of_its_kind(kind, grade, allowed):
    assert events.is_grade_allowed(BOOK, kind=kind, grade=grade) is allowed


def test_there_are_five_grades():
    assert [grade.number for grade in BOOK.grades.values()] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("kind", "days", "sentence"),
    [
        pytest.param("ERYTHEMA", 7, "Redness is expected for up to 7 days.", id="yet"),
        pytest.param(
            "ERYTHEMA",
            8,
            "Redness for more than 7 days is an adverse event.",
            id="no longer",
        ),
        pytest.param(
            "INFECTION",
            0,
            "Infection, bacterial or atypical is an adverse event at once, "
            "grade 2 or more.",
            id="at once",
        ),
        pytest.param(
            "EXPOSURE",
            0,
            "Needle-stick, cartridge used twice: an incident, whatever comes of it.",
            id="incident",
        ),
    ],
)
def test_a_judgement_is_said_in_words(kind, days, sentence):
    reaction = events.judge(BOOK, kind=kind, after=timedelta(days=days))
    assert reaction.sentence == sentence


def test_the_days_of_grace_are_whole_and_leave_out_what_is_an_event_at_once():
    days = events.expected_days(BOOK)
    assert (days["BLEED"], days["PAIN"], days["ERYTHEMA"]) == (0, 1, 7)
    assert not {"PIH", "INFECTION", "EXPOSURE"} & set(days)
    for kind, last in days.items():
        for after, said in ((last, "expected"), (last + 1, "event")):
            found = events.judge(BOOK, kind=kind, after=timedelta(days=after))
            assert found.judgement == said
