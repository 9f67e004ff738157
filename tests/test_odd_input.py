"""Odd input to every address, by who may use it: a sentence or nothing there, never a fault of ours."""

from urllib.parse import quote_from_bytes

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from reviewapp.certificate.fields import ORDER
from reviewapp.models import Submission, User
from tests.factories import submission_at
from tests.test_access import ADMIN_NAMES, LOGIN, TABLE, WITH_PK, Row, make_world
from tests.views.pages import text

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
LARGE = (2**31, 2**63 - 1, 2**63, 10**30, int("9" * 4000))
NUMBERS = (*(str(number).encode() for number in LARGE), b"-1", b"-%d" % 2**63, b"9" * 5000)
VALUES = {
    "NUL": b"\0",
    "NUL inside": b"a\0b",
    "half a pair": b"\xed\xa0\x80",
    "no UTF-8": b"\xff\xfe",
    "private and unassigned": "\ue000\U0010ffff".encode(),
    "turned text": "\u202e\u200b\u2028".encode(),
    "long": b"x" * 200_000,
    "year 1": b"0001-01-01",
    "year 9999": b"9999-12-31",
    "no day": b"2026-02-30",
    "infinite": b"1e999",
    "not a number": b"NaN",
    "superscript": "²".encode(),
    "Arabic digit": "٣".encode(),
    "markup": b"<script>{{ 1 }}{% x %}",
    "percent": b"%s%(x)s%",
    "half an address": b"http://[",
    "odd port": b"http://a:99999999/",
    **{f"number {len(number)} {number[:4].decode()}": number for number in NUMBERS},
}

# What each address reads of its query or form.
READ = {
    "batches": ["page"],
    "batch": ["page"],
    "evidence": ["at"],
    "characters": ["q", "standard"],
    "upload": ["batch", "new_batch"],
    "upload_url": ["url", "batch", "new_batch"],
    "login": ["username", "password", "next"],
    "password": ["old_password", "new_password1", "new_password2"],
    "set_language": ["language", "next"],
    "exports": ["batches", "approved_from", "approved_until", "format", "preset", "columns"],
    "thresholds": [next(iter(ORDER))],
    "reflag": ["resume"],
    "rules": ["missing"],
    "access_keys": ["user", "label", "creates_submissions", "webhook_url"],
    "api_try": ["url", "file"],
    "return": ["reason", "fields"],
    "reject": ["reason", "note"],
    "field": ["value", "version", "verify", "override_reason"],
}
QUERIED = ("batches", "batch", "evidence", "characters", "upload", "login")
HEADERS = {
    "referer": "http://[",
    "hx-current-url": "http://[::1",
    "hx-request": "true",
    "hx-target": "\xff",
    "if-none-match": '"',
    "accept-language": "x" * 3000 + ",,;q=9",
    "cookie": "sessionid=%00; csrftoken=\xff; django_language=\xff%00",
    "range": "bytes=9-1,-",
    "content-type": "multipart/form-data",
    "x-forwarded-for": "\xff, ::::",
}


def user_of(row: Row) -> str:
    """Return somebody for whom the request is meant, so that what is sent comes as far as it can."""
    meant = [actor for actor, outcome in row.outcomes() if outcome not in (LOGIN, 403, 404)]
    return meant[-1] if meant else "admin"


class Sender:
    """A browser of somebody who may use an address, which remembers what ended in a fault."""

    def __init__(self, row: Row) -> None:
        self.row, self.world = row, make_world(row, user_of(row))
        self.browser = Client(raise_request_exception=False, headers={"accept-language": "en"})
        if self.world.actor:
            self.browser.force_login(self.world.actor)
        self.address = self.world.address(row)
        self.faults: list[str] = []

    def send(self, what: str, address: str = "", *, body: bytes = b"", **headers: str) -> HttpResponse:
        address = address or self.address
        if self.row.method == "POST" and "content-type" not in headers:
            response = self.browser.generic("POST", address, body, FORM, headers=headers)
        else:
            response = self.browser.generic(self.row.method, address, headers=headers)
        if response.status_code >= 500:
            self.faults.append(f"{self.row}, {what}: {response.status_code} {response.exc_info}")
        return response


ROWS = list({str(row): row for row in TABLE}.values())


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.name in READ and (row.method == "POST" or row.name in QUERIED)], ids=str
)
def test_no_value_of_a_form_or_a_query_is_a_fault(row: Row) -> None:
    sender = Sender(row)
    usual = row.data(sender.world)
    for name in READ[row.name]:
        rest = "&".join(f"{key}={value}" for key, value in usual.items() if key not in (name, "file"))
        for what, value in VALUES.items():
            pair = f"{name}={quote_from_bytes(value)}"
            if row.method == "POST":
                sender.send(f"{name}: {what}", body=f"{pair}&{rest}".encode())
            else:
                # A longer one than servers take in an address.
                sender.send(f"{name}: {what}", f"{sender.address}?{pair[:8000]}")
    assert not sender.faults, "\n".join(sender.faults)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_no_header_is_a_fault(row: Row) -> None:
    sender = Sender(row)
    for name, value in HEADERS.items():
        if name != "cookie":
            sender.send(name, **{name: value})
    sender.send("all", **HEADERS)
    assert not sender.faults, "\n".join(sender.faults)


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.name in WITH_PK or row.name in ("batch", "batch_approve")], ids=str
)
def test_a_number_that_no_record_can_have_is_not_found(row: Row) -> None:
    sender = Sender(row)
    for number in LARGE:
        address = reverse(row.name, kwargs={"pk": 7, **row.extra}).replace("7", str(number), 1)
        assert sender.send(address, address).status_code == 404


@pytest.mark.parametrize("word", ["%00", "a%00b", "%ED%A0%80", "%FF", "x" * 5000, "%C2%B2", "..%2F..%2Fx"])
def test_a_word_that_is_no_address_is_not_found(word: str, as_admin: Client) -> None:
    record = submission_at("recognised")
    for start in ("/", "/records/", "/batches/", "/static/", "/admin/", f"/records/{record.pk}/picture/"):
        for end in ("", "/"):
            # The admin leads addresses without a slash at the end to those with one, and from what is not there home.
            expected = (404, 301, 302) if start == "/admin/" else (404, 301)
            assert as_admin.get(f"{start}{word}{end}").status_code in expected
    assert as_admin.post(f"/records/{record.pk}/fields/{word}/", {"value": "x"}).status_code == 404


@pytest.mark.parametrize(
    "name", [name for name in ADMIN_NAMES if name.endswith(("_change", "_history", "_changelist"))]
)
def test_the_admin_takes_odd_input(name: str, as_admin: Client) -> None:
    as_admin.raise_request_exception = False
    for what in (
        "NUL",
        "half a pair",
        "no UTF-8",
        "year 1",
        "year 9999",
        "infinite",
        "number 19 9223",
        "number 5000 9999",
    ):
        text_of = quote_from_bytes(VALUES[what])[:5000]
        if name.endswith("_changelist"):
            keys = ("q", "p", "o", "kind__exact", "status__exact", "id__in", "at__gte", "at__year", "last_login__year")
            addresses = [f"{reverse(name)}?{key}={text_of}" for key in keys]
        elif name == "admin:password_change":
            addresses = [reverse(name)]
        else:
            addresses = [reverse(name, args=["7"]).replace("7", text_of, 1)]
        for address in addresses:
            assert as_admin.get(address).status_code < 500, (what, address)


def test_the_filters_beside_a_list_of_the_admin_work(as_admin: Client) -> None:
    submission_at("recognised")
    for address in ("event/?kind__exact=recognised", "user/?is_active__exact=1&role__exact=clerk"):
        assert as_admin.get(f"/admin/reviewapp/{address}").status_code == 200
    assert as_admin.get("/admin/reviewapp/event/?by__password__startswith=md5").status_code == 400


def test_an_export_of_impossible_days_is_told(as_admin: Client) -> None:
    submission_at("approved")
    for choice in ({"approved_from": "0001-01-01"}, {"approved_until": "9999-12-31"}):
        response = as_admin.post("/exports/", {"format": "csv", "preset": "all", **choice})
        assert response.status_code == 422
        assert "Choose a day between 1950 and 2199" in text(response)


def test_a_batch_that_no_number_can_name_is_told(as_admin: Client) -> None:
    submission_at("approved")
    for number in (2**63, 10**30):
        response = as_admin.post("/exports/", {"format": "csv", "preset": "all", "batches": [str(number)]})
        assert response.status_code == 422
        assert "is not one of the available choices" in text(response)


def test_a_value_that_no_database_can_keep_is_refused_with_a_sentence(clerk: object) -> None:
    row = next(row for row in TABLE if row.name == "field" and row.held)
    sender = Sender(row)
    version = Submission.objects.get().fields.get(name="sex").version
    response = sender.send("NUL", body=f"value=a%00b&version={version}".encode())
    assert response.status_code == 422
    assert "Type it again." in text(response)


@pytest.mark.parametrize("what", VALUES)
def test_an_odd_address_of_a_picture_is_refused_with_a_sentence(what: str, clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(can_recognise=True)
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(clerk)
    body = f"url={quote_from_bytes(VALUES[what])}"
    response = browser.generic("POST", "/api/try/", body, FORM)
    assert response.status_code < 500
    sentence = "Null characters are not allowed." if what.startswith("NUL") else "Code"
    assert sentence in text(response)


SIGNED = {
    "authorization": "ACS3-HMAC-SHA256 Credential={0},SignedHeaders=host;{0},Signature={0}",
    "x-acs-action": "RecognizeBirthCertification",
    "x-acs-version": "2021-07-07",
    "x-acs-date": "{0}",
    "x-acs-signature-nonce": "{0}",
    "x-acs-content-sha256": "{0}",
}


@pytest.mark.parametrize(
    "value", ["", "\xff\xfe", "x" * 20_000, "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", ";,=\"'"]
)
def test_a_call_of_the_api_with_odd_headers_is_refused_as_the_callers_fault(value: str) -> None:
    headers = {name: pattern.format(value) for name, pattern in SIGNED.items()}
    answer = Client().generic("POST", "/?Url=%00%ED%A0%80", b"x", headers=headers)
    assert 400 <= answer.status_code < 500
    for date in ("2026-01-01T00:00:00Z", value):
        answer = Client().generic("POST", "/", b"", headers=headers | {"x-acs-date": date})
        assert 400 <= answer.status_code < 500
