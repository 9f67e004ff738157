"""RecognizeBirthCertification, answered as the cloud answers it. The contract is docs/api.md.

Where the contract is silent the order of the checks below is a guess: what costs nothing first,
then who asks, then what they ask.
"""

import hashlib
import hmac
import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from urllib.parse import parse_qsl
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, JsonResponse

from reviewapp.administration.access_keys import spend_nonce
from reviewapp.api.body import read_body
from reviewapp.api.errors import (
    BOTH_INPUTS,
    EMPTY_BODY,
    EMPTY_RETRY,
    ApiError,
    from_refusal,
    throttled,
)
from reviewapp.api.signature import check_complete, check_date, check_signature, read_authorization
from reviewapp.engines.base import Recognition
from reviewapp.exceptions import ReviewError, outage_code
from reviewapp.intake import keep_api_picture
from reviewapp.models import AccessKey
from reviewapp.pictures.fetching import URL_LIMIT, fetch
from reviewapp.pictures.files import inspect
from reviewapp.processes import recogniser

logger = logging.getLogger(__name__)

ACTION, VERSION = "RecognizeBirthCertification", "2021-07-07"
RECORD_HEADER = "x-reviewapp-record"
WRONG_HASH = "x-acs-content-sha256 is not the hash of the body."
# For the recogniser, where fetching the picture has spent all the time.
LEAST_SECONDS = 0.1


def answer(request: HttpRequest) -> JsonResponse:
    """Answer an API call, whatever happens as JSON."""
    request_id = str(uuid4()).upper()
    try:
        data, headers = _recognise(request)
        response = JsonResponse({"RequestId": request_id, "Data": data}, headers=headers)
    except ApiError as error:
        response = _refusal(request, error, request_id)
    except Exception as error:
        logger.exception("api call failed")
        # An SDK comes back by itself after an outage.
        code = "ServiceUnavailable" if outage_code(error) else "InternalError"
        response = _refusal(request, ApiError(code), request_id)
    response.headers["x-acs-request-id"] = request_id
    return response


def _refusal(request: HttpRequest, error: ApiError, request_id: str) -> JsonResponse:
    content = error.body(request_id=request_id, host=request.META.get("HTTP_HOST", ""))
    headers = {**error.headers, "x-acs-error-code": error.code}
    return JsonResponse(content, status=error.status, headers=headers)


def _recognise(request: HttpRequest) -> tuple[str, dict[str, str]]:
    """Return the answer's Data as JSON text, and further headers.

    1. Is it this API. 2. Who asks. 3. Is it no replay. 4. The picture, and whether it is one:
    nobody is told to come back with what will be refused anyway. 5. The answer. 6. The record, for
    keys that want one.
    """
    started = time.monotonic()
    _check_route(request)
    key = _authenticate(request)
    if not spend_nonce(key, request.headers["x-acs-signature-nonce"]):
        raise ApiError("SignatureNonceUsed")
    key.note_use()
    try:
        sent, url = _sent(request)
        with _thread():
            content, name = _one_of(sent, url, seconds=_seconds(request) / 2)
            with _place(Wait.READING):
                seconds = _left(_seconds(request), started)
                connection = request.META.get("gunicorn.socket")
                recognition = recogniser.ask(content, seconds=seconds, connection=connection)
                record = keep_api_picture(content, name=name, recognition=recognition, key=key)
    except ReviewError as error:
        raise from_refusal(error) from error

    headers = {RECORD_HEADER: str(record.pk)} if record is not None else {}
    return json.dumps(recognition.data, ensure_ascii=False), headers


def _check_route(request: HttpRequest) -> None:
    if request.method != "POST":
        raise ApiError("UnsupportedHTTPMethod")
    if request.path != "/":
        raise ApiError("InvalidApi.NotFound")
    # A header that is missing is refused later, with its own code.
    if request.headers.get("x-acs-action", "") not in ("", ACTION):
        raise ApiError("InvalidAction.NotFound")
    if request.headers.get("x-acs-version", "") not in ("", VERSION):
        raise ApiError("InvalidVersion")


def _authenticate(request: HttpRequest) -> AccessKey:
    """Return the key that signed a request.

    1. The headers are all there and well formed. 2. The key is known. 3. It signed just this. 4. It
    is still good. A key is called revoked, or its owner without permission, only to whoever has its
    secret.
    """
    authorization = read_authorization(request.headers.get("Authorization", ""))
    headers = {name.lower(): value for name, value in request.headers.items()}
    check_complete(headers)
    check_date(headers["x-acs-date"], now=datetime.now(UTC))

    keys = AccessKey.objects.select_related("user")
    key = keys.filter(key_id=authorization.key_id).first()
    if key is None:
        raise ApiError("InvalidAccessKeyId.NotFound")

    check_signature(
        authorization, secret=key.secret, method="POST", query=_query(request), headers=headers
    )
    if headers.get("x-acs-accesskey-id", key.key_id) != key.key_id:
        raise ApiError("invalidStsToken")

    if key.is_revoked:
        raise ApiError("InvalidAccessKeyId.Inactive")
    if not key.may_recognise:
        raise ApiError("noPermission")
    return key


def _query(request: HttpRequest) -> dict[str, str]:
    """Return the decoded parameters.

    One value travels in several spellings, so the raw query says nothing.
    """
    return dict(parse_qsl(request.META.get("QUERY_STRING", ""), keep_blank_values=True))


class Wait(Enum):
    """What may take a thread long; the value is how many seconds a call waits for a place to do it.

    A process has API_SLOTS places for each. With places of their own, slow readings keep nobody
    from hearing that their picture is broken, and pictures that arrive slowly keep no other from
    being read. A body needs no place: `Patience` bounds how many are slow. Who waits holds a thread
    as well, so `_thread` bounds all together.
    """

    FETCH = 2.0  # from an address; most pictures arrive in less
    CHECK = 5.0  # by decoding: up to 0.3 GB and two seconds each, so everybody's turn comes
    READING = 0.0  # the recogniser has a line of its own, with a place for each caller it can serve


@cache
def _places(wait: Wait) -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(settings.API_SLOTS)


@cache
def _threads() -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(settings.API_CALLS)


@contextmanager
def _thread() -> Iterator[None]:
    """Hold one of the threads that API callers may have, from its check to its answer.

    Raises Throttling.User at once where all are taken: the others are for the pages.
    """
    threads = _threads()
    if not threads.acquire(blocking=False):
        raise throttled()
    try:
        yield
    finally:
        threads.release()


@contextmanager
def _place(wait: Wait) -> Iterator[None]:
    places = _places(wait)
    if not places.acquire(timeout=wait.value):
        raise throttled()
    try:
        yield
    finally:
        places.release()


def _sent(request: HttpRequest) -> tuple[bytes, str]:
    """Return the body and the address of a call. Raises ApiError where it has neither."""
    content = read_body(request.META)
    claimed_sha256 = request.headers["x-acs-content-sha256"].strip().lower()
    sha256 = hashlib.sha256(content).hexdigest()
    if not hmac.compare_digest(sha256, claimed_sha256):
        raise ApiError("SignatureDoesNotMatch", detail=WRONG_HASH)
    url = _query(request).get("Url", "")
    if not content and not url:
        raise _nothing_sent(request)
    return content, url


def _nothing_sent(request: HttpRequest) -> ApiError:
    """Return the refusal of a call without a picture; the SDKs give a body, also none, a type."""
    detail = EMPTY_BODY if "content-type" in request.headers else ""
    if "x-acs-retry-attempts" in request.headers:
        detail = EMPTY_RETRY
    return ApiError("imageUrlOrBodyEmpty", detail=detail)


def _one_of(content: bytes, url: str, *, seconds: float) -> tuple[bytes, str]:
    """Return the picture of a call that has exactly one of body and address, and its name.

    Raises ApiError; InvalidImage as `fetch` and `inspect` do.
    """
    if content and url:
        raise ApiError("imageUrlOrBodyEmpty", detail=BOTH_INPUTS)
    if not content and not url:
        raise ApiError("imageUrlOrBodyEmpty")
    if len(url) > URL_LIMIT:
        raise ApiError("exceededImageUrlLength")
    name = "picture"
    if url:
        with _place(Wait.FETCH):
            fetched = fetch(url, allowed_hosts=settings.FETCH_ALLOWED_HOSTS, seconds=seconds)
        content, name = fetched.content, fetched.name
    with _place(Wait.CHECK):
        inspect(content)
    return content, name


def try_picture(content: bytes, url: str) -> Recognition:
    """Read a picture for somebody who tries the API in a browser. Raises ApiError, ReviewError."""
    seconds = float(settings.API_SECONDS)
    started = time.monotonic()
    with _thread():
        picture, _ = _one_of(content, url, seconds=seconds / 2)
        with _place(Wait.READING):
            return recogniser.ask(picture, seconds=_left(seconds, started))


def _left(seconds: float, started: float) -> float:
    """Return what is left of so many seconds, but never nothing."""
    spent = time.monotonic() - started
    return max(LEAST_SECONDS, seconds - spent)


def _seconds(request: HttpRequest) -> float:
    """Return how long a caller waits at most: the Node SDK gives up sooner than the others."""
    is_node = "Node.js" in request.headers.get("User-Agent", "")
    return float(settings.API_SECONDS_NODE if is_node else settings.API_SECONDS)
