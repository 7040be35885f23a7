"""A day to be ready before, and what is said when not every visit fits."""

from datetime import date, timedelta

import pytest

from clinic.rules import series
from clinic.rules.series import Code, Event
from sessions.booking import reasons
from tests.rules.series_clinic import MONDAY, ROOM_2, clinic, proposed


class TestReadyBefore:
    """Five Wednesdays six weeks apart end on 6 May, 168 days after the first."""

    last = date(2026, 5, 6)

    @pytest.mark.parametrize(
        ("left", "gaps"),
        [
            pytest.param(28, {42}, id="the margin is just kept"),
            pytest.param(27, {35}, id="a day short, so whole weeks closer"),
        ],
    )
    def test_the_gaps_shrink_to_keep_the_margin(self, left, gaps):
        event = Event(day=self.last + timedelta(days=left), label="the wedding")
        proposal = proposed(ready_before=event, ready_margin_days=28)
        assert {slot.gap_days for slot in proposal.slots[1:]} == gaps
        kept = {c.reason.code for c in proposal.checks if c.holds}
        assert {Code.GAPS_KEPT, Code.ENDS_BEFORE} <= kept
        assert (event.day - proposal.slots[-1].day).days >= 28
        closer = Code.CLOSER_TOGETHER in {c.reason.code for c in proposal.checks}
        assert closer is (gaps != {42})

    def test_no_gap_shrinks_below_the_smallest(self):
        event = Event(day=date(2026, 3, 12), label="the wedding")
        proposal = proposed(ready_before=event)
        assert proposal.fits
        assert {slot.gap_days for slot in proposal.slots[1:]} == {28}
        assert Code.GAPS_KEPT in {check.reason.code for check in proposal.checks}
        assert proposal.slots[-1].day == date(2026, 3, 11)

    def test_the_day_before_the_event_may_be_taken(self):
        event = Event(day=date(2025, 12, 25), label="Christmas")
        second = proposed(ready_before=event, sessions=2).slots[1]
        assert second.day == date(2025, 12, 24)

    def test_too_close_is_said_and_nothing_is_dropped(self):
        event = Event(day=date(2026, 3, 20), label="the wedding")
        proposal = proposed(ready_before=event, ready_margin_days=10)
        assert proposal.fits
        lines = [(c.holds, reasons.describe(c.reason)) for c in proposal.checks]
        assert (False, "only 9 days before the wedding") in lines

    def test_what_lies_after_the_event_does_not_fit(self):
        event = Event(day=date(2026, 3, 11), label="the wedding")
        proposal = proposed(ready_before=event)
        assert not proposal.fits
        assert len(proposal.slots) == 4
        relaxed = [reasons.describe(why) for why in proposal.relax]
        assert "ending after the wedding, on 6 May" in relaxed
        assert relaxed[-1] == "4 of the 5 sessions"

    def test_another_weekday_is_offered_when_it_would_be_in_time(self):
        event = Event(day=date(2026, 3, 11), label="the wedding")
        proposal = proposed(ready_before=event)
        assert series.reasons.reason(Code.ANY_TIME) in proposal.relax
        only_weekday = proposed(ready_before=event, part_of_day=None)
        assert Code.ANY_TIME in {why.code for why in only_weekday.relax}
        freer = proposed(ready_before=event, weekdays=frozenset(), part_of_day=None)
        assert freer.fits


class TestWhatDoesNotFit:
    def test_nobody_at_all(self):
        proposal = proposed(clinic(people=()))
        assert (proposal.slots, proposal.fits) == ((), False)
        assert proposal.relax == ()

    def test_another_practitioner_would_help(self):
        away = {(1, MONDAY + timedelta(days=n)) for n in range(60, 300)}
        proposal = proposed(clinic(away=away))
        assert [slot.number for slot in proposal.slots] == [1, 2]
        assert [reasons.describe(why) for why in proposal.relax] == [
            "any practitioner",
            "2 of the 5 sessions",
        ]

    def test_another_room_would_help(self):
        rooms = {(2, MONDAY + timedelta(days=n)): ["09:00-17:00"] for n in range(300)}
        proposal = proposed(clinic(rooms=rooms), rooms=(ROOM_2,))
        assert [why.code for why in proposal.relax] == [Code.ANY_ROOM]

    def test_a_longer_gap_would_help(self):
        closed = {MONDAY + timedelta(days=n) for n in range(3, 70)}
        proposal = proposed(clinic(closed=closed, length=400))
        longer = next(w for w in proposal.relax if w.code is Code.LONGER_GAP)
        assert len(proposal.slots) == 1
        assert longer.params["days"] == 70

    def test_the_end_of_the_calendar_is_named(self):
        proposal = proposed(clinic(length=100))
        assert proposal.relax[-1].code is Code.CALENDAR_ENDS
        assert proposal.relax[-1].params["day"] == MONDAY + timedelta(days=99)
