import hashlib
import io
import threading
from pathlib import Path

import pytest
from django.db import close_old_connections
from PIL import Image

from reviewapp.exceptions import InvalidImage, NotAllowed, ReviewError
from reviewapp.models import Batch, Event, Submission, User
from reviewapp.pictures import files
from reviewapp.stages import ingest
from reviewapp.states import BatchStatus, EventKind, Source, SubmissionStatus
from tests import hostile
from tests.factories import make_batch, picture, submission_at

FILES = list(hostile.files())


def receive(content: bytes, *, by: User, batch: Batch | None = None, name: str = "a.png") -> Submission:
    into = batch or make_batch()
    return ingest.receive(io.BytesIO(content), name=name, batch=into, source=Source.UPLOAD, by=by, queue=lambda _: None)


@pytest.mark.parametrize(("content", "code"), [file[1:] for file in FILES], ids=[file[0] for file in FILES])
def test_a_hostile_file_gets_its_sentence_and_leaves_nothing(
    content: bytes, code: str, clerk: User, private_media: Path
) -> None:
    with pytest.raises(InvalidImage) as refusal:
        receive(content, by=clerk)

    assert refusal.value.code == code
    assert str(refusal.value)
    assert not Submission.objects.exists()
    assert not list(private_media.rglob("*.*"))


@pytest.mark.parametrize(("name", "kept"), hostile.NAMES.items())
def test_a_hostile_name_is_kept_only_as_a_harmless_one(name: str, kept: str, clerk: User) -> None:
    submission = receive(picture(), by=clerk, name=name)

    assert submission.original_name == kept
    assert ".." not in submission.original.name
    assert submission.original.name.startswith("pictures/")


@pytest.mark.parametrize("format", ["PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP"])
def test_every_promised_format_comes_in_and_is_rendered(format: str, clerk: User) -> None:
    content = hostile.noise(640, 480, format)

    submission = receive(content, by=clerk)
    ingest.render(submission)

    with submission.original.open("rb") as original:
        assert original.read() == content
    assert submission.sha256 == hashlib.sha256(content).hexdigest()
    with Image.open(submission.screen) as screen, Image.open(submission.thumbnail) as thumbnail:
        assert (screen.format, screen.size) == ("WEBP", (640, 480))
        assert (thumbnail.format, thumbnail.size) == ("WEBP", (320, 240))


def test_a_picture_is_decoded_once_for_screen_and_thumbnail(clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    submission = receive(hostile.noise(900, 600, "JPEG"), by=clerk)
    decoded: list[bytes] = []

    def counted(content: bytes) -> files.Opened:
        decoded.append(content)
        return opened(content)

    opened = files.opened
    monkeypatch.setattr(files, "opened", counted)
    ingest.render(submission)
    assert len(decoded) == 1


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_pixel_is_rendered(mode: str, clerk: User) -> None:
    out = io.BytesIO()
    Image.new(mode, (700, 520)).save(out, "TIFF")

    submission = receive(out.getvalue(), by=clerk)
    ingest.render(submission)

    with Image.open(submission.screen) as screen:
        assert screen.mode == "RGB"


def test_a_turned_photograph_has_the_size_in_which_it_is_shown(clerk: User) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6

    submission = receive(hostile.picture(900, 600, "JPEG", exif=exif), by=clerk)
    ingest.render(submission)

    assert (submission.width, submission.height) == (600, 900)
    with Image.open(submission.screen) as screen:
        assert screen.size == (600, 900)


def test_sizes_at_the_edge_come_in(clerk: User) -> None:
    for width, height in ((16, 16), (8191, 200), (784, 16)):
        assert receive(hostile.picture(width, height), by=clerk).width == width
    exactly = hostile.picture(640, 480).ljust(hostile.TEN_MB, b"\0")
    assert receive(exactly, by=clerk).byte_size == hostile.TEN_MB


def test_advice_is_given_and_the_picture_is_taken_all_the_same(clerk: User) -> None:
    small = receive(hostile.picture(499, 600), by=clerk)
    large = receive(hostile.noise(900, 900, "BMP"), by=clerk)
    fine = receive(hostile.picture(600, 600), by=clerk)

    assert ["500" in sentence for sentence in small.advice] == [True]
    assert ["1.5 MB" in sentence for sentence in large.advice] == [True]
    assert fine.advice == []


def test_the_same_bytes_twice_are_refused_and_the_first_record_is_named(clerk: User, clerk2: User) -> None:
    content = picture()
    first = receive(content, by=clerk, batch=make_batch("Monday"))

    with pytest.raises(InvalidImage) as refusal:
        receive(content, by=clerk2, name="another.png")

    assert refusal.value.code == "duplicatePicture"
    assert f"#{first.pk}" in str(refusal.value)
    assert "Monday" in str(refusal.value)


@pytest.mark.django_db(transaction=True)
def test_two_people_who_send_the_same_picture_at_once_make_one_record(
    clerk: User, clerk2: User, private_media: Path
) -> None:
    content, batch = picture(), make_batch()
    codes: list[str] = []
    start = threading.Barrier(2)

    def send(by: User) -> None:
        start.wait()
        try:
            receive(content, by=by, batch=batch)
            codes.append("taken")
        except InvalidImage as refusal:
            codes.append(refusal.code)
        finally:
            close_old_connections()

    threads = [threading.Thread(target=send, args=(by,)) for by in (clerk, clerk2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(codes) == ["duplicatePicture", "taken"]
    assert Submission.objects.count() == 1
    assert len(list(private_media.rglob("*.png"))) == 1


def test_an_approved_batch_takes_no_picture(clerk: User) -> None:
    closed = submission_at(SubmissionStatus.APPROVED).batch
    closed.refresh_from_db()

    with pytest.raises(NotAllowed) as refusal:
        receive(picture(), by=clerk, batch=closed)

    assert closed.name in str(refusal.value)


def test_a_new_picture_opens_a_batch_that_was_submitted(clerk: User) -> None:
    batch = submission_at(SubmissionStatus.REVIEWED).batch
    assert Batch.objects.get(pk=batch.pk).status == BatchStatus.SUBMITTED

    receive(picture(), by=clerk, batch=batch)

    assert Batch.objects.get(pk=batch.pk).status == BatchStatus.OPEN


def test_receiving_leaves_an_event(clerk: User) -> None:
    submission = receive(picture(), by=clerk)

    event = Event.objects.get(submission=submission)
    assert (event.kind, event.by, event.new) == (EventKind.RECEIVED, clerk, SubmissionStatus.RECEIVED)


@pytest.mark.parametrize("name", ["", "   ", "\x00\x1b", "\u200b"])
def test_a_batch_needs_a_name_that_can_be_seen(name: str, clerk: User) -> None:
    with pytest.raises(ReviewError) as refusal:
        ingest.batch_named(name, by=clerk)
    assert refusal.value.code == "batchNameMissing"


def test_a_batch_of_the_same_name_is_the_same_batch(clerk: User, clerk2: User) -> None:
    first = ingest.batch_named(" March  ", by=clerk)

    assert ingest.batch_named("March", by=clerk2) == first
    assert Event.objects.filter(batch=first, kind=EventKind.CREATED).count() == 1
