"""Our signer against the official Python SDK's own, for values that nobody would type."""

import hashlib
from datetime import UTC, datetime

from alibabacloud_tea_openapi.utils import Utils
from darabonba.request import DaraRequest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewapp.engines.acs3.signing import (
    ALGORITHM,
    Credentials,
    authorization,
    canonical_query,
    signed_headers,
)

text = st.text(st.characters(exclude_categories=("Cs",)), max_size=80)
names = st.from_regex(r"[A-Za-z][A-Za-z0-9._~-]{0,20}", fullmatch=True)
header_names = st.from_regex(r"x-acs-[a-z0-9-]{1,20}", fullmatch=True)
# The SDK does not escape names; the contract does. All names in use are plain.
queries = st.dictionaries(names, text, max_size=5)
headers = st.dictionaries(header_names | st.just("host") | st.just("content-type"), text, min_size=1, max_size=8)
secrets = st.text(min_size=1, max_size=60).filter(lambda value: value.isprintable())


@settings(max_examples=300, deadline=None)
@given(queries, headers, st.binary(max_size=200), secrets)
def test_signs_as_the_official_sdk_does(query: dict[str, str], head: dict[str, str], body: bytes, secret: str) -> None:
    digest = hashlib.sha256(body).hexdigest()
    request = DaraRequest()
    request.method, request.pathname, request.query, request.headers = "POST", "/", dict(query), dict(head)

    theirs = Utils.get_authorization(request, ALGORITHM, digest, "an-id", secret)
    ours = authorization(Credentials("an-id", secret), "POST", query, head, digest)

    assert ours == theirs


@settings(max_examples=200, deadline=None)
@given(text)
def test_a_query_survives_its_canonical_form(value: str) -> None:
    assert canonical_query({"Url": value}).isascii()
    assert canonical_query({"b": value, "a": ""}).startswith("a=&b=")


def test_the_documented_example_of_a_canonical_query() -> None:
    url = "http://example.com/a b/出生.jpg?x=1&y=*(~)!'"
    assert canonical_query({"Url": url}) == (
        "Url=http%3A%2F%2Fexample.com%2Fa%20b%2F%E5%87%BA%E7%94%9F.jpg%3Fx%3D1%26y%3D%2A%28~%29%21%27"
    )


def test_every_call_has_its_own_nonce_and_its_date() -> None:
    who = Credentials("id", "secret", "token")
    at = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    first, second = (
        signed_headers(who, host="h", action="A", version="V", query={}, body=b"x", at=at) for _ in range(2)
    )
    assert first["x-acs-signature-nonce"] != second["x-acs-signature-nonce"]
    assert first["x-acs-date"] == "2026-02-03T04:05:06Z"
    assert "x-acs-security-token" in first["Authorization"]


def test_a_key_does_not_show_its_secrets() -> None:
    shown = repr(Credentials("the-id", "the-secret", "the-token"))
    assert "the-id" in shown
    assert "the-secret" not in shown
    assert "the-token" not in shown
