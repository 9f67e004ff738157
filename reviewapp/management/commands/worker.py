from typing import Any

from django_tasks_db.management.commands import db_worker

from reviewapp.notices import sending_notices
from reviewapp.workers import beating


class Command(db_worker.Command):
    help = "Read the pictures that wait. Start as many as there are processor cores, on any machine."

    def handle(self, *, worker_id: str, **options: Any) -> None:
        with beating(worker_id), sending_notices():
            super().handle(worker_id=worker_id, **{**options, "reload": False})
