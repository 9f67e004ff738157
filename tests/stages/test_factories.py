import pytest

from reviewapp.models import Event
from reviewapp.states import SubmissionStatus
from tests.factories import fields_of, submission_at


@pytest.mark.django_db
@pytest.mark.parametrize("status", SubmissionStatus)
def test_a_record_reaches_every_status_through_the_pipeline(status: SubmissionStatus) -> None:
    submission = submission_at(status)
    assert submission.status == status
    assert Event.objects.filter(submission=submission).last().new == status
    assert len(fields_of(submission)) == (0 if status in ("received", "failed") else 23)
