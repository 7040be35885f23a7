"""Every rule of CLINICAL 4, both sides of every limit, default and strict."""

from datetime import date

import pytest

from clinic.rules.findings import Scope
from clinic.rules.screening import Answer, Person, Setting
from tests.rules.screening_room import BOOK, TODAY, in_words, judged, ruling

BOOKED = frozenset(rule.code for rule in BOOK.screening)


def yes(**more):
    return Answer(value=True, **more)


def day(text):
    return date.fromisoformat(text)


def over(text):
    return yes(stopped_on=day(text))


STATES = [
    ("C01", "isotretinoin", None, "BLOCK", "BLOCK"),
    ("C03", "pregnancy", None, "BLOCK", "BLOCK"),
    ("C04", "breast_feeding", None, "BLOCK", "BLOCK"),
    ("C05", "infection_in_area", None, "DEFER", "BLOCK"),
    ("C06", "cold_sore_active", None, "DEFER", "DEFER"),
    ("C07", "hsv_history", None, "SIGNOFF", "SIGNOFF"),
    ("C08", "skin_cancer_in_area", None, "BLOCK", "BLOCK"),
    ("C09", "ak_or_suspicious", None, "SIGNOFF", "BLOCK"),
    ("C10", "open_wound", None, "DEFER", "DEFER"),
    ("C11", "bleeding_disorder", None, "BLOCK", "BLOCK"),
    ("C12", "anticoagulant", None, "SIGNOFF", "BLOCK"),
    ("C12", "anticoagulant", "anticoagulant", "SIGNOFF", "BLOCK"),
    ("C12", "anticoagulant", "antiplatelet", "SIGNOFF", "BLOCK"),
    ("C13", "keloid_history", None, "SIGNOFF", "BLOCK"),
    ("C14", "metal_allergy", None, "BLOCK", "BLOCK"),
    ("C16", "immunosuppression", None, "SIGNOFF", "BLOCK"),
    ("C16", "immunosuppression", "high_dose_steroid", "SIGNOFF", "BLOCK"),
    ("C16", "immunosuppression", "hiv", "SIGNOFF", "BLOCK"),
    ("C17", "chemo_radio", None, "BLOCK", "BLOCK"),
    ("C17", "irradiated_field", None, "SIGNOFF", "SIGNOFF"),
    ("C18", "diabetes", "uncontrolled", "BLOCK", "BLOCK"),
    ("C18", "diabetes", "controlled", "WARN", "SIGNOFF"),
    ("C18", "diabetes", None, "ASK", "ASK"),
    ("C19", "autoimmune", None, "SIGNOFF", "BLOCK"),
    ("C20", "eczema_psoriasis_rosacea", None, "DEFER", "BLOCK"),
    ("C21", "acne", "grade_3_4", "DEFER", "BLOCK"),
    ("C21", "acne", "inflammatory", "DEFER", "BLOCK"),
    ("C21", "acne", "other", "OK", "OK"),
    ("C21", "acne", None, "ASK", "ASK"),
    ("C22", "mole_wart_tattoo", None, "WARN", "SIGNOFF"),
    ("C29", "sunburn", None, "DEFER", "DEFER"),
    ("C36", "cardiac", None, "WARN", "SIGNOFF"),
    ("C38", "photosensitiser", None, "WARN", "DEFER until 2026-06-15"),
    ("C39", "sarcoid_granuloma", None, "BLOCK", "BLOCK"),
    ("C40", "nsaid", None, "WARN", "WARN"),
    ("C41", "bdd", None, "SIGNOFF", "SIGNOFF"),
    ("C42", "biologic", None, "WARN", "SIGNOFF"),
    ("INFO-LATEX", "latex_allergy", None, "OK", "OK"),
    ("INFO-MEDICINE", "medicine_allergy", None, "OK", "OK"),
]


@pytest.mark.parametrize(
    ("code", "kind", "choice", "default", "strict"),
    [pytest.param(*row, id=f"{row[0]} {row[1]} {row[2] or ''}") for row in STATES],
)
def test_what_holds_now(code, kind, choice, default, strict):
    answers = {kind: yes(choice=choice)}
    assert ruling(code, answers=answers) == default
    assert ruling(code, answers=answers, strict=True) == strict
    assert ruling(code) == "OK"
    assert ruling(code, strict=True) == "OK"


# What happened or ended on a day: the code, the kind, the day, then the last day
# of each band and what it still says, the first free day being the day after.
WINDOWS = [
    (
        "isotretinoin stopped on the last of August, then a short February",
        ("C02", "isotretinoin", over("2025-08-31")),
        [("2026-02-27", "SIGNOFF until 2026-02-28")],
        [("2026-02-27", "DEFER until 2026-02-28")],
    ),
    (
        "isotretinoin stopped on the last of August, then a leap day",
        ("C02", "isotretinoin", over("2027-08-31")),
        [("2028-02-28", "SIGNOFF until 2028-02-29")],
        [("2028-02-28", "DEFER until 2028-02-29")],
    ),
    (
        "cold sore healed",
        ("C06", "cold_sore_active", over("2026-06-01")),
        [("2026-06-14", "DEFER until 2026-06-15")],
        [("2026-06-14", "DEFER until 2026-06-15")],
    ),
    (
        "chemotherapy finished",
        ("C17", "chemo_radio", over("2026-06-01")),
        [("2026-11-30", "SIGNOFF until 2026-12-01")],
        [("2026-11-30", "SIGNOFF until 2026-12-01")],
    ),
    (
        "toxin",
        ("C23", "toxin", yes(on=day("2026-06-01"))),
        [("2026-06-14", "DEFER until 2026-06-15")],
        [("2026-08-31", "DEFER until 2026-09-01")],
    ),
    (
        "toxin on the last of November, three months to the end of February",
        ("C23", "toxin", yes(on=day("2026-11-30"))),
        [("2026-12-13", "DEFER until 2026-12-14")],
        [("2027-02-27", "DEFER until 2027-02-28")],
    ),
    (
        "filler",
        ("C24", "filler", yes(on=day("2026-06-01"))),
        [("2026-06-28", "DEFER until 2026-06-29")],
        [("2026-11-30", "DEFER until 2026-12-01")],
    ),
    (
        "superficial peel",
        ("C25", "peel_superficial", yes(on=day("2026-06-01"))),
        [("2026-06-14", "DEFER until 2026-06-15")],
        [("2026-06-28", "DEFER until 2026-06-29")],
    ),
    (
        "deep peel",
        ("C26", "peel_deep_or_ablative", yes(on=day("2026-06-01"))),
        [("2026-08-29", "DEFER until 2026-08-30")],
        [("2026-11-30", "DEFER until 2026-12-01")],
    ),
    (
        "non-ablative laser",
        ("C27", "laser_nonablative", yes(on=day("2026-06-01"))),
        [("2026-06-28", "DEFER until 2026-06-29")],
        [("2026-07-26", "DEFER until 2026-07-27")],
    ),
    (
        "waxing",
        ("C28", "waxing", yes(on=day("2026-06-01"))),
        [("2026-06-03", "DEFER until 2026-06-04")],
        [("2026-06-14", "DEFER until 2026-06-15")],
    ),
    (
        "sunburn settled",
        ("C29", "sunburn", over("2026-06-01")),
        [("2026-06-14", "DEFER until 2026-06-15")],
        [("2026-06-14", "DEFER until 2026-06-15")],
    ),
    (
        "a long time in the sun",
        ("C29", "sun_exposure", yes(on=day("2026-06-01"))),
        [("2026-06-01", "DEFER until 2026-06-02")],
        [("2026-06-14", "DEFER until 2026-06-15")],
    ),
    (
        "a tan on light skin",
        ("C29", "tan", yes(on=day("2026-06-01"))),
        [("2026-06-14", "WARN until 2026-06-15")],
        [("2026-06-14", "DEFER until 2026-06-15")],
    ),
    (
        "retinoid on a leap day",
        ("C30", "retinoid", yes(on=day("2028-02-29"))),
        [("2028-03-02", "DEFER until 2028-03-03")],
        [("2028-03-06", "DEFER until 2028-03-07")],
    ),
    (
        "acids",
        ("C31", "acids", yes(on=day("2026-06-01"))),
        [("2026-06-03", "DEFER until 2026-06-04")],
        [("2026-06-05", "DEFER until 2026-06-06")],
    ),
    (
        "self-tanner",
        ("C32", "self_tanner", yes(on=day("2026-06-01"))),
        [("2026-06-02", "DEFER until 2026-06-03")],
        [("2026-06-02", "DEFER until 2026-06-03")],
    ),
    (
        "surgical scar",
        ("C33", "surgical_scar", yes(on=day("2026-06-01"))),
        [
            ("2026-07-12", "BLOCK until 2026-07-13"),
            ("2026-11-30", "SIGNOFF until 2026-12-01"),
        ],
        [("2027-05-31", "DEFER until 2027-06-01")],
    ),
    (
        "surgical scar of a leap day",
        ("C33", "surgical_scar", yes(on=day("2028-02-29"))),
        [
            ("2028-04-10", "BLOCK until 2028-04-11"),
            ("2028-08-28", "SIGNOFF until 2028-08-29"),
        ],
        [("2029-02-27", "DEFER until 2029-02-28")],
    ),
    (
        "antibiotic finished, of which only the strict mode speaks",
        ("C38", "photosensitiser", over("2026-06-01")),
        [],
        [("2026-06-14", "DEFER until 2026-06-15")],
    ),
]


def bands():
    for words, case, default, strict in WINDOWS:
        for mode, limits in (("default", default), ("strict", strict)):
            for band, (last, said) in enumerate(limits, start=1):
                then = limits[band][1] if band < len(limits) else "OK"
                name = f"{words}, {mode}, {said.split()[0]}"
                yield pytest.param(case, mode == "strict", last, said, then, id=name)


@pytest.mark.parametrize(("case", "strict", "last", "said", "then"), [*bands()])
def test_both_sides_of_a_window(case, strict, last, said, then):
    code, kind, answer = case
    last_on = day(last)
    first_free = date.fromordinal(last_on.toordinal() + 1)
    answers = {kind: answer}
    assert ruling(code, answers=answers, on=last_on, strict=strict) == said
    assert ruling(code, answers=answers, on=first_free, strict=strict) == then


def test_an_antibiotic_that_is_over_says_nothing_by_default():
    answers = {"photosensitiser": over("2026-06-01")}
    assert ruling("C38", answers=answers) == "OK"


@pytest.mark.parametrize(
    ("phototype", "default"),
    [
        pytest.param(3, "WARN until 2026-06-15", id="type III"),
        pytest.param(4, "SIGNOFF until 2026-06-15", id="type IV"),
        pytest.param(6, "SIGNOFF until 2026-06-15", id="type VI"),
        pytest.param(None, "ASK", id="type not recorded"),
    ],
)
def test_a_tan_weighs_more_on_darker_skin(phototype, default):
    person = Person(born_on=day("1986-06-01"), phototype=phototype, sex="female")
    answers = {"tan": yes(on=TODAY)}
    assert ruling("C29", person=person, answers=answers) == default


BIRTHS = [
    ("2008-06-02", None, "BLOCK until 2026-06-02", "BLOCK until 2026-06-02"),
    ("2008-06-02", False, "BLOCK until 2026-06-02", "BLOCK until 2026-06-02"),
    ("2008-06-02", True, "SIGNOFF until 2026-06-02", "BLOCK until 2026-06-02"),
    ("2008-06-01", None, "WARN until 2030-06-01", "SIGNOFF until 2030-06-01"),
    ("2004-06-02", None, "WARN until 2026-06-02", "SIGNOFF until 2026-06-02"),
    ("2004-06-01", None, "OK", "OK"),
]


@pytest.mark.parametrize(
    ("born_on", "guardian", "default", "strict"),
    [
        pytest.param(*BIRTHS[0], id="a day under 18, no word of a guardian"),
        pytest.param(*BIRTHS[1], id="a day under 18, no guardian"),
        pytest.param(*BIRTHS[2], id="a day under 18, with guardian"),
        pytest.param(*BIRTHS[3], id="18 today"),
        pytest.param(*BIRTHS[4], id="a day under 22"),
        pytest.param(*BIRTHS[5], id="22 today"),
    ],
)
def test_age(born_on, guardian, default, strict):
    person = Person(
        born_on=day(born_on), phototype=2, sex="male", guardian_consent=guardian
    )
    assert ruling("C34", person=person) == default
    assert ruling("C34", person=person, strict=True) == strict


def test_born_on_a_leap_day_comes_of_age_on_the_first_of_march():
    person = Person(born_on=day("2008-02-29"), phototype=2)
    eve, birthday = day("2026-02-28"), day("2026-03-01")
    assert ruling("C34", person=person, on=eve) == "BLOCK until 2026-03-01"
    assert ruling("C34", person=person, on=birthday) == "WARN until 2030-03-01"


def test_an_unknown_birth_date_is_asked_for():
    (finding,) = judged(person=Person(phototype=2))
    assert (finding.code, in_words(finding)) == ("C34", "ASK")
    assert finding.sentence == "The date of birth is not recorded."


@pytest.mark.parametrize(
    ("phototype", "default", "strict"),
    [
        pytest.param(1, "OK", "OK", id="type I"),
        pytest.param(4, "OK", "OK", id="type IV"),
        pytest.param(5, "WARN", "SIGNOFF", id="type V"),
        pytest.param(6, "WARN", "SIGNOFF", id="type VI"),
        pytest.param(None, "WARN", "ASK", id="not recorded"),
    ],
)
def test_skin_type(phototype, default, strict):
    person = Person(born_on=day("1986-06-01"), phototype=phototype)
    assert ruling("C35", person=person) == default
    assert ruling("C35", person=person, strict=True) == strict


@pytest.mark.parametrize("strict", [False, True])
def test_a_skin_type_that_nobody_recorded_is_not_called_dark(strict):
    (finding,) = [
        one
        for one in judged(
            person=Person(born_on=day("1986-06-01")),
            strict=frozenset({"C35"}) if strict else frozenset(),
        )
        if one.code == "C35"
    ]
    assert finding.title == "Skin type not recorded"
    assert finding.sentence == (
        "The skin type is not recorded. Until it is, type V or VI is assumed: "
        "start shallow and keep the 72-hour rule for topicals."
    )
    person = Person(born_on=day("1986-06-01"), phototype=5)
    (known,) = [one for one in judged(person=person) if one.code == "C35"]
    assert known.title == "Skin type V or VI"
    assert known.sentence.startswith("The skin type is V or VI:")


@pytest.mark.parametrize(
    ("anaesthetic", "default", "strict"),
    [
        pytest.param(True, "BLOCK", "BLOCK", id="with anaesthetic"),
        pytest.param(None, "BLOCK", "BLOCK", id="not decided"),
        pytest.param(False, "SIGNOFF", "BLOCK", id="without"),
    ],
)
def test_allergy_to_anaesthetic_hangs_on_its_use(anaesthetic, default, strict):
    case = {
        "answers": {"anaesthetic_allergy": yes()},
        "setting": Setting(anaesthetic=anaesthetic),
    }
    assert ruling("C15", **case) == default
    assert ruling("C15", strict=True, **case) == strict
    assert ruling("C15", scope=Scope.ANAESTHETIC, **case) == "BLOCK"


def test_a_risk_with_anaesthetic_leaves_the_needling_alone():
    answers = {"anaesthetic_risk": yes(choice="hepatic_disease")}
    assert ruling("C37", scope=Scope.ANAESTHETIC, answers=answers) == "BLOCK"
    assert ruling("C37", answers=answers) == "OK"
    assert ruling("C37", answers=answers, strict=True) == "OK"


def test_a_pacemaker_stops_radiofrequency_and_only_warns_otherwise():
    answers = {"cardiac": yes(choice="pacemaker")}
    radiofrequency = Setting(radiofrequency=True)
    assert ruling("C36", answers=answers, setting=radiofrequency) == "BLOCK"
    assert ruling("C36", answers=answers) == "WARN"


def test_all_forty_two_rules_are_in_the_book():
    assert {f"C{number:02}" for number in range(1, 43)} <= BOOKED


def test_every_rule_stands_in_these_tables():
    tabled = {row[0] for row in STATES} | {row[1][0] for row in WINDOWS}
    assert BOOKED - tabled == {"C15", "C34", "C35", "C37"}
