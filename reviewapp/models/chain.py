from django.db import models
from django.db.models import F, Q

from reviewapp.models.batch import Batch
from reviewapp.models.submission import Submission
from reviewapp.models.user import User

DIGEST_LENGTH = 80
HOUSE = "house"


class ChainQuerySet(models.QuerySet["Chain"]):
    def grown(self) -> "ChainQuerySet":
        """Chains with events that no entry of the ledger holds yet."""
        return self.filter(length__gt=F("anchored_length")).order_by("pk")


class Chain(models.Model):
    """The events of one record, one batch or one person, each bound to the one before it.

    The row is locked while an event is added, so those of different records never wait for each
    other. One more chain, `house`, holds what is nobody's.
    """

    submission = models.OneToOneField(
        Submission, models.PROTECT, null=True, blank=True, related_name="chain"
    )
    batch = models.OneToOneField(Batch, models.PROTECT, null=True, blank=True, related_name="chain")
    person = models.OneToOneField(User, models.PROTECT, null=True, blank=True, related_name="chain")
    name = models.CharField(max_length=40, help_text="part of every digest")
    length = models.PositiveBigIntegerField(default=0)
    head = models.CharField(
        max_length=DIGEST_LENGTH, blank=True, help_text="digest of the last event"
    )
    anchored_length = models.PositiveBigIntegerField(
        default=0, help_text="how many of the events the ledger's last entry on it holds"
    )

    objects = ChainQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], name="chain_once"),
            models.CheckConstraint(
                condition=Q(length=0, head="") | Q(length__gt=0) & ~Q(head=""),
                name="chain_head_with_length",
            ),
            models.CheckConstraint(
                condition=Q(anchored_length__lte=F("length")), name="chain_anchored_within"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LedgerEntry(models.Model):
    """The heads of all chains that have grown since the entry before, bound to that one.

    Append-only. Who keeps the digest of one outside can prove all events up to it.
    """

    number = models.PositiveBigIntegerField(unique=True)
    previous = models.CharField(max_length=DIGEST_LENGTH, blank=True)
    digest = models.CharField(max_length=DIGEST_LENGTH)
    head_count = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.digest}"


class LedgerHead(models.Model):
    """How long a chain was, and what its last event's digest was, at one entry. Append-only."""

    entry = models.ForeignKey(LedgerEntry, models.PROTECT, related_name="heads", db_index=False)
    chain = models.ForeignKey(Chain, models.PROTECT, related_name="+")
    length = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=DIGEST_LENGTH)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "chain"], name="ledger_head_once_per_entry")
        ]

    def __str__(self) -> str:
        return f"{self.chain_id} {self.length}"
