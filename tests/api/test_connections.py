"""A connection after a refused body is in step or closed, and bodies without end hold nobody up."""

import time
from collections.abc import Iterator

import pytest

from reviewapp.pictures.files import BYTE_LIMIT
from tests.api.calls import by_hand
from tests.api.raw import Raw, hanging
from tests.api.running import Running, running
from tests.api.test_abandoned import GOOD, keep_answers

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]

LARGE = bytes(BYTE_LIMIT + 1)
MB = 1024 * 1024


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    directory = tmp_path_factory.mktemp("connections")
    keep_answers(directory / "replay")
    with running(directory, workers=1, ENGINE="replay", API_SECONDS="60") as started:
        yield started


def length_of(body: bytes) -> dict[str, str]:
    return {"Content-Length": str(len(body))}


def test_several_calls_on_one_connection_are_answered_in_their_order(server: Running) -> None:
    with hanging([Raw(server)]) as [call]:
        for body, code in [(LARGE, "exceededImageContent"), (b"text", "unsupportedImageFormat"), (GOOD, "")] * 2:
            assert call.send(body).code == code


@pytest.mark.parametrize("body", [b"text", LARGE], ids=["text", "large"])
def test_after_a_wrong_signature_the_next_call_is_understood(server: Running, body: bytes) -> None:
    with hanging([Raw(server)]) as [call]:
        assert call.send(body, **{"x-acs-date": "2026-01-01T00:00:00Z"}).code == "InvalidTimeStamp.Expired"
        assert call.send(GOOD).code == ""


def test_a_chunked_body_that_is_refused_leaves_the_connection_in_step(server: Running) -> None:
    with hanging([Raw(server)]) as [call]:
        call.send_head(LARGE, {"Transfer-Encoding": "chunked"})
        for start in range(0, len(LARGE), MB):
            piece = LARGE[start : start + MB]
            call.socket.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
        call.socket.sendall(b"0\r\n\r\n")
        assert call.code == "exceededImageContent"
        assert call.send(GOOD).code == ""


def test_a_length_beyond_all_measure_is_refused_at_once_and_the_connection_closed(server: Running) -> None:
    with hanging([Raw(server)]) as [call]:
        started = time.monotonic()
        call.send_head(GOOD, {"Content-Length": str(10**18)})
        assert call.code == "exceededImageContent"
        assert time.monotonic() - started < 10
        assert call.is_closed()


def test_chunks_without_end_are_refused_and_the_connection_closed(server: Running) -> None:
    with hanging([Raw(server)]) as [call]:
        call.send_head(GOOD, {"Transfer-Encoding": "chunked"})
        piece = b"%x\r\n%b\r\n" % (MB, bytes(MB))
        with pytest.raises(OSError):  # noqa: PT011, PT012 – one of the pieces finds a broken pipe
            for _ in range(1000):
                call.socket.sendall(piece)
        assert by_hand(server, body=GOOD).code == ""


def test_many_bodies_that_drip_keep_nobody_waiting(server: Running) -> None:
    calls = [Raw(server) for _ in range(12)]
    with hanging(calls):
        for call in calls:
            call.send_head(GOOD, length_of(GOOD))
            call.socket.sendall(GOOD[:10])
        started = time.monotonic()
        assert by_hand(server, body=GOOD).code == ""
        assert time.monotonic() - started < 15


def test_a_body_that_stops_is_given_up_after_its_time(server: Running) -> None:
    with hanging([Raw(server)]) as [call]:
        call.socket.settimeout(90)
        call.send_head(GOOD, length_of(GOOD))
        call.socket.sendall(GOOD[:10])
        started = time.monotonic()
        assert call.code == "ServiceTimeout"
        assert 25 < time.monotonic() - started < 60
        assert call.is_closed()
