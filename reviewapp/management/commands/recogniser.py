import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from gunicorn.app.base import BaseApplication

from reviewapp.processes import recogniser
from reviewapp.processes.readiness import PatientCommand


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn on the recogniser's socket, which only this user may open."""

    def __init__(self, bind: str, workers: int) -> None:
        self.chosen: dict[str, Any] = {
            "bind": bind,
            "workers": workers,
            "worker_class": "gthread",
            "threads": 16,
            "umask": 0o177,
            "proc_name": "recogniser",
            "control_socket_disable": True,
            "post_worker_init": _get_ready,
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return recogniser.application


def _get_ready(worker: Any) -> None:
    """Let pages go before pictures where both want the processor; be ready for the first caller.

    Child processes inherit their place from the thread that starts them.
    """
    os.nice(settings.RECOGNISER_NICENESS)
    if hasattr(os, "SCHED_BATCH"):
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    recogniser.start()


class Command(PatientCommand):
    help = "Read the pictures of API callers. Start it beside the web server, on the same machine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--workers", type=int, default=1, help="processes, each with child processes of its own"
        )

    def handle(self, *, workers: int, **options: Any) -> None:
        where = recogniser.address()
        if where.startswith(recogniser.UNIX):
            left_over = Path(where.removeprefix(recogniser.UNIX))
            left_over.unlink(missing_ok=True)
        bind = where.removeprefix("http://")
        Server(bind, workers).run()
