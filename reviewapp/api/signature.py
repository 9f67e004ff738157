"""Whether a request was signed by the key that it names. Pure."""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from reviewapp.api.errors import ApiError
from reviewapp.engines.acs3.signing import (
    ALGORITHM,
    DATE_FORMAT,
    canonical_request,
    signature,
    string_to_sign,
)

CLOCK_SLACK = timedelta(minutes=15)
MUST_SIGN = (
    "host",
    "x-acs-action",
    "x-acs-version",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-content-sha256",
)
MISSING = {
    "x-acs-action": "MissingAction",
    "x-acs-version": "MissingVersion",
    "x-acs-date": "MissingTimestamp",
    "x-acs-signature-nonce": "MissingSignatureNonce",
    "x-acs-content-sha256": "MissingContentSha256",
}
PART = re.compile(r"\s*(Credential|SignedHeaders|Signature)\s*=\s*([^,]*?)\s*(?:,|$)")
HEX_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Authorization:
    """The parts of an Authorization header; `signed` are names of headers in lower case."""

    key_id: str
    signed: tuple[str, ...]
    signature: str


def read_authorization(text: str) -> Authorization:
    """Take an Authorization header apart.

    1. The algorithm. 2. The parts, and what they must have. Raises ApiError: MissingAccessKeyId,
    InvalidSignatureVerssion (the vendor's spelling), MissingSignature.
    """
    algorithm, _, rest = text.strip().partition(" ")
    if not text.strip():
        raise ApiError("MissingAccessKeyId")
    if algorithm != ALGORITHM:
        raise ApiError("InvalidSignatureVerssion")

    parts = dict(PART.findall(rest))
    if not parts.get("Credential"):
        raise ApiError("MissingAccessKeyId")
    if not parts.get("Signature") or not parts.get("SignedHeaders"):
        raise ApiError("MissingSignature")
    names = [name.strip().lower() for name in parts["SignedHeaders"].split(";")]
    return Authorization(
        key_id=parts["Credential"],
        signed=tuple(name for name in names if name),
        signature=parts["Signature"].lower(),
    )


def check_complete(headers: Mapping[str, str]) -> None:
    """Raise ApiError `Missing…` for the first header that every request must have and this has not.

    The names of `headers` are in lower case.
    """
    for name, code in MISSING.items():
        if not headers.get(name, "").strip():
            raise ApiError(code)
    if not HEX_DIGEST.fullmatch(headers["x-acs-content-sha256"].strip().lower()):
        raise ApiError("SignatureDoesNotMatch")


def check_date(text: str, *, now: datetime) -> None:
    """Raise ApiError unless a request's date is well formed and at most 15 minutes from now."""
    try:
        at = datetime.strptime(text.strip(), DATE_FORMAT).replace(tzinfo=UTC)
    except ValueError as error:
        raise ApiError("InvalidTimeStamp.Format") from error
    if abs(now - at) > CLOCK_SLACK:
        raise ApiError("InvalidTimeStamp.Expired")


def check_signature(
    authorization: Authorization,
    *,
    secret: str,
    method: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
) -> None:
    """Raise ApiError("SignatureDoesNotMatch") unless the key's secret signed just this request.

    1. All that decides what happens must be signed: host, the contract's headers, any other
    x-acs-*. 2. The signature is computed over the decoded query, since one value travels in several
    spellings.

    The body counts by the hash that the headers claim; the body itself is compared when it is read.
    """
    signed = set(authorization.signed)
    contract_headers = [name for name in headers if name.startswith("x-acs-")]
    unsigned = {*MUST_SIGN, *contract_headers} - signed
    if unsigned:
        names = ", ".join(sorted(unsigned))
        raise ApiError("SignatureDoesNotMatch", detail=f"not signed: {names}")

    body_sha256 = headers["x-acs-content-sha256"].strip()
    text = string_to_sign(canonical_request(method, query, headers, signed, body_sha256))
    expected = signature(secret, text)
    if not hmac.compare_digest(expected.encode(), authorization.signature.encode()):
        shown = text.replace("\n", "\\n")
        raise ApiError("SignatureDoesNotMatch", detail=f"server StringToSign is [{shown}]")
