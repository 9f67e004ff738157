"""The record page: what a record says, how it came about, and what a supervisor decides."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from reviewapp import intake
from reviewapp.administration.view_log import note_view
from reviewapp.exceptions import ChangedSinceShown
from reviewapp.forms import RejectForm, ReturnForm, ShownForm
from reviewapp.http import PersonRequest, get_submission, status_of
from reviewapp.models import Submission
from reviewapp.permissions import allowed, check_can_approve, check_can_review
from reviewapp.stages import approve as approving
from reviewapp.states import SubmissionStatus
from reviewapp.tasks import tell_of_approval
from reviewapp.views.review import screen_of

RETURNABLE = (SubmissionStatus.REVIEWED, SubmissionStatus.REJECTED)


@require_GET
def submission(request: PersonRequest, pk: int) -> HttpResponse:
    """Show a record; the look is noted."""
    record = get_submission(request, pk)
    note_view(record, by=request.user)
    return render(request, "records/record.html", _context(request, record))


@require_POST
def retry(request: PersonRequest, pk: int) -> HttpResponse:
    record = get_submission(request, pk)
    intake.retry(record, by=request.user)
    messages.success(request, _("The picture is being read again."))
    return redirect(record)


@require_POST
def approve(request: PersonRequest, pk: int) -> HttpResponse:
    record = get_submission(request, pk)
    version = ShownForm(request.POST).shown
    try:
        approving.approve(record, by=request.user, version=version, queue=tell_of_approval.enqueue)
    except ChangedSinceShown as error:
        return _changed(request, record, error, version)
    sentence = _("Record %(record)s is approved.") % {"record": record}
    messages.success(request, sentence)
    return redirect(record.batch)


@require_POST
def return_to_clerk(request: PersonRequest, pk: int) -> HttpResponse:
    """Send a record back; the page comes again with what was typed where that is refused.

    1. The form, which asks for a reason. 2. The record, which may have changed. 3. What was done.
    """
    record = get_submission(request, pk)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        context = _context(request, record, return_form=form)
        return render(request, "records/record.html", context, status=422)
    version = ShownForm(request.POST).shown
    try:
        approving.return_to_clerk(
            record,
            by=request.user,
            reason=form.cleaned_data["reason"],
            field_names=form.cleaned_data["fields"],
            version=version,
        )
    except ChangedSinceShown as error:
        return _changed(request, record, error, version, return_form=form)
    sentence = _("Record %(record)s is returned.") % {"record": record}
    messages.success(request, sentence)
    return redirect(record.batch)


def _changed(
    request: PersonRequest,
    record: Submission,
    error: ChangedSinceShown,
    version: int,
    *,
    return_form: ReturnForm | None = None,
) -> HttpResponse:
    """Show the record as it is now, and what was done to it since the page was shown."""
    note_view(record, by=request.user)
    context = _context(request, record, return_form=return_form)
    context["refusal"] = str(error)
    context["news"] = record.events.since_version(version).select_related("by")
    return render(request, "records/record.html", context, status=status_of(error))


def _context(
    request: PersonRequest, record: Submission, *, return_form: ReturnForm | None = None
) -> dict[str, Any]:
    """Return what the record page shows.

    1. How the record stands. 2. The record, and what this person may do with it.
    """
    user = request.user
    is_free = record.is_claimable and record.holder in (None, user)
    is_reviewed = record.status == SubmissionStatus.REVIEWED
    has_failed = record.status == SubmissionStatus.FAILED
    screen = screen_of(record)
    return {
        **screen,
        "overrides": [field for field in screen["fields"] if field.is_override],
        "events": record.events.select_related("by"),
        "is_mine": record.is_held_by(user),
        "can_review": is_free and allowed(check_can_review, user, record),
        "can_approve": is_reviewed and allowed(check_can_approve, user, record),
        "can_return": record.status in RETURNABLE and user.is_supervisor,
        "can_retry": has_failed,
        "can_reject": has_failed and user.is_reviewer,
        "return_form": return_form or ReturnForm(),
        "reject_form": RejectForm(),
    }
