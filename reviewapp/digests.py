"""Digests over content in one canonical form, so that anybody can compute them again.

The form is JSON in UTF-8 with sorted keys, no spaces between its parts and no escapes where none
are needed. A digest is written with its algorithm: `sha256:…` or `sm3:…`.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from json.encoder import encode_basestring

from cryptography.hazmat.primitives.hashes import SM3, Hash


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _sm3(content: bytes) -> str:
    """GB/T 32905. OpenSSL may be built without it, so it does not come from hashlib."""
    digest = Hash(SM3())
    digest.update(content)
    return digest.finalize().hex()


ALGORITHMS: Mapping[str, Callable[[bytes], str]] = {"sha256": _sha256, "sm3": _sm3}
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical_string(text: str) -> str:
    """Return a text in the form that it has within content."""
    return encode_basestring(text)


def canonical(content: object) -> bytes:
    """Return content in its one form. Raises TypeError for what JSON does not know."""
    return canonical_text(content).encode()


def canonical_text(content: object) -> str:
    """Return content in its one form, not yet as bytes."""
    return _encode(content)


def canonical_of(parts: Mapping[str, str]) -> bytes:
    """Return an object in its one form, of parts that are in it already."""
    members = [f'"{key}":{parts[key]}' for key in sorted(parts)]
    return f"{{{','.join(members)}}}".encode()


def digest(content: bytes, *, algorithm: str) -> str:
    """Return the digest with its algorithm before it. Raises KeyError for an unknown one."""
    return f"{algorithm}:{ALGORITHMS[algorithm](content)}"


def algorithm_of(written: str) -> str:
    """Return the algorithm of a written digest; empty where it names none that is known."""
    algorithm = written.partition(":")[0]
    return algorithm if algorithm in ALGORITHMS else ""
