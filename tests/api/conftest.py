import hashlib
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.api.running import Running, running
from tests.factories import answer, picture


class PictureServer:
    """A web server on this machine with one picture and some odd corners."""

    def __init__(self, content: bytes) -> None:
        self.files = {"/certificate.png": content, "/text.png": b"not a picture", "/large.png": bytes(10 * 1024**2 + 1)}
        self.is_over = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/silent.png":
                    server.is_over.wait()
                content = server.files.get(self.path.partition("?")[0])
                self.send_response(404 if content is None else 200)
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, *arguments: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    @property
    def allowed(self) -> str:
        return f"127.0.0.1:{self.http.server_port}"


@pytest.fixture(scope="session")
def known_picture() -> bytes:
    return picture(number=4)


@pytest.fixture(scope="session")
def pictures(known_picture: bytes) -> Iterator[PictureServer]:
    served = PictureServer(known_picture)
    thread = threading.Thread(target=partial(served.http.serve_forever, poll_interval=0.05), daemon=True)
    thread.start()
    yield served
    served.is_over.set()
    served.http.shutdown()
    served.http.server_close()


@pytest.fixture(scope="session")
def server(
    tmp_path_factory: pytest.TempPathFactory, known_picture: bytes, pictures: PictureServer
) -> Iterator[Running]:
    """The product's own processes; the recogniser answers the known picture from a recording."""
    directory = tmp_path_factory.mktemp("api")
    replay = directory / "replay"
    replay.mkdir()
    (replay / f"{hashlib.sha256(known_picture).hexdigest()}.json").write_text(json.dumps(answer()))
    with running(
        directory, ENGINE="replay", REPLAY_DIR=str(replay), FETCH_ALLOWED_HOSTS=pictures.allowed, API_SLOTS="4"
    ) as started:
        yield started
