"""What goes over the line: compressed, and small on the way that clerks go hundreds of times a day."""

import gzip
import re

import pytest
from django.test import Client

from reviewapp.certificate.fields import FIELDS
from reviewapp.models import Submission, User
from reviewapp.stages import claim
from tests.factories import change, submission_at, true_values, verify_all

pytestmark = pytest.mark.django_db

HTMX = {"hx-request": "true"}
COMPRESSED = {"accept-encoding": "gzip"}
DOUBTFUL = {"neonatal_name": 60, "mother_name": 70}
SAVE_BYTES = 3 * 1024
STEP_BYTES = 12 * 1024


@pytest.fixture
def held(clerk: User) -> Submission:
    record = submission_at("recognised", probs=DOUBTFUL)
    claim.claim(record, by=clerk)
    return record


def digests(page: str) -> list[str]:
    return re.findall(r'data-digest="(\w+)"', page)


def test_a_page_is_compressed_for_a_browser_that_asks_for_it(as_clerk: Client, held: Submission) -> None:
    plain = as_clerk.get(f"/records/{held.pk}/review/")
    assert "Content-Encoding" not in plain.headers
    response = as_clerk.get(f"/records/{held.pk}/review/", headers=COMPRESSED)
    assert response.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response.headers["Vary"]
    assert 'id="entry-neonatal_name"' in gzip.decompress(response.content).decode()


def test_compressed_pages_have_lengths_by_chance_so_that_none_betrays_what_is_in_it(
    as_clerk: Client, held: Submission
) -> None:
    address = f"/records/{held.pk}/review/"
    names = {as_clerk.get(address, headers=COMPRESSED).content[10:].partition(b"\0")[0] for _ in range(8)}
    assert len(names) > 1, "a file name by chance stands in the head of each"


def test_a_picture_goes_out_as_it_is_stored(as_clerk: Client, held: Submission) -> None:
    response = as_clerk.get(f"/records/{held.pk}/picture/screen/", headers=COMPRESSED)
    assert response.status_code == 200
    assert "Content-Encoding" not in response.headers


def test_the_answer_to_a_save_is_small(as_clerk: Client, held: Submission) -> None:
    page = as_clerk.get(f"/records/{held.pk}/review/").content.decode()
    has = ",".join(digests(page))
    body = {"value": "王小明", "version": 1, "verify": "1"}
    address = f"/records/{held.pk}/fields/neonatal_name/"
    response = as_clerk.post(address, body, headers={**HTMX, **COMPRESSED, "x-has": has})
    assert response.status_code == 200
    assert len(response.content) <= SAVE_BYTES


def test_the_next_record_comes_in_pieces_that_are_small(as_clerk: Client, held: Submission, clerk: User) -> None:
    following = submission_at("recognised", values=true_values(2), probs=DOUBTFUL)
    headers = {**HTMX, **COMPRESSED, "x-takes": "record"}
    verify_all(held, by=clerk)
    response = as_clerk.post(f"/records/{held.pk}/submit/", headers=headers)
    assert response.headers["X-Record"] == f"/records/{following.pk}/review/"
    pieces = gzip.decompress(response.content).decode()
    assert pieces.count('class="entry"') == len(FIELDS)
    assert "<html" not in pieces
    assert len(response.content) <= STEP_BYTES


def test_a_save_of_a_page_that_says_what_it_has_is_answered_with_what_changed(
    as_clerk: Client, held: Submission, clerk: User
) -> None:
    has = digests(as_clerk.get(f"/records/{held.pk}/review/").content.decode())
    change(held, "father_name", "王大明", by=clerk)
    body = {"value": "王小明", "version": 1}
    headers = {**HTMX, "x-has": ",".join(has)}
    page = as_clerk.post(f"/records/{held.pk}/fields/neonatal_name/", body, headers=headers).content.decode()
    names = re.findall(r'id="state-(\w+)"', page)
    assert names[0] == "neonatal_name"
    assert "father_name" in names, "what changed beside the page is told, too"
    assert "sex" not in names
    assert len(names) < len(FIELDS) // 2
