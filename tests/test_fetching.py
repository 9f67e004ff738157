"""Fetching by address: what is refused, that the check and the connection are one, and every way to fail."""

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reviewapp.exceptions import InvalidImage
from reviewapp.pictures.fetching import Fetched, fetch
from reviewapp.pictures.files import BYTE_LIMIT

type Answers = list[tuple[Any, ...]]
type Handler = Callable[[socket.socket, str], None]

PUBLIC = "93.184.216.34"
PNG = b"\x89PNG\r\n\x1a\n and more"

REFUSED = {
    "loopback, in all its spellings": r"""
        http://127.0.0.1/a.png http://127.1/ http://127.0.1/ http://127.255.255.254/ http://2130706433/
        http://0x7f000001/ http://0x7f.0.0.1/ http://0x7f.1/ http://017700000001/ http://0177.0x0.0.1/
        http://localhost/ http://LOCALHOST/ http://localhost./ http://127。0。0。1/ https://127.0.0.1/ http://0/
        http://0.0.0.0/ http://0.1.2.3/
    """,
    "private, carrier, link-local and clouds' own services": r"""
        http://10.0.0.1/ http://10.255.255.255/ http://167772161/ http://172.16.0.1/ http://172.31.255.255/
        http://192.168.0.1/ http://192.168.1/ http://0xc0a80001/ http://100.64.0.1/
        http://100.100.100.200/latest/meta-data/ http://169.254.169.254/latest/meta-data/
        http://2852039166/latest/meta-data/ http://0xa9fea9fe/ http://168.63.129.16/machine http://192.0.0.192/opc/v2/
    """,
    "set apart for documents, measurements, many receivers, nobody": r"""
        http://192.0.2.1/ http://192.88.99.1/ http://198.18.0.1/ http://198.51.100.7/ http://203.0.113.9/
        http://224.0.0.1/ http://224.0.1.1/ http://239.255.255.250/ http://240.0.0.1/ http://255.255.255.255/
    """,
    "IPv6, and IPv4 inside it": r"""
        http://[::1]/ http://[0:0:0:0:0:0:0:1]/ http://[::]/ http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/
        http://[::ffff:a9fe:a9fe]/ http://[::127.0.0.1]/ http://[::93.184.216.34]/ http://[64:ff9b::127.0.0.1]/
        http://[64:ff9b::a00:1]/ http://[64:ff9b:1::a00:1]/ http://[2002:7f00:1::]/ http://[2002:c0a8:1::1]/
        http://[2001:0:7f00:1::1]/ http://[2001:db8::1]/ http://[100::1]/ http://[fc00::1]/ http://[fd00:ec2::254]/
        http://[fe80::1]/ http://[fec0::1]/ http://[ff02::1]/ http://[4000::1]/
    """,
    "not the web, not its ports, or with a secret in it": r"""
        ftp://example.com/a.png file:///etc/passwd gopher://127.0.0.1:6379/_INFO javascript:alert(1)
        data:image/png;base64,AAAA http://user:secret@example.com/ http://user@example.com/
        http://example.com\@127.0.0.1/ http://127.0.0.1\@example.com/ http://93.184.216.34:22/
        http://93.184.216.34:6379/ http://93.184.216.34:8080/ https://93.184.216.34:99999/
    """,
}

UNUSABLE_URLS = [
    "",
    "picture",
    "/etc/passwd",
    "//example.com/a.png",
    "http:",
    "http://",
    "http:///a.png",
    "http:/a.png",
    "http://exa\nmple.com/",
    "http://example.com/\r\nHost: localhost",
    "http://[::1/",
    "http://[v1.fe80]/",
    "http://example.com:port/",
    "http://a..b/",
    "http://ex ample.com/",
    "http://\x00/",
    "http://①.com/",
    "http://0251.0376.0251.0376/",
    "http://１２７.0.0.1/",
    "http://0177.0.0.1/",
    "http://" + "a" * 300 + "/",
]


@pytest.fixture(autouse=True)
def no_connection_leaves_the_machine(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Count connections at the socket, and stop every one that would not end on this machine."""
    seen: list[Any] = []
    connect = socket.socket.connect

    def counted(self: socket.socket, address: Any) -> None:
        seen.append(address)
        if address[0] not in ("127.0.0.1", "::1"):
            raise ConnectionRefusedError(address)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", counted)
    return seen


def lookup(*addresses: str) -> Callable[..., Answers]:
    """Return a resolver whose every answer is these addresses."""

    def resolver(host: str, port: int, **_: Any) -> Answers:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return resolver


def refusal(url: str, **options: Any) -> str:
    with pytest.raises(InvalidImage) as caught:
        fetch(url, **options)
    assert str(caught.value)
    return caught.value.code


@contextmanager
def serving(handler: Handler, *, tls: ssl.SSLContext | None = None, greet: bool = True) -> Iterator[str]:
    """Run a server on the loopback that hands each connection and its request to `handler`; yield host:port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    def answer(connection: socket.socket) -> None:
        try:
            secured = tls.wrap_socket(connection, server_side=True) if tls else connection
            with secured:
                handler(secured, secured.recv(65536).decode() if greet else "")
        except OSError:
            connection.close()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()


def reply(status: str = "200 OK", body: bytes = PNG, **headers: str) -> bytes:
    fields = {"Content-Length": str(len(body))} | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def sending(content: bytes) -> Handler:
    return lambda connection, request: connection.sendall(content)


def fetch_from(handler: Handler, path: str = "/", **options: Any) -> Fetched:
    with serving(handler) as host:
        return fetch(f"http://{host}{path}", allowed_hosts=[host], **options)


def refusal_from(handler: Handler, **options: Any) -> str:
    with serving(handler) as host:
        return refusal(f"http://{host}/", allowed_hosts=[host], **options)


@pytest.mark.parametrize("url", " ".join(REFUSED.values()).split())
def test_an_address_that_is_not_the_public_web_is_refused_before_any_connection(
    url: str, no_connection_leaves_the_machine: list[Any]
) -> None:
    assert refusal(url) == "notSafeImageUrl"
    assert no_connection_leaves_the_machine == []


@pytest.mark.parametrize("url", UNUSABLE_URLS)
def test_what_is_no_address_gets_its_sentence(url: str, no_connection_leaves_the_machine: list[Any]) -> None:
    assert refusal(url) == "IllegalImageUrl"
    assert no_connection_leaves_the_machine == []


def test_an_address_longer_than_the_api_allows_is_refused() -> None:
    start = "http://127.0.0.1/"
    assert refusal(start + "a" * (2048 - len(start))) == "notSafeImageUrl"
    assert refusal(start + "a" * (2049 - len(start))) == "exceededImageUrlLength"


def test_a_public_address_is_connected_to(no_connection_leaves_the_machine: list[Any]) -> None:
    assert refusal("http://pictures.example/a.png", resolver=lookup(PUBLIC)) == "IllegalImageUrl"
    assert no_connection_leaves_the_machine == [(PUBLIC, 80)]


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:21f:cb07::1", "64:ff9b::5db8:d822", "::ffff:5db8:d822"])
def test_public_addresses_of_both_families_pass(address: str, no_connection_leaves_the_machine: list[Any]) -> None:
    assert refusal("https://pictures.example/", resolver=lookup(address)) == "IllegalImageUrl"
    assert len(no_connection_leaves_the_machine) == 1


def test_one_private_address_among_public_ones_refuses_the_name(no_connection_leaves_the_machine: list[Any]) -> None:
    assert refusal("http://pictures.example/", resolver=lookup(PUBLIC, "10.0.0.7")) == "notSafeImageUrl"
    assert no_connection_leaves_the_machine == []


def test_a_name_server_that_changes_its_mind_is_asked_once(no_connection_leaves_the_machine: list[Any]) -> None:
    """DNS rebinding: public when it is checked, loopback when it is used."""
    answers = iter([PUBLIC, "127.0.0.1", "127.0.0.1"])
    asked: list[str] = []

    def turncoat(host: str, port: int, **_: Any) -> Answers:
        asked.append(host)
        return lookup(next(answers))(host, port)

    assert refusal("http://pictures.example/", resolver=turncoat) == "IllegalImageUrl"
    assert asked == ["pictures.example"]
    assert no_connection_leaves_the_machine == [(PUBLIC, 80)]


def test_every_address_of_a_name_is_tried_in_turn(no_connection_leaves_the_machine: list[Any]) -> None:
    with serving(sending(reply())) as host:
        port = host.rpartition(":")[2]
        fetched = fetch(
            f"http://pictures.test:{port}/",
            allowed_hosts=[f"pictures.test:{port}"],
            resolver=lookup(PUBLIC, "127.0.0.1"),
        )
    assert fetched.content == PNG
    assert [address[0] for address in no_connection_leaves_the_machine] == [PUBLIC, "127.0.0.1"]


@pytest.mark.parametrize("failure", [socket.gaierror(-2, "unknown"), UnicodeError("label too long"), OSError("down")])
def test_a_name_that_nobody_knows_gets_its_sentence(failure: Exception) -> None:
    def unknown(host: str, port: int, **_: Any) -> Answers:
        raise failure

    assert refusal("http://nowhere.example/", resolver=unknown) == "IllegalImageUrl"


def test_a_name_without_addresses_gets_its_sentence() -> None:
    assert refusal("http://nowhere.example/", resolver=lookup()) == "IllegalImageUrl"


def test_a_slow_name_server_counts_against_the_time() -> None:
    def slow(host: str, port: int, **_: Any) -> Answers:
        time.sleep(1)
        return lookup(PUBLIC)(host, port)

    started = time.monotonic()
    assert refusal("http://slow.example/", resolver=slow, seconds=0.2) == "imageTimeOut"
    assert time.monotonic() - started < 0.9


def test_an_allowed_host_is_fetched_with_its_name_and_bytes() -> None:
    fetched = fetch_from(sending(reply()), "/scans/%E5%9B%BE%201.png?size=full")
    assert (fetched.name, fetched.content) == ("图 1.png", PNG)
    assert fetched.file().read() == PNG


def test_an_address_without_a_path_still_gives_a_name() -> None:
    assert fetch_from(sending(reply())).name == "picture"


def test_a_host_is_allowed_with_its_own_port_only() -> None:
    with serving(sending(reply())) as host:
        assert refusal(f"http://{host}/", allowed_hosts=["127.0.0.1"]) == "notSafeImageUrl"
        assert refusal(f"http://{host}/", allowed_hosts=["127.0.0.1:80", "localhost", "0.1"]) == "notSafeImageUrl"
        assert fetch(f"http://{host}/", allowed_hosts=[host]).content == PNG


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "https://127.0.0.1/", "http://[::1]/"])
def test_a_host_without_a_port_is_allowed_on_the_ports_of_the_web(
    url: str, no_connection_leaves_the_machine: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: socket.socket, address: Any) -> None:
        no_connection_leaves_the_machine.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert refusal(url, allowed_hosts=["127.0.0.1", "[::1]"]) == "IllegalImageUrl"
    assert len(no_connection_leaves_the_machine) == 1


def test_the_request_says_little_about_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    requests: list[str] = []

    def note(connection: socket.socket, request: str) -> None:
        requests.append(request)
        connection.sendall(reply(Set_Cookie="session=secret"))

    with serving(note) as host:
        for _ in range(2):
            fetch(f"http://{host}/a%20b.png?x=1&y=%2F", allowed_hosts=[host])
    assert requests[0] == requests[1]
    assert requests[0].splitlines() == [
        "GET /a%20b.png?x=1&y=%2F HTTP/1.1",
        f"Host: {host}",
        "User-Agent: certificate-review",
        "Accept: image/*",
        "Accept-Encoding: identity",
        "",
    ]


def redirecting(location: str, status: str = "302 Found") -> Handler:
    """Send everybody on to `location`, once; "picture" gives the picture."""

    def handler(connection: socket.socket, request: str) -> None:
        found = "/picture" in request.splitlines()[0]
        connection.sendall(reply() if found else reply(status, b"", Location=location))

    return handler


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
)
def test_a_redirect_is_followed_and_names_the_picture(status: str) -> None:
    assert fetch_from(redirecting("/new/picture.png", status), "/old.png").name == "picture.png"


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://127.0.0.1/picture", "notSafeImageUrl"),
        ("http://169.254.169.254/latest/meta-data/", "notSafeImageUrl"),
        ("http://2130706433/", "notSafeImageUrl"),
        ("//[::1]/picture", "notSafeImageUrl"),
        ("file:///etc/passwd", "notSafeImageUrl"),
        ("http://user:secret@example.com/", "notSafeImageUrl"),
        ("http://[bad/", "IllegalImageUrl"),
        ("http:", "IllegalImageUrl"),
    ],
)
def test_a_redirect_is_checked_like_the_first_address(location: str, code: str) -> None:
    assert refusal_from(redirecting(location)) == code


@pytest.mark.parametrize(("redirects", "is_followed"), [(3, True), (4, False)])
def test_at_most_three_redirects_are_followed(redirects: int, is_followed: bool) -> None:
    requests: list[str] = []

    def chain(connection: socket.socket, request: str) -> None:
        requests.append(request)
        done = len(requests) > redirects
        connection.sendall(reply() if done else reply("302 Found", b"", Location=f"/{len(requests)}"))

    with serving(chain) as host:
        if is_followed:
            assert fetch(f"http://{host}/", allowed_hosts=[host]).content == PNG
        else:
            assert refusal(f"http://{host}/", allowed_hosts=[host]) == "IllegalImageUrl"
    assert len(requests) == 4


@pytest.mark.parametrize(
    "status", ["204 No Content", "206 Partial Content", "302 Found", "304 Not Modified", "404 Not Found", "500 Error"]
)
def test_an_answer_that_is_no_picture_gets_its_sentence(status: str) -> None:
    assert refusal_from(sending(reply(status, b""))) == "IllegalImageUrl"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x00\xff\xfe binary",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
    ],
)
def test_an_answer_that_is_no_http_gets_its_sentence(answer: bytes) -> None:
    assert refusal_from(sending(answer)) == "IllegalImageUrl"


def test_a_connection_that_is_reset_gets_its_sentence() -> None:
    def reset(connection: socket.socket, request: str) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")

    assert refusal_from(reset) == "IllegalImageUrl"


def test_a_port_where_nobody_listens_gets_its_sentence() -> None:
    with serving(sending(b"")) as host:
        pass
    assert refusal(f"http://{host}/", allowed_hosts=[host]) == "IllegalImageUrl"


def test_ten_megabytes_are_taken_and_one_byte_more_is_not() -> None:
    assert len(fetch_from(sending(reply(body=bytes(BYTE_LIMIT)))).content) == BYTE_LIMIT
    assert refusal_from(sending(reply(body=bytes(BYTE_LIMIT + 1)))) == "exceededImageContent"


def test_a_size_that_is_announced_too_large_is_not_waited_for() -> None:
    announced = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"
    assert refusal_from(sending(announced), seconds=2) == "exceededImageContent"


def test_a_stream_without_an_end_is_cut_off() -> None:
    sent = 0

    def endless(connection: socket.socket, request: str) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + bytes(65536) + b"\r\n"
        while True:
            connection.sendall(chunk)
            sent += 65536

    assert refusal_from(endless) == "exceededImageContent"
    assert sent < 4 * BYTE_LIMIT


def drip(content: bytes, *, after: bytes = b"") -> Handler:
    """Send slowly enough that no single wait is long."""

    def handler(connection: socket.socket, request: str) -> None:
        connection.sendall(after)
        for byte in content:
            time.sleep(0.05)
            connection.sendall(bytes([byte]))

    return handler


@pytest.mark.parametrize(
    "handler",
    [
        drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 1000),
        drip(b"a" * 1000, after=b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"),
        drip(b"HTTP/1.1 102 Processing\r\n\r\n" * 100, after=b"HTTP/1.1 102 Processing\r\n\r\n"),
        lambda connection, request: time.sleep(3),
    ],
    ids=["headers", "body", "never finally", "silence"],
)
def test_the_time_is_limited_in_all_however_slowly_a_server_drips(handler: Handler) -> None:
    started = time.monotonic()
    assert refusal_from(handler, seconds=0.5) == "imageTimeOut"
    assert time.monotonic() - started < 2


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a server certificate for pictures.test that is its own authority."""
    directory = tmp_path_factory.mktemp("tls")
    names = ["-subj", "/CN=pictures.test", "-addext", "subjectAltName=DNS:pictures.test"]
    files = ["-keyout", directory / "key.pem", "-out", directory / "cert.pem"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names, *files]
    subprocess.run(command, check=True, capture_output=True)
    return directory


@pytest.fixture
def server_tls(certificates: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates / "cert.pem", certificates / "key.pem")
    return context


def test_tls_is_verified_with_the_name_of_the_address(certificates: Path, server_tls: ssl.SSLContext) -> None:
    trusting = ssl.create_default_context(cafile=certificates / "cert.pem")
    with serving(sending(reply()), tls=server_tls) as host:
        port = host.rpartition(":")[2]
        options = {
            "allowed_hosts": [f"pictures.test:{port}", f"other.test:{port}", host],
            "resolver": lookup("127.0.0.1"),
        }
        right = f"https://pictures.test:{port}/a.png"
        assert fetch(right, ssl_context=trusting, **options).content == PNG
        assert fetch(f"https://pictures.test.:{port}/", ssl_context=trusting, **options).content == PNG
        assert refusal(f"https://other.test:{port}/a.png", ssl_context=trusting, **options) == "IllegalImageUrl"
        assert refusal(f"https://{host}/a.png", ssl_context=trusting, **options) == "IllegalImageUrl"
        assert refusal(right, **options) == "IllegalImageUrl"


def test_a_tls_handshake_that_never_comes_is_not_waited_for() -> None:
    with serving(lambda connection, _: time.sleep(2), greet=False) as host:
        assert refusal(f"https://{host}/", allowed_hosts=[host], seconds=0.3) == "imageTimeOut"
