"""Measure whether API callers slow a clerk down: a clerk works in a running demo, alone and under load.

    uv run --group dev python -m tests.bench.api_load [--clients 50] [--seconds 60] [--json]

The demo is the real one: server, worker, recogniser, local engine, samples. The clients are signed calls
with certificates as bodies, on loopback; they run in a process of their own at a low priority, because
elsewhere they would run on other machines. A client that is told to come back (`Throttling.User`) waits as
long as `x-acs-retry-after` says, as the SDKs do that obey it. Aim: the clerk's p95 under load is within
1.5 times the p95 without, and every call is answered or told a throttling code.
"""

import argparse
import asyncio
import html
import json
import multiprocessing
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import httpx

from reviewapp.engines.acs3.signing import Credentials, signed_headers
from tests.certificates.make import make
from tests.installation import ROOT, free_port

ACTION, VERSION = "RecognizeBirthCertification", "2021-07-07"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
THINKING_SECONDS = 0.15
LOWEST_PRIORITY = 19
PATIENCE = 30.0
ROUNDS, RAMP_SECONDS = 4, 2.0


@contextmanager
def demo(directory: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Run the demo with all its samples read; yield its address and the clerk's and the callers' secrets."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ}
    environment["REVIEWAPP_DATA_DIR"] = str(directory)
    command = [sys.executable, "manage.py", "demo", "--port", str(free_port()), "--json"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        key = _manage(environment, "create_access_key", "--user", "admin")
        ask = "from reviewapp.models import *; print(Submission.objects.received().count())"
        while _manage(environment, "shell", "-v", "0", "-c", ask) > 0:
            time.sleep(3)
        yield said["url"], {"password": said["accounts"]["clerk"], **key}
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _manage(environment: dict[str, str], *arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@dataclass
class Clerk:
    """A person at work: looks at the list, takes a record, looks at its picture, saves values, lets it go."""

    url: str
    password: str
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    token: str = ""

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.url, timeout=PATIENCE, trust_env=False)
        page = self.http.get("login/")
        form = {"username": "clerk", "password": self.password, "csrfmiddlewaretoken": TOKEN.findall(page.text)[0]}
        assert self.http.post("login/", data=form, headers={"Referer": self.url}).status_code == httpx.codes.FOUND

    def work(self, seconds: float) -> dict[str, list[float]]:
        """Work for a while; return the seconds that each kind of answer took."""
        self.seconds.clear()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._record()
        return dict(self.seconds)

    def _record(self) -> None:
        self._timed("home", "GET", "")
        self._timed("batches", "GET", "batches/")
        taken = self._timed("next", "POST", "review/next/")
        address = taken.headers["location"].lstrip("/")
        page = self._timed("review", "GET", address)
        record = address.split("/")[1]
        self._timed("picture", "GET", f"records/{record}/picture/screen/")
        for name in ("neonatal_name", "sex", "mother_name"):
            version, value = _field(page.text, name)
            saved = {"value": value, "version": version}
            self._timed("save", "POST", f"records/{record}/fields/{name}/", saved)
        self._timed("give back", "POST", f"records/{record}/give-back/")

    def _timed(self, kind: str, method: str, address: str, data: dict[str, str] | None = None) -> httpx.Response:
        headers = {"Referer": self.url, "X-CSRFToken": self.http.cookies.get("csrftoken", "")}
        started = time.perf_counter()
        response = self.http.request(method, address, data=data, headers=headers)
        self.seconds[kind].append(time.perf_counter() - started)
        assert response.status_code < httpx.codes.BAD_REQUEST, f"{kind}: {response.status_code}"
        time.sleep(THINKING_SECONDS)
        return response


def _field(page: str, name: str) -> tuple[str, str]:
    """Return a field's version and value as the review page shows them."""
    form = page[page.index(f'id="entry-{name}"') :]
    version, value = (
        re.search(r'name="version"\s+value="(\d+)"', form),
        re.search(r'name="value"\s+value="([^"]*)"', form),
    )
    assert version is not None
    assert value is not None
    return version[1], html.unescape(value[1])


@dataclass
class Outcome:
    """What the clients were told, and how long they waited for it."""

    codes: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


async def _client(http: httpx.AsyncClient, who: Credentials, body: bytes, until: float, outcome: Outcome) -> None:
    host = http.base_url.netloc.decode()
    while time.monotonic() < until:
        headers = signed_headers(who, host=host, action=ACTION, version=VERSION, query={}, body=body)
        started = time.perf_counter()
        try:
            response = await http.post("/", content=body, headers=headers)
            code = response.json().get("Code", "answer")
        except (httpx.HTTPError, ValueError) as error:
            code, response = f"no answer: {type(error).__name__}", None
        outcome.codes[code] += 1
        outcome.seconds[code].append(time.perf_counter() - started)
        wait = int(response.headers.get("x-acs-retry-after", 0)) / 1000 if response is not None else 0.1
        await asyncio.sleep(wait * random.uniform(1.0, 1.5))


async def _clients(url: str, who: Credentials, bodies: list[bytes], count: int, seconds: float) -> Outcome:
    outcome, until = Outcome(), time.monotonic() + seconds
    limits = httpx.Limits(max_connections=count)
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE, limits=limits, trust_env=False) as http:
        await asyncio.gather(*(_client(http, who, bodies[n % len(bodies)], until, outcome) for n in range(count)))
    return outcome


def load(pipe: Connection, url: str, who: Credentials, count: int) -> None:
    """Be all the clients, in a process of their own, for as many seconds as the other end says, until it says 0."""
    os.nice(LOWEST_PRIORITY)
    bodies = [make(seed, "clean").content for seed in range(3000, 3006)]
    pipe.send("ready")
    while seconds := pipe.recv():
        outcome = asyncio.run(_clients(url, who, bodies, count, seconds))
        pipe.send((outcome.codes, dict(outcome.seconds)))


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 1 else max(seconds, default=0.0)


def measure(directory: Path, clients: int, seconds: float) -> dict[str, Any]:
    """Return the clerk's figures without and with load, and what the clients were told.

    The two take turns, so that whatever else the machine does falls on both alike.
    """
    alone, loaded = defaultdict(list), defaultdict(list)
    told = Outcome()
    with demo(directory) as (url, secrets):
        who = Credentials(secrets["access_key_id"], secrets["access_key_secret"])
        here, there = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(target=load, args=(there, url, who, clients))
        process.start()
        here.recv()
        clerk = Clerk(url, secrets["password"])
        clerk.work(5)
        for _ in range(ROUNDS):
            _add(alone, clerk.work(seconds / ROUNDS))
            here.send(RAMP_SECONDS + seconds / ROUNDS)
            time.sleep(RAMP_SECONDS)
            _add(loaded, clerk.work(seconds / ROUNDS))
            codes, waits = here.recv()
            told.codes.update(codes)
            _add(told.seconds, waits)
        here.send(0)
        process.join()
    waits = {code: p95(several) for code, several in told.seconds.items()}
    return {"alone": _figures(alone), "loaded": _figures(loaded), "codes": dict(told.codes), "client_p95": waits}


def _add(sums: dict[str, list[float]], more: dict[str, list[float]]) -> None:
    for kind, several in more.items():
        sums[kind] += several


def _figures(seconds: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    everything = [one for several in seconds.values() for one in several]
    return {
        kind: {"n": len(several), "p50": statistics.median(several), "p95": p95(several)}
        for kind, several in {"all": everything, **seconds}.items()
    }


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description="Measure a clerk's pages under the load of API clients.")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.add_argument("--data-dir", type=Path, help="a demo's directory to go on with, whose samples are read")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        figures = measure(options.data_dir or Path(directory), options.clients, options.seconds)
    write = sys.stdout.write
    if options.json:
        write(json.dumps(figures) + "\n")
        return
    write(f"{'page':<10}{'n':>6}{'p50 ms':>9}{'p95 ms':>9}{'loaded':>9}{'ratio':>7}\n")
    for kind, alone in figures["alone"].items():
        loaded = figures["loaded"].get(kind, {"p95": float("nan")})
        ratio = loaded["p95"] / alone["p95"]
        numbers = f"{1000 * alone['p50']:>9.0f}{1000 * alone['p95']:>9.0f}{1000 * loaded['p95']:>9.0f}{ratio:>7.2f}"
        write(f"{kind:<10}{alone['n']:>6}{numbers}\n")
    for code, count in sorted(figures["codes"].items()):
        write(f"{code:<24}{count:>7}   p95 {figures['client_p95'][code]:.2f} s\n")


if __name__ == "__main__":
    main()
