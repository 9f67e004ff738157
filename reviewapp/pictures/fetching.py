"""Fetch a picture from a web address that a stranger chose.

This server must not become their way into our network. The guard sits where the connection is made:
a name is looked up once, every address of the answer is checked, and the connection goes to a
checked address. So neither an odd spelling, nor a redirect, nor a name server that changes its mind
leads anywhere else. Pure: no model, no settings.
"""

import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import httpcore
import httpx

from reviewapp.exceptions import InvalidImage
from reviewapp.pictures.files import BYTE_LIMIT

URL_LIMIT = 2048
REDIRECT_LIMIT = 3
REDIRECTS = (301, 302, 303, 307, 308)
CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 20.0
PORTS = {"http": 80, "https": 443}
HEADERS = {"User-Agent": "certificate-review", "Accept": "image/*", "Accept-Encoding": "identity"}

GLOBAL_IPV6 = ipaddress.ip_network("2000::/3")
NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Outside the private ranges, yet no web servers: 6to4 relays, and a cloud's service for its own
# machines.
REFUSED = (ipaddress.ip_network("192.88.99.0/24"), ipaddress.ip_network("168.63.129.16/32"))

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address
type Resolver = Callable[..., list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What lay at an address: the last part of its path, and its bytes."""

    name: str
    content: bytes

    def file(self) -> io.BytesIO:
        return io.BytesIO(self.content)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the monotonic clock after which nothing is waited for any more."""

    at: float

    def seconds(self, most: float = TOTAL_SECONDS) -> float:
        """Return how long one may still wait, at most `most`.

        Raises httpcore.ReadTimeout when it is over.
        """
        left = self.at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return min(left, most)


def fetch(
    url: str,
    *,
    allowed_hosts: Collection[str] = (),
    resolver: Resolver = socket.getaddrinfo,
    ssl_context: ssl.SSLContext | None = None,
    seconds: float = TOTAL_SECONDS,
) -> Fetched:
    """Fetch at most 10 MB by GET from an http(s) address, within `seconds` in all.

    1. The address; `allowed_hosts` are entries `host` (its ports 80 and 443) or `host:port` that
    may lie in a private network. 2. A guarded way to it. 3. The picture, after a few redirects.
    Raises InvalidImage: exceededImageUrlLength, IllegalImageUrl (nothing usable there),
    notSafeImageUrl (refused), imageTimeOut, exceededImageContent.
    """
    if len(url) > URL_LIMIT:
        raise InvalidImage("exceededImageUrlLength")
    deadline = Deadline(time.monotonic() + seconds)
    backend = GuardedBackend(allowed_hosts, resolver, deadline)
    context = ssl_context or httpx.create_ssl_context()
    pool = httpcore.ConnectionPool(ssl_context=context, network_backend=backend)

    with _sentences(), pool:
        target = httpx.URL(url.strip())
        for _ in range(REDIRECT_LIMIT + 1):
            content, redirect = _get(pool, target)
            if redirect is None:
                return Fetched(_name(target), content)
            target = redirect
    raise InvalidImage("IllegalImageUrl")


@contextmanager
def _sentences() -> Iterator[None]:
    """Turn what the network raises into the sentence for the person who gave the address."""
    try:
        yield
    except (httpcore.TimeoutException, TimeoutError) as error:
        raise InvalidImage("imageTimeOut") from error
    except (
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpx.InvalidURL,
        OSError,
        ValueError,
    ) as error:
        raise InvalidImage("IllegalImageUrl") from error


def _get(pool: httpcore.ConnectionPool, url: httpx.URL) -> tuple[bytes, httpx.URL | None]:
    """Return the bytes at an address, or where it sends us on to."""
    _check(url)
    parts = httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host.rstrip(b"."), port=url.port, target=url.raw_path
    )
    request_headers = [("Host", url.netloc.decode("ascii")), *HEADERS.items()]
    with pool.stream("GET", parts, headers=request_headers) as response:
        headers = httpx.Headers(response.headers)
        if response.status in REDIRECTS and "location" in headers:
            return b"", url.join(headers["location"])
        if response.status != httpx.codes.OK:
            raise InvalidImage("IllegalImageUrl")
        announced = headers.get("content-length", "")
        return _read(response.iter_stream(), announced), None


def _check(url: httpx.URL) -> None:
    is_web = url.scheme in PORTS
    if not url.scheme or (is_web and not url.host):
        raise InvalidImage("IllegalImageUrl")
    if not is_web or url.userinfo:
        raise InvalidImage("notSafeImageUrl")


def _read(chunks: Iterable[bytes], announced: str) -> bytes:
    """Join the body's chunks; stop as soon as it is, or says that it is, too large."""
    content = bytearray()
    if announced.isdecimal() and int(announced) > BYTE_LIMIT:
        raise InvalidImage("exceededImageContent")
    for chunk in chunks:
        content += chunk
        if len(content) > BYTE_LIMIT:
            raise InvalidImage("exceededImageContent")
    return bytes(content)


def _name(url: httpx.URL) -> str:
    _folder, _slash, name = url.path.rstrip("/").rpartition("/")
    return unquote(name) or "picture"


def is_public(address: Address) -> bool:
    """Return whether an address is one of the public internet.

    Where it holds another one, that one counts.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address in NAT64:
            return is_public(ipaddress.IPv4Address(address.packed[-4:]))
        if address not in GLOBAL_IPV6:
            return False
    elif any(address in network for network in REFUSED):
        return False
    return address.is_global and not address.is_multicast


class GuardedBackend(httpcore.NetworkBackend):
    """Open connections to checked addresses only, and none that outlives the deadline."""

    def __init__(
        self, allowed_hosts: Collection[str], resolver: Resolver, deadline: Deadline
    ) -> None:
        self._allowed = {entry.lower().rstrip(".") for entry in allowed_hosts}
        self._resolver = resolver
        self._deadline = deadline
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers.

        Raises InvalidImage("notSafeImageUrl") for a refused one.
        """
        is_allowed = self._is_allowed(host, port)
        if not is_allowed and port not in PORTS.values():
            raise InvalidImage("notSafeImageUrl")
        addresses = self._addresses(host, port)
        if not is_allowed and not all(is_public(address) for address in addresses):
            raise InvalidImage("notSafeImageUrl")
        stream = self._connect(addresses, port, socket_options)
        return TimedStream(stream, self._deadline)

    def _is_allowed(self, host: str, port: int) -> bool:
        is_ipv6 = ":" in host
        entry = f"[{host}]" if is_ipv6 else host.lower()
        if f"{entry}:{port}" in self._allowed:
            return True
        return entry in self._allowed and port in PORTS.values()

    def _addresses(self, host: str, port: int) -> list[Address]:
        """Look a name up once, for no longer than the deadline; the order is the resolver's."""
        executor = ThreadPoolExecutor(1)
        try:
            lookup = executor.submit(self._resolver, host, port, type=socket.SOCK_STREAM)
            entries = lookup.result(timeout=self._deadline.seconds())
        finally:
            executor.shutdown(wait=False)
        addresses = [ipaddress.ip_address(sockaddr[0]) for *_, sockaddr in entries]
        return list(dict.fromkeys(addresses))

    def _connect(
        self, addresses: list[Address], port: int, options: Iterable[httpcore.SOCKET_OPTION] | None
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError("no address")
        for address in addresses:
            seconds = self._deadline.seconds(CONNECT_SECONDS)
            try:
                return self._network.connect_tcp(
                    str(address), port, timeout=seconds, socket_options=options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class TimedStream(httpcore.NetworkStream):
    """A connection on which every wait ends at the deadline.

    However slowly the other side drips, it has no more time than that.
    """

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.seconds())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.seconds())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.seconds())
        return TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
