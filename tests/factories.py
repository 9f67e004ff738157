"""Records for tests, made the way the product makes them: through its own stages."""

import io
import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any
from unittest.mock import patch

from django.utils import timezone
from PIL import Image, ImageDraw

from reviewapp.certificate.fields import BY_KEY, FIELDS
from reviewapp.engines.base import Recognition
from reviewapp.exceptions import EngineError
from reviewapp.models import Batch, Field, Submission, User
from reviewapp.pictures.files import Size, renderings
from reviewapp.rules.check import check
from reviewapp.stages import approve, claim, correct, ingest
from reviewapp.stages.recognise import recognise
from reviewapp.states import RejectReason, Role, Source, SubmissionStatus
from tests.certificates.truth import invent

ROLES = {
    "clerk": Role.CLERK,
    "clerk2": Role.CLERK,
    "supervisor": Role.SUPERVISOR,
    "supervisor2": Role.SUPERVISOR,
    "admin": Role.ADMIN,
    "auditor": Role.AUDITOR,
}
PASSWORD = "correct horse battery"
SIZE = (800, 600)
ROW_HEIGHT = 24
AS_ON_PAPER = "It stands so on the paper."
_numbers = itertools.count(1)
# Far from those of pictures that tests draw themselves: no record has the picture of another.
FIRST_RECEIVED = 1_000_000
_received_numbers = itertools.count(FIRST_RECEIVED)

type Polygon = list[list[int]]


def person(name: str) -> User:
    """Return one of the cast, made on first use."""
    found = User.objects.filter(username=name).first()
    role = ROLES[name]
    return found or User.objects.create_user(name, password=PASSWORD, role=role, is_staff=role == Role.ADMIN)


def no_program(notice_id: int) -> None:
    """Stand for a queue where no program waits to be told of an approval."""
    raise AssertionError(f"notice {notice_id} was to be sent")


def make_batch(name: str = "", *, by: User | None = None) -> Batch:
    return ingest.batch_named(name or f"Batch {next(_numbers)}", by=by or person("clerk"))


def picture(*, size: tuple[int, int] = SIZE, number: int | None = None) -> bytes:
    """Return a PNG with a bar where each value would stand; every call gives another picture."""
    image = Image.new("RGB", size, "#eef4ee")
    draw = ImageDraw.Draw(image)
    for position in range(len(FIELDS)):
        draw.rectangle(_bar(position), fill="#223322")
    draw.text((size[0] // 2, 4), f"number {next(_numbers) if number is None else number}", fill="#aa2222")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _bar(position: int) -> tuple[int, int, int, int]:
    top = 20 + position * ROW_HEIGHT
    return 40, top, 340, top + ROW_HEIGHT - 8


def polygon(position: int) -> Polygon:
    """Return the corners of a value's bar, clockwise from its top left."""
    left, top, right, bottom = _bar(position)
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


@cache
def _true_values(number: int) -> dict[str, str]:
    """Invent certificates until one gives the rules nothing to say."""
    truths = (invent(random.Random(seed)).values for seed in itertools.count(1000 * number))
    named = ({BY_KEY[key].name: value for key, value in truth.items()} for truth in truths)
    return next(values for values in named if not check(values, today=timezone.localdate()))


def true_values(number: int = 1) -> dict[str, str]:
    """Return 23 values that belong together and break no rule, by field name; each number has its own."""
    return dict(_true_values(number))


def answer(
    values: Mapping[str, str] | None = None,
    *,
    probs: Mapping[str, int] | None = None,
    without_place: tuple[str, ...] = (),
    size: tuple[int, int] = SIZE,
) -> dict[str, Any]:
    """Return a recogniser's `Data` object as the API writes it; values and probabilities by field name."""
    texts = true_values() | dict(values or {})
    entries = []
    for position, spec in enumerate(FIELDS):
        prob = (probs or {}).get(spec.name, 99) if texts[spec.name] else 100
        entry: dict[str, Any] = {"key": spec.key, "keyProb": prob, "value": texts[spec.name], "valueProb": prob}
        if texts[spec.name] and spec.name not in without_place:
            entry["valuePos"] = [{"x": x, "y": y} for x, y in polygon(position)]
        entries.append(entry)
    width, height = size
    corners = {"x0": 0, "y0": 0, "x1": width, "y1": 0, "x2": width, "y2": height, "x3": 0, "y3": height}
    sizes = {"width": width, "height": height, "orgWidth": width, "orgHeight": height}
    data = {spec.key: texts[spec.name] for spec in FIELDS}
    return {"data": data, "prism_keyValueInfo": entries, "sliceRect": corners, "ftype": 0, **sizes}


@dataclass
class AnswerEngine:
    """An engine that gives one answer, or fails with an error of the API."""

    data: Any = field(default_factory=answer)
    error: str = ""
    name: str = "answer"

    def recognise(self, picture: bytes) -> Recognition:
        if self.error:
            raise EngineError(self.error)
        return Recognition(self.name, self.data, 0.01, request_id="5A3E2C11-0000-4000-8000-000000000000")


def receive(
    *,
    batch: Batch | None = None,
    by: User | None = None,
    content: bytes = b"",
    name: str = "picture.png",
    is_rendered: bool = True,
) -> Submission:
    """Bring a picture in as an upload and make it ready for the screen."""
    by = by or person("clerk")
    file = io.BytesIO(content or _numbered(next(_received_numbers)))
    batch = batch or make_batch(by=by)
    submission = ingest.receive(file, name=name, batch=batch, source=Source.UPLOAD, by=by, queue=lambda _: None)
    if is_rendered:
        with patch.object(ingest, "renderings", _rendered):
            ingest.render(submission)
    return submission


def begin_again() -> None:
    """Let the next test receive the pictures that the one before received: each is drawn and rendered once."""
    global _received_numbers  # noqa: PLW0603 – one row of numbers, as long as the process
    _received_numbers = itertools.count(FIRST_RECEIVED)


def _rendered(content: bytes, sizes: Sequence[Size]) -> list[bytes]:
    return _rendered_once(content, tuple(sizes))


@lru_cache(maxsize=500)
def _rendered_once(content: bytes, sizes: tuple[Size, ...]) -> list[bytes]:
    return renderings(content, sizes)


@lru_cache(maxsize=500)
def _numbered(number: int) -> bytes:
    return picture(number=number)


def submission_at(
    status: SubmissionStatus | str,
    *,
    batch: Batch | None = None,
    by: User | None = None,
    clerk: User | None = None,
    supervisor: User | None = None,
    values: Mapping[str, str] | None = None,
    probs: Mapping[str, int] | None = None,
    data: Any = None,
    reason: str = "The name is wrong.",
    is_rendered: bool = True,
) -> Submission:
    """Return a record that went through the pipeline as far as `status`.

    `by` brought it in, `clerk` reviews (and verifies what is flagged), `supervisor` approves or returns it.
    What the recogniser reads is `data`, or an answer made of `values` and `probs` (both by field name).
    """
    submission = receive(batch=batch, by=by, is_rendered=is_rendered)
    clerk, supervisor = clerk or person("clerk"), supervisor or person("supervisor")
    engine = AnswerEngine(answer(values, probs=probs) if data is None else data)
    _STEPS[SubmissionStatus(status)](submission, engine, clerk, supervisor, reason)
    submission.refresh_from_db()
    return submission


def verify_all(submission: Submission, *, by: User) -> None:
    """Verify every flagged field as a clerk does before submitting."""
    for doubtful in submission.fields.doubtful():
        correct.verify_value(doubtful, by=by, override_reason=AS_ON_PAPER if doubtful.has_error else "")


def change(submission: Submission, name: str, value: str, *, by: User, verify: bool = True) -> Field:
    """Correct one field of a record that this person holds, and verify it also where a rule speaks against it."""
    changed = submission.fields.get(name=name)
    options = {"verify": verify, "override_reason": AS_ON_PAPER if verify else ""}
    correct.correct(changed, value=value, version=changed.version, by=by, **options)
    return changed


def shown(batch: Batch) -> dict[int, int]:
    """Return the records of a batch that await approval, with their versions, as its page shows them."""
    return dict(batch.submissions.awaiting_approval().values_list("pk", "version"))


def mark(submission: Submission, name: str, word: str, *, by: User, **further: str) -> Field:
    """Say of one value that it is unsure, illegible and so on, as whoever holds the record."""
    marked = submission.fields.get(name=name)
    correct.mark_value(marked, mark=word, version=marked.version, by=by, **further)
    return marked


def see_overrides(submission: Submission, *, by: User) -> None:
    """Open every value that was kept against a rule, as a supervisor must before approving."""
    for kept in submission.fields.overrides():
        approve.see_override(kept, version=kept.version, by=by)


def fields_of(submission: Submission) -> dict[str, Field]:
    """Return the 23 fields by name, as they are in the database now."""
    return {found.name: found for found in submission.fields.prefetch_related("flags")}


def _just_received(submission: Submission, *_: Any) -> None:
    assert submission.status == SubmissionStatus.RECEIVED


def _failed(submission: Submission, *_: Any) -> None:
    recognise(submission, engine=AnswerEngine(error="unmatchedImageType"))


def _recognised(submission: Submission, engine: AnswerEngine, *_: Any) -> None:
    recognise(submission, engine=engine)


def _reviewed(submission: Submission, engine: AnswerEngine, clerk: User, *_: Any) -> None:
    recognise(submission, engine=engine)
    claim.claim(submission, by=clerk)
    verify_all(submission, by=clerk)
    correct.submit(submission, by=clerk)


def _unsure(submission: Submission, engine: AnswerEngine, clerk: User, *_: Any) -> None:
    recognise(submission, engine=engine)
    claim.claim(submission, by=clerk)
    verify_all(submission, by=clerk)
    mark(submission, "mother_name", "unsure", by=clerk)
    correct.submit(submission, by=clerk)


def _rejected(submission: Submission, engine: AnswerEngine, clerk: User, *_: Any) -> None:
    recognise(submission, engine=engine)
    claim.claim(submission, by=clerk)
    correct.reject(submission, by=clerk, reason=RejectReason.UNREADABLE, note="too dark")


def _escalated(submission: Submission, engine: AnswerEngine, clerk: User, *_: Any) -> None:
    recognise(submission, engine=engine)
    claim.claim(submission, by=clerk)
    correct.escalate(submission, by=clerk, question="Is this a 钧?", field_name="neonatal_name")


def _returned(submission: Submission, engine: AnswerEngine, clerk: User, supervisor: User, reason: str) -> None:
    _reviewed(submission, engine, clerk)
    approve.return_to_clerk(submission, by=supervisor, reason=reason, field_names=["neonatal_name"])


def _approved(submission: Submission, engine: AnswerEngine, clerk: User, supervisor: User, *_: Any) -> None:
    _reviewed(submission, engine, clerk)
    see_overrides(submission, by=supervisor)
    approve.approve(submission, by=supervisor, queue=no_program)


_STEPS = {
    SubmissionStatus.RECEIVED: _just_received,
    SubmissionStatus.FAILED: _failed,
    SubmissionStatus.RECOGNISED: _recognised,
    SubmissionStatus.UNSURE: _unsure,
    SubmissionStatus.ESCALATED: _escalated,
    SubmissionStatus.REVIEWED: _reviewed,
    SubmissionStatus.REJECTED: _rejected,
    SubmissionStatus.RETURNED: _returned,
    SubmissionStatus.APPROVED: _approved,
}
