"""A stored picture that cannot be made ready for the screen: the record says so, no task ends without a word."""

import hashlib

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from reviewapp import tasks
from reviewapp.exceptions import sentence
from reviewapp.models import Submission
from reviewapp.states import SubmissionStatus
from tests.factories import receive, submission_at
from tests.guards import guards_off
from tests.picture_files import quarters, saved, without_segment

pytestmark = pytest.mark.django_db

UNMARKED = without_segment(saved(Image.new("CMYK", (96, 64)), "JPEG"), 0xEE)
CUT = saved(Image.effect_noise((208, 160), 60), "JPEG")[:-2000]
SPOILT = saved(Image.effect_noise((208, 160), 60), "PNG")
SPOILT = SPOILT[:300] + bytes(200) + SPOILT[500:]


def stored(content: bytes, submission: Submission) -> Submission:
    """Return a record whose picture was taken in before it would be refused."""
    submission.original.save("earlier.jpg", ContentFile(content), save=False)
    submission.sha256 = hashlib.sha256(content).hexdigest()
    submission.screen, submission.thumbnail, submission.rendering_digests = "", "", None
    with guards_off():
        submission.save()
    return submission


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (UNMARKED, "unmarkedInks"),
        (CUT, "truncatedImage"),
        (SPOILT, "truncatedImage"),
        (b"no picture", "unsupportedImageFormat"),
        (saved(quarters(8000, 20), "PNG"), "illegalImageRatio"),
    ],
    ids=["inks", "cut", "spoilt", "no picture", "sides"],
)
def test_a_picture_that_would_be_refused_today_fails_with_the_sentence(content: bytes, code: str) -> None:
    submission = stored(content, receive())
    tasks.read_picture.call(submission.pk)
    submission.refresh_from_db()
    assert (submission.status, submission.failure_code) == (SubmissionStatus.FAILED, code)
    assert sentence(submission.failure_code, submission.failure_params)


def test_a_picture_that_is_gone_fails_with_its_sentence() -> None:
    submission = stored(b"", receive())
    submission.original.storage.delete(submission.original.name)
    tasks.read_picture.call(submission.pk)
    submission.refresh_from_db()
    assert (submission.status, submission.failure_code) == (SubmissionStatus.FAILED, "pictureMissing")


def test_a_record_that_was_read_already_stays_as_it_is() -> None:
    submission = stored(b"no picture", submission_at(SubmissionStatus.RECOGNISED))
    tasks.read_picture.call(submission.pk)
    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.RECOGNISED
