"""Phone numbers: typed as people do, stored as E.164."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.places import regions
from patients.records import phones

TYPED = [
    ("07700 900142", "GB", "+447700900142"),
    ("+44 7700 900142", None, "+447700900142"),
    ("(020) 7946-0018", "GB", "+442079460018"),
    ("030 1234567", "DE", "+49301234567"),
    ("+1 212 555 0123", "GB", "+12125550123"),
]
NOT_NUMBERS = [
    ("07700 900142", None),
    ("12", "GB"),
    ("call her sister", "GB"),
    ("", "GB"),
    ("+44 7700 900142 900142 900142", None),
]


@pytest.mark.parametrize(("text", "region", "stored"), TYPED)
def test_a_number_is_stored_with_its_country(
    text: str, region: str | None, stored: str
) -> None:
    assert phones.normalised(text, region=region) == stored


@pytest.mark.parametrize(("text", "region"), NOT_NUMBERS)
def test_what_cannot_be_dialled_is_refused(text: str, region: str | None) -> None:
    with pytest.raises(phones.PhoneNumberError):
        phones.normalised(text, region=region)


def test_a_stored_number_is_shown_internationally() -> None:
    assert phones.shown("+447700900142") == "+44 7700 900142"
    assert phones.shown("as it came") == "as it came"


def test_only_plain_digits_are_searched() -> None:
    assert phones.digits("+44 7700 900142") == "447700900142"
    assert phones.digits("٣٤ x") == ""


@pytest.mark.parametrize(
    ("zone", "country"),
    [("Europe/London", "GB"), ("America/New_York", "US"), ("UTC", None)],
)
def test_a_time_zone_tells_the_country(zone: str, country: str | None) -> None:
    assert regions.region_of(time_zone=zone) == country


def by_the_library(text: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


REGIONS = ("GB", "DE", "FR", "IT", "NL", "CH", "AT", "AU", "IE", "SE", "US", "ZA")


@given(
    st.sampled_from(REGIONS),
    st.text(alphabet="0123456789 ()-./", min_size=2, max_size=16),
    st.sampled_from(["", "0", "00", "+"]),
)
def test_the_usual_way_is_read_as_the_library_does(
    region: str, rest: str, start: str
) -> None:
    try:
        ours = phones.normalised(start + rest, region=region)
    except phones.PhoneNumberError:
        ours = None
    assert ours == by_the_library(start + rest, region)


@pytest.mark.parametrize("region", REGIONS)
def test_the_libraries_own_examples_are_read_alike(region: str) -> None:
    for kind in (0, 1):  # fixed line, mobile
        number = phonenumbers.example_number_for_type(region, kind)
        style = phonenumbers.PhoneNumberFormat.NATIONAL
        text = phonenumbers.format_number(number, style)
        assert phones.normalised(text, region=region) == by_the_library(text, region)
