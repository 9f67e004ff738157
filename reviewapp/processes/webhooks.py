"""Notices of approved records are sent beside the worker's own work."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from reviewapp.administration.webhooks import send_due_notices
from reviewapp.processes.worker import try_to

LOOK_SECONDS = 2.0


@contextmanager
def sending_notices() -> Iterator[None]:
    """Look every few seconds for notices that are due, and send them."""
    stop = threading.Event()
    thread = threading.Thread(target=_send_until, args=(stop,), name="notices", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _send_until(stop: threading.Event) -> None:
    while not stop.wait(LOOK_SECONDS):
        try_to(send_due_notices)
    connection.close()
