"""People and records of the office, made by the product's own stages."""

import hashlib
import io
import json
import random
from pathlib import Path

from django.contrib.auth.hashers import make_password
from PIL import Image

from reviewapp import intake
from reviewapp.certificate.fields import BY_KEY, FIELDS
from reviewapp.models import Batch, Submission, User
from reviewapp.stages import ingest, recognise
from reviewapp.states import Role, Source
from tests.bench.office.cast import ADMIN, CLERK, PASSWORD, SUPERVISOR, batch_name
from tests.certificates.truth import invent
from tests.factories import AnswerEngine, answer

# Just so large that the places of all values are inside.
SIZE, PATCHES = (360, 580), (9, 12)
# Of ten pictures so many wait for the worker, and so many are still with the clerks.
QUEUED, WITH_CLERKS = 3, 1
DOUBTED = 2
NAMES = [spec.name for spec in FIELDS]
# One in so many has a number that breaks a rule, which a clerk corrects or keeps with a reason.
WRONG_NUMBER_EVERY, NUMBER = 4, "mother_id_card_number"


def make_people(clerks: int, supervisors: int) -> None:
    """Store the cast; all have one password, which is hashed once."""
    password = make_password(PASSWORD)
    names = {CLERK.format(number): Role.CLERK for number in range(1, clerks + 1)}
    names |= {SUPERVISOR.format(number): Role.SUPERVISOR for number in range(1, supervisors + 1)}
    names[ADMIN] = Role.ADMIN
    User.objects.bulk_create(User(username=name, role=role, password=password) for name, role in names.items())


def make(numbers: range, seed: int, directory: Path) -> None:
    """Bring pictures in; most are read at once, some wait for the worker, some stay on the clerks' desks."""
    by = User.objects.get(username=ADMIN)
    for number in numbers:
        content = picture(seed, number)
        data = answer_about(seed, number)
        place = number % 10
        if place < WITH_CLERKS + QUEUED:
            keep_answer(directory, content, data)
        if place < WITH_CLERKS:
            (directory / "desk" / f"{number:06}.png").write_bytes(content)
            continue
        batch = ingest.batch_named(batch_name(number), by=by)
        if place < WITH_CLERKS + QUEUED:
            intake.receive(io.BytesIO(content), name=f"{number}.png", batch=batch, source=Source.COMMAND, by=by)
        else:
            _read(content, data, number, batch, by)


def _read(content: bytes, data: object, number: int, batch: Batch, by: User) -> Submission:
    record = ingest.receive(
        io.BytesIO(content), name=f"{number}.png", batch=batch, source=Source.COMMAND, by=by, queue=lambda _: None
    )
    ingest.render(record)
    recognise.recognise(record, engine=AnswerEngine(data))
    return record


def picture(seed: int, number: int) -> bytes:
    """Return a PNG of some coloured patches; every number has another one."""
    width, height = PATCHES
    colours = random.Random(f"{seed}/{number}").randbytes(3 * width * height)
    image = Image.frombytes("RGB", PATCHES, colours).resize(SIZE, Image.Resampling.NEAREST)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def answer_about(seed: int, number: int) -> object:
    """Return what the recogniser says of a picture; of some values it is not sure."""
    rng = random.Random(f"{seed}/{number}/answer")
    truth = invent(rng).values
    values = {BY_KEY[key].name: value for key, value in truth.items()}
    if number % WRONG_NUMBER_EVERY == 0:
        values[NUMBER] = values[NUMBER][:-1] + ("0" if values[NUMBER][-1:] != "0" else "1")
    probs = dict.fromkeys(rng.sample(NAMES, DOUBTED), 55)
    return answer(values, probs=probs, size=SIZE)


def keep_answer(directory: Path, content: bytes, data: object) -> None:
    """Put an answer where the engine `replay` finds it."""
    digest = hashlib.sha256(content).hexdigest()
    (directory / "replay" / f"{digest}.json").write_text(json.dumps(data))
