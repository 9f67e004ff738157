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
    """One record in the list of its batch: what was changed in it, which rules it still breaks."""

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
    newest_first = Batch.objects.with_counts().newest_first()
    pages = Paginator(newest_first, BATCHES_SHOWN)
    page = pages.get_page(request.GET.get("page"))
    rows = []
    for listed in page:
        counts = counts_of(listed)
        rows.append((listed, list(counts.items())))
    context = {"page": page, "rows": rows, "statuses": SubmissionStatus}
    return render(request, "batches/batches.html", context)


@require_safe
def batch(request: PersonRequest, pk: int) -> HttpResponse:
    """Show a batch and its records.

    htmx asks for the changing part alone while pictures are read.
    """
    template = "batches/batch.html#records" if request.htmx else "batches/batch.html"
    return render(request, template, _context(request, pk))


@require_POST
def batch_approve(request: PersonRequest, pk: int) -> HttpResponse:
    """Approve the records that the page showed; if they are no longer so, show what is new."""
    to_approve = get_batch(pk)
    check_can_supervise(request.user, to_approve)
    shown = _shown(request)
    try:
        approved, left_out = approve.approve_batch(
            to_approve, by=request.user, shown=shown, queue=tell_of_approval.enqueue
        )
    except ChangedSinceShown as error:
        news = _news(to_approve, shown)
        context = {**_context(request, pk), "refusal": str(error), "news": news}
        return render(request, "batches/batch.html", context, status=status_of(error))

    _say_what_was_approved(request, approved, left_out)
    return redirect(to_approve)


def _say_what_was_approved(request: PersonRequest, approved: int, left_out: int) -> None:
    done = ngettext("One record approved.", "%(count)s records approved.", approved)
    messages.success(request, done % {"count": approved})
    if left_out:
        left = _("Records left for another supervisor, because you worked on them: %(count)s")
        messages.warning(request, left % {"count": left_out})


def _shown(request: PersonRequest) -> dict[int, int]:
    """Return the records that a batch's page showed: its form names each as `key:version`."""
    shown = {}
    for text in request.POST.getlist("shown"):
        if pair := SHOWN.fullmatch(text):
            shown[int(pair["pk"])] = int(pair["version"])
    return shown


def _news(batch: Batch, shown: dict[int, int]) -> list[tuple[Submission, QuerySet[Event]]]:
    """Return the records that are not as they were shown, each with what is new."""
    records = batch.submissions
    listed = records.filter(pk__in=shown) if shown else records.awaiting_approval()
    as_shown = records.as_shown(shown)

    news: list[tuple[Submission, QuerySet[Event]]] = []
    for submission in listed.in_order()[:RECORDS_SHOWN]:
        if submission in as_shown:
            continue
        version = shown.get(submission.pk, 0)
        events = submission.events.since_version(version).select_related("by")
        news.append((submission, events))
    return news


def _context(request: PersonRequest, pk: int) -> dict[str, Any]:
    """Return what the page of a batch shows.

    1. The batch, counted. 2. Its records on this page. 3. A trace of the look. 4. The choices.
    """
    with_people = Batch.objects.with_counts().select_related("created_by", "approved_by")
    batch = get_batch(pk, with_people)
    counts = counts_of(batch)
    reviewed = counts[SubmissionStatus.REVIEWED]

    touched = batch.submissions.awaiting_approval().touched_by(request.user)
    touched_pks = set(touched.values_list("pk", flat=True))
    page = _page_of(batch, request)
    rows = [_row(record, request.user, is_own=record.pk in touched_pks) for record in page]
    _note_views(request, rows)

    approvable = [row for row in rows if row.waits and not row.is_own]
    return {
        "batch": batch,
        "counts": list(counts.items()),
        "read": sum(counts.values()) - counts[SubmissionStatus.RECEIVED],
        "standstill": worker.stand_still(counts[SubmissionStatus.RECEIVED]),
        "page": page,
        "rows": rows,
        "own": len(touched_pks),
        "waiting": reviewed - len(touched_pks),
        "approvable": approvable,
        "overrides": sum(len(row.overrides) for row in approvable),
        "may_close": batch.status == BatchStatus.SUBMITTED and not reviewed,
    }


def _note_views(request: PersonRequest, rows: list[Row]) -> None:
    """Note which records a supervisor sees values of.

    htmx asks again for what was shown and noted before.
    """
    if not request.user.is_supervisor or request.htmx:
        return
    for row in rows:
        if row.changed or row.overrides:
            note_view(row.submission, by=request.user)


def counts_of(counted: Batch) -> dict[SubmissionStatus, int]:
    """Return how many records of a batch have each status; `counted` comes from with_counts()."""
    return {status: getattr(counted, f"count_{status}") for status in SubmissionStatus}


def _page_of(batch: Batch, request: PersonRequest) -> Page[Submission]:
    """Return one page of a batch's records, with all that a row shows."""
    corrections = Correction.objects.select_related("by")
    fields = Field.objects.in_form_order().select_related("verified_by")
    fields = fields.prefetch_related("flags", Prefetch("corrections", corrections))
    records = batch.submissions.in_order()
    records = records.select_related("batch", "reviewed_by", "claimed_by")
    records = records.prefetch_related(Prefetch("fields", fields))
    pages = Paginator(records, RECORDS_SHOWN)
    return pages.get_page(request.GET.get("page"))


def _row(submission: Submission, user: User, *, is_own: bool) -> Row:
    fields = list(submission.fields.all())
    by_name = {field.name: field for field in fields}
    name = by_name.get("neonatal_name")
    doubtful = sum(field.is_doubtful for field in fields)
    return Row(
        submission=submission,
        name=name.value if name else "",
        may_view=allowed(check_can_view, user, submission),
        doubtful=doubtful if submission.is_claimable else 0,
        changed=[field for field in fields if field.is_corrected],
        overrides=[field for field in fields if field.is_override],
        turn=page_turn({field.name: field.polygon for field in fields}),
        is_own=is_own,
    )
