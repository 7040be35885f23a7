"""A visit moves alone or with the rest, and the preview shows every date and gap."""

from dataclasses import replace
from datetime import date

import pytest

from clinic.rules import series
from clinic.rules.series import Away, Code, Event, Spacing, To
from sessions.booking import reasons
from tests.rules.series_clinic import (
    MONDAY,
    clinic,
    codes,
    minutes,
    proposed,
    said,
    warned,
    wishes,
)


class TestMove:
    """Five visits on 19 Nov, 31 Dec, 11 Feb, 25 Mar and 6 May."""

    def booked(self):
        return proposed().slots

    def moved(self, number, to, *, days=None, along=True, **changes):
        return series.move(
            slots=self.booked(),
            number=number,
            to=to,
            wishes=wishes(**changes),
            days=clinic() if days is None else days,
            along=along,
        )

    def test_along_with_the_rest(self):
        preview = self.moved(3, To(day=date(2026, 2, 12)))
        assert preview.allowed
        assert [
            (m.number, m.new.day.isoformat(), m.changed) for m in preview.moves
        ] == [
            (1, "2025-11-19", False),
            (2, "2025-12-31", False),
            (3, "2026-02-18", True),
            (4, "2026-04-01", True),
            (5, "2026-05-13", True),
        ]
        assert [m.new.gap_days for m in preview.moves] == [None, 42, 49, 42, 42]
        assert [m.old.gap_days for m in preview.moves] == [None, 42, 42, 42, 42]
        assert said(preview.moves[2].new) == "Next free Wednesday morning"
        assert codes(preview.moves[0].new) == [Code.KEPT]

    def test_alone(self):
        preview = self.moved(3, To(day=date(2026, 2, 12)), along=False)
        assert [m.number for m in preview.changed] == [3]
        assert [m.new.gap_days for m in preview.moves] == [None, 42, 49, 35, 42]

    def test_alone_may_not_come_nearer_to_the_next_than_the_smallest_gap(self):
        preview = self.moved(3, To(day=date(2026, 2, 26)), along=False)
        assert not preview.allowed
        assert [reasons.describe(why) for why in preview.refused] == [
            "session 4 on 25 March would come too soon after it"
        ]
        assert [m.changed for m in preview.moves] == [False, False, True, False, False]
        assert preview.moves[2].new is None

    def test_the_first_visit_keeps_the_gap_to_the_session_before(self):
        preview = self.moved(
            1, To(day=date(2025, 11, 18)), previous_on=date(2025, 10, 23)
        )
        assert preview.moves[0].new.day == date(2025, 11, 26)
        assert preview.moves[0].new.gap_days == 34

    def test_by_hand_to_an_exact_time(self):
        preview = self.moved(3, To(day=date(2026, 2, 13), minute=minutes("15:00")))
        moved = preview.moves[2].new
        assert (moved.day, moved.minute, moved.gap_days) == (
            date(2026, 2, 13),
            minutes("15:00"),
            44,
        )
        assert codes(moved) == [Code.CHOSEN]
        assert preview.moves[3].new.day == date(2026, 3, 25)

    @pytest.mark.parametrize(
        ("day", "minute"),
        [
            pytest.param(date(2026, 2, 15), "10:00", id="a Sunday"),
            pytest.param(date(2026, 2, 13), "16:30", id="past closing"),
            pytest.param(date(2026, 2, 13), "10:02", id="off the five minutes"),
            pytest.param(date(2027, 2, 13), "10:00", id="beyond the calendar"),
        ],
    )
    def test_by_hand_only_where_it_is_free(self, day, minute):
        preview = self.moved(3, To(day=day, minute=minutes(minute)))
        assert [why.code for why in preview.refused] == [Code.NOT_FREE]

    def test_the_patient_is_not_booked_while_away(self):
        day = date(2026, 2, 13)
        trip = Away(first_day=day, last_day=day)
        preview = self.moved(3, To(day=day, minute=600), away=(trip,))
        assert [why.code for why in preview.refused] == [Code.NOT_FREE]

    @pytest.mark.parametrize(
        ("day", "refused", "warned_of"),
        [
            pytest.param(date(2026, 1, 13), True, True, id="a day under the rule"),
            pytest.param(date(2026, 1, 14), False, True, id="refused no more, warned"),
            pytest.param(date(2026, 1, 27), False, True, id="a day under the smallest"),
            pytest.param(date(2026, 1, 28), False, False, id="the smallest gap"),
        ],
    )
    def test_by_hand_below_the_protocol_is_warned_below_the_rule_refused(
        self, day, refused, warned_of
    ):
        preview = self.moved(
            3, To(day=day, minute=600), spacing=Spacing(block_below_days=14)
        )
        assert bool(preview.refused) is refused
        assert (Code.SHORT_GAP in warned(preview.moves[2].new)) is warned_of

    def test_a_visit_cannot_pass_the_next_one_alone(self):
        preview = self.moved(3, To(day=date(2026, 4, 1), minute=600), along=False)
        assert [why.code for why in preview.refused] == [Code.GAP_REFUSED]

    def test_nothing_left_in_the_calendar(self):
        preview = self.moved(5, To(day=date(2027, 1, 1)))
        assert [why.code for why in preview.refused] == [Code.NOTHING_FREE]

    def test_the_rest_may_not_fit_any_more(self):
        preview = self.moved(3, To(day=date(2026, 7, 29)))
        assert not preview.allowed
        assert preview.refused[0].params["number"] == 5
        assert [m.new is None for m in preview.moves] == [False] * 4 + [True]
        assert preview.checks == ()

    def test_the_last_day_that_leaves_the_smallest_gap_may_itself_be_taken(self):
        last = date(2026, 2, 25)
        free = self.moved(3, To(day=last), along=False)
        assert (free.moves[2].new.day, free.moves[3].new.gap_days) == (last, 28)
        full = self.moved(3, To(day=last), along=False, days=clinic(closed={last}))
        assert [why.code for why in full.refused] == [Code.NOTHING_FREE]

    def test_never_nearer_to_the_one_before_than_the_smallest_gap(self):
        preview = self.moved(3, To(day=date(2026, 1, 2)))
        assert preview.moves[2].new.day == date(2026, 1, 28)
        assert preview.moves[2].new.gap_days == 28

    @pytest.mark.parametrize(
        ("event", "refused"),
        [
            pytest.param(date(2026, 5, 13), [Code.NOTHING_FREE], id="on the last day"),
            pytest.param(date(2026, 5, 14), [], id="the day after it"),
        ],
    )
    def test_no_visit_moves_to_the_day_of_the_event(self, event, refused):
        days = clinic(closed={date(2026, 5, day) for day in range(7, 13)})
        preview = self.moved(
            5, To(day=date(2026, 5, 7)), days=days, ready_before=Event(day=event)
        )
        assert [why.code for why in preview.refused] == refused

    def test_a_visit_without_a_known_gap_follows_at_the_preferred_one(self):
        slots = [replace(slot, gap_days=None) for slot in self.booked()]
        preview = series.move(
            slots=slots,
            number=3,
            to=To(day=date(2026, 2, 12)),
            wishes=wishes(),
            days=clinic(),
        )
        assert preview.moves[3].new.gap_days == 42

    def test_a_move_that_can_be_made_is_checked_like_a_proposal(self):
        preview = self.moved(3, To(day=date(2026, 2, 12)))
        assert [check.reason.code for check in preview.checks] == [Code.GAPS_KEPT]

    def test_moving_to_where_it_is_changes_nothing(self):
        preview = self.moved(3, To(day=date(2026, 2, 11)))
        assert preview.changed == ()

    def test_a_number_that_is_not_there(self):
        with pytest.raises(ValueError, match="no visit 9"):
            self.moved(9, To(day=MONDAY))
