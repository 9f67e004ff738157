"""Notices of approved records are sent beside the worker's own work."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, close_old_connections, connection

from reviewapp.stages.notify import send_due_notices

logger = logging.getLogger(__name__)

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
        close_old_connections()
        try:
            send_due_notices()
        except DatabaseError:
            logger.warning("notices not looked for, trying again", exc_info=True)
    connection.close()
