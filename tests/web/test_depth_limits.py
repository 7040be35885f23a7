"""Settings: the depth limits by law of the clinic's place, switched on by an owner."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.models import AuditEvent, DepthScope
from tests import factories
from tests.web.pages import Page, html, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.regression]
URL = reverse("clinic:depth-limits")
CHECKED = date(2026, 3, 1)


def save(**typed: Any) -> Any:
    return signed_in(factories.make_owner()).post(URL, typed)


def kept() -> DepthScope | None:
    return DepthScope.objects.first()


def test_nothing_is_switched_on_until_an_owner_says_so() -> None:
    page = Page(html(signed_in(factories.make_owner()).get(URL)))
    assert not page.faults()
    assert "Utah" in page.text
    assert "Switched on" not in page.text
    assert kept() is None


def test_an_owner_switches_a_place_on_and_it_is_in_the_log() -> None:
    assert save(jurisdiction="Utah", checked_on="2026-03-01").status_code == 302
    found = kept()
    assert found is not None
    assert (found.jurisdiction, found.checked_on) == ("Utah", CHECKED)
    event = AuditEvent.objects.get(action="depth_scope.set")
    assert (event.details["before"], event.details["after"]) == ("", "Utah")
    page = Page(html(signed_in(factories.make_owner()).get(URL)))
    assert "Switched on" in page.text
    save(jurisdiction="Utah", checked_on="2026-03-01")
    assert AuditEvent.objects.filter(action="depth_scope.set").count() == 1
    assert save(jurisdiction="").status_code == 302
    found = kept()
    assert found is not None
    assert found.jurisdiction == ""
    assert AuditEvent.objects.filter(action="depth_scope.set").count() == 2


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"jurisdiction": "Utah"}, "Enter the day on which it was checked."),
        ({"jurisdiction": "Atlantis", "checked_on": "2026-03-01"}, "valid choice"),
        ({"jurisdiction": "Home use", "checked_on": "2026-03-01"}, "valid choice"),
    ],
)
def test_what_cannot_be_is_refused(typed: dict[str, str], words: str) -> None:
    answer = save(**typed)
    assert answer.status_code == 422
    assert words in html(answer)
    assert kept() is None


def test_it_was_checked_today_at_the_latest() -> None:
    today = timezone.localdate()
    tomorrow = (today + timedelta(days=1)).isoformat()
    answer = save(jurisdiction="Utah", checked_on=tomorrow)
    assert answer.status_code == 422
    assert "That day is in the future." in html(answer)
    assert save(jurisdiction="Utah", checked_on=today.isoformat()).status_code == 302
