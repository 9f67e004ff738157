"""The official Python SDK, and hands that know its protocol, against the running server."""

import asyncio
import hashlib
import io
import json
import re
import struct
import uuid
import zlib
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from alibabacloud_ocr_api20210707.models import RecognizeBirthCertificationRequest
from alibabacloud_tea_openapi.exceptions import ClientException
from PIL import Image

from reviewapp.certificate.fields import FIELDS
from reviewapp.engines.acs3.signing import Credentials
from tests.api.calls import by_hand, by_sdk, by_sdk_async, sdk
from tests.api.conftest import PictureServer
from tests.api.running import Running
from tests.factories import answer, picture
from tests.hostile import pages
from tests.picture_files import saved, without_segment

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]

UPPER_UUID = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")


def png(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("1", (width, height), 1).save(out, "PNG")
    return out.getvalue()


def code_of(server: Running, *, url: str | None = None, body: bytes | None = None) -> str:
    """Return the code that the SDK raises for a call."""
    with pytest.raises(Exception, match="code:") as raised:
        by_sdk(sdk(server), url=url, body=body)
    return str(raised.value.code)


def in_a_loop_of_its_own(call: Coroutine[Any, Any, Any]) -> Any:
    """Run a call in another thread: a browser test before may have left its loop running in this one."""
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(asyncio.run, call).result()


# Success


def test_the_sdk_reads_a_picture_by_body(server: Running, known_picture: bytes) -> None:
    assert by_sdk(sdk(server), body=known_picture) == answer()


def test_the_sdk_reads_a_picture_from_a_stream(server: Running, known_picture: bytes) -> None:
    request = RecognizeBirthCertificationRequest(body=io.BytesIO(known_picture))
    response = sdk(server).recognize_birth_certification(request)
    assert response.status_code == 200
    assert json.loads(response.body.data) == answer()


def test_the_sdk_reads_a_picture_by_url(server: Running, pictures: PictureServer) -> None:
    assert by_sdk(sdk(server), url=f"{pictures.url}/certificate.png") == answer()


def test_the_async_sdk_reads_a_picture_by_body(server: Running, known_picture: bytes) -> None:
    assert in_a_loop_of_its_own(by_sdk_async(sdk(server), body=known_picture)) == answer()


def test_the_async_sdk_reads_a_picture_by_url(server: Running, pictures: PictureServer) -> None:
    url = f"{pictures.url}/certificate.png"
    assert in_a_loop_of_its_own(by_sdk_async(sdk(server), url=url)) == answer()


def test_the_answer_has_the_23_fields_in_the_contracts_words(server: Running, known_picture: bytes) -> None:
    data = by_sdk(sdk(server), body=known_picture)
    keys = [spec.key for spec in FIELDS]
    assert list(data["data"]) == keys
    assert [entry["key"] for entry in data["prism_keyValueInfo"]] == keys
    assert all(isinstance(value, str) for value in data["data"].values())


def test_a_success_is_an_upper_case_id_and_data_as_text(server: Running, known_picture: bytes) -> None:
    response = by_hand(server, body=known_picture)
    assert response.status == 200
    assert response.headers["content-type"].startswith("application/json")
    assert set(response.body) == {"RequestId", "Data"}
    assert UPPER_UUID.fullmatch(response.body["RequestId"])
    assert json.loads(response.body["Data"]) == answer()


def test_every_answer_has_its_own_id(server: Running, known_picture: bytes) -> None:
    ids = {by_hand(server, body=known_picture).body["RequestId"] for _ in range(3)}
    assert len(ids) == 3


def test_a_chunked_body_is_read(server: Running, known_picture: bytes) -> None:
    pieces = iter([known_picture[:1000], known_picture[1000:]])
    assert by_hand(server, body=known_picture, sent=pieces).status == 200


def test_the_same_url_in_other_spellings_is_one_url(server: Running, pictures: PictureServer) -> None:
    for odd in ("a b+c", "(出生)~*!'", "x=1&y=2", "%41%2F"):
        url = f"{pictures.url}/certificate.png?{odd}"
        assert by_hand(server, query={"Url": url}).status == 200, odd
        assert by_sdk(sdk(server), url=url) == answer(), odd


def test_an_sts_shaped_request_is_read(server: Running, known_picture: bytes) -> None:
    assert by_sdk(sdk(server, token="CAIS-a+token/=="), body=known_picture) == answer()


def test_an_sts_request_that_names_another_key_is_refused(server: Running, known_picture: bytes) -> None:
    response = by_hand(
        server,
        body=known_picture,
        signed={"x-acs-accesskey-id": "another", "x-acs-security-token": "token"},
    )
    assert (response.status, response.code) == (400, "invalidStsToken")


def test_headers_of_a_clients_own_may_be_signed_or_not(server: Running, known_picture: bytes) -> None:
    assert by_hand(server, body=known_picture, signed={"x-request-source": "café"[:3]}).status == 200
    assert by_hand(server, body=known_picture, changed={"x-request-source": "later"}).status == 200


# Inputs


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"this is no picture", "unsupportedImageFormat"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n", "unsupportedImageFormat"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unsupportedImageFormat"),
        (b"PK\x03\x04" + bytes(100), "unsupportedImageFormat"),
        (png(800, 600)[:-40], "unsupportedImageFormat"),
        (pages("TIFF", 3), "unsupportedImageFormat"),
        (png(10, 10), "illegalImageSize"),
        (png(15, 400), "illegalImageSize"),
        (png(9000, 20), "illegalImageSize"),
        (png(8192, 400), "illegalImageSize"),
        (png(6000, 100), "illegalImageSize"),
        (bytes(10 * 1024**2 + 1), "exceededImageContent"),
        (bytes(25 * 1024**2), "exceededImageContent"),
    ],
    ids=[
        "text",
        "pdf",
        "svg",
        "zip",
        "cut off",
        "pages",
        "10px",
        "15px",
        "9000px",
        "8192px",
        "ratio 60",
        "10MB+1",
        "25MB",
    ],
)
def test_what_is_no_fit_picture_is_refused_by_its_code(server: Running, content: bytes, code: str) -> None:
    assert code_of(server, body=content) == code


STATUS = {"unsupportedImageFormat": 415, "illegalImageSize": 416, "exceededImageContent": 413}


@pytest.mark.parametrize(
    ("content", "status"), [(b"text", 415), (png(10, 10), 416), (png(6000, 100), 416), (bytes(10 * 1024**2 + 1), 413)]
)
def test_each_code_has_the_status_of_the_table(server: Running, content: bytes, status: int) -> None:
    response = by_hand(server, body=content)
    assert response.status == status == STATUS[response.code]
    assert set(response.body) == {"RequestId", "HostId", "Code", "Message", "Recommend"}
    assert response.body["HostId"] == server.host
    assert response.body["Message"]
    assert response.body["Recommend"]


def test_a_tiff_of_several_pages_is_refused_with_their_number_and_what_to_do(server: Running) -> None:
    response = by_hand(server, body=pages("TIFF", 3))
    assert (response.status, response.code) == (415, "unsupportedImageFormat")
    assert " 3 pages" in response.body["Message"]
    assert "as a picture of its own" in response.body["Message"]


def test_inks_that_do_not_say_which_end_is_white_are_refused_with_the_way_out(server: Running) -> None:
    inks = without_segment(saved(Image.new("CMYK", (600, 400)), "JPEG"), 0xEE)
    response = by_hand(server, body=inks)
    assert (response.status, response.code) == (415, "unsupportedImageFormat")
    assert "Save it in RGB" in response.body["Message"]


def test_a_bomb_is_not_unpacked(server: Running) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(bytes(10**6))), chunk(b"IEND", b"")
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(parts)
    assert code_of(server, body=bomb) == "illegalImageSize"


def test_neither_url_nor_body_is_refused(server: Running) -> None:
    assert code_of(server) == "imageUrlOrBodyEmpty"
    assert code_of(server, url="") == "imageUrlOrBodyEmpty"


def test_both_url_and_body_are_refused_and_told_so(server: Running, known_picture: bytes) -> None:
    assert code_of(server, url="http://example.com/a.jpg", body=known_picture) == "imageUrlOrBodyEmpty"
    response = by_hand(server, query={"Url": "http://example.com/a.jpg"}, body=known_picture)
    assert "both" in response.body["Message"]


def test_a_url_of_2049_characters_is_too_long(server: Running) -> None:
    assert code_of(server, url="http://example.com/" + "a" * (2049 - 19)) == "exceededImageUrlLength"
    assert code_of(server, url="http://example.com/" + "证" * 3000) == "exceededImageUrlLength"


def test_a_url_of_2048_characters_is_not(server: Running, pictures: PictureServer) -> None:
    url = f"{pictures.url}/certificate.png?"
    assert by_sdk(sdk(server), url=url + "a" * (2048 - len(url))) == answer()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1:1/a.png", "notSafeImageUrl"),
        ("http://169.254.169.254/latest/meta-data/", "notSafeImageUrl"),
        ("http://100.100.100.200/latest/meta-data/", "notSafeImageUrl"),
        ("http://[::1]/a.png", "notSafeImageUrl"),
        ("file:///etc/passwd", "notSafeImageUrl"),
        ("ftp://example.com/a.png", "notSafeImageUrl"),
        ("no address at all", "IllegalImageUrl"),
    ],
)
def test_an_address_that_may_not_be_fetched_is_refused(server: Running, url: str, code: str) -> None:
    assert code_of(server, url=url) == code


def test_what_lies_at_an_address_must_be_a_picture(server: Running, pictures: PictureServer) -> None:
    assert code_of(server, url=f"{pictures.url}/missing.png") == "IllegalImageUrl"
    assert code_of(server, url=f"{pictures.url}/text.png") == "unsupportedImageFormat"
    assert code_of(server, url=f"{pictures.url}/large.png") == "exceededImageContent"


def test_a_picture_that_the_engine_cannot_answer_is_no_success(server: Running) -> None:
    response = by_hand(server, body=picture())
    assert (response.status, response.code) == (503, "ServiceUnavailable")


# Who asks


def test_a_wrong_secret_is_refused_and_the_client_is_shown_what_was_signed(server: Running) -> None:
    response = by_hand(server, body=b"x", credentials=Credentials(server.key_id, "wrong"))
    assert (response.status, response.code) == (400, "SignatureDoesNotMatch")
    assert "server StringToSign is [ACS3-HMAC-SHA256\\n" in response.body["Message"]
    with pytest.raises(ClientException) as raised:
        by_sdk(sdk(server, secret="wrong"), body=b"x")
    assert raised.value.code == "SignatureDoesNotMatch"


def test_a_wrong_secret_with_a_large_body_is_told_too(server: Running) -> None:
    with pytest.raises(ClientException) as raised:
        by_sdk(sdk(server, secret="wrong"), body=bytes(9 * 1024**2))
    assert raised.value.code == "SignatureDoesNotMatch"


def test_an_unknown_key_is_not_found(server: Running) -> None:
    with pytest.raises(ClientException) as raised:
        by_sdk(sdk(server, key_id="LTAI0000000000000000"), body=b"x")
    assert (raised.value.status_code, raised.value.code) == (404, "InvalidAccessKeyId.NotFound")


def test_a_revoked_key_is_inactive(server: Running, known_picture: bytes) -> None:
    made = server.make_key()
    revoke = (
        "from reviewapp.administration.access_keys import revoke_key\n"
        "key = AccessKey.objects.get(key_id={!r})\n"
        "revoke_key(key, by=key.user)"
    )
    client = sdk(server, key_id=made["access_key_id"], secret=made["access_key_secret"])
    assert by_sdk(client, body=known_picture) == answer()
    server.python(revoke.format(made["access_key_id"]))
    with pytest.raises(ClientException) as raised:
        by_sdk(client, body=known_picture)
    assert raised.value.code == "InvalidAccessKeyId.Inactive"


@pytest.fixture
def forbidden(server: Running) -> Iterator[None]:
    server.python("User.objects.filter(username='caller').update(can_recognise=False)")
    yield
    server.python("User.objects.filter(username='caller').update(can_recognise=True)")


def test_a_user_without_the_permission_is_refused(server: Running, forbidden: None, known_picture: bytes) -> None:
    with pytest.raises(ClientException) as raised:
        by_sdk(sdk(server), body=known_picture)
    assert (raised.value.status_code, raised.value.code) == (401, "noPermission")


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"Authorization": None}, 400, "MissingAccessKeyId"),
        ({"Authorization": ""}, 400, "MissingAccessKeyId"),
        ({"Authorization": "ACS3-HMAC-SHA256 Credential="}, 400, "MissingAccessKeyId"),
        ({"Authorization": "ACS3-HMAC-SHA256 Credential=x"}, 400, "MissingSignature"),
        ({"Authorization": "ACS3-HMAC-SM3 Credential=x,Signature=y"}, 400, "InvalidSignatureVerssion"),
        ({"Authorization": "Basic eDp5"}, 400, "InvalidSignatureVerssion"),
        ({"x-acs-action": None}, 400, "MissingAction"),
        ({"x-acs-action": "RecognizeBusinessCard"}, 404, "InvalidAction.NotFound"),
        ({"x-acs-version": None}, 400, "MissingVersion"),
        ({"x-acs-version": "2019-12-30"}, 400, "InvalidVersion"),
        ({"x-acs-date": None}, 400, "MissingTimestamp"),
        ({"x-acs-date": "yesterday"}, 400, "InvalidTimeStamp.Format"),
        ({"x-acs-date": "2026-02-30T00:00:00Z"}, 400, "InvalidTimeStamp.Format"),
        ({"x-acs-signature-nonce": None}, 400, "MissingSignatureNonce"),
        ({"x-acs-content-sha256": None}, 400, "MissingContentSha256"),
        ({"x-acs-content-sha256": "abc"}, 400, "SignatureDoesNotMatch"),
        ({"x-acs-signature-nonce": "another"}, 400, "SignatureDoesNotMatch"),
        ({"x-acs-unsigned": "something"}, 400, "SignatureDoesNotMatch"),
    ],
)
def test_a_request_that_is_not_whole_is_refused(
    server: Running, known_picture: bytes, changed: dict[str, str | None], status: int, code: str
) -> None:
    response = by_hand(server, body=known_picture, changed=changed)
    assert (response.status, response.code) == (status, code)


@pytest.mark.parametrize("minutes", [-16, 16, -60 * 24])
def test_a_stale_or_early_date_is_expired(server: Running, known_picture: bytes, minutes: int) -> None:
    response = by_hand(server, body=known_picture, at=datetime.now(UTC) + timedelta(minutes=minutes))
    assert (response.status, response.code) == (400, "InvalidTimeStamp.Expired")


@pytest.mark.parametrize("minutes", [-14, 14])
def test_a_clock_that_is_a_little_off_is_good_enough(server: Running, known_picture: bytes, minutes: int) -> None:
    assert by_hand(server, body=known_picture, at=datetime.now(UTC) + timedelta(minutes=minutes)).status == 200


def test_a_replayed_nonce_is_refused_by_every_server_process(server: Running, known_picture: bytes) -> None:
    nonce = str(uuid.uuid4())
    answers = [by_hand(server, body=known_picture, nonce=nonce) for _ in range(6)]
    assert [response.code for response in answers] == ["", *["SignatureNonceUsed"] * 5]


def test_a_nonce_is_spent_only_by_a_right_signature(server: Running, known_picture: bytes) -> None:
    nonce = str(uuid.uuid4())
    wrong = Credentials(server.key_id, "wrong")
    assert by_hand(server, body=known_picture, nonce=nonce, credentials=wrong).code == "SignatureDoesNotMatch"
    assert by_hand(server, body=known_picture, nonce=nonce).status == 200


def test_another_body_than_the_signed_one_is_refused(server: Running, known_picture: bytes) -> None:
    response = by_hand(server, body=known_picture, sent=known_picture[:-1] + b"\0")
    assert (response.status, response.code) == (400, "SignatureDoesNotMatch")


def test_another_query_than_the_signed_one_is_refused(server: Running, pictures: PictureServer) -> None:
    url = f"{pictures.url}/certificate.png"
    response = by_hand(server, query={"Url": url}, path=f"/?Url={url}x&Other=")
    assert response.code == "SignatureDoesNotMatch"


# Always JSON


def test_other_paths_and_methods_are_refused_as_json(server: Running, known_picture: bytes) -> None:
    assert by_hand(server, body=known_picture, path="/ocr/v1").code == "InvalidApi.NotFound"
    assert by_hand(server, method="GET").code == "UnsupportedHTTPMethod"
    assert by_hand(server, body=known_picture, method="PUT").code == "UnsupportedHTTPMethod"


def test_a_form_content_type_is_just_bytes(server: Running, known_picture: bytes) -> None:
    changed = {"content-type": "multipart/form-data"}
    response = by_hand(server, body=known_picture, changed=changed, signed={"content-type": None})
    assert response.status == 200


def test_a_chunked_body_over_the_limit_is_read_to_its_end(server: Running) -> None:
    content = bytes(12 * 1024**2)
    pieces = (content[start : start + 65536] for start in range(0, len(content), 65536))
    response = by_hand(server, body=content, sent=pieces)
    assert (response.status, response.code) == (413, "exceededImageContent")


def test_the_start_page_is_still_the_start_page(server: Running) -> None:
    response = httpx.get(server.url, trust_env=False)
    assert response.status_code == 302
    assert "/login/" in response.headers["location"]


def test_the_key_remembers_its_last_use(server: Running, known_picture: bytes) -> None:
    made = server.make_key("--label", "a test")
    ask = f"print(AccessKey.objects.get(key_id={made['access_key_id']!r}).last_used_at is not None)"
    assert server.python(ask) == "False"
    by_sdk(sdk(server, key_id=made["access_key_id"], secret=made["access_key_secret"]), body=known_picture)
    assert server.python(ask) == "True"


def test_the_secret_lies_sealed_in_the_database(server: Running) -> None:
    assert server.secret not in server.python("print(list(AccessKey.objects.values_list('sealed_secret', flat=True)))")
    database = (server.data_dir / "db.sqlite3").read_bytes()
    assert server.secret.encode() not in database
    assert hashlib.sha256(server.secret.encode()).hexdigest().encode() not in database


def test_no_secret_and_no_address_reaches_the_log(server: Running, pictures: PictureServer) -> None:
    by_sdk(sdk(server, token="token-to-hide"), url=f"{pictures.url}/certificate.png?name=to-hide")
    log = (server.data_dir / "server.log").read_text()
    assert "api call" in log
    for secret in (server.secret, "token-to-hide", "to-hide", pictures.url):
        assert secret not in log
