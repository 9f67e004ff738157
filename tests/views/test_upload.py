"""Pictures come in: one file, one request, one line."""

from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_tasks_db.models import DBTaskResult

from reviewapp.exceptions import InvalidImage, sentence
from reviewapp.models import Batch, Submission, User
from reviewapp.pictures.fetching import Fetched
from reviewapp.states import Source
from tests.factories import make_batch, picture, receive, submission_at
from tests.hostile import pages
from tests.views.pages import text

pytestmark = pytest.mark.django_db

HTMX = {"hx-request": "true"}
TWIN = picture(number=7)


def upload(content: bytes, name: str = "scan.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/png")


def test_a_file_becomes_a_record_of_a_new_batch_and_is_queued(as_clerk: Client, clerk: User) -> None:
    content = picture()
    response = as_clerk.post("/upload/", {"file": upload(content), "new_batch": "Monday"}, headers=HTMX)
    submission = Submission.objects.get()
    assert response.status_code == 200
    assert f'href="{submission.get_absolute_url()}"' in response.content.decode()
    assert f'data-batch-url="{submission.batch.get_absolute_url()}"' in response.content.decode()
    assert "<html" not in response.content.decode()
    assert (submission.batch.name, submission.source, submission.received_by) == ("Monday", Source.UPLOAD, clerk)
    with submission.original.open() as kept:
        assert kept.read() == content
    assert DBTaskResult.objects.count() == 1


def test_a_file_joins_an_existing_batch(as_clerk: Client) -> None:
    batch = make_batch("Monday")
    as_clerk.post("/upload/", {"file": upload(picture()), "batch": batch.pk}, headers=HTMX)
    assert batch.submissions.count() == 1
    as_clerk.post("/upload/", {"file": upload(picture()), "new_batch": "Monday"}, headers=HTMX)
    assert batch.submissions.count() == 2


def test_advice_stands_beside_a_picture_that_was_taken(as_clerk: Client) -> None:
    response = as_clerk.post("/upload/", {"file": upload(picture(size=(300, 200))), "new_batch": "A"}, headers=HTMX)
    advice = Submission.objects.get().advice
    assert response.status_code == 200
    assert advice
    assert advice[0] in text(response)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"%PDF-1.7", "unsupportedImageFormat"), (b"", "emptyFile"), (picture()[:900], "truncatedImage")],
)
def test_a_refused_file_gets_its_sentence_and_leaves_no_batch(as_clerk: Client, content: bytes, code: str) -> None:
    response = as_clerk.post("/upload/", {"file": upload(content), "new_batch": "A"}, headers=HTMX)
    assert response.status_code == 422
    assert sentence(code) in text(response)
    assert not Submission.objects.exists()
    assert not Batch.objects.exists()


def test_a_file_of_several_pages_is_refused_with_their_number_and_what_to_do(as_clerk: Client) -> None:
    response = as_clerk.post("/upload/", {"file": upload(pages("TIFF", 3)), "new_batch": "A"}, headers=HTMX)
    assert response.status_code == 422
    assert sentence("severalPages", {"count": 3}) in text(response)
    assert not Submission.objects.exists()


def test_a_duplicate_names_its_twin_with_a_link(as_clerk: Client) -> None:
    content = picture()
    twin = receive(content=content)
    response = as_clerk.post("/upload/", {"file": upload(content), "new_batch": "A"}, headers=HTMX)
    assert response.status_code == 422
    assert f"record #{twin.pk} in batch “{twin.batch.name}”" in text(response)
    assert f'href="{twin.get_absolute_url()}"' in response.content.decode()


def test_an_approved_batch_takes_nothing_in(as_clerk: Client) -> None:
    closed = submission_at("approved").batch
    assert f'value="{closed.pk}"' not in as_clerk.get("/upload/").content.decode()
    response = as_clerk.post("/upload/", {"file": upload(picture()), "new_batch": closed.name}, headers=HTMX)
    assert response.status_code == 403
    assert f"The batch “{closed.name}” is already approved." in text(response)


@pytest.mark.parametrize("where", [{}, {"new_batch": "  "}])
def test_a_picture_needs_a_batch(as_clerk: Client, where: dict[str, str]) -> None:
    response = as_clerk.post("/upload/", {"file": upload(picture()), **where}, headers=HTMX)
    assert response.status_code == 422
    assert sentence("batchNameMissing") in text(response)


def test_a_batch_that_is_gone_is_told(as_clerk: Client) -> None:
    response = as_clerk.post("/upload/", {"file": upload(picture()), "batch": "999"}, headers=HTMX)
    assert response.status_code == 422
    assert not Submission.objects.exists()


def test_a_post_without_a_file_is_told(as_clerk: Client) -> None:
    response = as_clerk.post("/upload/", {"new_batch": "A"}, headers=HTMX)
    assert response.status_code == 422
    assert sentence("emptyFile") in text(response)


def test_a_browser_without_scripts_sends_many_and_a_bad_one_stops_none(as_clerk: Client) -> None:
    files = [upload(picture(), "a.png"), upload(b"nothing", "b.png"), upload(picture(), "c.png")]
    response = as_clerk.post("/upload/", {"file": files, "new_batch": "A"})
    assert response.status_code == 200
    assert "<html" in response.content.decode()
    assert Submission.objects.count() == 2
    assert sentence("unsupportedImageFormat") in text(response)


def test_a_hostile_name_is_shown_harmless(as_clerk: Client) -> None:
    name = "..\\..\\<img src=x onerror=alert(1)>.png"
    response = as_clerk.post("/upload/", {"file": upload(picture(), name), "new_batch": "<b>A"}, headers=HTMX)
    assert "<img src=x" not in response.content.decode()
    assert "<b>A" not in response.content.decode()


def test_the_page_offers_the_chosen_batch_and_a_name_for_a_new_one(as_clerk: Client, clerk: User) -> None:
    batch = make_batch("Tuesday")
    page = as_clerk.get(f"/upload/?batch={batch.pk}").content.decode()
    assert f'<option value="{batch.pk}" selected>Tuesday</option>' in page
    assert clerk.display_name in as_clerk.get("/upload/").context["form"]["new_batch"].value()


def test_the_scripts_get_their_sentences_from_the_server(as_clerk: Client) -> None:
    page = as_clerk.get("/upload/", headers={"accept-language": "zh-hans"}).content.decode()
    assert "大于 10 MB" in page
    assert 'data-limit="10485760"' in page


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    """Serve pictures by address without a network: the fetching itself has its own tests."""
    pictures: dict[str, bytes] = {}

    def fetch(url: str, **_: object) -> Fetched:
        if url not in pictures:
            raise InvalidImage("IllegalImageUrl")
        return Fetched(name=url.rpartition("/")[2], content=pictures[url])

    monkeypatch.setattr("reviewapp.intake.fetch", fetch)
    return pictures


def test_a_picture_is_fetched_from_an_address(as_clerk: Client, served: dict[str, bytes]) -> None:
    served["https://example.org/scans/a.png"] = picture()
    sent = {"url": " https://example.org/scans/a.png ", "new_batch": "A"}
    response = as_clerk.post("/upload/url/", sent, headers=HTMX)
    assert response.status_code == 200
    submission = Submission.objects.get()
    assert (submission.source, submission.original_name) == (Source.URL, "a.png")


def test_an_address_without_a_picture_is_told(as_clerk: Client, served: dict[str, bytes]) -> None:
    response = as_clerk.post("/upload/url/", {"url": "https://example.org/", "new_batch": "A"}, headers=HTMX)
    assert response.status_code == 422
    assert sentence("IllegalImageUrl") in text(response)
    assert not Batch.objects.exists()


@pytest.mark.parametrize("content", [b"", b"no picture", TWIN])
def test_an_address_whose_picture_is_refused_leaves_no_new_batch(
    as_clerk: Client, served: dict[str, bytes], content: bytes
) -> None:
    receive(content=TWIN)
    served["https://example.org/a.png"] = content
    before = list(Batch.objects.all())
    sent = {"url": "https://example.org/a.png", "new_batch": "A"}
    assert as_clerk.post("/upload/url/", sent, headers=HTMX).status_code in (409, 415, 422)
    assert list(Batch.objects.all()) == before


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:1/a.png", "file:///etc/passwd", "http://" + "a" * 2100])
def test_addresses_that_lead_nowhere_good_are_refused(as_clerk: Client, url: str) -> None:
    response = as_clerk.post("/upload/url/", {"url": url, "new_batch": "A"}, headers=HTMX)
    assert response.status_code == 422
    assert not Submission.objects.exists()
