"""The form of each scale: people's words only, ranges beside the fields."""

from datetime import date
from typing import Any

import pytest

from clinic.rules import scales
from sessions.progress.forms import ScoreForm

TODAY = date(2026, 6, 1)
SCALES = {scale.key: scale for scale in scales.all_scales()}


def form(key: str, values: dict[str, Any] | None = None) -> ScoreForm:
    return ScoreForm(values, scale=SCALES[key], today=TODAY, born_on=date(1980, 1, 1))


@pytest.mark.parametrize("key", SCALES)
def test_no_field_is_called_by_its_key(key: str) -> None:
    sites = {item.site for item in SCALES[key].items if item.site}
    for field in form(key):
        assert "_" not in field.label
        assert not any(field.label.startswith(f"{site}:") for site in sites)


@pytest.mark.parametrize("key", SCALES)
@pytest.mark.parametrize("typed", ["", "x", "-2", "1000", "NaN", "1e9", "1,2,3"])
def test_wrong_input_is_refused_at_a_field(key: str, typed: str) -> None:
    asked = [f"item_{item.key}" for item in SCALES[key].items]
    values = {**dict.fromkeys(asked, typed), "rated_on": TODAY.isoformat()}
    filled = form(key, values)
    assert not filled.is_valid()
    assert set(filled.errors) & {*asked, "__all__"}


@pytest.mark.parametrize("day", ["2026-06-02", "1979-12-31", "31 June", ""])
def test_a_day_that_cannot_be_is_refused(day: str) -> None:
    filled = form("nrs-own", {"item_own": "3", "rated_on": day})
    assert "rated_on" in filled.errors


def test_a_range_stands_beside_a_number_and_words_beside_a_level() -> None:
    assert form("gbq").fields["item_a1"].help_text == "0 to 999 lesions"
    levels = dict(form("mmasi").fields["item_forehead_area"].choices)
    assert levels["2"] == "2: 10 to 29 %"
