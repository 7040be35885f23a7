"""The clinic's name stands on the pages that a stranger can see."""

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from clinic.places.models import Clinic
from clinic.web import errors
from tests import factories
from tests.web.pages import Page, html, signed_in

pytestmark = pytest.mark.django_db
NAME = "Harbour Skin & Laser"


def places() -> dict[str, str]:
    return {
        "sign-in": reverse("account_login"),
        "nothing there": "/no/such/page/",
        "dead link": reverse("clinic:link", args=["x" * 43]),
    }


def name_on(client: Client, address: str) -> str:
    """The name in the title, which also stands in the page."""
    answer = client.get(address, follow=True)
    page = Page(html(answer))
    [title] = page.all("title")
    name = title.text.rpartition("· ")[2]
    assert name in [strong.text for strong in page.all("strong")]
    return name


@pytest.mark.parametrize("place", ["sign-in", "nothing there", "dead link"])
def test_a_stranger_reads_the_name_of_the_clinic(place: str) -> None:
    Clinic.objects.create(id=1, name=NAME)
    assert name_on(Client(), places()[place]) == NAME


@pytest.mark.parametrize("place", ["sign-in", "nothing there", "dead link"])
def test_before_the_clinic_has_a_name_it_is_the_products(place: str) -> None:
    assert name_on(Client(), places()[place]) == "Needlepoint"


def test_who_works_at_no_site_yet_reads_it_too() -> None:
    Clinic.objects.create(id=1, name=NAME)
    page = Page(html(signed_in(factories.make_owner()).get(reverse("clinic:me"))))
    assert page.all("title")[0].text.endswith(f"· {NAME}")


def test_being_sent_to_the_sign_in_asks_the_database_nothing(
    django_assert_num_queries: Any,
) -> None:
    with django_assert_num_queries(0):
        assert Client().get("/patients/").status_code == 302


def test_a_refusal_is_drawn_though_the_name_cannot_be_read() -> None:
    def away() -> str:
        raise OperationalError("server closed the connection")

    request = RequestFactory().get("/x/")
    request.clinic_name = SimpleLazyObject(away)  # type: ignore[attr-defined]
    answer = errors.not_found(request)
    assert answer.status_code == 404
    assert b"Needlepoint" in answer.content
