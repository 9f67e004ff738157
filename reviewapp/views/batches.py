"""A batch: what it holds, what people changed in it, and its approval."""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from reviewapp.administration.lockout import address_of
from reviewapp.administration.view_log import Look, looks_at, note_looks, note_views
from reviewapp.certificate.geometry import page_turn
from reviewapp.exceptions import ChangedSinceShown
from reviewapp.forms import BatchForm, RejectForm
from reviewapp.http import PersonRequest, get_batch, status_of
from reviewapp.models import Batch, Correction, Event, Field, Submission, User
from reviewapp.models.balance import balance_of, received_count
from reviewapp.permissions import allowed, check_can_supervise, check_can_view
from reviewapp.processes import worker
from reviewapp.stages import approve, ingest
from reviewapp.states import BatchStatus, EventKind, SubmissionStatus
from reviewapp.tasks import tell_of_approval

RECORDS_SHOWN = 30
# A record's key and version, as small as any database compares them.
SHOWN = re.compile(r"(?P<pk>[0-9]{1,18}):(?P<version>[0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Row:
    """One record in the list of its batch: what was changed in it, which rules it still breaks."""

    submission: Submission
    name: str
    is_read: bool
    may_view: bool
    doubtful: int
    changed: list[Field]
    overrides: list[Field]
    marked: list[Field]
    turn: int
    is_own: bool
    has_unseen: bool

    @property
    def waits(self) -> bool:
        return self.submission.status == SubmissionStatus.REVIEWED

    @property
    def is_approvable(self) -> bool:
        return self.waits and not self.is_own and not self.has_unseen

    @property
    def shows_values(self) -> bool:
        """Return whether the list shows values of it, to those who may approve it."""
        return bool(self.changed or self.overrides or self.marked)


@require_safe
def batch(request: PersonRequest, pk: int) -> HttpResponse:
    """Show a batch and its records.

    htmx asks for the changing part alone while pictures are read.
    """
    template = "batches/batch.html#records" if request.htmx else "batches/batch.html"
    return render(request, template, _context(request, pk))


@require_POST
def batch_change(request: PersonRequest, pk: int) -> HttpResponse:
    """Change what is planned of a batch; the page comes again where a value cannot be."""
    to_change = get_batch(pk)
    check_can_supervise(request.user, to_change)
    form = _batch_form(to_change, request.POST)
    if not form.is_valid():
        context = {**_context(request, pk), "batch_form": form}
        return render(request, "batches/batch.html", context, status=422)
    ingest.change_batch(to_change, by=request.user, **form.changes)
    messages.success(request, _("Saved."))
    if form.due and form.due.unknown_years:
        told = _(
            "No notice of public holidays is known for %(years)s: Monday to Friday were counted."
        )
        years = ", ".join(map(str, form.due.unknown_years))
        messages.warning(request, told % {"years": years})
    return redirect(to_change)


def _batch_form(planned: Batch, data: QueryDict | None = None) -> BatchForm:
    initial = {column: getattr(planned, column) for column in ingest.PLAN}
    received_on = timezone.localdate(planned.created_at)
    return BatchForm(data, initial=initial, received_on=received_on)


@require_POST
def batch_approve(request: PersonRequest, pk: int) -> HttpResponse:
    """Approve the records that the page showed; if they are no longer so, show what is new."""
    to_approve = get_batch(pk)
    check_can_supervise(request.user, to_approve)
    shown = shown_in(request)
    try:
        done = approve.approve_batch(
            to_approve, by=request.user, shown=shown, queue=tell_of_approval.enqueue
        )
    except ChangedSinceShown as error:
        news = _news(request, to_approve, shown)
        context = {**_context(request, pk), "refusal": str(error), "news": news}
        return render(request, "batches/batch.html", context, status=status_of(error))

    _say_what_was_approved(request, done)
    return redirect(to_approve)


def _say_what_was_approved(request: PersonRequest, done: approve.BatchApproval) -> None:
    approved = ngettext("One record approved.", "%(count)s records approved.", done.approved)
    messages.success(request, approved % {"count": done.approved})
    if done.own:
        left = _(
            "Records left for another supervisor, because you worked on them or know them from "
            "your former role: %(count)s"
        )
        messages.warning(request, left % {"count": done.own})
    if done.unseen:
        left = _(
            "Records left out, because you have not opened each value in them that was kept "
            "against a rule: %(count)s (%(records)s)"
        )
        records = ", ".join(f"#{pk}" for pk in done.unseen)
        messages.warning(request, left % {"count": len(done.unseen), "records": records})


def shown_in(request: PersonRequest, name: str = "shown") -> dict[int, int]:
    """Return the records that a batch's page showed: its form names each as `key:version`."""
    shown = {}
    for text in request.POST.getlist(name):
        if pair := SHOWN.fullmatch(text):
            shown[int(pair["pk"])] = int(pair["version"])
    return shown


def _news(
    request: PersonRequest, batch: Batch, shown: dict[int, int]
) -> list[tuple[Submission, QuerySet[Event]]]:
    """Return the records that are not as they were shown, each with what is new; note the look."""
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

    seen = [submission for submission, _events in news]
    address = address_of(request)
    note_views(seen, by=request.user, kind=EventKind.VIEWED, address=address)
    return news


def _context(request: PersonRequest, pk: int) -> dict[str, Any]:
    """1. The batch, counted. 2. Its records on this page. 3. A trace of the look. 4. The choices."""
    told = Batch.objects.annotate(received=received_count())
    batch: Any = get_batch(pk, told.select_related("created_by", "approved_by"))
    counted = batch.submissions.counted_for(request.user)
    counts = dict.fromkeys(SubmissionStatus, 0)
    for status, _reason, count, _left in counted:
        counts[SubmissionStatus(status)] += count
    own = sum(left for *_group, left in counted)
    reviewed = counts[SubmissionStatus.REVIEWED]

    page = _page_of(batch, request, count=sum(counts.values()))
    rows = [_row(record, request.user) for record in page]
    _note_views(request, rows)

    parts = [group[:3] for group in counted]
    return {
        **_approval_of(rows),
        "batch": batch,
        "batch_form": _batch_form(batch),
        **_counted(counts),
        "balance": balance_of(parts, received=batch.received, announced=batch.announced),
        "page": page,
        "rows": rows,
        "own": own,
        "waiting": reviewed - own,
        "may_close": batch.status == BatchStatus.SUBMITTED and not reviewed,
        "reject_form": RejectForm(auto_id="reject_%s"),
    }


def _counted(counts: dict[SubmissionStatus, int]) -> dict[str, Any]:
    """Return what the page says of a batch's numbers."""
    received, everything = counts[SubmissionStatus.RECEIVED], sum(counts.values())
    return {
        "counts": list(counts.items()),
        "count_all": everything,
        "count_received": received,
        "read": everything - received,
        "standstill": worker.stand_still(received),
    }


def _approval_of(rows: list[Row]) -> dict[str, Any]:
    """Return which of these rows wait, and which a person may approve now."""
    others_work = [row for row in rows if row.waits and not row.is_own]
    approvable = [row for row in rows if row.is_approvable]
    return {
        "shown_waiting": len(others_work),
        "approvable": approvable,
        "unseen": [row for row in others_work if row.has_unseen],
        "kept_count": sum(len(row.overrides) for row in approvable),
    }


def _note_views(request: PersonRequest, rows: list[Row]) -> None:
    """Note which records a person sees in the list, all in one set; htmx may ask for new ones.

    A supervisor sees values that were changed or kept against a rule, with their places in the
    picture: that is a look at the record, and at its picture.
    """
    user = request.user
    opened = [row.submission for row in rows if user.is_supervisor and row.shows_values]
    with_picture = [submission for submission in opened if submission.screen]
    listed = [row.submission for row in rows if row.submission not in opened]

    looks: list[Look] = looks_at(listed, by=user, kind=EventKind.LISTED)
    looks += looks_at(opened, by=user, kind=EventKind.VIEWED)
    looks += looks_at(with_picture, by=user, kind=EventKind.PICTURE_SEEN)
    note_looks(looks, by=user, address=address_of(request))


class CountedPages(Paginator[Submission]):
    """Pages of what is counted already."""

    def __init__(self, records: QuerySet[Submission], *, count: int) -> None:
        super().__init__(records, RECORDS_SHOWN)
        self._count = count

    @property
    def count(self) -> int:
        return self._count


def _page_of(batch: Batch, request: PersonRequest, *, count: int) -> Page[Submission]:
    """Return one page of a batch's records, with all that a row shows."""
    corrections = Correction.objects.select_related("by")
    fields = Field.objects.in_form_order().select_related("verified_by")
    fields = fields.prefetch_related("flags", Prefetch("corrections", corrections))
    records = batch.submissions.with_hindrances(request.user)
    records = records.by_risk() if request.user.is_supervisor else records.in_order()
    records = records.select_related("batch", "reviewed_by", "claimed_by")
    records = records.prefetch_related(Prefetch("fields", fields))
    pages = CountedPages(records, count=count)
    return pages.get_page(request.GET.get("page"))


def _row(submission: Submission, user: User) -> Row:
    fields = list(submission.fields.all())
    by_name = {field.name: field for field in fields}
    name = by_name.get("neonatal_name")
    doubtful = sum(field.is_doubtful for field in fields)
    return Row(
        submission=submission,
        name=name.value if name else "",
        is_read=bool(fields),
        may_view=allowed(check_can_view, user, submission),
        doubtful=doubtful if submission.is_claimable else 0,
        changed=[field for field in fields if field.is_corrected],
        overrides=[field for field in fields if field.is_override],
        marked=[field for field in fields if field.mark and not field.is_corrected],
        turn=page_turn({field.name: field.polygon for field in fields}),
        is_own=submission.is_closed,
        has_unseen=submission.is_unseen,
    )
