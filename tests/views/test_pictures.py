"""A stored picture is served as it was stored or not at all, whoever has changed the files."""

import hashlib
import logging
from functools import partial

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from reviewapp import tasks
from reviewapp.digests import digest
from reviewapp.engines.base import Recognition
from reviewapp.models import Event, Submission, User
from reviewapp.models.submission import PictureKind
from reviewapp.pictures.files import BYTE_LIMIT
from reviewapp.stages import ingest, recognise
from reviewapp.states import EventKind, SubmissionStatus
from tests.conftest import LogIn
from tests.factories import AnswerEngine, answer, person, picture, receive, submission_at
from tests.racing import race
from tests.views.pages import text

pytestmark = pytest.mark.django_db

KINDS: tuple[PictureKind, ...] = ("original", "screen", "thumbnail")
SENTENCE = "The stored picture is not the one that came in"


def swap(record: Submission, kind: PictureKind, content: bytes) -> None:
    """Put other bytes where a file of the record lies, as whoever has the disk can."""
    name = getattr(record, kind).name
    default_storage.delete(name)
    assert default_storage.save(name, ContentFile(content)) == name


def get(browser: Client, record: Submission, kind: PictureKind, **headers: str) -> HttpResponse:
    return browser.get(f"/records/{record.pk}/picture/{kind}/", headers=headers)


def body(response: HttpResponse) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[arg-type]


def from_before_digests(record: Submission) -> None:
    """Let a record be one from before the digests of renderings were kept."""
    Submission.objects.filter(pk=record.pk).update(rendering_digests=None)
    record.refresh_from_db()


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_served_as_it_was_stored(kind: PictureKind, as_clerk2: Client) -> None:
    record = submission_at("reviewed")
    response = get(as_clerk2, record, kind)
    content = body(response)
    assert content == default_storage.open(getattr(record, kind).name).read()
    assert hashlib.sha256(content).hexdigest() == record.picture_digest(kind)
    assert int(response.headers["content-length"]) == len(content)
    assert response.headers["content-type"] == ("image/png" if kind == "original" else "image/webp")
    assert (response.headers.get("content-disposition") or "").startswith("attachment") == (kind == "original")
    etag = response.headers["etag"]
    assert get(as_clerk2, record, kind, **{"if-none-match": etag}).status_code == 304
    others = {get(as_clerk2, record, other).headers["etag"] for other in KINDS}
    assert len(others) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("content", [b"", b"no picture", picture()], ids=["nothing", "no picture", "another picture"])
def test_a_swapped_picture_is_refused_with_a_sentence_and_logged(
    kind: PictureKind, content: bytes, as_supervisor: Client, caplog: pytest.LogCaptureFixture
) -> None:
    record = submission_at("reviewed")
    swap(record, kind, content)
    response = get(as_supervisor, record, kind)
    assert response.status_code == 409
    assert SENTENCE in text(response)
    assert response.headers["cache-control"] == "no-store"
    logged = [entry for entry in caplog.records if entry.message == "picture swapped"]
    assert [(entry.levelno, entry.submission, entry.picture) for entry in logged] == [  # type: ignore[attr-defined]
        (logging.ERROR, record.pk, kind)
    ]
    assert not Event.objects.filter(kind__in=(EventKind.PICTURE_SEEN, EventKind.LISTED))


def test_one_picture_in_the_place_of_another_is_refused(as_supervisor: Client) -> None:
    first, second = submission_at("reviewed"), submission_at("reviewed")
    with second.screen.open() as other:
        swap(first, "screen", other.read())
    assert get(as_supervisor, first, "screen").status_code == 409
    assert get(as_supervisor, second, "screen").status_code == 200


def test_of_a_huge_file_no_more_is_read_than_a_picture_may_have(as_supervisor: Client) -> None:
    record = submission_at("reviewed")
    with record.original.open() as original:
        swap(record, "original", original.read() + bytes(BYTE_LIMIT + 5))
    assert get(as_supervisor, record, "original").status_code == 409


def test_the_refusal_speaks_chinese(as_supervisor: Client) -> None:
    record = submission_at("reviewed")
    swap(record, "screen", b"")
    with translation.override("zh-hans"):
        assert "所存的图片不是当初收到的那一张" in text(
            get(as_supervisor, record, "screen", **{"accept-language": "zh-CN"})
        )


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_is_gone_is_not_found_and_nobody_saw_it(kind: PictureKind, as_supervisor: Client) -> None:
    record = submission_at("reviewed")
    default_storage.delete(getattr(record, kind).name)
    assert get(as_supervisor, record, kind).status_code == 404
    assert not Event.objects.filter(kind__in=(EventKind.PICTURE_SEEN, EventKind.LISTED))


def test_serving_a_picture_that_was_seen_before_writes_nothing(as_supervisor: Client) -> None:
    record = submission_at("reviewed")
    get(as_supervisor, record, "screen")
    with CaptureQueriesContext(connection) as queries:
        get(as_supervisor, record, "screen")
    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}
    assert len(queries) <= 4


# Renderings from before their digests were kept


def test_renderings_of_unknown_digest_are_made_anew_of_the_checked_original(as_supervisor: Client) -> None:
    record = submission_at("reviewed")
    swap(record, "screen", b"swapped before anybody counted")
    from_before_digests(record)
    old = record.screen.name
    content = body(get(as_supervisor, record, "screen"))
    record.refresh_from_db()
    assert hashlib.sha256(content).hexdigest() == record.rendering_digests["screen"]
    assert content.startswith(b"RIFF")
    assert record.screen.name != old
    assert not default_storage.exists(old)
    assert get(as_supervisor, record, "thumbnail").status_code == 200


def test_renderings_of_unknown_digest_are_refused_where_the_original_was_swapped(as_supervisor: Client) -> None:
    record = submission_at("reviewed")
    from_before_digests(record)
    swap(record, "original", picture())
    assert get(as_supervisor, record, "screen").status_code == 409
    record.refresh_from_db()
    assert record.rendering_digests is None


@pytest.mark.django_db(transaction=True)
def test_two_people_who_open_a_picture_of_unknown_digest_at_once_both_see_it(log_in: LogIn) -> None:
    record = submission_at("reviewed")
    from_before_digests(record)
    browsers = [log_in(person(name)) for name in ("supervisor", "supervisor2")]
    answers = race(*(partial(get, browser, record, kind) for browser, kind in zip(browsers, KINDS[1:], strict=True)))
    record.refresh_from_db()
    for response, kind in zip(answers, KINDS[1:], strict=True):
        assert response.status_code == 200
        assert hashlib.sha256(body(response)).hexdigest() == record.rendering_digests[kind]


# What the recogniser reads


def test_a_swapped_picture_is_not_read_and_its_record_says_so() -> None:
    record = receive()
    swap(record, "original", picture())
    recognise.recognise(record, engine=AnswerEngine())
    record.refresh_from_db()
    assert (record.status, record.failure_code) == (SubmissionStatus.FAILED, "pictureSwapped")
    assert SENTENCE in record.failure_sentence
    assert not record.recognitions.exists()


def test_a_picture_that_was_swapped_before_it_was_rendered_makes_no_rendering() -> None:
    record = receive(is_rendered=False)
    swap(record, "original", picture())
    tasks.read_picture.call(record.pk)
    record.refresh_from_db()
    assert (record.status, record.failure_code, record.screen.name) == ("failed", "pictureSwapped", "")


def test_a_picture_that_is_put_back_is_read() -> None:
    record = receive()
    with record.original.open() as original:
        right = original.read()
    swap(record, "original", picture())
    recognise.recognise(record, engine=AnswerEngine())
    swap(record, "original", right)
    recognise.retry(record, by=person("clerk"))
    recognise.recognise(record, engine=AnswerEngine())
    assert record.status == SubmissionStatus.RECOGNISED


# What the history binds


def test_the_history_binds_the_picture_and_every_raw_answer(clerk: User) -> None:
    record = receive()
    second = Recognition("local", answer({"sex": "女"}), 0.1)
    recognise.keep_answer(record, Recognition("aliyun", answer(), 0.1, second=second))
    received = record.events.get(kind=EventKind.RECEIVED)
    assert received.params == {"picture": record.sha256}
    bound = record.events.get(kind=EventKind.RECOGNISED).params["answers"]
    assert bound == {
        str(result.pk): digest(result.answer.encode(), algorithm="sha256") for result in record.recognitions.all()
    }
    assert len(bound) == 2


def test_an_answer_that_cannot_be_understood_is_bound_too_and_none_where_there_is_none() -> None:
    understood_not, silent = receive(), receive()
    recognise.recognise(understood_not, engine=AnswerEngine([]))
    recognise.recognise(silent, engine=AnswerEngine(error="algorithmError"))
    result = understood_not.recognitions.get()
    bound = {str(result.pk): digest(result.answer.encode(), algorithm="sha256")}
    assert understood_not.events.get(kind=EventKind.FAILED).params["answers"] == bound
    assert silent.events.get(kind=EventKind.FAILED).params["answers"] == {}


def test_a_rendering_is_made_once() -> None:
    record = receive()
    names = (record.screen.name, record.thumbnail.name)
    ingest.render(record)
    assert (record.screen.name, record.thumbnail.name) == names
