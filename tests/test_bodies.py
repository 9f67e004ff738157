"""Bodies that are too large, too slow or cut off, sent to the server as it runs in production."""

import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from reviewapp.api.docs import TRY_LIMIT
from reviewapp.pictures.files import BYTE_LIMIT
from reviewapp.views.upload import UPLOAD_LIMIT
from tests.api.running import Running, running
from tests.hostile import noise
from tests.syntax import ROOT

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]

MB = 1024 * 1024
PASSWORD = "a long enough one"
SIGNED = "x-acs-action: RecognizeBirthCertification\r\n"
TOO_LARGE = {"en": "More was sent than this page takes", "zh-hans": "发送的内容超过此页面允许的大小"}
TOO_SLOW = {"en": "This took too long to arrive", "zh-hans": "发送的内容未能及时到达"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server whose temporary folder is its own."""
    directory = tmp_path_factory.mktemp("bodies")
    (directory / "temporary").mkdir()
    with running(directory, TMPDIR=str(directory / "temporary"), ENGINE="replay") as started:
        started.python(f"User.objects.create_user('clerk', password={PASSWORD!r}, role='clerk')")
        yield started


@pytest.fixture
def temporary(place: Running) -> Path:
    return place.data_dir / "temporary"


def head(place: Running, path: str, length: int | str, *, method: str = "POST", more: str = "") -> bytes:
    lines = f"{method} {path} HTTP/1.1\r\nHost: {place.host}\r\n{more}"
    kind = "Content-Type: application/x-www-form-urlencoded\r\n"
    framing = f"Content-Length: {length}\r\n" if isinstance(length, int) else f"Transfer-Encoding: {length}\r\n"
    return f"{lines}{kind}{framing}\r\n".encode()


@contextmanager
def connection(place: Running, seconds: float = 60) -> Iterator[socket.socket]:
    name, _, port = place.host.partition(":")
    with socket.create_connection((name, int(port)), timeout=seconds) as opened:
        yield opened


def answer_of(opened: socket.socket) -> bytes:
    """Return all that the server says until it closes the connection, or is done with its one answer."""
    content = b""
    try:
        while piece := opened.recv(65536):
            content += piece
    except ConnectionResetError:
        pass
    return content


def status_of(content: bytes) -> int:
    return int(content.split(b" ", 2)[1])


@contextmanager
def slow_senders(place: Running, start: bytes, count: int = 40) -> Iterator[None]:
    """Begin many requests at once whose bodies never end."""
    senders = []
    try:
        for _ in range(count):
            name, _, port = place.host.partition(":")
            sender = socket.create_connection((name, int(port)))
            sender.sendall(start + b"x")
            senders.append(sender)
        yield
    finally:
        for sender in senders:
            sender.close()


def seconds_of_a_page(place: Running) -> float:
    started = time.monotonic()
    assert httpx.get(f"{place.url}login/", trust_env=False, timeout=60).status_code == 200
    return time.monotonic() - started


SLOW = {
    "an unsigned API call": ("/", 1000, "POST", SIGNED),
    "an unsigned API call in chunks": ("/", "chunked", "POST", SIGNED),
    "a log-in": ("/login/", 1000, "POST", ""),
    "a log-in in chunks": ("/login/", "chunked", "POST", ""),
    "a page behind the log-in": ("/upload/", 1000, "POST", ""),
    "a page that is only looked at": ("/login/", 1000, "GET", ""),
    "the health check": ("/healthz", 1000, "GET", ""),
    "an address with nothing there": ("/nothing/", 1000, "POST", ""),
    "a style sheet": ("/static/nothing.css", 1000, "GET", ""),
    "who closes the connection": ("/login/", 1000, "GET", "Connection: close\r\n"),
}


@pytest.mark.parametrize("kind", SLOW)
def test_forty_slow_bodies_do_not_stop_the_pages(place: Running, kind: str) -> None:
    path, length, method, more = SLOW[kind]
    with slow_senders(place, head(place, path, length, method=method, more=more)):
        time.sleep(0.2)
        assert seconds_of_a_page(place) < 10


def test_forty_who_ask_to_close_and_do_not_do_it_themselves_do_not_stop_the_pages(place: Running) -> None:
    ask = f"GET /healthz HTTP/1.1\r\nHost: {place.host}\r\nConnection: close\r\n\r\n".encode()
    with slow_senders(place, ask):
        assert seconds_of_a_page(place) < 10


def test_forty_uploads_of_strangers_that_stall_do_not_stop_the_pages(place: Running) -> None:
    with slow_senders(place, head(place, "/upload/", 5 * MB)):
        assert seconds_of_a_page(place) < 10


# Too large


@pytest.mark.parametrize("language", TOO_LARGE)
def test_200_mb_to_the_log_in_are_refused_in_a_sentence_before_they_are_read(
    place: Running, temporary: Path, language: str
) -> None:
    before = sorted(temporary.iterdir())
    with connection(place) as opened:
        opened.sendall(head(place, "/login/", 200 * MB, more=f"Accept-Language: {language}\r\n"))
        sent = pour(opened, 200 * MB)
        content = answer_of(opened)
    assert sent < 20 * MB
    assert status_of(content) == 413
    assert TOO_LARGE[language] in content.decode()
    assert sorted(temporary.iterdir()) == before


def pour(opened: socket.socket, size: int) -> int:
    """Send zeros as long as somebody takes them; return how many."""
    sent = 0
    try:
        while sent < size:
            sent += opened.send(bytes(65536))
    except OSError:
        pass
    return sent


@pytest.mark.parametrize("path", ["/login/", "/language/"])
def test_a_little_too_large_is_read_so_that_its_sender_sees_the_sentence(place: Running, path: str) -> None:
    answer = httpx.post(f"{place.url}{path.strip('/')}/", content=bytes(3 * MB), trust_env=False, timeout=60)
    assert answer.status_code == 413
    assert "text/html" in answer.headers["content-type"]


def test_a_body_in_chunks_is_no_way_around_the_limit(place: Running) -> None:
    pieces = (bytes(65536) for _ in range(48))
    answer = httpx.post(f"{place.url}login/", content=pieces, trust_env=False, timeout=60)
    assert answer.status_code == 413


def test_an_upload_by_a_stranger_is_led_to_the_log_in_and_written_nowhere(place: Running, temporary: Path) -> None:
    before = sorted(temporary.iterdir())
    answer = httpx.post(f"{place.url}upload/", files={"file": bytes(8 * MB)}, trust_env=False, timeout=60)
    assert (answer.status_code, answer.headers["location"][:7]) == (302, "/login/")
    assert sorted(temporary.iterdir()) == before


# People who have logged in


@pytest.fixture(scope="module")
def clerk(place: Running) -> Iterator[httpx.Client]:
    headers = {"accept-language": "en", "referer": place.url}
    with httpx.Client(base_url=place.url, trust_env=False, timeout=60, headers=headers) as browser:
        browser.get("/login/")
        data = {"username": "clerk", "password": PASSWORD, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        assert browser.post("/login/", data=data).status_code == 302
        yield browser


def token(clerk: httpx.Client) -> dict[str, str]:
    return {"x-csrftoken": clerk.cookies["csrftoken"]}


def test_several_pictures_of_10_mb_go_up_at_once(clerk: httpx.Client) -> None:
    pictures = [noise(400 + number, 300, "BMP").ljust(BYTE_LIMIT, b"\0") for number in range(4)]
    files = [("file", (f"{number}.bmp", content)) for number, content in enumerate(pictures)]
    answer = clerk.post("/upload/", files=files, data={"new_batch": "large ones"}, headers=token(clerk))
    assert answer.status_code == 200
    assert len(re.findall(r"/records/\d+/", answer.text)) >= 4


def test_no_other_page_takes_what_the_upload_takes(clerk: httpx.Client) -> None:
    for path in ("/batches/1/approve/", "/exports/", "/upload/url/", "/records/1/fields/name/", "/password/"):
        answer = clerk.post(path, data={"x": "x" * 2 * MB}, headers=token(clerk))
        assert answer.status_code == 413, path
        assert TOO_LARGE["en"] in answer.text


def test_a_script_gets_the_sentence_alone(clerk: httpx.Client) -> None:
    headers = {**token(clerk), "hx-request": "true"}
    answer = clerk.post("/exports/", data={"x": "x" * 2 * MB}, headers=headers)
    assert (answer.status_code, answer.headers["hx-retarget"]) == (413, "#notices")
    assert "<html" not in answer.text


def test_a_picture_over_the_limit_that_is_tried_gets_the_apis_own_code(place: Running, clerk: httpx.Client) -> None:
    place.python("User.objects.filter(username='clerk').update(can_recognise=True)")
    large = noise(400, 300, "BMP").ljust(BYTE_LIMIT + 1, b"\0")
    answer = clerk.post("/api/try/", files={"file": large}, headers=token(clerk))
    assert "exceededImageContent" in answer.text
    assert clerk.post("/api/try/", files={"file": bytes(13 * MB)}, headers=token(clerk)).status_code == 413


def test_many_parts_and_many_inputs_are_refused_in_a_sentence(place: Running) -> None:
    for data in ({f"f{number}": "x" for number in range(2000)}, {}):
        files: Any = None if data else [("f", ("n", b"x"))] * 500
        answer = httpx.post(f"{place.url}login/", data=data, files=files, trust_env=False, timeout=60)
        assert answer.status_code == 400
        assert "error-page" in answer.text


# Cut off


@pytest.mark.parametrize("language", TOO_SLOW)
def test_a_form_that_stops_coming_is_told_so(place: Running, language: str) -> None:
    with connection(place) as opened:
        opened.sendall(head(place, "/login/", 1000, more=f"Accept-Language: {language}\r\n") + b"username=a")
        content = answer_of(opened)
    assert status_of(content) == 408
    assert TOO_SLOW[language] in content.decode()


def test_what_arrived_of_a_form_that_was_cut_off_is_not_acted_on(place: Running, clerk: httpx.Client) -> None:
    cookies = "; ".join(f"{name}={value}" for name, value in clerk.cookies.items())
    form = f"csrfmiddlewaretoken={clerk.cookies['csrftoken']}&language=en".encode()
    with connection(place) as opened:
        opened.sendall(head(place, "/language/", len(form) + 5, more=f"Cookie: {cookies}\r\n") + form)
        opened.shutdown(socket.SHUT_WR)
        assert status_of(answer_of(opened)) == 408


def test_a_slow_upload_goes_on_as_long_as_it_progresses(place: Running, clerk: httpx.Client) -> None:
    def dripping() -> Iterator[bytes]:
        for start in range(0, len(form), len(form) // 14):
            yield form[start : start + len(form) // 14]
            time.sleep(1)

    request = clerk.build_request(
        "POST", "/upload/", files={"file": ("slow.png", noise(300, 500, "PNG"))}, data={"new_batch": "slow"}
    )
    form = request.read()
    headers = {**token(clerk), "content-type": request.headers["content-type"], "content-length": str(len(form))}
    answer = clerk.post("/upload/", content=dripping(), headers=headers)
    assert answer.status_code == 200
    assert re.search(r"/records/\d+/", answer.text)


def test_no_second_request_is_read_out_of_a_body_that_was_refused(place: Running) -> None:
    hidden = f"GET /healthz HTTP/1.1\r\nHost: {place.host}\r\n\r\n".encode()
    with connection(place) as opened, ThreadPoolExecutor(1) as executor:
        opened.sendall(head(place, "/login/", 200 * MB))
        answer = executor.submit(answer_of, opened)
        try:
            for _ in range(200):
                opened.sendall(hidden)
                time.sleep(0.01)
        except OSError:
            pass
        assert answer.result().count(b"HTTP/1.1 ") == 1


def test_a_connection_is_used_again_after_a_body_that_was_read(place: Running) -> None:
    with httpx.Client(base_url=place.url, trust_env=False) as browser:
        answers = [browser.post("/login/", content=b"x=1", headers={"content-type": "text/plain"}) for _ in range(3)]
        streams = {id(answer.extensions["network_stream"].get_extra_info("socket")) for answer in answers}
    assert len(streams) == 1


def test_the_proxy_of_the_documentation_lets_through_what_the_pages_take() -> None:
    text = (ROOT / "docs" / "deploy.md").read_text()
    blocks = re.findall(r"location = (\S+) \{\s+client_max_body_size (\d+)m;", text)
    assert {path: int(size) * MB for path, size in blocks} == {
        "/": TRY_LIMIT,
        "/api/try/": TRY_LIMIT,
        "/upload/": UPLOAD_LIMIT,
    }
    assert re.search(r"^    client_max_body_size 1m;$", text, re.MULTILINE)
