"""Label Studio as its own compose file runs it: nginx, uwsgi with two workers, PostgreSQL; each a process of ours.

It needs PostgreSQL's server and nginx from the system (`apt-get install postgresql nginx`) and gets an environment of
its own in the user's cache, from PyPI.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg

from tests.installation import free_port, wait_for

VERSION = "1.23.2"
PYTHON = "python3.11"
WORKERS = 2
# Longer than an import of a thousand tasks takes on a busy machine.
LIMIT_SECONDS = 1800
LOCAL = "127.0.0.1"
DATABASE = "label_studio"
SCRIPT = Path(__file__).with_name("peer_setup.py")
# As deploy/uwsgi.ini of Label Studio has it, with a fixed number of workers.
UWSGI = """[uwsgi]
chdir = {app}
home = {environment}
http = {local}:{port}
module = core.wsgi:application
master = true
single-interpreter = true
processes = {workers}
threads = 1
vacuum = true
die-on-term = true
buffer-size = 65535
http-timeout = {limit}
harakiri = {limit}
need-app = true
env = APP_WEBSERVER=uwsgi
ignore-sigpipe = true
ignore-write-errors = true
disable-write-exception = true
post-buffering = 4096
disable-logging = true
enable-threads = true
thunder-lock = true
lazy-apps = true
max-requests = 5000
"""
NGINX = """{user}
worker_processes auto;
daemon off;
pid {directory}/nginx.pid;
error_log {directory}/nginx.log warn;
events {{ worker_connections 1024; }}
http {{
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
  access_log off;
  tcp_nodelay on;
  gzip on; gzip_proxied any; gzip_comp_level 6; gzip_types text/plain application/json;
  server {{
    listen {local}:{port};
    client_max_body_size 350m;
    location / {{
      proxy_read_timeout {limit}; proxy_send_timeout {limit};
      proxy_set_header Host $http_host;
      proxy_pass http://{local}:{behind}/;
    }}
  }}
}}
"""


@dataclass
class Peer:
    """A Label Studio that answers, and the tokens of its people by e-mail address."""

    host: str
    tokens: dict[str, str]
    database: str

    def vacuum(self) -> None:
        with psycopg.connect(self.database, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")


@contextmanager
def peer(directory: Path, people: list[str]) -> Iterator[Peer]:
    """Start all of it: 1. the environment; 2. the database; 3. tables and people; 4. the servers."""
    environment = _environment()
    started: list[subprocess.Popen[bytes]] = []
    try:
        port, web, behind = free_port(), free_port(), free_port()
        started.append(_database(directory, port))
        app = next((environment / "lib").glob("python*/site-packages/label_studio"))
        settings = _settings(directory, port)
        tokens = _set_up(environment, app, settings, people)
        database = f"postgresql://postgres@{LOCAL}:{port}/{DATABASE}"

        ini, conf = directory / "uwsgi.ini", directory / "nginx.conf"
        common = {"local": LOCAL, "limit": LIMIT_SECONDS, "directory": directory}
        ini.write_text(UWSGI.format(app=app, environment=environment, port=behind, workers=WORKERS, **common))
        conf.write_text(NGINX.format(user="user root;" if os.getuid() == 0 else "", port=web, behind=behind, **common))
        started.append(_start(directory, "uwsgi", [environment / "bin/uwsgi", "--ini", ini], env=settings, cwd=app))
        started.append(_start(directory, "nginx", [_system("nginx"), "-c", conf, "-p", directory]))
        host = f"{LOCAL}:{web}"
        wait_for(lambda: _answers(host))
        yield Peer(host, tokens, database)
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(60)


def _environment() -> Path:
    """Return Label Studio's own virtual environment, made on first use."""
    given = os.environ.get("LABEL_STUDIO")
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    environment = Path(given) if given else cache / f"label-studio-{VERSION}"
    if not (environment / "bin/uwsgi").exists():
        subprocess.run([PYTHON, "-m", "venv", environment], check=True)
        wanted = [f"label-studio=={VERSION}", "uwsgi==2.0.31"]
        subprocess.run([environment / "bin/pip", "install", "-q", *wanted], check=True)
    return environment


def _system(program: str) -> str:
    """Return a program of the system; administrators' programs are not on everybody's path."""
    found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")
    assert found, f"{program} is missing: apt-get install --no-install-recommends postgresql nginx"
    return found


def _database(directory: Path, port: int) -> subprocess.Popen[bytes]:
    """Start PostgreSQL with the settings that it comes with; it refuses to run as root."""
    servers = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    assert servers, "PostgreSQL's server is missing: apt-get install --no-install-recommends postgresql nginx"
    data = directory / "pg"
    data.mkdir(mode=0o700)
    as_postgres: list[str] = []
    if os.getuid() == 0:
        shutil.chown(data, "postgres", "postgres")
        as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
    env = {**os.environ, "LC_ALL": "C.UTF-8"}
    new: list[str | Path] = [
        *as_postgres,
        servers[-1] / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
    ]
    subprocess.run(new, check=True, stdout=subprocess.DEVNULL, env=env, cwd="/")
    run: list[str | Path] = [
        *as_postgres,
        servers[-1] / "postgres",
        "-D",
        data,
        "-p",
        str(port),
        "-c",
        f"listen_addresses={LOCAL}",
    ]
    run += ["-c", "unix_socket_directories="]
    process = _start(directory, "postgres", run, env=env, cwd=Path("/"))
    wait_for(lambda: _created(port))
    return process


def _created(port: int) -> bool:
    try:
        with psycopg.connect(f"postgresql://postgres@{LOCAL}:{port}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg.OperationalError:
        return False
    return True


def _settings(directory: Path, port: int) -> dict[str, str]:
    """Return Label Studio's environment; whatever it wants from outside fails at once at a proxy that is not there."""
    nowhere = f"http://{LOCAL}:9"
    home = directory / "data"
    home.mkdir()
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LABEL_STUDIO_BASE_DATA_DIR": str(home),
        "http_proxy": nowhere,
        "https_proxy": nowhere,
        "no_proxy": f"{LOCAL},localhost",
        "DJANGO_SETTINGS_MODULE": "core.settings.label_studio",
        "DJANGO_DB": "default",
        "POSTGRE_NAME": DATABASE,
        "POSTGRE_USER": "postgres",
        "POSTGRE_PASSWORD": "",
        "POSTGRE_HOST": LOCAL,
        "POSTGRE_PORT": str(port),
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "DEBUG": "false",
        "LOG_LEVEL": "WARNING",
    }


def _set_up(environment: Path, app: Path, settings: dict[str, str], people: list[str]) -> dict[str, str]:
    """Make tables and people by Label Studio's own models; return their tokens."""
    script = SCRIPT.read_text()
    command: list[str | Path] = [environment / "bin/python", "-c", script, *people]
    done = subprocess.run(command, cwd=app, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    tokens: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return tokens


def _answers(host: str) -> bool:
    try:
        # Each of the workers must have loaded the program.
        asked = [httpx.get(f"http://{host}/health/", trust_env=False, timeout=60) for _ in range(3 * WORKERS)]
    except httpx.HTTPError:
        time.sleep(1)
        return False
    return all(response.status_code == httpx.codes.OK for response in asked)


def _start(
    directory: Path,
    name: str,
    command: Sequence[str | Path],
    *,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    with (directory / f"{name}.log").open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=env, cwd=cwd)
