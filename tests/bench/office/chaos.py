"""What goes wrong while the office works: processes are killed, and connections with the database are cut."""

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress

import psycopg

from tests.bench.office.place import Place
from tests.installation import DATABASE_FILE

type Blow = Callable[[Place, random.Random], None]

OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
LOCKED_SECONDS = (1.0, 4.0)
AWAY_SECONDS = (0.2, 2.0)


def kill_web_process(place: Place, rng: random.Random) -> None:
    place.kill_web_process(rng)


def kill_server(place: Place, rng: random.Random) -> None:
    place.kill_server(rng.uniform(*AWAY_SECONDS))


def kill_worker(place: Place, rng: random.Random) -> None:
    place.kill_worker(rng.uniform(*AWAY_SECONDS))


def cut_connections(place: Place, rng: random.Random) -> None:
    """End one connection with the database or all of them; SQLite has none, so its lock is held for some seconds."""
    url = place.made.environment["DATABASE_URL"]
    if not url:
        hold_the_lock(place, rng.uniform(*LOCKED_SECONDS))
        return
    share = rng.choice((0.2, 0.5, 1.0))
    with suppress(psycopg.Error), psycopg.connect(url, autocommit=True) as connection:
        pids = [pid for (pid,) in connection.execute(f"SELECT pid {OTHERS}")]
        for pid in rng.sample(pids, round(share * len(pids))):
            connection.execute("SELECT pg_terminate_backend(%s)", [pid])


def hold_the_lock(place: Place, seconds: float) -> None:
    path = place.made.directory / DATABASE_FILE
    with closing(sqlite3.connect(path, isolation_level=None, timeout=60)) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        other.execute("ROLLBACK")


BLOWS: Mapping[str, tuple[int, Blow]] = {
    "one web process": (4, kill_web_process),
    "the server": (2, kill_server),
    "the worker": (2, kill_worker),
    "the database's connections": (4, cut_connections),
}


class Chaos(threading.Thread):
    """Blows at random moments, every `every` seconds or so, with an entry in the ledger after each."""

    def __init__(self, place: Place, *, every: float, seed: int, closing: threading.Event) -> None:
        super().__init__(name="chaos", daemon=True)
        self.place, self.every, self.closing = place, every, closing
        self.rng = random.Random(f"{seed}/chaos")
        self.blows: list[tuple[float, str]] = []
        self.failure = ""

    def run(self) -> None:
        """Deal one blow after the other; the first ones are one of each kind, in random order."""
        first = self.rng.sample(list(BLOWS), len(BLOWS))
        try:
            while not self.closing.wait(self.rng.uniform(0.5, 1.5) * self.every):
                name = first.pop() if first else self._chosen()
                self.blows.append((time.time(), name))
                BLOWS[name][1](self.place, self.rng)
                self.place.anchor()
        except Exception as error:  # noqa: BLE001 – whatever it is, the office must hear of it
            self.failure = repr(error)

    def _chosen(self) -> str:
        return self.rng.choices(list(BLOWS), [weight for weight, _blow in BLOWS.values()])[0]
