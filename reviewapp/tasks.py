"""What the worker does, and how it is asked to. The queue lies in the same database as the records, so
a picture and its task are written together or not at all."""

import io
import itertools
import logging
from collections.abc import Callable
from decimal import Decimal
from typing import IO

from django.conf import settings
from django.db import transaction
from django.tasks import TaskResultStatus, task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from reviewapp.engines.aliyun import Account, Credentials
from reviewapp.engines.base import Engine, Recognition, get_engine
from reviewapp.engines.second import SecondOpinionEngine
from reviewapp.exceptions import EngineError, EnginePaused, IllegalTransition, InvalidImage
from reviewapp.fetching import fetch
from reviewapp.models import AccessKey, Batch, Reflag, Submission, User
from reviewapp.permissions import allowed, check_can_administer, check_can_upload
from reviewapp.stages import cloud, ingest, recognise, reflag
from reviewapp.stages.cloud import DatabaseGate, Terms
from reviewapp.stages.notify import wish_notice
from reviewapp.states import Source

logger = logging.getLogger(__name__)

REFLAG_SECONDS = 10.0


def engine(name: str = "") -> Engine:
    """Return an engine as the settings set it up; without a name the installation's own.

    Raises EngineError: `unknownEngine`, `cloudNotSetUp`.
    """
    chosen = name or settings.ENGINE
    if chosen == "aliyun":
        return get_engine(chosen, account=cloud_account(), gate=DatabaseGate(cloud_terms()))
    if chosen == "aliyun+local":
        return SecondOpinionEngine(engine("aliyun"), engine("local"))
    return get_engine(chosen, **settings.ENGINE_OPTIONS.get(chosen, {}))


def cloud_account() -> Account:
    """Return the cloud's account as the environment names it, as the official SDKs read it too."""
    who = Credentials(settings.ALIYUN_KEY_ID, settings.ALIYUN_KEY_SECRET, settings.ALIYUN_SECURITY_TOKEN)
    if not who.key_id or not who.secret:
        raise EngineError("cloudNotSetUp")
    return Account(who, settings.ALIYUN_ENDPOINT, shrink=settings.ALIYUN_SHRINK)


def cloud_terms() -> Terms:
    budget = settings.ALIYUN_BUDGET
    return Terms(
        per_second=settings.ALIYUN_CALLS_PER_SECOND,
        at_once=settings.ALIYUN_CALLS_AT_ONCE,
        free_quota=settings.ALIYUN_FREE_QUOTA,
        price=Decimal(settings.ALIYUN_PRICE),
        budget=Decimal(budget) if budget else None,
    )


@task
def read_picture(submission_id: int) -> None:
    """Make a picture ready for the screen and have it read; while the engine pauses it stays in the queue."""
    submission = Submission.objects.select_related("batch").get(pk=submission_id)
    try:
        ingest.render(submission)
    except OSError:
        recognise.fail(submission, EngineError("pictureMissing"))
        return
    try:
        recognise.recognise(submission, engine=engine())
    except EnginePaused as paused:
        read_picture.using(run_after=paused.until).enqueue(submission_id)
    except EngineError as error:
        recognise.fail(submission, error)


@task(priority=10)
def reflag_for_a_while(run_id: int) -> None:
    """Flag stored records anew for some seconds, then make way for whatever waits and queue up again."""
    try:
        if not reflag.go_on(Reflag.objects.get(pk=run_id), seconds=REFLAG_SECONDS):
            reflag_for_a_while.enqueue(run_id)
    except IllegalTransition as error:
        logger.info("flagging anew stopped", extra={"run": run_id, "code": error.code})


@transaction.atomic
def start_reflag(*, by: User) -> None:
    """Have all records that are not finished flagged anew, unless that is under way. Raises NotAllowed."""
    check_can_administer(by)
    last = Reflag.objects.latest_first().first()
    if last is None or not last.is_under_way:
        reflag_for_a_while.enqueue(reflag.begin(by=by).pk)


@transaction.atomic
def resume_reflag(*, by: User) -> None:
    """Go on with the last run if it stopped and still can. Raises NotAllowed."""
    check_can_administer(by)
    last = Reflag.objects.latest_first().first()
    if last is not None and last.can_go_on and not last.is_under_way:
        reflag.resume(last, by=by)
        reflag_for_a_while.enqueue(last.pk)


def resume_cloud(*, by: User) -> None:
    """Let calls to the cloud be made again, and have what waits for them read now. Raises NotAllowed."""
    cloud.resume(by=by)
    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=read_picture.module_path)
    waiting.filter(run_after__gt=timezone.now()).update(run_after=timezone.now())


def receive(file: IO[bytes], *, name: str, batch: Batch, source: Source, by: User) -> Submission:
    """Take a picture in and queue its reading. Raises what `ingest.receive` raises."""
    return ingest.receive(file, name=name, batch=batch, source=source, by=by, queue=read_picture.enqueue)


def receive_url(url: str, *, batch: Callable[[], Batch], by: User) -> Submission:
    """Fetch a picture from a web address and take it into the batch, which is asked for once the picture is here.

    A refusal leaves no new batch behind. Raises InvalidImage with a sentence, and what asking for the batch raises.
    """
    fetched = fetch(url, allowed_hosts=settings.FETCH_ALLOWED_HOSTS)
    with transaction.atomic():
        return receive(fetched.file(), name=fetched.name, batch=batch(), source=Source.URL, by=by)


@transaction.atomic
def retry(submission: Submission, *, by: User) -> None:
    """Have a failed picture read again. Raises IllegalTransition when it has not failed."""
    recognise.retry(submission, by=by)
    read_picture.enqueue(submission.pk)


class Answered:
    """An engine that has answered already."""

    def __init__(self, recognition: Recognition) -> None:
        self.name = recognition.engine
        self._recognition = recognition

    def recognise(self, picture: bytes) -> Recognition:
        return self._recognition


def _api_batch(key: AccessKey) -> Batch:
    """Return today's batch of a key, the next one when that is closed already."""
    for number in itertools.count(1):
        suffix = f" ({number})" if number > 1 else ""
        batch = ingest.batch_named(f"API {(key.label or key.key_id)[:60]} {timezone.localdate()}{suffix}", by=key.user)
        if allowed(check_can_upload, key.user, batch):
            return batch
    raise AssertionError("endless")


def keep_api_picture(content: bytes, *, name: str, recognition: Recognition, key: AccessKey) -> Submission | None:
    """Make a record of a picture that an API call brought, read as the caller was told, if the key asks for it.

    A picture that is here already keeps its one record; the key is told of that one.
    """
    if not key.creates_submissions:
        return None
    try:
        with transaction.atomic():
            batch = _api_batch(key)
            submission = receive(io.BytesIO(content), name=name, batch=batch, source=Source.API, by=key.user)
            recognise.recognise(submission, engine=Answered(recognition))
    except InvalidImage as error:
        submission = Submission.objects.get(pk=error.params["record"])
    wish_notice(key, submission)
    return submission
