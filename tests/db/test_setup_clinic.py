"""An empty database becomes a clinic once, with an owner who can sign in."""

import getpass
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from clinic.models import Clinic, User
from patients.models import ConsentText
from sessions.models import Protocol

pytestmark = pytest.mark.django_db

GOOD = "long needles in a haystack"
ARGUMENTS: dict[str, Any] = {
    "name": "Skin by the sea",
    "site": "Pier",
    "time_zone": "Europe/London",
    "owner_name": "Ada Sample",
    "owner_email": "ada@clinic.test",
}


def _set_up(monkeypatch: pytest.MonkeyPatch, *typed: str, **changes: str) -> None:
    answers = iter(typed or (GOOD, GOOD))
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(answers))
    call_command("setup_clinic", **{**ARGUMENTS, **changes})


def test_a_clinic_is_made_with_its_owner_protocols_and_texts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _set_up(monkeypatch)
    owner = User.objects.get()
    assert owner.is_owner
    assert owner.check_password(GOOD)
    assert owner.sites.get().name == "Pier"
    assert Clinic.objects.get().name == "Skin by the sea"
    assert Protocol.objects.exists()
    assert ConsentText.objects.filter(kind="treatment").exists()


def test_a_second_time_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _set_up(monkeypatch)
    with pytest.raises(CommandError, match="already holds a clinic"):
        _set_up(monkeypatch)


@pytest.mark.parametrize(
    ("typed", "changes"),
    [
        pytest.param((GOOD, "another"), {}, id="typed differently"),
        pytest.param(("short", "short"), {}, id="too short"),
        pytest.param((), {"owner_email": "ada"}, id="no e-mail"),
        pytest.param((), {"time_zone": "Moon/Sea"}, id="no time zone"),
    ],
)
def test_what_cannot_be_right_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, typed: tuple[str, ...], changes: dict[str, str]
) -> None:
    with pytest.raises(CommandError):
        _set_up(monkeypatch, *typed, **changes)
    assert not Clinic.objects.exists()
    assert not User.objects.exists()
