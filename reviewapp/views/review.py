"""The review screen: one person, one record, 23 values against the paper."""

from collections.abc import Collection
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget

from reviewapp.certificate.fields import GROUP_LABELS
from reviewapp.certificate.geometry import page_turn
from reviewapp.exceptions import ClaimLost, ReviewError, StaleWrite
from reviewapp.forms import FieldForm, RejectForm
from reviewapp.http import PersonRequest, get_submission, status_of
from reviewapp.models import Field, Submission
from reviewapp.stages import claim as claiming
from reviewapp.stages import correct as correcting
from reviewapp.states import RejectReason, SubmissionStatus

SUBMITTED = (SubmissionStatus.REVIEWED, SubmissionStatus.APPROVED)
REJECTED = (SubmissionStatus.REJECTED,)


def fields_of(submission: Submission) -> list[Field]:
    """Return the fields in the form's order with all that a screen shows of them."""
    return list(
        submission.fields.in_form_order().select_related("verified_by").prefetch_related("flags")
    )


def screen_of(submission: Submission) -> dict[str, Any]:
    """Return what a screen with all fields shows; `groups` are the blocks of the printed form.

    `turn` is how the page lies; `judged` counts up with every change of a value, because a change
    may put another field in doubt.
    """
    fields = fields_of(submission)
    blocks = groupby(fields, lambda field: field.spec.group)
    latest = submission.fields.aggregate(correction=Max("corrections__pk"))
    return {
        "submission": submission,
        "fields": fields,
        "groups": [(GROUP_LABELS[group], list(block)) for group, block in blocks],
        "turn": page_turn({field.name: field.polygon for field in fields}),
        "judged": latest["correction"] or 0,
    }


@require_GET
def review(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the screen to the holder, and the record to everybody else."""
    submission = get_submission(request, pk)
    if not (submission.is_claimable and submission.is_held_by(request.user)):
        if submission.is_claimable and not submission.holder:
            messages.info(request, _("You do not hold this record. Take it to review it."))
        return redirect(submission)
    context = {**screen_of(submission), "reject_form": RejectForm()}
    return render(request, "review/review.html", context)


@require_POST
def next_record(request: PersonRequest) -> HttpResponse:
    return _go_on(request)


@require_POST
def claim(request: PersonRequest, pk: int) -> HttpResponse:
    submission = get_submission(request, pk)
    claiming.claim(submission, by=request.user)
    return _go_to(request, reverse("review", args=[pk]))


@require_POST
def give_back(request: PersonRequest, pk: int) -> HttpResponse:
    claiming.give_back(get_submission(request, pk), by=request.user)
    return _go_to(request, reverse("home"))


@require_POST
def heartbeat(request: PersonRequest, pk: int) -> HttpResponse:
    submission = get_submission(request, pk)
    try:
        claiming.renew(submission, by=request.user)
    except ClaimLost as error:
        return _lost(request, submission, error)
    return HttpResponse(status=204)


@require_POST
def field(request: PersonRequest, pk: int, name: str) -> HttpResponse:
    """Save one value; answer with the field's state, never with its input.

    1. The form. 2. The correction, or why there is none. 3. The state.
    """
    submission = get_submission(request, pk)
    changed = get_object_or_404(submission.fields.prefetch_related("flags"), name=name)
    form = FieldForm(request.POST)
    if not form.is_valid():
        problem = _("The value could not be understood. Type it again.")
        return _state(request, changed, status=422, error=problem)
    try:
        correcting.correct(changed, by=request.user, **form.cleaned_data)
    except StaleWrite as error:
        typed = form.cleaned_data["value"]
        return _state(request, changed, status=409, conflict=str(error), yours=typed)
    except ClaimLost as error:
        return _lost(request, submission, error)
    except ReviewError as error:
        return _state(request, changed, status=status_of(error), error=str(error))
    return _state(request, changed)


@require_POST
def submit(request: PersonRequest, pk: int) -> HttpResponse:
    submission = get_submission(request, pk)
    try:
        correcting.submit(submission, by=request.user)
    except ReviewError as error:
        return _not_finished(request, submission, error, done=SUBMITTED)
    return _go_on(request, after=submission)


@require_POST
def reject(request: PersonRequest, pk: int) -> HttpResponse:
    """Put a picture aside; the review screen goes on to the next record, the record page stays."""
    submission = get_submission(request, pk)
    was_held = submission.is_held_by(request.user)
    form = RejectForm(request.POST)
    if not form.is_valid():
        context = {"submission": submission, "reject_form": form}
        return render(request, "review/reject.html#form", context, status=422)
    reason, note = RejectReason(form.cleaned_data["reason"]), form.cleaned_data["note"]
    try:
        correcting.reject(submission, by=request.user, reason=reason, note=note)
    except ReviewError as error:
        return _not_finished(request, submission, error, done=REJECTED, reason=reason)
    if was_held:
        return _go_on(request, after=submission)
    return _go_to(request, submission.get_absolute_url())


def _not_finished(
    request: PersonRequest,
    submission: Submission,
    error: ReviewError,
    *,
    done: Collection[str],
    reason: str = "",
) -> HttpResponse:
    """Say why a record stays, unless this person has done just this and never saw the answer.

    `done` are the statuses in which the same intent has ended already. Another intent of the same
    person, such as rejecting in one tab what was submitted in another, is refused like anybody
    else's.
    """
    submission.refresh_from_db()
    is_same = submission.status in done and reason in ("", submission.reject_reason)
    if is_same and submission.was_finished_by(request.user):
        return _go_on(request, after=submission)
    if isinstance(error, ClaimLost):
        return _lost(request, submission, error)
    raise error


def _state(
    request: PersonRequest, field: Field, *, status: int = 200, **context: str
) -> HttpResponse:
    """Answer with the state of a field and of all others, which a change may put in doubt."""
    screen = screen_of(field.submission)
    fields = screen["fields"]
    as_stored = fields[fields.index(field)]
    shown = {**screen, "field": as_stored, **context}
    return render(request, "review/answer.html", shown, status=status)


def _lost(request: PersonRequest, submission: Submission, error: ClaimLost) -> HttpResponse:
    """Say above the fields that the record is no longer held, and offer to take it again."""
    context = {"submission": submission, "sentence": str(error)}
    response = render(request, "review/lost.html", context, status=409)
    return reswap(retarget(response, "#review-banner"), "innerHTML")


def _go_on(request: PersonRequest, *, after: Submission | None = None) -> HttpResponse:
    """Open the next waiting record, or go home when nothing waits."""
    waiting = claiming.claim_next(by=request.user, after=after)
    if waiting is None:
        messages.info(request, _("Nothing waits for review now."))
        return _go_to(request, reverse("home"))
    address = reverse("review", args=[waiting.pk])
    return _go_to(request, address)


def _go_to(request: PersonRequest, address: str) -> HttpResponse:
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
