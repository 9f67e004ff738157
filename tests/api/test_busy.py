"""What needs no engine is answered by its own code while every place for readings is taken and a body drips in."""

import io
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_ocr_api20210707.client import Client
from alibabacloud_tea_openapi.models import Config
from darabonba.exceptions import DaraException
from darabonba.policy.retry import RetryOptions

from reviewapp.api.errors import ENGINE_CODES, RECOMMENDATIONS
from reviewapp.api.signature import MISSING
from reviewapp.engines.acs3.signing import Credentials
from tests.api.calls import Answer, by_hand, by_sdk, request_of, sdk
from tests.api.conftest import PictureServer
from tests.api.raw import Raw, hanging
from tests.api.running import Running, running
from tests.api.test_abandoned import GOOD, keep_answers
from tests.api.test_node_suite import by_node
from tests.api.test_slots import PATIENT, SLOTS, take_all
from tests.factories import picture
from tests.hostile import pages
from tests.syntax import ROOT

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]

NODE_SECONDS = 6
DRIP_SECONDS = 0.5
LARGE = bytes(10 * 1024**2 + 1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, pictures: PictureServer) -> Iterator[Running]:
    directory = tmp_path_factory.mktemp("busy")
    keep_answers(directory / "replay")
    limits = {"API_SLOTS": str(SLOTS), "RECOGNISER_WAITING": str(SLOTS - 1)}
    times = {"API_SECONDS": str(PATIENT), "API_SECONDS_NODE": str(NODE_SECONDS)}
    hosts = {"FETCH_ALLOWED_HOSTS": pictures.allowed}
    with running(directory, workers=1, ENGINE="replay", **limits, **times, **hosts) as started:
        yield started


@pytest.fixture(scope="module")
def busy(server: Running) -> Iterator[Running]:
    """The server with all places taken and one slow sender."""
    is_over = threading.Event()
    dripping = threading.Thread(target=drip, args=(server, is_over))
    with hanging(take_all(server)) as held:
        dripping.start()
        yield server
        is_over.set()
        dripping.join()
        held[0].socket.setblocking(False)
        with pytest.raises(BlockingIOError):  # the places were taken to the end
            held[0].socket.recv(1)


def drip(server: Running, is_over: threading.Event) -> None:
    """Send a body so slowly that it never ends; begin anew when the server has enough of it."""
    while not is_over.is_set():
        call = Raw(server)
        call.send_head(GOOD, {"Content-Length": str(len(GOOD))})
        try:
            while not is_over.wait(DRIP_SECONDS):
                call.socket.sendall(b"x")
        except OSError:
            pass
        finally:
            call.hang_up()


def header(name: str, value: str | None, *, is_signed: bool = False) -> Callable[[Running], Answer]:
    changes: dict[str, Any] = {"signed" if is_signed else "changed": {name: value}}
    return lambda server: by_hand(server, body=GOOD, **changes)


def by_url(url: str, **options: Any) -> Callable[[Running], Answer]:
    return lambda server: by_hand(server, query={"Url": url}, **options)


def with_key(server: Running, change: str) -> Answer:
    """Call with a key of its own, after a change by lines of Python that know it as `key`."""
    made = server.make_key()
    server.python(f"key = AccessKey.objects.get(key_id={made['access_key_id']!r})\n{change}")
    try:
        return by_hand(server, credentials=Credentials(made["access_key_id"], made["access_key_secret"]))
    finally:
        server.python("User.objects.filter(username='caller').update(can_recognise=True)")


def twice(server: Running) -> Answer:
    by_hand(server, nonce="again")
    return by_hand(server, nonce="again")


REVOKED = "from reviewapp.administration.access_keys import revoke_key\nrevoke_key(key, by=key.user)"
FORBIDDEN = "User.objects.filter(pk=key.user_id).update(can_recognise=False)"
OTHER_KEY = {"x-acs-accesskey-id": "another", "x-acs-security-token": "token"}
LATE = timedelta(minutes=16)

WRONG: list[tuple[str, Callable[[Running], Answer]]] = [
    ("UnsupportedHTTPMethod", lambda server: by_hand(server, method="PUT", body=GOOD)),
    ("InvalidApi.NotFound", lambda server: by_hand(server, path="/other", body=GOOD)),
    ("InvalidAction.NotFound", header("x-acs-action", "RecognizeBusinessCard")),
    ("InvalidVersion", header("x-acs-version", "2019-12-30")),
    ("MissingAccessKeyId", header("Authorization", None)),
    ("InvalidSignatureVerssion", header("Authorization", "Basic eDp5")),
    ("MissingSignature", header("Authorization", "ACS3-HMAC-SHA256 Credential=x")),
    *[(code, header(name, None)) for name, code in MISSING.items()],
    ("InvalidTimeStamp.Format", header("x-acs-date", "yesterday")),
    ("InvalidTimeStamp.Expired", lambda server: by_hand(server, body=GOOD, at=datetime.now(UTC) - LATE)),
    (
        "InvalidAccessKeyId.NotFound",
        lambda server: by_hand(server, body=GOOD, credentials=Credentials("LTAI0000000000000000", "x")),
    ),
    ("InvalidAccessKeyId.Inactive", lambda server: with_key(server, REVOKED)),
    ("noPermission", lambda server: with_key(server, FORBIDDEN)),
    ("invalidStsToken", lambda server: by_hand(server, body=GOOD, signed=OTHER_KEY)),
    ("SignatureDoesNotMatch", header("x-acs-content-sha256", "abc")),
    ("SignatureDoesNotMatch", header("x-acs-unsigned", "something")),
    ("SignatureDoesNotMatch", lambda server: by_hand(server, body=GOOD, sent=GOOD[:-1] + b"\0")),
    ("SignatureNonceUsed", twice),
    ("imageUrlOrBodyEmpty", by_hand),
    ("imageUrlOrBodyEmpty", lambda server: by_hand(server, body=b"")),
    ("imageUrlOrBodyEmpty", lambda server: by_hand(server, body=GOOD, query={"Url": "http://example.com/a.png"})),
    ("exceededImageContent", lambda server: by_hand(server, body=LARGE)),
    ("exceededImageContent", lambda server: by_hand(server, body=LARGE, sent=iter([LARGE]))),
    ("unsupportedImageFormat", lambda server: by_hand(server, body=b'{"image": "base64')),
    ("unsupportedImageFormat", lambda server: by_hand(server, body=GOOD[:-40])),
    ("unsupportedImageFormat", lambda server: by_hand(server, body=pages("TIFF", 2))),
    ("illegalImageSize", lambda server: by_hand(server, body=picture(size=(10, 10)))),
    ("illegalImageSize", lambda server: by_hand(server, body=picture(size=(900, 16)))),
    ("exceededImageUrlLength", by_url("http://example.com/" + "a" * 2048)),
    ("notSafeImageUrl", by_url("http://169.254.169.254/latest/meta-data/")),
    ("IllegalImageUrl", by_url("no address at all")),
]  # fmt: skip
AT_AN_ADDRESS = {
    "/missing.png": "IllegalImageUrl",
    "/text.png": "unsupportedImageFormat",
    "/large.png": "exceededImageContent",
    "/silent.png": "imageTimeOut",
    "/certificate.png": "Throttling.User",
}


@pytest.mark.parametrize(("code", "call"), WRONG, ids=[f"{n}-{code}" for n, (code, _) in enumerate(WRONG)])
def test_a_wrong_call_is_told_what_is_wrong(busy: Running, code: str, call: Callable[[Running], Answer]) -> None:
    response = call(busy)
    assert response.code == code
    assert response.status >= 400
    assert response.body["Message"]


@pytest.mark.parametrize("path", AT_AN_ADDRESS)
def test_what_lies_at_an_address_is_told(busy: Running, pictures: PictureServer, path: str) -> None:
    response = by_hand(busy, query={"Url": pictures.url + path}, changed={"user-agent": "Node.js"})
    assert response.code == AT_AN_ADDRESS[path]


def test_every_code_that_needs_no_engine_is_tried_here() -> None:
    source = "".join(path.read_text() for path in (ROOT / "reviewapp" / "api").glob("*.py"))
    raised = set(re.findall(r'ApiError\(\s*"([\w.]+)"', source)) | set(MISSING.values()) | set(RECOMMENDATIONS)
    # Of these the server's own faults say something: a bug, no recogniser, a sender who stops.
    own = {"InternalError", "ServiceUnavailable"}
    tried = {code for code, _ in WRONG} | set(AT_AN_ADDRESS.values())
    assert raised - own - ENGINE_CODES <= tried


def test_a_picture_that_needs_the_engine_is_throttled_and_told_for_how_long(busy: Running) -> None:
    response = by_hand(busy, body=GOOD)
    assert (response.status, response.code) == (400, "Throttling.User")
    assert 3000 <= int(response.headers["x-acs-retry-after"]) < 5000


def test_a_second_slow_sender_is_throttled_as_well(busy: Running) -> None:
    calls = [Raw(busy) for _ in range(2)]
    with hanging(calls):
        for call in calls:
            call.send_head(GOOD, {"Content-Length": str(len(GOOD))})
            call.socket.sendall(GOOD[:100])
        assert "Throttling.User" in {call.code for call in calls}


# The official SDKs


SDK_BODIES = {
    b"": "imageUrlOrBodyEmpty",
    b"this is no picture": "unsupportedImageFormat",
    b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n": "unsupportedImageFormat",
    picture(size=(10, 10)): "illegalImageSize",
    LARGE: "exceededImageContent",
    GOOD: "Throttling.User",
}


@pytest.mark.parametrize(("body", "code"), SDK_BODIES.items(), ids=["empty", "text", "pdf", "10px", "10MB+1", "good"])
def test_the_python_sdk_sees_the_code(busy: Running, body: bytes, code: str) -> None:
    with pytest.raises(DaraException) as raised:
        by_sdk(sdk(busy), body=body)
    assert raised.value.code == code


def test_the_python_sdk_sees_what_is_wrong_with_its_key_and_its_address(busy: Running) -> None:
    calls = {
        "SignatureDoesNotMatch": (sdk(busy, secret="wrong"), None),
        "InvalidAccessKeyId.NotFound": (sdk(busy, key_id="LTAI0000000000000000"), None),
        "notSafeImageUrl": (sdk(busy), "http://127.0.0.1:1/a.png"),
        "exceededImageUrlLength": (sdk(busy), "http://example.com/" + "a" * 2048),
    }
    for code, (client, url) in calls.items():
        with pytest.raises(DaraException) as raised:
            by_sdk(client, url=url, body=None if url else GOOD)
        assert raised.value.code == code


def test_the_node_sdk_sees_the_codes(busy: Running, tmp_path: Path) -> None:
    who = {"keyId": busy.key_id, "secret": busy.secret, "host": busy.host}
    cases, codes = [], []
    for number, (body, code) in enumerate(SDK_BODIES.items()):
        (tmp_path / str(number)).write_bytes(body)
        cases.append({**who, "body": str(tmp_path / str(number)), "readTimeout": 60_000})
        codes.append(code)
    cases += [
        {**who, "secret": "wrong", "body": cases[-1]["body"]},
        {**who, "url": "http://169.254.169.254/"},
        {**who, "url": "http://example.com/a.png", "body": cases[-1]["body"]},
    ]
    codes += ["SignatureDoesNotMatch", "notSafeImageUrl", "imageUrlOrBodyEmpty"]
    assert [result.get("code") for result in by_node(cases)] == codes


def retrying(server: Running) -> Client:
    condition = {"maxAttempts": 3, "maxDelay": 100, "exception": [], "errorCode": ["Throttling.User"]}
    retries = RetryOptions({"retryable": True, "retryCondition": [condition]})
    return Client(
        Config(
            access_key_id=server.key_id,
            access_key_secret=server.secret,
            endpoint=server.host,
            protocol="http",
            retry_options=retries,
        )
    )


def test_a_retry_of_the_python_sdk_without_the_picture_is_told_what_to_do(busy: Running) -> None:
    with pytest.raises(DaraException) as raised:
        retrying(busy).recognize_birth_certification(request_of(body=io.BytesIO(GOOD)))  # type: ignore[arg-type]
    assert raised.value.code == "imageUrlOrBodyEmpty"
    assert "retry_options" in str(raised.value.message)
    assert "bytes" in str(raised.value.message)


def test_a_retry_of_the_python_sdk_with_the_bytes_brings_the_picture_again(busy: Running) -> None:
    with pytest.raises(DaraException) as raised:
        retrying(busy).recognize_birth_certification(request_of(body=GOOD))
    assert raised.value.code == "Throttling.User"
