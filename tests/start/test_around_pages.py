"""What stands around every page: headers, no-store, health, 503, a log that is mute."""

import json
import logging

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.test import Client

from clinic.logs import JsonFormatter
from clinic.web import security
from clinic.web.errors import is_database_away

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.start.pages"),
]


@pytest.fixture
def browser() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("path", ["/hello/", "/nowhere/", "/broken/", "/livez"])
def test_every_answer_carries_the_policy(browser, path):
    headers = browser.get(path).headers
    if path == "/livez":  # answered outside of everything
        assert headers["Cache-Control"] == "no-store"
        return
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    for refused in ("frame-ancestors", "base-uri", "object-src"):
        assert f"{refused} 'none'" in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "microphone=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("path", ["/hello/", "/cached/", "/nowhere/", "/broken/"])
def test_no_page_is_kept(browser, path):
    assert browser.get(path).headers["Cache-Control"] == "no-store"


def test_the_server_says_neither_its_name_nor_its_version(browser):
    assert "Server" not in browser.get("/hello/").headers


def test_it_lives_without_a_database(browser, monkeypatch):
    monkeypatch.setattr(connection, "ensure_connection", fail)
    assert browser.get("/livez").status_code == 200


def test_it_is_ready_when_the_tables_are(browser):
    answer = browser.get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"ready\n")


def test_it_is_not_ready_without_a_database(browser, monkeypatch):
    monkeypatch.setattr(connection, "ensure_connection", fail)
    assert browser.get("/readyz").status_code == 503


def test_it_is_not_ready_while_migrations_wait(browser):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'treatments'")
    answer = browser.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"migrate has to run first\n")


def fail() -> None:
    raise DatabaseError("gone")


def test_health_is_answered_to_any_host_name(browser):
    assert browser.get("/livez", headers={"host": "10.2.3.4"}).status_code == 200


def test_a_stranger_host_name_is_refused(browser):
    assert browser.get("/hello/", headers={"host": "evil.example"}).status_code == 400


def test_the_database_being_away_is_503_and_try_again(browser):
    answer = browser.get("/away/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert b"Anna" not in answer.content


@pytest.mark.parametrize("path", ["/broken/", "/clash/"])
def test_a_fault_of_ours_is_500_and_tells_nothing(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 500
    for secret in (b"Anna", b"Traceback", b"Error", b"tests/start"):
        assert secret not in answer.content


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_is_not_the_database_being_away(browser):
    assert browser.get("/deadlock/").status_code == 500


def test_only_a_lost_connection_is_away():
    assert not is_database_away(ValueError())
    assert not is_database_away(None)


@pytest.mark.parametrize("path", ["/broken/", "/clash/", "/away/"])
def test_the_log_has_places_but_nobodys_data(browser, path, caplog):
    with caplog.at_level(logging.ERROR, logger="django.request"):
        browser.get(path)
    lines = [JsonFormatter().format(record) for record in caplog.records]
    for line in lines:
        assert "Anna" not in line
        assert "anna@" not in line
        assert "\n" not in line
    (fault,) = [entry for entry in map(json.loads, lines) if "errors" in entry]
    assert any("pages.py" in place for place in fault["errors"][0]["places"])


def test_a_forged_line_break_stays_inside_its_line():
    record = logging.LogRecord(
        "x", logging.ERROR, "", 0, "asked for %s", ("/a\n{}",), None
    )
    assert JsonFormatter().format(record).count("\n") == 0


@pytest.mark.parametrize(
    ("header", "proxies", "address"),
    [
        ("203.0.113.9", 0, None),
        ("", 1, None),
        ("203.0.113.9", 1, "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9", 1, "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9, 10.0.0.2", 2, "203.0.113.9"),
        ("203.0.113.9", 2, None),
        ("2001:db8::1", 1, "2001:db8::1"),
        ("not an address", 1, None),
    ],
)
def test_only_our_own_proxies_are_believed(header, proxies, address):
    assert security.forwarded_address(header, proxies=proxies) == address


def test_a_forged_address_changes_nothing_without_a_proxy(browser):
    answer = browser.get("/hello/", headers={"x-forwarded-for": "6.6.6.6"})
    assert answer.content == b"127.0.0.1"


def test_the_proxys_address_gives_way_to_the_visitors(browser, settings):
    settings.TRUSTED_PROXIES = 1
    answer = browser.get("/hello/", headers={"x-forwarded-for": "1.1.1.1, 203.0.113.9"})
    assert answer.content == b"203.0.113.9"


@pytest.mark.parametrize("path", ["/hello/%00/", "/nowhere/%00/", "/hello/?d=%00"])
def test_a_letter_the_database_has_not_is_refused(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 400
    assert answer.headers["Cache-Control"] == "no-store"
    assert browser.get("/hello/?d=%2500").status_code == 200


def test_the_policy_is_named_as_django_6_names_it():
    assert set(settings.SECURE_CSP) >= {"default-src", "script-src", "frame-ancestors"}
