"""A server of an installation, in processes of its own, and people who work with it by HTTP."""

import re
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

import httpx

from tests.certificates.make import make
from tests.factories import PASSWORD
from tests.installation import Installation, free_port, kill, wait_for

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
TAGS, SPACE = re.compile(r"<[^>]+>"), re.compile(r"\s+")
PEOPLE = "[User.objects.create_user(r, password={password!r}, role=r) for r in ('clerk', 'supervisor', 'admin')]"
UNLIMITED = resource.RLIM_INFINITY
IN_ENGLISH, IN_CHINESE = "en", "zh-hans"


def words(response: httpx.Response) -> str:
    """Return a page without its tags."""
    return SPACE.sub(" ", TAGS.sub(" ", response.text))


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who has logged in."""

    client: httpx.Client
    token: str

    def get(self, path: str) -> httpx.Response:
        return self.client.get(path)

    def post(self, path: str, **data: str) -> httpx.Response:
        return self.client.post(path, data={"csrfmiddlewaretoken": self.token, **data})

    def upload(self, seed: int) -> httpx.Response:
        """Send a certificate as the upload page's script does."""
        content = make(seed, "clean").content
        data = {"csrfmiddlewaretoken": self.token, "new_batch": "uploaded"}
        files = {"file": (f"{seed}.jpg", content)}
        return self.client.post("/upload/", data=data, files=files, headers={"hx-request": "true"})


@dataclass(slots=True)
class Serving:
    """A server that can be killed and started again at the same address."""

    place: Installation
    port: int
    process: subprocess.Popen[bytes]

    @classmethod
    def on(cls, place: Installation, port: int = 0) -> Self:
        port = port or free_port()
        bind = ("--bind", f"127.0.0.1:{port}", "--no-control-socket")
        threads = ("--worker-class", "gthread", "--workers", "1", "--threads", "4")
        serving = cls(place, port, place.start("-m", "gunicorn", "reviewapp.wsgi", *bind, *threads))
        wait_for(lambda: serving.health)
        return serving

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def health(self) -> dict[str, object]:
        try:
            answer = httpx.get(f"{self.url}/healthz", trust_env=False, timeout=60)
        except httpx.HTTPError:
            return {}
        found: dict[str, object] = answer.json()
        return found

    def visitor(self, name: str, language: str = IN_ENGLISH) -> Visitor:
        headers = {"accept-language": language, "referer": f"{self.url}/"}
        client = httpx.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False)
        found = TOKEN.search(client.get("/login/").text)
        assert found
        entered = client.post("/login/", data={"csrfmiddlewaretoken": found[1], "username": name, "password": PASSWORD})
        assert entered.status_code == 302
        token = TOKEN.search(client.get("/upload/").text)
        assert token
        return Visitor(client, token[1])


@contextmanager
def serving(place: Installation) -> Iterator[Serving]:
    """Serve an installation with a clerk, a supervisor and an administrator."""
    place.manage("collectstatic", "--no-input", "-v", "0")
    place.manage("shell", "-v", "0", "-c", PEOPLE.format(password=PASSWORD))
    server = Serving.on(place)
    try:
        yield server
    finally:
        kill(server.process)


def limit_files(process: subprocess.Popen[bytes], size_bytes: int) -> None:
    """Let no file of a process and its children grow beyond a size, as a disk does that is full."""
    for pid in family(process):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size_bytes, UNLIMITED))


def family(process: subprocess.Popen[bytes]) -> list[int]:
    """Return a process and those of its session."""
    found = subprocess.run(["pgrep", "-s", str(process.pid)], capture_output=True, text=True, check=True)
    return [int(pid) for pid in found.stdout.split()]
