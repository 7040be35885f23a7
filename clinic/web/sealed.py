"""Small secrets at rest: encrypted with a key made from the server's secret."""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def box(*purpose: str | int) -> MultiFernet:
    """A lock of its own for each purpose; older server secrets still open it."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(secret, *purpose)) for secret in secrets])


def _key(secret: str, *purpose: str | int) -> bytes:
    text = "|".join([*map(str, purpose), secret])
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
