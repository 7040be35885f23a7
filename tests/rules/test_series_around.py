"""A series keeps its distance from the sessions of another plan, and says so."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from clinic.rules import series
from clinic.rules.freetime import Presence
from clinic.rules.series import Code, Gap, Shut, To
from tests.rules.series_clinic import JONAS, MIRA, MONDAY, clinic, codes, wishes

OTHER = date(2026, 1, 8)
ANY = {"weekdays": frozenset(), "part_of_day": None}


def shut(number, *, before=14, after=14, refuses=True, on=OTHER):
    return Shut(
        number=number,
        first_day=on - timedelta(days=before - 1),
        last_day=on + timedelta(days=after - 1),
        other_on=on,
        refuses=refuses,
    )


def around(**more):
    return tuple(shut(number, **more) for number in range(1, 6))


def gaps(proposal, on=OTHER):
    return [abs((slot.day - on).days) for slot in proposal.slots]


@pytest.mark.parametrize("days_between", [14, 21])
def test_no_visit_lies_nearer_than_the_rule_allows(days_between):
    wished = wishes(**ANY, shut=around(before=days_between, after=days_between))
    proposal = series.propose(wished, clinic(length=400))
    assert proposal.fits
    assert min(gaps(proposal)) >= days_between


def test_without_the_other_session_a_visit_would_have_lain_there():
    proposal = series.propose(wishes(**ANY), clinic(length=400))
    assert min(gaps(proposal)) < 14


def test_the_reason_names_the_session_that_was_avoided():
    wished = wishes(**ANY, shut=around(before=21, after=21))
    proposal = series.propose(wished, clinic(length=400))
    said = [why for slot in proposal.slots for why in slot.why]
    avoided = [why for why in said if why.code is Code.OTHER_SESSION]
    assert [why.params["other"] for why in avoided] == [OTHER]


def test_the_first_visit_says_why_it_does_not_come_sooner():
    wished = wishes(**ANY, shut=(shut(1, on=MONDAY),))
    proposal = series.propose(wished, clinic(length=400))
    assert proposal.slots[0].day == MONDAY + timedelta(days=14)
    assert codes(proposal.slots[0]) == [Code.AROUND_OTHER, Code.FIRST_FREE]


def test_days_that_need_a_confirmation_are_taken_only_where_no_others_are():
    soft = {"before": 28, "after": 28, "refuses": False}
    tight = Gap(smallest_days=28, preferred_days=35, greatest_days=42)
    others = [OTHER + timedelta(days=42 * n) for n in range(6)]
    everywhere = tuple(s for on in others for s in around(**soft, on=on))
    hard = tuple(s for on in others for s in around(on=on))
    wished = wishes(**ANY, gap=tight, shut=everywhere + hard)
    proposal = series.propose(wished, clinic(length=400))
    assert proposal.fits
    assert min(min(gaps(proposal, on)) for on in others) >= 14
    wide = replace(tight, greatest_days=90)
    wished = wishes(**ANY, gap=wide, shut=around(**soft))
    assert min(gaps(series.propose(wished, clinic(length=400)))) >= 28


def test_a_visit_put_by_hand_may_need_a_word_but_is_never_refused():
    first = series.propose(wishes(**ANY), clinic(length=400)).slots
    day = OTHER + timedelta(days=20)
    to = To(day=day, minute=first[1].minute)

    def moved(**more):
        return series.move(
            slots=first,
            number=2,
            to=to,
            wishes=wishes(**ANY, shut=around(after=28, **more)),
            days=clinic(length=400),
        )

    assert moved(refuses=False).allowed
    assert [why.code for why in moved(refuses=True).refused] == [Code.NOT_FREE]


def test_who_is_not_qualified_on_a_day_is_not_proposed_there():
    days = [
        replace(
            day,
            practitioners={
                **day.practitioners,
                MIRA.id: replace(
                    day.practitioners[MIRA.id], may=day.day < date(2026, 3, 1)
                ),
            },
        )
        for day in clinic(length=400)
    ]
    wished = wishes(practitioners=(MIRA, JONAS))
    slots = series.propose(wished, days).slots
    assert {slot.practitioner for slot in slots if slot.day < date(2026, 3, 1)} == {1}
    assert {slot.practitioner for slot in slots if slot.day > date(2026, 3, 1)} == {2}
    change = next(slot for slot in slots if slot.practitioner == JONAS.id)
    assert Code.NOT_QUALIFIED in codes(change)
    assert Presence(works=1).may
