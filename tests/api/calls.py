"""Calls as the official Python SDK makes them, and as somebody makes them who signs by hand and gets it wrong."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from alibabacloud_ocr_api20210707.client import Client
from alibabacloud_ocr_api20210707.models import RecognizeBirthCertificationRequest
from alibabacloud_tea_openapi.models import Config
from alibabacloud_tea_util.models import RuntimeOptions

from reviewapp.engines.acs3.signing import Credentials, authorization, canonical_query, signed_headers
from tests.api.running import Running

HTTP = httpx.Client(timeout=60, trust_env=False)
ACTION, VERSION = "RecognizeBirthCertification", "2021-07-07"


def sdk(server: Running, *, key_id: str = "", secret: str = "", token: str = "") -> Client:
    """Return the official client, pointed at our server by its endpoint alone."""
    return Client(
        Config(
            access_key_id=key_id or server.key_id,
            access_key_secret=secret or server.secret,
            security_token=token or None,
            type="sts" if token else "access_key",
            endpoint=server.host,
            protocol="http",
        )
    )


def request_of(*, url: str | None = None, body: bytes | None = None) -> RecognizeBirthCertificationRequest:
    """Return a request with the bytes themselves: the SDK reads a stream in pieces of 1 KB, 10 MB in a minute."""
    return RecognizeBirthCertificationRequest(url=url, body=body)


def by_sdk(
    client: Client, *, url: str | None = None, body: bytes | None = None, seconds: int | None = None
) -> dict[str, Any]:
    """Return the Data object that the SDK gets, waiting as long as it does by default. Raises what the SDK raises."""
    runtime = RuntimeOptions(read_timeout=seconds and seconds * 1000)
    response = client.recognize_birth_certification_with_options(request_of(url=url, body=body), runtime)
    data: dict[str, Any] = json.loads(response.body.data)
    return data


async def by_sdk_async(client: Client, *, url: str | None = None, body: bytes | None = None) -> dict[str, Any]:
    request = request_of(url=url, body=body)
    answer = await client.recognize_birth_certification_with_options_async(request, RuntimeOptions())
    data: dict[str, Any] = json.loads(answer.body.data)
    return data


@dataclass
class Answer:
    """An HTTP answer of the API."""

    status: int
    headers: httpx.Headers
    body: dict[str, Any]

    @property
    def code(self) -> str:
        return str(self.body.get("Code", ""))


def by_hand(
    server: Running,
    *,
    query: Mapping[str, str] | None = None,
    body: bytes | None = None,
    credentials: Credentials | None = None,
    at: datetime | None = None,
    nonce: str = "",
    changed: Mapping[str, str | None] | None = None,
    signed: Mapping[str, str | None] | None = None,
    method: str = "POST",
    path: str = "/",
    sent: Any = None,
) -> Answer:
    """Sign a call and send it.

    `signed` changes headers before signing and `changed` after it, None removes one; `sent` is another
    body than the signed one.
    """
    who = credentials or Credentials(server.key_id, server.secret)
    query = dict(query or {})
    asked = {"host": server.host, "action": ACTION, "version": VERSION}
    headers = signed_headers(who, **asked, query=query, body=body, at=at, nonce=nonce)
    if signed is not None:
        del headers["Authorization"]
        headers = _with(headers, signed)
        digest = hashlib.sha256(body or b"").hexdigest()
        headers["Authorization"] = authorization(who, "POST", query, headers, digest)
    url = f"http://{server.host}{path}" + (f"?{canonical_query(query)}" if query else "")
    content = body if sent is None else sent
    response = HTTP.request(method, url, content=content, headers=_with(headers, changed or {}))
    return Answer(response.status_code, response.headers, response.json())


def _with(headers: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in {**headers, **changes}.items() if value is not None}
