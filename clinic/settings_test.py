"""Settings of the test suite: fast hashing, nothing else differs."""

from clinic.settings import *  # noqa: F403
from clinic.settings import DATABASES

# Tests make and migrate their own database, which only the owner may.
DATABASES["default"]["USER"] = "needlepoint_owner"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
