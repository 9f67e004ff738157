import logging
import time
from typing import Any

from django.db import connection
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from reviewapp.exceptions import OUTAGES
from reviewapp.processes.readiness import PatientCommand, check_migrated
from reviewapp.processes.worker import beating, put_back, put_back_interrupted, was_interrupted

logger = logging.getLogger(__name__)

RETRY_SECONDS = 2.0


class SteadyWorker(db_worker.Worker):
    """A worker that outlives its database.

    It waits until the database is back, and does again what was under way.
    """

    def run(self) -> None:
        while self.running:
            try:
                check_migrated()
                put_back_interrupted(self.worker_id)
                super().run()
            except OUTAGES as error:
                logger.warning("database away, waiting for it", extra={"error": str(error)})
                connection.close()
                time.sleep(RETRY_SECONDS)
            else:
                return

    def run_task(self, db_task_result: DBTaskResult[..., object]) -> None:
        super().run_task(db_task_result)
        if was_interrupted(db_task_result):
            put_back(db_task_result)


class Command(PatientCommand, db_worker.Command):
    help = (
        "Read the pictures that wait. Start as many as there are processor cores, on any machine."
    )

    def handle(
        self,
        *,
        worker_id: str,
        queue_name: str,
        exclude_queues: str,
        verbosity: int,
        **options: Any,
    ) -> None:
        self.configure_logging(verbosity)
        worker = SteadyWorker(
            worker_id=worker_id,
            queue_names=queue_name.split(","),
            excluded_queue_names=exclude_queues.split(",") if exclude_queues else [],
            interval=options["interval"],
            batch=options["batch"],
            backend_name=options["backend_name"],
            startup_delay=options["startup_delay"],
            max_tasks=options["max_tasks"],
        )
        worker.configure_signals()
        with beating(worker_id):
            worker.run()
