"""A stand-in of the cloud: a real HTTP server that checks signatures and misbehaves to order."""

import hashlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from reviewapp.administration.cloud_budget import Terms
from reviewapp.api.signature import check_complete, check_signature, read_authorization
from reviewapp.engines.aliyun import AliyunEngine
from tests.factories import answer

KEY_ID, SECRET, TOKEN = "LTAI5tStandIn", "a secret of the stand-in", "an STS token"
REQUEST_ID = "7A3C9F44-0000-4000-8000-0000000000AB"

FAST = Terms(per_second=1000, at_once=8)

type Act = Callable[["Handler"], None]
type MakeEngine = Callable[..., AliyunEngine]


@dataclass
class Seen:
    """One request as it arrived."""

    headers: dict[str, str]
    query: dict[str, str]
    body: bytes


@dataclass
class Cloud:
    """What the stand-in does with the next requests, and what it has seen; after the script it answers well."""

    url: str = ""
    script: list[Act] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    paid: list[str] = field(default_factory=list)
    running: int = 0
    most_running: int = 0
    seconds: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def will(self, *acts: Act) -> None:
        self.script += acts


class Handler(BaseHTTPRequestHandler):
    cloud: Cloud
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        query = dict(parse_qsl(self.path.partition("?")[2], keep_blank_values=True))
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.cloud.lock:
            self.cloud.seen.append(Seen(headers, query, body))
            act = self.cloud.script.pop(0) if self.cloud.script else well
            self.cloud.running += 1
            self.cloud.most_running = max(self.cloud.most_running, self.cloud.running)
        time.sleep(self.cloud.seconds)
        with self.cloud.lock:
            self.cloud.running -= 1
        check_complete(headers)
        secret = SECRET
        check_signature(
            read_authorization(headers["authorization"]), secret=secret, method="POST", query=query, headers=headers
        )
        assert headers["x-acs-content-sha256"] == hashlib.sha256(body).hexdigest()
        act(self)

    def send(self, status: int, content: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def pay(self) -> None:
        self.cloud.paid.append(self.cloud.seen[-1].headers["x-acs-signature-nonce"])

    def log_message(self, *arguments: object) -> None:
        pass


def _body(data: Any = None, **more: Any) -> bytes:
    text = json.dumps(answer() if data is None else data, ensure_ascii=False)
    return json.dumps({"RequestId": REQUEST_ID, "Data": text, **more}, ensure_ascii=False).encode()


def well(handler: Handler) -> None:
    handler.pay()
    handler.send(200, _body())


def data(value: Any) -> Act:
    """Answer with another Data object."""

    def act(handler: Handler) -> None:
        handler.pay()
        handler.send(200, _body(value))

    return act


def body(content: bytes, status: int = 200) -> Act:
    """Answer with any bytes."""
    return lambda handler: handler.send(status, content)


def refuse(code: str, status: int, **headers: str) -> Act:
    content = {"RequestId": REQUEST_ID, "HostId": "h", "Code": code, "Message": "m", "Recommend": ""}
    return lambda handler: handler.send(status, json.dumps(content).encode(), **headers)


def silence(seconds: float) -> Act:
    """Say nothing until the client has gone."""
    return lambda handler: time.sleep(seconds)


def reset(handler: Handler) -> None:
    """Cut the connection hard."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def drip(handler: Handler) -> None:
    """Send the answer, but a byte at a time and never to its end."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b"{")
        handler.wfile.flush()
        time.sleep(0.05)


def cut_short(handler: Handler) -> None:
    """Announce more bytes than are sent, as a proxy that dies does."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(_body()[:500])
    handler.close_connection = True


@contextmanager
def cloud_server() -> Iterator[Cloud]:
    cloud = Cloud()
    handler = type("BoundHandler", (Handler,), {"cloud": cloud})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *arguments: None  # type: ignore[method-assign]
    cloud.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield cloud
    finally:
        server.shutdown()
        server.server_close()
