"""The settings of the misbehaving pages, served by the real server."""

from clinic.settings_test import *  # noqa: F403

ROOT_URLCONF = "tests.start.pages"
TRUSTED_PROXIES = 1
