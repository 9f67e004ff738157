from django.db import models


class Heartbeat(models.Model):
    """The last sign of life of a worker process."""

    worker_id = models.CharField(max_length=64, unique=True)
    beat_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.worker_id
