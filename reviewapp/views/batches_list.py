"""All batches: what each holds, how far it is, when it is due and who made it."""

from collections.abc import Iterable
from typing import NamedTuple

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reviewapp.forms import BatchesForm
from reviewapp.http import PersonRequest
from reviewapp.models import Batch, Submission
from reviewapp.models.batch import DECIDED, UNFINISHED
from reviewapp.permissions import allowed, check_can_count_numbers
from reviewapp.states import SubmissionStatus

BATCHES_SHOWN = 25
# In which clerks, or whoever reads pictures, still have something to do with a record.
TO_DO = (*UNFINISHED, SubmissionStatus.RETURNED)


class ListedBatch(NamedTuple):
    """A batch with the number of its records, in all and by status."""

    batch: Batch
    count_all: int
    counts: list[tuple[SubmissionStatus, int]]

    @property
    def finished(self) -> int:
        """Return how many records are decided: approved or rejected."""
        return self._count(DECIDED)

    @property
    def percent(self) -> int:
        """Return the share that is decided; 100 only where nothing is left."""
        return 100 * self.finished // self.count_all if self.count_all else 0

    @property
    def to_do(self) -> int:
        return self._count(TO_DO)

    @property
    def reviewed(self) -> int:
        return self._count((SubmissionStatus.REVIEWED,))

    @property
    def failed(self) -> int:
        return self._count((SubmissionStatus.FAILED,))

    def _count(self, statuses: Iterable[SubmissionStatus]) -> int:
        return sum(count for status, count in self.counts if status in statuses)


@require_safe
def batches(request: PersonRequest) -> HttpResponse:
    """List batches, filtered and sorted as the address says."""
    form = BatchesForm(request.GET)
    listed = form.batches(by=request.user).select_related("created_by")
    page = Paginator(listed, BATCHES_SHOWN).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": with_counts(page),
        "is_filtered": bool(request.GET.get("show")),
        "can_count_numbers": allowed(check_can_count_numbers, request.user, None),
    }
    status = 200 if form.is_valid() else 422
    return render(request, "batches/batches.html", context, status=status)


def with_counts(listed: Iterable[Batch]) -> list[ListedBatch]:
    """Return batches, each with the number of its records, in all and by status."""
    batches = list(listed)
    counts = Submission.objects.counts_by_batch([batch.pk for batch in batches])
    rows = []
    for batch in batches:
        by_status = counts[batch.pk]
        rows.append(ListedBatch(batch, sum(by_status.values()), list(by_status.items())))
    return rows
