"""Calls over a socket of one's own, which may be broken off anywhere."""

import json
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPResponse
from multiprocessing.connection import wait as wait_for_any
from typing import Any
from urllib.parse import urlencode

from reviewapp.engines.acs3.signing import Credentials, signed_headers
from tests.api.calls import ACTION, VERSION
from tests.api.running import Running

PATIENCE = 20.0
NO_LINGER = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # struct linger: closing breaks the connection at once


class Raw:
    """One connection to the server."""

    def __init__(self, server: Running) -> None:
        self.server = server
        host, port = server.host.split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=PATIENCE)

    def fileno(self) -> int:
        return self.socket.fileno()

    def send_head(self, body: bytes, framing: Mapping[str, str], *, url: str = "", **changed: str) -> None:
        """Send the signed head of a call for a body; the body itself is for later, or for never."""
        who = Credentials(self.server.key_id, self.server.secret)
        asked = {"host": self.server.host, "action": ACTION, "version": VERSION}
        query = {"Url": url} if url else {}
        headers = {**signed_headers(who, **asked, query=query, body=body), **framing, **changed}
        lines = [f"{name}: {value}" for name, value in headers.items()]
        path = f"/?{urlencode(query)}" if query else "/"
        self.socket.sendall("\r\n".join([f"POST {path} HTTP/1.1", *lines, "", ""]).encode())

    def send(self, body: bytes, **changed: str) -> "Raw":
        """Send a whole call and do not wait for its answer."""
        self.send_head(body, {"Content-Length": str(len(body))}, **changed)
        self.socket.sendall(body)
        return self

    def send_url(self, url: str, **changed: str) -> "Raw":
        """Send a call for the picture at an address and do not wait for its answer."""
        self.send_head(b"", {"Content-Length": "0"}, url=url, **changed)
        return self

    def answer(self) -> tuple[int, dict[str, str], dict[str, Any]]:
        """Return the status, headers (names in lower case) and JSON of the next answer."""
        response = HTTPResponse(self.socket, method="POST")
        response.begin()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return response.status, headers, json.loads(response.read())

    @property
    def code(self) -> str:
        return str(self.answer()[2].get("Code", ""))

    def is_closed(self) -> bool:
        """Wait until the server says something or closes; return whether it closed."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True

    def hang_up(self) -> None:
        self.socket.close()

    def break_off(self) -> None:
        """Close without a goodbye, as a program that is killed with unread data does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        self.socket.close()


def answered(calls: Iterable[Raw], *, seconds: float) -> list[Raw]:
    """Return the calls that have an answer, at least one unless none comes for so many seconds."""
    ready = wait_for_any([call.socket for call in calls], seconds)
    return [call for call in calls if call.socket in ready]


@contextmanager
def hanging(calls: list[Raw]) -> Iterator[list[Raw]]:
    """Hang all up at the end of the block."""
    try:
        yield calls
    finally:
        for call in calls:
            call.hang_up()
