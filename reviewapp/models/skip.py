from django.db import models

from reviewapp.models.submission import Submission
from reviewapp.models.user import User


class Skip(models.Model):
    """A person has put a record aside: it is not offered to them again before `until`."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="skips", db_index=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    until = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "by"], name="skip_once_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}"
