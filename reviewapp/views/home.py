"""The first page: what waits, and one obvious next thing to do."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reviewapp.http import PersonRequest, open_to_auditors
from reviewapp.models import Amendment, Batch, Breaker, Event, Submission, User
from reviewapp.models.counting import count_of
from reviewapp.permissions import check_can_review
from reviewapp.processes import worker
from reviewapp.search.queues import QUEUES
from reviewapp.states import EventKind, Role

SHOWN, FINISHED_SHOWN = 10, 20

# What a page lists is asked for only where its count says that there is some.
type Counts = dict[str, int]


@open_to_auditors
@require_safe
def home(request: PersonRequest) -> HttpResponse:
    """Show a person what waits for their role.

    htmx asks for the changing part alone while pictures are read.
    """
    role = Role(request.user.role)
    finished = QUEUES["finished"].records(request.user)
    counts = counts_together(request.user, finished=finished, **COUNTED[role](request.user))
    waiting = counts | LISTED[role](request.user, counts)
    context: dict[str, Any] = {
        "waiting": waiting,
        "waiting_template": f"home/{role}.html",
        "standstill": worker.stand_still(waiting["received"]),
    }
    if request.htmx:
        return render(request, "home/home.html#waiting", context)

    shown = finished.select_related("batch").with_undoable(request.user)[:FINISHED_SHOWN]
    context["finished_count"] = counts["finished"]
    context["finished"] = shown if counts["finished"] else []
    return render(request, "home/home.html", context)


@require_safe
def returned(request: PersonRequest) -> HttpResponse:
    """Say how many records are returned to a person; the header of each page asks for it."""
    check_can_review(request.user)
    count = QUEUES["returned"].records(request.user).count()
    return render(request, "components/returned.html", {"count": count})


def counts_together(user: User, **counted: QuerySet[Any]) -> Counts:
    """Return how many there are of each, asked for by one statement."""
    columns = {name: count_of(rows) for name, rows in counted.items()}
    numbers = User.objects.filter(pk=user.pk).values_list(*columns.values()).get()
    return dict(zip(columns, numbers, strict=True))


def _counted_for_clerk(user: User) -> dict[str, QuerySet[Any]]:
    records = Submission.objects
    return {
        "skipped_count": QUEUES["skipped"].records(user),
        "postponed_count": QUEUES["postponed"].records(user),
        "returned": QUEUES["returned"].records(user),
        "begun": QUEUES["begun"].records(user),
        "claimable": QUEUES["to_review"].records(user),
        "unsure": QUEUES["second"].records(user),
        "received": records.received(),
        "failed": records.failed(),
    }


def _counted_for_supervisor(user: User) -> dict[str, QuerySet[Any]]:
    return {
        "question_count": Submission.objects.asked(),
        "batch_count": Batch.objects.awaiting_approval(),
        "amendment_count": Amendment.objects.waiting(),
        "without_second_reader": Submission.objects.without_second_reader(),
        **_counted_for_clerk(user),
    }


def _counted_for_admin(user: User) -> dict[str, QuerySet[Any]]:
    records = Submission.objects
    return {
        "to_export": QUEUES["never_exported"].records(user),
        "approved": records.approved(),
        "asked": records.asked(),
        "received": records.received(),
        "failed": records.failed(),
    }


def _counted_for_auditor(user: User) -> dict[str, QuerySet[Any]]:
    return {}


def _not_read(counts: Counts) -> dict[str, Any]:
    failed = Submission.objects.failed().select_related("batch").in_order()
    return {"not_read": failed[:SHOWN] if counts["failed"] else []}


def _aside(user: User, counts: Counts) -> dict[str, Any]:
    """Return what was laid aside with a reason and can be taken all the same."""
    skipped = Submission.objects.skipped_by(user).in_order().select_related("batch")
    skipped = skipped.with_reason_of(EventKind.SKIPPED, by=user)
    postponed = Submission.objects.postponed(user).select_related("batch")
    postponed = postponed.with_reason_of(EventKind.POSTPONED)
    return {
        "skipped": skipped[:SHOWN] if counts["skipped_count"] else [],
        "postponed": postponed[:SHOWN] if counts["postponed_count"] else [],
    }


def _for_clerk(user: User, counts: Counts) -> dict[str, Any]:
    return {
        **_aside(user, counts),
        "held": Submission.objects.begun_by(user).in_order(),
        "to_review": counts["claimable"] + counts["unsure"],
        **_not_read(counts),
    }


def _for_supervisor(user: User, counts: Counts) -> dict[str, Any]:
    batches = Batch.objects.awaiting_approval().with_waiting().oldest_first()
    questions = Event.objects.open_questions()
    amendments = Amendment.objects.waiting().with_all()
    return {
        "questions": questions[:SHOWN] if counts["question_count"] else [],
        "batches": batches[:SHOWN] if counts["batch_count"] else [],
        "amendments": amendments[:SHOWN] if counts["amendment_count"] else [],
        **_for_clerk(user, counts),
    }


def _for_admin(user: User, counts: Counts) -> dict[str, Any]:
    return {
        "breaker": Breaker.objects.first(),
        "unheard": 0 if User.objects.has_supervisor() else counts["asked"],
        **_not_read(counts),
    }


def _for_auditor(user: User, counts: Counts) -> dict[str, Any]:
    return {"received": 0, "failed": 0}


COUNTED = {
    Role.CLERK: _counted_for_clerk,
    Role.SUPERVISOR: _counted_for_supervisor,
    Role.ADMIN: _counted_for_admin,
    Role.AUDITOR: _counted_for_auditor,
}
LISTED = {
    Role.CLERK: _for_clerk,
    Role.SUPERVISOR: _for_supervisor,
    Role.ADMIN: _for_admin,
    Role.AUDITOR: _for_auditor,
}
