"""Secrets that must be had in clear again are kept sealed with a key that follows from SECRET_KEY."""

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes


def derive(purpose: str, *, secret_key: str | bytes = "") -> bytes:
    """Return 32 bytes that only holders of SECRET_KEY know, others for every purpose."""
    material = force_bytes(secret_key or settings.SECRET_KEY)
    return HKDF(SHA256(), length=32, salt=None, info=f"reviewapp {purpose}".encode()).derive(
        material
    )


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [
            Fernet(base64.urlsafe_b64encode(derive("secrets at rest", secret_key=key)))
            for key in keys
        ]
    )


def seal(text: str) -> str:
    """Return a text that only `unseal` can read."""
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Return the text that was sealed.

    Raises cryptography.fernet.InvalidToken when SECRET_KEY is another one.
    """
    return _box().decrypt(sealed.encode()).decode()
