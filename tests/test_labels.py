"""The folder is sessions, the label is treatments (STYLE 2.1)."""

from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db.backends.postgresql.psycopg_any import is_psycopg3

ROOT = Path(__file__).resolve().parent.parent


def test_treatments_is_ours_and_sessions_is_djangos():
    assert apps.get_app_config("treatments").name == "sessions"
    assert apps.get_app_config("sessions").name == "django.contrib.sessions"


def test_our_tables_carry_our_labels():
    strangers = [
        model._meta.db_table
        for config in apps.get_app_configs()
        if config.name in {"clinic", "patients", "sessions"}
        for model in config.get_models()
        if not model._meta.db_table.startswith(("clinic_", "patients_", "treatments_"))
    ]
    assert strangers == []


def test_no_model_is_called_session():
    assert "session" not in apps.get_app_config("treatments").models


def test_nothing_was_written_into_djangos_own_sessions():
    theirs = Path(apps.get_app_config("sessions").path) / "migrations"
    assert sorted(file.name for file in theirs.glob("*.py")) == [
        "0001_initial.py",
        "__init__.py",
    ]


def test_no_test_folder_bears_the_name_of_an_app():
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()}
    assert not folders & {"clinic", "patients", "sessions", "treatments"}


def test_the_driver_is_psycopg2():
    assert not is_psycopg3


@pytest.mark.django_db
def test_every_model_has_its_migration():
    call_command("makemigrations", check=True, dry_run=True)  # leaves when one lacks


def test_passwords_are_hashed_with_argon2():
    from clinic import settings as real

    assert real.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
    assert settings.AUTH_USER_MODEL == "clinic.User"
