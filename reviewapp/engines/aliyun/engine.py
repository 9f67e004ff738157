"""Engine `aliyun`: Alibaba Cloud reads the picture (RecognizeBirthCertification of ocr-api)."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import stamina

from reviewapp.engines.acs3.errors import Remedy
from reviewapp.engines.acs3.signing import Credentials, canonical_query, signed_headers
from reviewapp.engines.aliyun.answers import UNREADABLE, Answer, CallFailed, read_answer
from reviewapp.engines.aliyun.gate import Gate, Report
from reviewapp.engines.aliyun.prepare import prepare, put_back
from reviewapp.engines.base import Recognition
from reviewapp.exceptions import EngineError
from reviewapp.sentences import SENTENCES

ACTION, VERSION = "RecognizeBirthCertification", "2021-07-07"
# Bytes; a real answer is far smaller.
ANSWER_LIMIT = 4 * 1024 * 1024
CONNECT_SECONDS = 5.0
# Seconds: when the cloud says how long to wait, and when it does not.
LONGEST_WAIT, LONGEST_BACKOFF = 20.0, 8.0
# An answer that cannot be read may have been paid for: one more try, not three.
ONLY_ONCE_MORE = frozenset({UNREADABLE, "IllegalImageUrl"})


@dataclass(frozen=True, slots=True)
class Account:
    """Where and as whom the cloud is called, and how patiently.

    Hashable, and its text shows no secret.

    `endpoint` is a host, or a URL for a test or a proxy; `read_seconds` bounds one attempt,
    `total_seconds` all attempts with the waits between them.
    """

    credentials: Credentials
    endpoint: str = "ocr-api.cn-hangzhou.aliyuncs.com"
    shrink: bool = False
    attempts: int = 4
    first_wait: float = 0.5
    read_seconds: float = 30.0
    total_seconds: float = 75.0

    @property
    def url(self) -> str:
        return self.endpoint if "://" in self.endpoint else f"https://{self.endpoint}"


def _as_it_is(data: dict[str, Any]) -> dict[str, Any]:
    return data


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked of the cloud: a picture by its bytes or by its address.

    `finish` is done to the answer.
    """

    sha256: str
    body: bytes | None = None
    url: str = ""
    finish: Callable[[dict[str, Any]], dict[str, Any]] = _as_it_is


class AliyunEngine:
    """Calls the cloud once per picture, and again only where that helps."""

    name = "aliyun"

    def __init__(self, account: Account, gate: Gate) -> None:
        self._account = account
        self._gate = gate
        timeout = httpx.Timeout(account.read_seconds, connect=CONNECT_SECONDS)
        self._http = httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False)

    def recognise(self, picture: bytes) -> Recognition:
        """Send a picture's bytes.

        1. An answer that was paid for already. 2. The picture as it is sent. 3. The call; its
        polygons are put back on the picture as it came in. Raises EngineError with the cloud's code
        or `cloudUnreachable`, `cloudSilent`, `unreadableAnswer`, `cloudRefused`; EnginePaused when
        calls are held back.
        """
        started = time.perf_counter()
        sha256 = hashlib.sha256(picture).hexdigest()
        paid = self._gate.answer_of(sha256)
        if paid is not None:
            return self._recognition(Answer(*paid), started)

        sent = prepare(picture, shrink=self._account.shrink)

        call = Call(sha256, body=sent.content, finish=partial(put_back, sent=sent))
        return self._recognition(self._call(call), started)

    def recognise_url(self, url: str) -> Recognition:
        """Have the cloud fetch a picture itself, from an address that it can reach.

        Raises EngineError as `recognise` does, and what the cloud says of the address.
        """
        started = time.perf_counter()
        sha256 = hashlib.sha256(url.encode()).hexdigest()
        return self._recognition(self._call(Call(sha256, url=url)), started)

    def _recognition(self, answer: Answer, started: float) -> Recognition:
        seconds = time.perf_counter() - started
        return Recognition(self.name, answer.data, seconds, request_id=answer.request_id)

    def _call(self, call: Call) -> Answer:
        """Try until there is an answer, or no further attempt would help."""
        attempts = stamina.retry_context(
            on=_wait_after,
            attempts=self._account.attempts,
            timeout=self._account.total_seconds,
            wait_initial=self._account.first_wait,
            wait_jitter=self._account.first_wait,
            wait_max=LONGEST_BACKOFF,
        )
        try:
            for attempt in attempts:
                with attempt:
                    return self._attempt(call, attempt.num)
        except CallFailed as failed:
            raise _refusal(failed) from failed
        raise AssertionError("retry_context raises what the last attempt raised")

    def _attempt(self, call: Call, number: int) -> Answer:
        """Make one attempt and have it noted, whatever comes of it.

        1. A turn is waited for. 2. The call. 3. The answer, put back on the picture, is paid for.
        """
        admitted = self._gate.admit(call.sha256, number)
        started = time.perf_counter()

        try:
            received = self._send(call)
        except CallFailed as failed:
            if failed.code in ONLY_ONCE_MORE and number > 1:
                failed.remedy = Remedy.PICTURE
            self._gate.report(admitted, failed.report(time.perf_counter() - started))
            raise

        answer = Answer(call.finish(received.data), received.request_id)
        report = Report(
            remedy=None,
            status=200,
            request_id=answer.request_id,
            seconds=time.perf_counter() - started,
            data=answer.data,
        )
        self._gate.report(admitted, report)
        return answer

    def _send(self, call: Call) -> Answer:
        """Send one signed request.

        1. the address and its signed headers; 2. the answer's bytes, in time; 3. what they say.
        Raises CallFailed, which knows whether an answer may have been lost on its way.
        """
        query = {"Url": call.url} if call.url else {}
        path = f"/?{canonical_query(query)}".rstrip("?")
        url = httpx.URL(self._account.url).copy_with(raw_path=path.encode())
        headers = signed_headers(
            self._account.credentials,
            host=url.netloc.decode(),
            action=ACTION,
            version=VERSION,
            query=query,
            body=call.body,
        )

        until = time.monotonic() + self._account.read_seconds
        body = call.body or b""
        try:
            with self._http.stream("POST", url, content=body, headers=headers) as response:
                content = _read(response, until)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise CallFailed("cloudUnreachable", Remedy.RETRY) from error
        except httpx.TimeoutException as error:
            raise CallFailed("cloudSilent", Remedy.RETRY, is_answer_lost=True) from error
        except httpx.HTTPError as error:
            raise CallFailed("cloudUnreachable", Remedy.RETRY, is_answer_lost=True) from error

        retry_after = response.headers.get("x-acs-retry-after", "")
        return read_answer(response.status_code, content, retry_after=retry_after)


def _read(response: httpx.Response, until: float) -> bytes:
    """Return the answer's bytes, for as long as they come in time and are not absurdly many."""
    content = bytearray()
    for piece in response.iter_bytes():
        content += piece
        if time.monotonic() > until:
            raise httpx.ReadTimeout("the answer drips")
        if len(content) > ANSWER_LIMIT:
            break
    return bytes(content)


def _wait_after(error: Exception) -> bool | float:
    """Return how long to wait after a failed attempt, as stamina asks.

    Seconds; True as long as usual; False when no further attempt would help.
    """
    if not isinstance(error, CallFailed) or error.remedy is not Remedy.RETRY:
        return False
    if error.retry_after is None:
        return True
    return min(error.retry_after, LONGEST_WAIT)


def _refusal(failed: CallFailed) -> EngineError:
    """Return the error whose sentence tells a clerk what to do."""
    if failed.code == UNREADABLE:
        return EngineError(UNREADABLE, detail=f"HTTP {failed.status}")
    code = "Throttling.User" if failed.code.startswith("Throttling") else failed.code
    has_sentence = code in SENTENCES and "%(" not in str(SENTENCES[code])
    if has_sentence:
        return EngineError(code)
    return EngineError("cloudRefused", vendor_code=code)
