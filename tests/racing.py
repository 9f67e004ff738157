"""Let several people do something at the very same time, each on a database connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

from django.db import connection

from reviewapp.exceptions import ReviewError

type Meet = Callable[..., None]


def race(*runners: Callable[[], Any]) -> list[Any]:
    """Start all runners together; return their results in order, a ReviewError as itself."""
    start = Barrier(len(runners))

    def run(runner: Callable[[], Any]) -> Any:
        try:
            start.wait(timeout=20)
            return runner()
        except ReviewError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(runners)) as executor:
        return list(executor.map(run, runners))


def waiting_at(barrier: Barrier, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function as one that waits for the other side of a race, where the database lets both come so far."""

    def meeting(*args: Any, **kwargs: Any) -> Any:
        with suppress(BrokenBarrierError):
            barrier.wait(timeout=1)
        return function(*args, **kwargs)

    return meeting
