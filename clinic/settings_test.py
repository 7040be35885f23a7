"""Settings of the test suite: fast hashing, the owner's role, static files as found."""

import os

# Tests make and migrate their own database, which only the owner may.
os.environ["NEEDLEPOINT_DATABASE_ROLE"] = "owner"
if os.environ.get("DATABASE_URL"):
    os.environ.setdefault("NEEDLEPOINT_SECRET_KEY", "only-for-tests-" * 4)

from clinic.settings import *  # noqa: F403
from clinic.settings import DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
# A test database is thrown away: its commits need not wait for the disk.
DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"
# Its own tests switch it on; all others sign people in by force_login.
SECOND_FACTOR_ENFORCED = False
AUDIT_SEAL_EVERY_SECONDS = 0  # a thread would hold the test's database
