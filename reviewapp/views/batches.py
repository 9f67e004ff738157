"""Batches: what they hold, what people changed in them, and their approval."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from reviewapp import workers
from reviewapp.geometry import page_turn
from reviewapp.http import PersonRequest, get_batch
from reviewapp.models import Batch, Correction, Field, Submission, User
from reviewapp.permissions import allowed, check_can_supervise, check_can_view
from reviewapp.stages import approve
from reviewapp.stages.view import note_view
from reviewapp.states import BatchStatus, SubmissionStatus

BATCHES_SHOWN, RECORDS_SHOWN = 25, 30


@dataclass(frozen=True, slots=True)
class Row:
    """One record in the list of its batch, and what was changed in it."""

    submission: Submission
    name: str
    may_view: bool
    doubtful: int
    changed: list[Field]
    turn: int


@require_safe
def batches(request: PersonRequest) -> HttpResponse:
    found = Paginator(Batch.objects.with_counts().newest_first(), BATCHES_SHOWN).get_page(request.GET.get("page"))
    rows = [(batch, list(counts_of(batch).items())) for batch in found]
    return render(request, "batches/batches.html", {"page": found, "rows": rows, "statuses": SubmissionStatus})


@require_safe
def batch(request: PersonRequest, pk: int) -> HttpResponse:
    """Show a batch and its records; htmx asks for the changing part alone while pictures are read.

    1. the records of the page at hand; 2. a trace of what a supervisor sees of them; 3. the page.
    """
    found = get_batch(pk, Batch.objects.with_counts().select_related("created_by", "approved_by"))
    page = _page_of(found, request)
    rows = [_row(submission, request.user) for submission in page]

    if request.user.is_supervisor and not request.htmx:
        for row in rows:
            if row.changed:
                note_view(row.submission, by=request.user)

    counts = counts_of(found)
    own = found.submissions.awaiting_approval().touched_by(request.user).count()
    context = {
        "batch": found,
        "counts": list(counts.items()),
        "read": sum(counts.values()) - counts[SubmissionStatus.RECEIVED],
        "standstill": workers.stand_still(counts[SubmissionStatus.RECEIVED]),
        "page": page,
        "rows": rows,
        "own": own,
        "approvable": counts[SubmissionStatus.REVIEWED] - own,
        "may_close": found.status == BatchStatus.SUBMITTED and not counts[SubmissionStatus.REVIEWED],
    }
    return render(request, "batches/batch.html#records" if request.htmx else "batches/batch.html", context)


@require_POST
def batch_approve(request: PersonRequest, pk: int) -> HttpResponse:
    found = get_batch(pk)
    check_can_supervise(request.user, found)
    approved, own = approve.approve_batch(found, by=request.user)
    done = ngettext("One record approved.", "%(count)s records approved.", approved)
    messages.success(request, done % {"count": approved})
    if own:
        left = _("Records left for another supervisor, because you worked on them: %(count)s")
        messages.warning(request, left % {"count": own})
    return redirect(found)


def counts_of(counted: Batch) -> dict[SubmissionStatus, int]:
    """Return how many records of a batch have each status; `counted` comes from with_counts()."""
    return {status: getattr(counted, f"count_{status}") for status in SubmissionStatus}


def _page_of(found: Batch, request: PersonRequest) -> Page[Submission]:
    corrections = Prefetch("corrections", Correction.objects.select_related("by"))
    fields = Prefetch("fields", Field.objects.in_form_order().prefetch_related("flags", corrections))
    submissions = found.submissions.select_related("batch", "reviewed_by", "claimed_by").prefetch_related(fields)
    return Paginator(submissions.in_order(), RECORDS_SHOWN).get_page(request.GET.get("page"))


def _row(submission: Submission, user: User) -> Row:
    fields = list(submission.fields.all())
    return Row(
        submission=submission,
        name=next((field.value for field in fields if field.name == "neonatal_name"), ""),
        may_view=allowed(check_can_view, user, submission),
        doubtful=sum(field.is_doubtful for field in fields) if submission.is_claimable else 0,
        changed=[field for field in fields if field.is_corrected],
        turn=page_turn({field.name: field.polygon for field in fields}),
    )
