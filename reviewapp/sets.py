"""Records that are acted on together: held in chunks, each as it was shown, the others left out."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from reviewapp.models import Submission, User

# Each chunk is a transaction of its own.
CHUNK = 1000


class LeftOut(TextChoices):
    """Why a record of a set is not acted on."""

    CHANGED = "changed", _("Left out, because they are no longer as they were shown")
    CLOSED = (
        "closed",
        _(
            "Left for another supervisor, because you worked on them or know them from your "
            "former role"
        ),
    )
    UNSEEN = (
        "unseen",
        _("Left out, because you have not opened each value in them that was kept against a rule"),
    )
    HELD = "held", _("Left out, because somebody else is working on them")
    OTHERS = "others", _("Left out, because they were returned to somebody else")
    STATUS = "status", _("Left out, because their status does not permit it")


class SetOutcome(NamedTuple):
    """How many records were acted on, and by the code of a reason those that were left out."""

    done: int
    left_out: dict[LeftOut, list[int]]


class Sorted(NamedTuple):
    """Records of a chunk that may be acted on, and the keys of others by why they may not."""

    chosen: list[Submission]
    left_out: dict[LeftOut, list[int]]

    @property
    def outcome(self) -> SetOutcome:
        return SetOutcome(len(self.chosen), self.left_out)


def chunks(shown: Mapping[int, int]) -> Iterator[dict[int, int]]:
    """Split what was shown, versions by record, in the order of the records' keys."""
    in_order = sorted(shown.items())
    for begin in range(0, len(in_order), CHUNK):
        yield dict(in_order[begin : begin + CHUNK])


def hold(shown: Mapping[int, int], *, by: User, **further: Any) -> list[Submission]:
    """Hold records and their chains until the transaction ends, in the order of their keys.

    Each says in `is_closed` and `is_unseen` why this person must not approve it; `further` are
    annotations.
    """
    locked = Submission.objects.select_for_update(no_key=True, of=("self", "chain"))
    with_chain = locked.filter(pk__in=list(shown), chain__isnull=False)
    related = with_chain.select_related("chain", "batch", "reviewed_by", "claimed_by")
    return list(related.with_hindrances(by).annotate(**further).order_by("pk"))


def sort_out(
    shown: Mapping[int, int],
    *,
    by: User,
    why_not: Callable[[Submission], LeftOut | None],
    **further: Any,
) -> Sorted:
    """Hold the records of a chunk and part them; `why_not` is asked of each that is as shown."""
    held = {record.pk: record for record in hold(shown, by=by, **further)}
    chosen: list[Submission] = []
    left_out: dict[LeftOut, list[int]] = {}
    for pk, version in sorted(shown.items()):
        record = held.get(pk)
        is_as_shown = record is not None and record.version == version
        reason = why_not(record) if record is not None and is_as_shown else LeftOut.CHANGED
        if reason is not None:
            left_out.setdefault(reason, []).append(pk)
        elif record is not None:
            chosen.append(record)
    return Sorted(chosen, left_out)


def together(outcomes: list[SetOutcome]) -> SetOutcome:
    """Return what became of several chunks."""
    left_out: dict[LeftOut, list[int]] = {}
    for outcome in outcomes:
        for code, pks in outcome.left_out.items():
            left_out.setdefault(code, []).extend(pks)
    return SetOutcome(sum(outcome.done for outcome in outcomes), left_out)
