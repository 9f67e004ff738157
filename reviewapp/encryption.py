"""Secrets that must be had in clear again are sealed with a key that follows from SECRET_KEY."""

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes


def derive(purpose: str, *, secret_key: str | bytes = "") -> bytes:
    """Return 32 bytes that only holders of SECRET_KEY know, others for every purpose."""
    info = f"reviewapp {purpose}".encode()
    derivation = HKDF(SHA256(), length=32, salt=None, info=info)
    return derivation.derive(force_bytes(secret_key or settings.SECRET_KEY))


def _box() -> MultiFernet:
    """Return what seals with the present key, and opens with that and earlier ones."""
    boxes = []
    for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        derived = derive("secrets at rest", secret_key=key)
        boxes.append(Fernet(base64.urlsafe_b64encode(derived)))
    return MultiFernet(boxes)


def seal(text: str) -> str:
    """Return a text that only `unseal` can read."""
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Return the text that was sealed.

    Raises cryptography.fernet.InvalidToken when SECRET_KEY is another one.
    """
    return _box().decrypt(sealed.encode()).decode()
