"""A screening from the first question to the finding, and what it leaves behind."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from clinic.audit.models import AuditEvent
from clinic.rules.facts import Purpose
from clinic.rules.findings import Finding, Scope, Verdict
from clinic.rules.gates import Pass, Step
from clinic.staff.models import User
from patients.history import queries
from patients.history.actions import facts, overrides, screenings
from patients.history.actions.facts import FactEntry
from patients.history.actions.overrides import OverrideEntry
from patients.history.actions.screenings import NO, AnswerEntry, StartEntry
from patients.history.errors import HistoryRefusedError
from patients.history.models import HistoryFact, RuleOverride, Screening
from patients.history.queries import screenings as reading
from patients.records.models import Patient
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
YES, NOT_ASKED = AnswerEntry(value=True), AnswerEntry()


@pytest.fixture
def patient() -> Patient:
    return factories.make_patient()


@pytest.fixture
def by() -> User:
    return factories.make_practitioner()


def start(patient: Patient, by: User, **changes: Any) -> Screening:
    now = changes.pop("now", NOW)
    values = {"purpose": Purpose.SESSION, "for_date": now.date(), **changes}
    return screenings.start(patient=patient, entry=StartEntry(**values), by=by, now=now)


def answer(screening: Screening, by: User, **entries: AnswerEntry) -> Screening:
    return screenings.answer(screening=screening, entries=entries, by=by, now=NOW)


def all_no(screening: Screening) -> dict[str, AnswerEntry]:
    from clinic.rulebook.queries import effective_book

    asked = reading.questions_of(screening, effective=effective_book())
    return {question.key: NO for question in asked}


def screened(
    patient: Patient, by: User, *, now: Any = NOW, **answers: AnswerEntry
) -> Screening:
    """A complete session screening: everything is "no" but what is named."""
    purpose = answers.pop("purpose", Purpose.SESSION)
    screening = start(patient, by, now=now, purpose=purpose)
    screenings.answer(
        screening=screening, entries={**all_no(screening), **answers}, by=by, now=now
    )
    return screenings.complete(screening=screening, by=by, now=now)


def import_fact(patient: Patient, kind: str, **changes: Any) -> HistoryFact:
    return HistoryFact.objects.create(
        **{
            "patient": patient,
            "kind": kind,
            "source": "import",
            "recorded_at": NOW - timedelta(days=30),
            **changes,
        }
    )


def found(screening: Screening) -> dict[str, Finding]:
    return {finding.code: finding for finding in reading.findings_of(screening)}


# From the record to the finding -------------------------------------------------


def test_an_imported_blood_thinner_is_filled_in_and_needs_a_signature(
    patient: Patient, by: User
) -> None:
    fact = import_fact(
        patient,
        "anticoagulant",
        choice="anticoagulant",
        started_on=date(2024, 2, 1),
        detail="Warfarin Sodium 5 MG Oral Tablet",
        code="855332",
    )
    screening = start(patient, by)
    row = reading.answers_of(screening)["anticoagulant"]
    assert (row.value, row.prefilled_from) == (True, fact)
    assert row.detail == "Warfarin Sodium 5 MG Oral Tablet"

    rest = {k: v for k, v in all_no(screening).items() if k != "anticoagulant"}
    answer(screening, by, **rest)
    done = screenings.complete(screening=screening, by=by, now=NOW)
    assert done.verdict == "signoff"
    assert found(done)["C12"].verdict is Verdict.SIGNOFF


def test_an_imported_pregnancy_stops_booking_and_treating(
    patient: Patient, by: User
) -> None:
    import_fact(patient, "pregnancy", started_on=date(2026, 1, 10))
    book = queries.gate_for(patient, step=Step.BOOK, on=TODAY, today=TODAY)
    assert book.gate.does is Pass.REFUSED
    assert "C03" in {finding.code for finding in book.gate.refusing}

    screening = start(patient, by)
    rest = {k: v for k, v in all_no(screening).items() if k != "pregnancy"}
    answer(screening, by, **rest)
    done = screenings.complete(screening=screening, by=by, now=NOW)
    assert done.verdict == "block"
    begin = queries.gate_for(patient, step=Step.START, on=TODAY, today=TODAY)
    assert begin.gate.does is Pass.REFUSED


def test_nothing_found_opens_the_gate(patient: Patient, by: User) -> None:
    screened(patient, by)
    decision = queries.gate_for(patient, step=Step.START, on=TODAY, today=TODAY)
    assert decision.findings == ()
    assert decision.gate.is_open


# Yes, no, not asked -------------------------------------------------------------


def test_what_nobody_asked_is_not_no(patient: Patient, by: User) -> None:
    screening = start(patient, by)
    answers = all_no(screening)
    answers["metal_allergy"] = NOT_ASKED
    answer(screening, by, **answers)
    done = screenings.complete(screening=screening, by=by, now=NOW)
    assert found(done)["C14"].verdict is Verdict.ASK
    begin = queries.gate_for(patient, step=Step.START, on=TODAY, today=TODAY)
    assert begin.gate.does is Pass.REFUSED


def test_an_answer_can_be_taken_back_to_not_asked(patient: Patient, by: User) -> None:
    screening = start(patient, by)
    answer(screening, by, metal_allergy=YES)
    answer(screening, by, metal_allergy=NOT_ASKED)
    assert reading.answers_of(screening)["metal_allergy"].value is None


def test_a_no_forgets_what_was_said_with_the_yes(patient: Patient, by: User) -> None:
    screening = start(patient, by)
    filler = AnswerEntry(value=True, dated_on=TODAY, zones=("CM-R",))
    answer(screening, by, filler=filler)
    answer(screening, by, filler=NO)
    row = reading.answers_of(screening)["filler"]
    assert (row.value, row.dated_on, row.zones) == (False, None, [])


def test_closing_the_page_loses_nothing(patient: Patient, by: User) -> None:
    screening = start(patient, by)
    answer(screening, by, metal_allergy=NO)
    again = start(patient, by)
    assert again == screening
    assert reading.answers_of(again)["metal_allergy"].value is False


def test_a_draft_of_another_day_is_given_up(patient: Patient, by: User) -> None:
    old = start(patient, by)
    tomorrow = start(patient, by, now=NOW + timedelta(days=1))
    assert tomorrow != old
    assert not Screening.objects.filter(pk=old.pk).exists()


@pytest.mark.parametrize(
    ("key", "entry", "field"),
    [
        ("magic", YES, "magic"),
        ("diabetes", AnswerEntry(value=True, choice="sweet"), "diabetes-choice"),
        ("filler", AnswerEntry(value=True, zones=("XX",)), "filler-zones"),
        (
            "filler",
            AnswerEntry(value=True, dated_on=TODAY + timedelta(days=1)),
            "filler-dated_on",
        ),
        ("filler", AnswerEntry(value=True, stopped_on=TODAY), "filler"),
    ],
)
def test_what_cannot_be_is_refused(
    patient: Patient, by: User, key: str, entry: AnswerEntry, field: str
) -> None:
    screening = start(patient, by)
    with pytest.raises(HistoryRefusedError) as refused:
        answer(screening, by, **{key: entry})
    assert refused.value.field == field


# What it leaves in the history --------------------------------------------------


def test_a_dated_exposure_becomes_a_fact_that_fills_in_the_next_one(
    patient: Patient, by: User
) -> None:
    filler = AnswerEntry(value=True, dated_on=date(2026, 2, 20), zones=("CM-R",))
    first = screened(patient, by, filler=filler)
    fact = HistoryFact.objects.get(kind="filler")
    assert (fact.source, fact.started_on, fact.zones) == (
        "screening",
        date(2026, 2, 20),
        ["CM-R"],
    )
    assert reading.answers_of(first)["filler"].recorded_as == fact
    assert found(first)["C24"].until == date(2026, 3, 20)

    later = start(patient, by, now=NOW + timedelta(days=7))
    row = reading.answers_of(later)["filler"]
    assert (row.value, row.prefilled_from) == (True, fact)


def test_an_exposure_on_an_unknown_day_counts_as_today_and_leaves_no_fact(
    patient: Patient, by: User
) -> None:
    done = screened(patient, by, filler=YES)
    assert found(done)["C24"].until == TODAY + timedelta(days=28)
    assert not HistoryFact.objects.exists()
    after = TODAY + timedelta(days=28)
    for day, is_open in ((after - timedelta(days=1), False), (after, True)):
        decision = queries.gate_for(patient, step=Step.BOOK, on=day, today=TODAY)
        assert (decision.gate.does is not Pass.REFUSED) is is_open


def test_an_unknown_day_is_counted_from_the_screening_not_from_when_one_looks(
    patient: Patient, by: User
) -> None:
    screened(patient, by, filler=YES)
    day = TODAY + timedelta(days=28)
    decision = queries.gate_for(patient, step=Step.BOOK, on=day, today=day)
    assert decision.gate.does is not Pass.REFUSED


def test_the_same_fact_is_not_recorded_twice(patient: Patient, by: User) -> None:
    import_fact(patient, "latex_allergy")
    screened(patient, by, latex_allergy=YES)
    screened(patient, by, now=NOW + timedelta(days=1), latex_allergy=YES)
    assert HistoryFact.objects.count() == 1


@pytest.mark.regression("vague-fact")
def test_saying_which_one_settles_a_vague_record(patient: Patient, by: User) -> None:
    vague = import_fact(patient, "diabetes")
    which = AnswerEntry(value=True, choice="controlled")
    done = screened(patient, by, diabetes=which)
    vague.refresh_from_db()
    assert vague.withdrawn_at is not None
    live = HistoryFact.objects.get(kind="diabetes", withdrawn_at__isnull=True)
    assert live.choice == "controlled"
    assert found(done)["C18"].verdict is Verdict.WARN


def test_a_medicine_that_was_stopped_ends_its_fact(patient: Patient, by: User) -> None:
    fact = import_fact(patient, "isotretinoin", started_on=date(2025, 6, 1))
    stopped = AnswerEntry(
        value=True, dated_on=date(2025, 6, 1), stopped_on=date(2026, 1, 15)
    )
    done = screened(patient, by, isotretinoin=stopped)
    fact.refresh_from_db()
    assert fact.stopped_on == date(2026, 1, 15)
    assert found(done)["C02"].until == date(2026, 7, 15)
    assert "C01" not in found(done)


def test_a_no_against_the_record_has_to_be_settled(patient: Patient, by: User) -> None:
    import_fact(patient, "isotretinoin", started_on=date(2025, 6, 1))
    done = screened(patient, by)
    asks = [f for f in reading.findings_of(done) if f.verdict is Verdict.ASK]
    assert any("differ" in finding.sentence for finding in asks)


# What is complete stays ---------------------------------------------------------


def test_a_complete_screening_takes_no_more_answers(patient: Patient, by: User) -> None:
    done = screened(patient, by)
    with pytest.raises(HistoryRefusedError):
        answer(done, by, metal_allergy=YES)
    with pytest.raises(HistoryRefusedError):
        screenings.complete(screening=done, by=by, now=NOW)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE patients_screening SET verdict = 'ok' WHERE id = %s",
        "DELETE FROM patients_screening WHERE id = %s",
        "UPDATE patients_screeninganswer SET value = NULL WHERE screening_id = %s",
        "DELETE FROM patients_screeninganswer WHERE screening_id = %s",
    ],
)
def test_the_database_keeps_a_complete_screening(
    patient: Patient, by: User, statement: str
) -> None:
    done = screened(patient, by)
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [done.pk])


def test_it_names_the_book_it_was_judged_by(patient: Patient, by: User) -> None:
    from clinic.rulebook.queries import effective_book

    assert screened(patient, by).book_revision == effective_book().revision


def test_the_log_has_the_questions_and_never_the_answers(
    patient: Patient, by: User
) -> None:
    screening = start(patient, by)
    answer(screening, by, metal_allergy=AnswerEntry(value=True, detail="Nickel"))
    event = AuditEvent.objects.get(action="screening answered")
    assert event.details == {"fields": ["metal_allergy"]}


# The gate on other days ---------------------------------------------------------


def test_without_any_screening_booking_is_allowed_and_marked_due(
    patient: Patient,
) -> None:
    decision = queries.gate_for(patient, step=Step.BOOK, on=TODAY, today=TODAY)
    assert [finding.code for finding in decision.findings] == ["screening"]
    assert decision.gate.does is Pass.MARKED
    begin = queries.gate_for(patient, step=Step.START, on=TODAY, today=TODAY)
    assert [finding.code for finding in begin.findings] == ["screening"]
    assert begin.gate.does is Pass.REFUSED


@pytest.mark.parametrize(("age_days", "is_due"), [(182, False), (183, True)])
def test_an_old_screening_is_due_again(
    patient: Patient, by: User, age_days: int, is_due: bool
) -> None:
    screened(patient, by)
    today = TODAY + timedelta(days=age_days)
    decision = queries.gate_for(patient, step=Step.BOOK, on=today, today=today)
    assert bool(decision.findings) is is_due


def test_yesterdays_session_screening_does_not_open_today(
    patient: Patient, by: User
) -> None:
    screened(patient, by)
    tomorrow = TODAY + timedelta(days=1)
    decision = queries.gate_for(patient, step=Step.START, on=tomorrow, today=tomorrow)
    assert decision.gate.does is Pass.REFUSED


def test_before_a_plan_nothing_is_missing_that_is_asked_at_the_session(
    patient: Patient, by: User
) -> None:
    screening = screened(patient, by, purpose=Purpose.PLAN)
    assert found(screening) == {}
    assert screening.verdict == Verdict.OK.value


def test_before_a_plan_what_was_left_out_of_it_is_missing(
    patient: Patient, by: User
) -> None:
    screening = screened(patient, by, purpose=Purpose.PLAN, keloid_history=NOT_ASKED)
    assert [f.verdict for f in found(screening).values()] == [Verdict.ASK]


def test_a_screening_before_the_plan_does_not_open_a_session(
    patient: Patient, by: User
) -> None:
    screening = start(patient, by, purpose=Purpose.PLAN)
    answer(screening, by, **all_no(screening))
    screenings.complete(screening=screening, by=by, now=NOW)
    plan = queries.gate_for(patient, step=Step.PLAN, on=TODAY, today=TODAY)
    assert plan.gate.is_open
    begin = queries.gate_for(patient, step=Step.START, on=TODAY, today=TODAY)
    assert begin.gate.does is Pass.REFUSED


@pytest.mark.parametrize(
    ("day", "is_refused"), [(date(2026, 3, 17), True), (date(2026, 3, 18), False)]
)
def test_a_waiting_time_ends_on_its_day(
    patient: Patient, by: User, day: date, is_refused: bool
) -> None:
    toxin = AnswerEntry(value=True, dated_on=TODAY, zones=("FH",))
    screened(patient, by, toxin=toxin)
    decision = queries.gate_for(patient, step=Step.MOVE, on=day, today=TODAY)
    assert (decision.gate.does is Pass.REFUSED) is is_refused
    if is_refused:
        assert decision.gate.first_allowed_on == date(2026, 3, 18)


def test_other_zones_are_not_held_up(patient: Patient, by: User) -> None:
    toxin = AnswerEntry(value=True, dated_on=TODAY, zones=("FH",))
    screened(patient, by, toxin=toxin)
    decision = queries.gate_for(
        patient, step=Step.START, on=TODAY, today=TODAY, zones=["CM-R", "CM-L"]
    )
    assert decision.gate.is_open


def test_a_fact_recorded_after_the_screening_counts(patient: Patient, by: User) -> None:
    screened(patient, by)
    later = NOW + timedelta(days=2)
    facts.add(patient=patient, entry=FactEntry(kind="pregnancy"), by=by, now=later)
    day = later.date()
    decision = queries.gate_for(patient, step=Step.BOOK, on=day, today=day)
    assert decision.gate.does is Pass.REFUSED


def test_a_fact_withdrawn_after_the_screening_has_to_be_asked_again(
    patient: Patient, by: User
) -> None:
    screened(patient, by, pregnancy=YES)
    fact = HistoryFact.objects.get(kind="pregnancy")
    facts.withdraw(fact=fact, by=by, now=NOW + timedelta(hours=1))
    book = queries.gate_for(patient, step=Step.BOOK, on=TODAY, today=TODAY)
    assert book.gate.does is Pass.MARKED
    begin = queries.gate_for(patient, step=Step.START, on=TODAY, today=TODAY)
    assert begin.gate.does is Pass.REFUSED
    assert {finding.verdict for finding in begin.findings} == {Verdict.ASK}


# Signing off --------------------------------------------------------------------


def sign_off(
    screening: Screening, by: User, code: str, reason: str = "INR 2.1, agreed"
) -> RuleOverride:
    entry = OverrideEntry(code=code, scope=Scope.NEEDLING, reason=reason)
    return overrides.override(screening=screening, entry=entry, by=by, now=NOW)


def start_gate(patient: Patient) -> Pass:
    decision = queries.gate_for(patient, step=Step.START, on=TODAY, today=TODAY)
    return decision.gate.does


THINNER = AnswerEntry(value=True, choice="anticoagulant")


def test_a_prescribers_signature_opens_the_gate_and_is_kept(
    patient: Patient, by: User
) -> None:
    done = screened(patient, by, anticoagulant=THINNER)
    assert start_gate(patient) is Pass.SIGN_OFF
    prescriber = factories.make_prescriber()
    made = sign_off(done, prescriber, "C12")
    assert (made.kind, made.by_prescriber, made.by) == ("signoff", True, prescriber)
    assert start_gate(patient) is Pass.MARKED


def test_a_practitioner_without_the_capability_signs_nothing_off(
    patient: Patient, by: User
) -> None:
    done = screened(patient, by, anticoagulant=THINNER)
    with pytest.raises(HistoryRefusedError, match="prescriber"):
        sign_off(done, by, "C12")


def test_the_medical_lead_overrides_but_does_not_sign_off(
    patient: Patient, by: User
) -> None:
    from clinic.staff.roles import Capability

    lead = factories.make_practitioner(capabilities=(Capability.MEDICAL_LEAD,))
    done = screened(patient, by, anticoagulant=THINNER, metal_allergy=YES)
    with pytest.raises(HistoryRefusedError, match="prescriber"):
        sign_off(done, lead, "C12")
    assert sign_off(done, lead, "C14").kind == "override"


def test_a_reason_is_written_once(patient: Patient, by: User) -> None:
    done = screened(patient, by, anticoagulant=THINNER)
    prescriber = factories.make_prescriber()
    with pytest.raises(HistoryRefusedError) as refused:
        sign_off(done, prescriber, "C12", reason="  ")
    assert refused.value.field == "reason"
    sign_off(done, prescriber, "C12")
    with pytest.raises(HistoryRefusedError):
        sign_off(done, prescriber, "C12")


def test_what_was_not_found_cannot_be_signed_off(patient: Patient, by: User) -> None:
    done = screened(patient, by)
    with pytest.raises(HistoryRefusedError):
        sign_off(done, factories.make_prescriber(), "C12")


def test_only_the_latest_screening_is_signed_off(patient: Patient, by: User) -> None:
    old = screened(patient, by, anticoagulant=THINNER)
    screened(patient, by, now=NOW + timedelta(hours=1), anticoagulant=THINNER)
    with pytest.raises(HistoryRefusedError, match="newer"):
        sign_off(old, factories.make_prescriber(), "C12")


def test_where_the_clinic_forbids_it_nobody_overrides(
    patient: Patient, by: User
) -> None:
    from clinic.rulebook import actions as rulebook
    from clinic.rulebook.actions import ModeEntry

    entry = ModeEntry(strict=False, overridable=False, seen_version=0)
    rulebook.set_mode(code="C14", entry=entry, by=factories.make_owner(), now=NOW)
    done = screened(patient, by, metal_allergy=YES)
    with pytest.raises(HistoryRefusedError, match="Nobody"):
        sign_off(done, factories.make_prescriber(), "C14")


def test_an_override_does_not_cover_something_graver(
    patient: Patient, by: User
) -> None:
    from clinic.rulebook import actions as rulebook
    from clinic.rulebook.actions import ModeEntry

    done = screened(patient, by, anticoagulant=THINNER)
    sign_off(done, factories.make_prescriber(), "C12")
    entry = ModeEntry(strict=True, overridable=True, seen_version=0)
    rulebook.set_mode(code="C12", entry=entry, by=factories.make_owner(), now=NOW)
    assert start_gate(patient) is Pass.REFUSED


def test_the_database_keeps_an_override(patient: Patient, by: User) -> None:
    done = screened(patient, by, anticoagulant=THINNER)
    made = sign_off(done, factories.make_prescriber(), "C12")
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleOverride.objects.filter(pk=made.pk).update(reason="Other")
    with pytest.raises(IntegrityError), transaction.atomic():
        made.delete()


# What is new --------------------------------------------------------------------


def test_what_was_not_found_last_time_is_new(patient: Patient, by: User) -> None:
    first = screened(patient, by, anticoagulant=THINNER)
    assert reading.new_since(first) == frozenset()
    second = screened(
        patient,
        by,
        now=NOW + timedelta(days=1),
        anticoagulant=THINNER,
        keloid_history=YES,
    )
    assert reading.new_since(second) == {"C13"}


# Flags --------------------------------------------------------------------------


def texts(patient: Patient, today: date = TODAY) -> list[tuple[str, str]]:
    return [(f.kind, f.text) for f in queries.flags(patient, today=today)]


def test_flags_name_what_matters_the_gravest_first(patient: Patient) -> None:
    import_fact(patient, "latex_allergy")
    import_fact(patient, "anticoagulant", choice="anticoagulant")
    import_fact(
        patient,
        "isotretinoin",
        started_on=date(2025, 6, 1),
        stopped_on=date(2025, 9, 5),
    )
    assert texts(patient) == [
        ("bad", "Latex allergy"),
        ("warn", "Isotretinoin, stopped on 5 Sep"),
        ("warn", "Blood thinner: anticoagulant"),
        ("info", "Fitzpatrick III"),
    ]


def test_a_flag_that_says_more_stands_alone(patient: Patient) -> None:
    import_fact(patient, "diabetes")
    import_fact(patient, "diabetes", choice="controlled")
    said = [text for _kind, text in texts(patient)]
    assert said.count("Diabetes: controlled") == 1
    assert "Diabetes" not in said


def test_a_flag_goes_when_its_window_is_over(patient: Patient) -> None:
    import_fact(patient, "isotretinoin", stopped_on=date(2025, 9, 5))
    last, after = date(2026, 3, 4), date(2026, 3, 5)
    assert len(texts(patient, last)) == 2
    assert texts(patient, after) == [("info", "Fitzpatrick III")]


def test_an_uncertain_or_withdrawn_fact_raises_no_flag(
    patient: Patient, by: User
) -> None:
    import_fact(patient, "eczema_psoriasis_rosacea", certain=False)
    facts.withdraw(fact=import_fact(patient, "latex_allergy"), by=by, now=NOW)
    assert texts(patient) == [("info", "Fitzpatrick III")]


def test_the_desk_is_told_to_ask_and_not_why(patient: Patient) -> None:
    assert not queries.needs_word(patient, today=TODAY)
    import_fact(patient, "pregnancy")
    assert queries.needs_word(patient, today=TODAY)
    assert "regnan" not in queries.desk_flag().text


def test_flags_of_many_patients_take_two_queries(
    django_assert_num_queries: Any,
) -> None:
    patients = [factories.make_patient() for _ in range(5)]
    for one in patients:
        import_fact(one, "latex_allergy")
    with django_assert_num_queries(2):
        assert len(queries.flags_of(patients, today=TODAY)) == 5


def test_whom_the_desk_asks_about_takes_few_queries(
    by: User, django_assert_max_num_queries: Any
) -> None:
    patients = [factories.make_patient() for _ in range(4)]
    for one in patients:
        screened(one, by, filler=YES)
    screened(patients[0], by, now=NOW + timedelta(hours=1))
    with django_assert_max_num_queries(5):
        asked = queries.needing_word(patients, today=TODAY)
    assert asked == {one.pk for one in patients[1:]}


def test_a_decision_takes_few_queries(
    patient: Patient, by: User, django_assert_max_num_queries: Any
) -> None:
    screened(patient, by, anticoagulant=THINNER)
    with django_assert_max_num_queries(6):
        queries.gate_for(patient, step=Step.START, on=TODAY, today=TODAY)


# Under age ----------------------------------------------------------------------


def test_a_minor_needs_the_guardians_consent(by: User) -> None:
    young = factories.make_patient(born_on=date(2009, 3, 4))
    done = screened(young, by)
    assert found(done)["C34"].verdict is Verdict.BLOCK
    factories.make_consent(
        patient=young, taken_by=by, guardian_name="Eva", guardian_relation="Mother"
    )
    again = screened(young, by, now=NOW + timedelta(hours=1))
    assert found(again)["C34"].verdict is Verdict.SIGNOFF
