"""A clinic's settings satisfy Django's own check, and say what SECURITY asks."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CLINIC = {
    "NEEDLEPOINT_HOSTS": "clinic.example",
    "NEEDLEPOINT_SECRET_KEY": "0123456789-abcdefghij-0123456789-abcdefghij-012345",
    "NEEDLEPOINT_TRUSTED_PROXIES": "1",
    "DATABASE_URL": "postgresql://web@db.example/clinic",
    "DATABASE_OWNER_URL": "postgresql://owner@db.example/clinic",
}
DEMO = {"NEEDLEPOINT_DEMO": "1"}
NAMES = [
    "ALLOWED_HOSTS",
    "CSRF_COOKIE_HTTPONLY",
    "CSRF_COOKIE_NAME",
    "CSRF_COOKIE_SECURE",
    "DATABASES",
    "DEBUG",
    "SECURE_HSTS_SECONDS",
    "SECURE_PROXY_SSL_HEADER",
    "SECURE_SSL_REDIRECT",
    "SESSION_COOKIE_HTTPONLY",
    "SESSION_COOKIE_NAME",
    "SESSION_COOKIE_SAMESITE",
    "SESSION_COOKIE_SECURE",
]
SHOW = (
    "import json, clinic.settings as s; "
    f"print(json.dumps({{n: getattr(s, n) for n in {NAMES!r}}}, default=str))"
)


def run(*command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    variables = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("NEEDLEPOINT_", "DATABASE_", "DJANGO_"))
    }
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=variables | settings,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def clinic() -> dict[str, object]:
    return json.loads(run("-c", SHOW, **CLINIC).stdout)


@pytest.fixture(scope="module")
def demo() -> dict[str, object]:
    return json.loads(run("-c", SHOW, **DEMO).stdout)


def test_djangos_deployment_check_has_nothing_to_say():
    result = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **CLINIC)
    assert result.returncode == 0, result.stderr


def test_a_clinics_cookies_are_bound_to_its_host(clinic):
    assert clinic["SESSION_COOKIE_NAME"] == "__Host-sessionid"
    assert clinic["CSRF_COOKIE_NAME"] == "__Host-csrftoken"
    assert clinic["SESSION_COOKIE_SECURE"] is clinic["CSRF_COOKIE_SECURE"] is True
    assert clinic["SESSION_COOKIE_HTTPONLY"] is clinic["CSRF_COOKIE_HTTPONLY"] is True
    assert clinic["SESSION_COOKIE_SAMESITE"] == "Lax"


def test_a_clinic_is_reached_by_https_only(clinic):
    assert clinic["SECURE_SSL_REDIRECT"] is True
    assert clinic["SECURE_HSTS_SECONDS"] == 31_536_000
    assert clinic["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert clinic["DEBUG"] is False


def test_a_clinic_serves_as_the_web_role_with_limits(clinic):
    database = clinic["DATABASES"]["default"]
    assert database["USER"] == "web"
    assert database["OPTIONS"]["sslmode"] == "require"
    assert database["OPTIONS"]["connect_timeout"] == 3
    assert "statement_timeout=15000" in database["OPTIONS"]["options"]
    assert "lock_timeout=3000" in database["OPTIONS"]["options"]
    assert database["CONN_HEALTH_CHECKS"] is True


def test_a_clinic_migrates_as_the_owner():
    shown = run("-c", SHOW, **CLINIC, NEEDLEPOINT_DATABASE_ROLE="owner").stdout
    assert json.loads(shown)["DATABASES"]["default"]["USER"] == "owner"


def test_only_the_demo_has_cookies_over_http(demo):
    assert demo["SESSION_COOKIE_SECURE"] is demo["CSRF_COOKIE_SECURE"] is False
    assert demo["SESSION_COOKIE_NAME"] == "sessionid"
    assert demo["DATABASES"]["default"]["NAME"] == "needlepoint_demo"
    assert demo["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]"]
