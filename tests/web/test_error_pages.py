"""Error pages: plain words, no database, nothing about who or what."""

import logging
from typing import Any

import pytest
from allauth.core.ratelimit import respond_429
from django.db import IntegrityError, OperationalError, transaction
from django.test import RequestFactory

from clinic.web import errors
from tests import factories
from tests.web.pages import Page

VIEWS = {
    400: errors.bad_request,
    403: errors.forbidden,
    404: errors.not_found,
}


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_an_error_page_needs_no_database_and_has_no_fault(status: int) -> None:
    response = errors.page(status)
    page = Page(response.content.decode())
    assert response.status_code == status
    assert page.faults() == []
    assert "Needlepoint" in page.all("title")[0].text


@pytest.mark.parametrize(
    "template",
    ["400", "403", "403_csrf", "404", "409", "409_faster", "429", "500", "503"],
)
def test_an_error_page_of_the_demo_says_that_it_is_simulated(
    template: str, settings: Any
) -> None:
    for is_demo in (True, False):
        settings.DEMO = is_demo
        html = errors.page(400, template=f"{template}.html").content.decode()
        assert ("all people and figures are invented" in html) is is_demo


def test_the_page_of_too_many_tries_says_it_as_well(settings: Any) -> None:
    settings.DEMO = True
    response = respond_429(RequestFactory().post("/sign-in/"))
    assert response.status_code == 429
    assert b"all people and figures are invented" in response.content


@pytest.mark.parametrize("status", VIEWS)
def test_each_refusal_answers_with_its_status(status: int) -> None:
    response = VIEWS[status](RequestFactory().get("/x/"))
    assert response.status_code == status


def test_a_form_that_is_too_old_says_what_to_do() -> None:
    response = errors.csrf_failure(RequestFactory().post("/x/"), reason="secret reason")
    assert response.status_code == 403
    assert b"too old" in response.content
    assert b"secret reason" not in response.content


def test_the_code_of_an_error_page_stands_in_the_log(caplog: Any) -> None:
    with caplog.at_level(logging.ERROR):
        response = errors.server_error(RequestFactory().get("/patients/P00412/"))
    (code,) = [
        e.text
        for e in Page(response.content.decode()).all("strong", **{"class": "mono"})
    ]
    assert response.status_code == 500
    assert code in caplog.text


def test_a_database_that_is_away_answers_503_and_when_to_try_again() -> None:
    def ask_the_database() -> None:
        raise OperationalError("server closed the connection")

    try:
        ask_the_database()
    except OperationalError:
        response = errors.server_error(RequestFactory().get("/x/"))
    assert response.status_code == 503
    assert response.headers["Retry-After"] == str(errors.RETRY_AFTER_SECONDS)


@pytest.mark.parametrize(
    ("method", "constraint", "status"),
    [("post", "room", 409), ("get", "room", 500), ("post", "check", 500)],
)
@pytest.mark.django_db
@pytest.mark.regression
def test_who_loses_a_race_that_only_the_database_saw_reads_a_sentence(
    method: str, constraint: str, status: int
) -> None:
    site = factories.make_site()
    room = factories.make_room(site=site)
    request = getattr(RequestFactory(), method)("/settings/")
    try:
        with transaction.atomic():
            if constraint == "room":
                factories.make_room(site=site, name=room.name)
            else:
                factories.make_patient(sex="x")
    except IntegrityError:
        response = errors.server_error(request)
    assert response.status_code == status
    page = Page(response.content.decode())
    assert page.faults() == []
    assert ("Somebody was faster" in page.text) is (status == 409)
