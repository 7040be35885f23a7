"""The same practitioner and the same device are kept, and a change is explained."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from clinic.rules.series import Code, Named, Policy
from tests.rules.series_clinic import (
    JONAS,
    MIRA,
    MONDAY,
    NEW_YEARS_EVE,
    WHOLE,
    clinic,
    codes,
    proposed,
    said,
)


class TestTwoPractitioners:
    both = (MIRA, JONAS)

    def test_the_same_one_is_kept(self):
        proposal = proposed(practitioners=self.both)
        assert {slot.practitioner for slot in proposal.slots} == {1}

    def test_a_weeks_shift_is_made_to_keep_her(self):
        days = clinic(away={(1, NEW_YEARS_EVE)})
        second = proposed(days, practitioners=self.both).slots[1]
        assert (second.day, second.practitioner) == (date(2026, 1, 7), 1)
        assert said(second) == "Mira is away, one week later"

    def test_two_weeks_are_not(self):
        gone = {(1, NEW_YEARS_EVE + timedelta(days=shift)) for shift in (-7, 0, 7)}
        second = proposed(clinic(away=gone), practitioners=self.both).slots[1]
        assert (second.day, second.practitioner) == (NEW_YEARS_EVE, 2)
        assert said(second) == "42 days after session 1, Mira is away, with Jonas"

    def test_of_two_equal_days_with_the_other_the_later_is_taken(self):
        gone = {(1, MONDAY + timedelta(days=n)) for n in range(20, 80)}
        days = clinic(away=gone | {(2, NEW_YEARS_EVE)})
        second = proposed(days, practitioners=self.both).slots[1]
        assert (second.day, second.practitioner) == (date(2026, 1, 7), 2)

    def test_what_a_change_is_worth_is_policy(self):
        days = clinic(away={(1, NEW_YEARS_EVE)})
        policy = Policy(practitioner_worth_days=6)
        second = proposed(days, practitioners=self.both, policy=policy).slots[1]
        assert (second.day, second.practitioner) == (NEW_YEARS_EVE, 2)

    def test_the_new_one_is_kept_from_then_on(self):
        gone = {(1, NEW_YEARS_EVE + timedelta(days=shift)) for shift in (-7, 0, 7)}
        proposal = proposed(clinic(away=gone), practitioners=self.both)
        assert [slot.practitioner for slot in proposal.slots] == [1, 2, 2, 2, 2]


def test_a_device_is_taken_and_kept():
    devices = (Named(id=2, name="Pen 2"), Named(id=1, name="Pen 1"))
    slots = proposed(devices=devices).slots
    assert {slot.device for slot in slots} == {2}
    assert {code for slot in slots for code in codes(slot)} == {
        Code.FIRST_FREE,
        Code.ON_TIME,
    }
    assert {slot.device for slot in proposed().slots} == {None}


def test_another_device_is_explained():
    days = tuple(
        replace(day, devices={1: 0, 2: WHOLE}) if day.day == NEW_YEARS_EVE else day
        for day in clinic()
    )
    devices = (Named(id=2, name="Pen 2"), Named(id=1, name="Pen 1"))
    second = proposed(days, devices=devices).slots[1]
    assert said(second) == "42 days after session 1, Pen 2 is taken"


@pytest.mark.parametrize(
    ("devices", "why"),
    [
        ((Named(id=1, name="Pen 1"),), "Pen 1 is taken, one week later"),
        (
            (Named(id=1, name="Pen 1"), Named(id=2, name="Pen 2")),
            "Every device is taken on 31 December, one week later",
        ),
    ],
    ids=["one", "both"],
)
def test_taken_devices_are_the_reason(devices, why):
    days = tuple(
        replace(day, devices={1: WHOLE, 2: WHOLE}) if day.day == NEW_YEARS_EVE else day
        for day in clinic()
    )
    assert said(proposed(days, devices=devices).slots[1]) == why
