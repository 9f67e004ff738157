"""What a process needs that is started to help another one."""

import signal

import django


def prepare() -> None:
    """Set Django up, and leave an interruption from the keyboard to the process that was started first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    django.setup()
