"""What a process needs that is started to help another one."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import parent_process
from threading import Thread

import django


@contextmanager
def without_interruption() -> Iterator[None]:
    """Start processes in this block, and an interruption from the keyboard never reaches them, only this one."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def prepare() -> None:
    """Set Django up in a helping process, which ends when the one that started it is gone."""
    Thread(target=_end_with_parent, name="parent watch", daemon=True).start()
    django.setup()


def _end_with_parent() -> None:
    """Wait for the end of the process that started this one: killed, it cannot say so."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
