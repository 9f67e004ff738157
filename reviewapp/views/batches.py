"""Batches: what they hold, what people changed in them, and their approval."""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from reviewapp.administration.view_log import note_view
from reviewapp.certificate.geometry import page_turn
from reviewapp.exceptions import ChangedSinceShown
from reviewapp.http import PersonRequest, get_batch, status_of
from reviewapp.models import Batch, Correction, Event, Field, Submission, User
from reviewapp.permissions import allowed, check_can_supervise, check_can_view
from reviewapp.processes import worker
from reviewapp.stages import approve
from reviewapp.states import BatchStatus, SubmissionStatus
from reviewapp.tasks import tell_of_approval

BATCHES_SHOWN, RECORDS_SHOWN = 25, 30
# A record's key and version, as small as any database compares them.
SHOWN = re.compile(r"(?P<pk>[0-9]{1,18}):(?P<version>[0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Row:
    """One record in the list of its batch, what was changed in it, and which rules it breaks all the same."""

    submission: Submission
    name: str
    may_view: bool
    doubtful: int
    changed: list[Field]
    overrides: list[Field]
    turn: int
    is_own: bool

    @property
    def waits(self) -> bool:
        return self.submission.status == SubmissionStatus.REVIEWED


@require_safe
def batches(request: PersonRequest) -> HttpResponse:
    found = Paginator(Batch.objects.with_counts().newest_first(), BATCHES_SHOWN).get_page(
        request.GET.get("page")
    )
    rows = [(batch, list(counts_of(batch).items())) for batch in found]
    return render(
        request, "batches/batches.html", {"page": found, "rows": rows, "statuses": SubmissionStatus}
    )


@require_safe
def batch(request: PersonRequest, pk: int) -> HttpResponse:
    """Show a batch and its records; htmx asks for the changing part alone while pictures are read."""
    context = _context(request, pk)
    return render(
        request, "batches/batch.html#records" if request.htmx else "batches/batch.html", context
    )


@require_POST
def batch_approve(request: PersonRequest, pk: int) -> HttpResponse:
    """Approve the records that the page showed; if they are no longer so, show what is new."""
    found = get_batch(pk)
    check_can_supervise(request.user, found)
    shown = _shown(request)
    try:
        approved, own = approve.approve_batch(
            found, by=request.user, shown=shown, queue=tell_of_approval.enqueue
        )
    except ChangedSinceShown as error:
        context = {**_context(request, pk), "refusal": str(error), "news": _news(found, shown)}
        return render(request, "batches/batch.html", context, status=status_of(error))
    done = ngettext("One record approved.", "%(count)s records approved.", approved)
    messages.success(request, done % {"count": approved})
    if own:
        left = _("Records left for another supervisor, because you worked on them: %(count)s")
        messages.warning(request, left % {"count": own})
    return redirect(found)


def _shown(request: PersonRequest) -> dict[int, int]:
    """Return the records that a batch's page showed: its form names each as `key:version`."""
    pairs = [SHOWN.fullmatch(text) for text in request.POST.getlist("shown")]
    return {int(pair["pk"]): int(pair["version"]) for pair in pairs if pair}


def _news(found: Batch, shown: dict[int, int]) -> list[tuple[Submission, QuerySet[Event]]]:
    """Return the records that await a decision on something else than what was shown, each with what is new."""
    listed = (
        found.submissions.filter(pk__in=shown) if shown else found.submissions.awaiting_approval()
    )
    as_shown = found.submissions.as_shown(shown)
    changed = [record for record in listed.in_order()[:RECORDS_SHOWN] if record not in as_shown]
    return [
        (
            submission,
            submission.events.since_version(shown.get(submission.pk, 0)).select_related("by"),
        )
        for submission in changed
    ]


def _context(request: PersonRequest, pk: int) -> dict[str, Any]:
    """Return what the page of a batch shows.

    1. the records of the page at hand; 2. a trace of what a supervisor sees of them; 3. what may be
    decided.
    """
    found = get_batch(pk, Batch.objects.with_counts().select_related("created_by", "approved_by"))
    page = _page_of(found, request)
    own = set(
        found.submissions.awaiting_approval().touched_by(request.user).values_list("pk", flat=True)
    )
    rows = [_row(submission, request.user, is_own=submission.pk in own) for submission in page]

    if request.user.is_supervisor and not request.htmx:
        for row in rows:
            if row.changed or row.overrides:
                note_view(row.submission, by=request.user)

    counts = counts_of(found)
    approvable = [row for row in rows if row.waits and not row.is_own]
    return {
        "batch": found,
        "counts": list(counts.items()),
        "read": sum(counts.values()) - counts[SubmissionStatus.RECEIVED],
        "standstill": worker.stand_still(counts[SubmissionStatus.RECEIVED]),
        "page": page,
        "rows": rows,
        "own": len(own),
        "waiting": counts[SubmissionStatus.REVIEWED] - len(own),
        "approvable": approvable,
        "overrides": sum(len(row.overrides) for row in approvable),
        "may_close": found.status == BatchStatus.SUBMITTED
        and not counts[SubmissionStatus.REVIEWED],
    }


def counts_of(counted: Batch) -> dict[SubmissionStatus, int]:
    """Return how many records of a batch have each status; `counted` comes from with_counts()."""
    return {status: getattr(counted, f"count_{status}") for status in SubmissionStatus}


def _page_of(found: Batch, request: PersonRequest) -> Page[Submission]:
    corrections = Prefetch("corrections", Correction.objects.select_related("by"))
    in_order = Field.objects.in_form_order().select_related("verified_by")
    fields = Prefetch("fields", in_order.prefetch_related("flags", corrections))
    submissions = found.submissions.select_related(
        "batch", "reviewed_by", "claimed_by"
    ).prefetch_related(fields)
    return Paginator(submissions.in_order(), RECORDS_SHOWN).get_page(request.GET.get("page"))


def _row(submission: Submission, user: User, *, is_own: bool) -> Row:
    fields = list(submission.fields.all())
    return Row(
        submission=submission,
        name=next((field.value for field in fields if field.name == "neonatal_name"), ""),
        may_view=allowed(check_can_view, user, submission),
        doubtful=sum(field.is_doubtful for field in fields) if submission.is_claimable else 0,
        changed=[field for field in fields if field.is_corrected],
        overrides=[field for field in fields if field.is_override],
        turn=page_turn({field.name: field.polygon for field in fields}),
        is_own=is_own,
    )
