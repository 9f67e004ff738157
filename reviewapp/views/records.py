"""The record page: what a record says, how it came about, and what a supervisor decides."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from reviewapp import intake
from reviewapp.administration.lockout import address_of
from reviewapp.administration.view_log import Look, looks_at, note_looks
from reviewapp.exceptions import ChangedSinceShown, IllegalTransition
from reviewapp.forms import AnswerForm, RejectForm, ReturnForm, ShownForm
from reviewapp.http import PersonRequest, get_submission, status_of
from reviewapp.models import Event, Field, OverrideSight, Submission, User
from reviewapp.permissions import (
    allowed,
    check_can_approve,
    check_can_open,
    check_can_read_history,
    check_can_review,
    check_can_supervise,
)
from reviewapp.stages import approve as approving
from reviewapp.states import EventKind, SubmissionStatus
from reviewapp.tasks import tell_of_approval
from reviewapp.views.amendments import approval_of
from reviewapp.views.dialogs import take_over_dialog
from reviewapp.views.in_turn import after, in_turn
from reviewapp.views.screen import screen_of
from reviewapp.views.since_return import differences

RETURNABLE = (SubmissionStatus.REVIEWED, SubmissionStatus.REJECTED)


@require_GET
def submission(request: PersonRequest, pk: int) -> HttpResponse:
    """Show a record; the look is noted. Who reads it as the second person sees no more than that."""
    record = get_submission(request, pk, check_can_open)
    if record.is_for_second_reading and record.is_held_by(request.user):
        return redirect("second", pk)
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
    beside = in_turn(record, by=request.user)
    try:
        approving.approve(record, by=request.user, version=version, queue=tell_of_approval.enqueue)
    except ChangedSinceShown as error:
        return _changed(request, record, error, version)
    sentence = _("Record %(record)s is approved.") % {"record": record}
    messages.success(request, sentence)
    return redirect(after(record.batch, beside))


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
    beside = in_turn(record, by=request.user)
    try:
        approving.return_to_clerk(
            record,
            by=request.user,
            reason=form.cleaned_data["reason"],
            comments=form.comments,
            version=version,
        )
    except ChangedSinceShown as error:
        return _changed(request, record, error, version, return_form=form)
    sentence = _("Record %(record)s is returned.") % {"record": record}
    messages.success(request, sentence)
    return redirect(after(record.batch, beside))


@require_POST
def answer(request: PersonRequest, pk: int) -> HttpResponse:
    """Answer a question; the page comes again with what was typed where that is refused.

    1. The form. 2. The record, which may have changed; the same answer sent twice is given once.
    3. What was done.
    """
    record = get_submission(request, pk)
    check_can_supervise(request.user, record)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        context = {**_context(request, record), "answer_form": form}
        return render(request, "records/record.html", context, status=422)

    text, version = form.cleaned_data["answer"], ShownForm(request.POST).shown
    try:
        approving.answer(record, by=request.user, text=text, version=version)
    except IllegalTransition as error:
        record.refresh_from_db()
        last = record.events.last_deed()
        given = last and (last.kind, last.by, last.reason)
        if given != (EventKind.ANSWERED, request.user, text):
            shown = {**_context(request, record), "answer_form": form, "refusal": str(error)}
            shown["news"] = record.events.since_version(version).select_related("by")
            return render(request, "records/record.html", shown, status=status_of(error))

    messages.success(request, _answered(record))
    return redirect("home")


def _answered(record: Submission) -> str:
    """Say what became of an answer; that to a second reader goes to the first one."""
    told = _("The question about record %(record)s is answered.") % {"record": record}
    question, first = record.events.question(), record.reviewed_by
    if question is None or first is None or question.by == first:
        return told
    goes_to = _("The answer goes to %(name)s, who worked on the record first.")
    return f"{told} {goes_to % {'name': first.display_name}}"


def _changed(
    request: PersonRequest,
    record: Submission,
    error: ChangedSinceShown,
    version: int,
    *,
    return_form: ReturnForm | None = None,
) -> HttpResponse:
    """Show the record as it is now, and what was done to it since the page was shown."""
    context = _context(request, record, return_form=return_form)
    context["refusal"] = str(error)
    context["news"] = record.events.since_version(version).select_related("by")
    return render(request, "records/record.html", context, status=status_of(error))


def _postponement(record: Submission) -> Event | None:
    """Return why the record is offered to nobody yet; None for any other."""
    if record.postponed_until is None or record.postponed_until <= timezone.now():
        return None
    reasons = record.events.filter(kind=EventKind.POSTPONED).select_related("by")
    return reasons.order_by("-pk").first()


def _context(
    request: PersonRequest, record: Submission, *, return_form: ReturnForm | None = None
) -> dict[str, Any]:
    """Return what the record page shows.

    1. A trace of the look. 2. How the record stands. 3. The record, and what this person may do
    with it.
    """
    user = request.user
    _note(request, record)
    is_asked = record.status == SubmissionStatus.ESCALATED
    is_in_turn = user.is_supervisor and record.status == SubmissionStatus.REVIEWED
    screen = screen_of(record)
    return {
        **screen,
        **approval_of(record, user),
        "events": record.events.select_related("by", "person"),
        "postponed": _postponement(record),
        "question": record.events.question() if is_asked else None,
        "answer_form": AnswerForm(),
        "take_over_dialog": take_over_dialog(),
        "in_turn": in_turn(record, by=user) if is_in_turn else None,
        **_since_return(record, screen, by=user),
        **_overrides(record, screen["fields"], by=user),
        **_rights(record, user),
        "return_form": return_form or ReturnForm(),
        "reject_form": RejectForm(),
    }


def _rights(record: Submission, user: User) -> dict[str, bool]:
    """Return what a person may do with a record as it stands."""
    is_free = record.is_claimable and record.holder in (None, user)
    is_reviewed = record.status == SubmissionStatus.REVIEWED
    has_failed = record.status == SubmissionStatus.FAILED
    is_asked = record.status == SubmissionStatus.ESCALATED
    return {
        "is_mine": record.is_held_by(user),
        "can_review": is_free and allowed(check_can_review, user, record),
        "can_approve": is_reviewed and allowed(check_can_approve, user, record),
        "can_return": record.status in RETURNABLE and user.is_supervisor,
        "can_retry": has_failed,
        "can_reject": (has_failed and user.is_reviewer) or (is_asked and user.is_supervisor),
        "can_read_history": allowed(check_can_read_history, user, record),
    }


def _note(request: PersonRequest, record: Submission) -> None:
    """Note that a person sees a record, and its picture where it is shown."""
    kinds = [EventKind.VIEWED]
    if record.screen:
        kinds.append(EventKind.PICTURE_SEEN)
    looks: list[Look] = []
    for kind in kinds:
        looks += looks_at([record], by=request.user, kind=kind)
    note_looks(looks, by=request.user, address=address_of(request))


def _overrides(record: Submission, fields: list[Field], *, by: User) -> dict[str, Any]:
    """Return what was kept against a rule, and what of it a supervisor has yet to open."""
    overrides = [field for field in fields if field.is_override]
    awaits_approval = by.is_supervisor and record.status == SubmissionStatus.REVIEWED
    return {
        "overrides": overrides,
        "unseen": _unseen(overrides, by=by) if awaits_approval else [],
        "can_see_overrides": awaits_approval,
    }


def _unseen(overrides: list[Field], *, by: User) -> list[Field]:
    """Return the overrides that this person has not opened as they are now."""
    if not overrides:
        return []
    sights = OverrideSight.objects.filter(field__in=overrides, by=by)
    seen = set(sights.values_list("field_id", "version"))
    return [field for field in overrides if (field.pk, field.version) not in seen]


def _since_return(record: Submission, screen: dict[str, Any], *, by: User) -> dict[str, Any]:
    """Return what is new since this person returned the record, and the groups of all the rest."""
    found = differences(record, screen["fields"], by=by)
    if found is None:
        return {"differences": None}
    new = {difference.field.name for difference in found}
    groups = []
    for label, fields in screen["groups"]:
        rest = [field for field in fields if field.name not in new]
        if rest:
            groups.append((label, rest))
    return {"differences": found, "groups": groups}
