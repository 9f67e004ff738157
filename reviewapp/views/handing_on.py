"""A record passes from hand to hand: skipped, postponed, asked about, taken over, taken back."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from reviewapp.exceptions import ClaimLost, ReviewError
from reviewapp.forms import AsideForm, AskForm, PostponeForm, ShownForm, TakeOverForm
from reviewapp.http import PersonRequest, get_submission
from reviewapp.models import Event, Submission
from reviewapp.stages import claim as claiming
from reviewapp.stages import correct as correcting
from reviewapp.states import EventKind
from reviewapp.views.dialogs import (
    Dialog,
    ask_dialog,
    postpone_dialog,
    skip_dialog,
    take_over_dialog,
)
from reviewapp.views.going_on import go_on, go_to, lost


@require_POST
def skip(request: PersonRequest, pk: int) -> HttpResponse:
    submission = get_submission(request, pk)
    form = AsideForm(request.POST, auto_id="skip_%s")
    if not form.is_valid():
        return _ask_again(request, submission, skip_dialog(form))
    reason = form.cleaned_data["reason"]
    try:
        claiming.skip(submission, by=request.user, reason=reason)
    except ReviewError as error:
        done = {"kind": EventKind.SKIPPED, "reason": reason}
        return _not_laid_aside(request, submission, error, done)
    return go_on(request, after=submission)


@require_POST
def postpone(request: PersonRequest, pk: int) -> HttpResponse:
    """Lay a record aside until a day. 1. The form. 2. The stage. 3. Its refusal, or the next."""
    submission = get_submission(request, pk)
    form = PostponeForm(request.POST, auto_id="postpone_%s")
    if not form.is_valid():
        return _ask_again(request, submission, postpone_dialog(form))

    reason, until = form.cleaned_data["reason"], form.cleaned_data["until"]
    try:
        claiming.postpone(submission, by=request.user, reason=reason, until=until)
    except ReviewError as error:
        if error.code == "postponedDay":
            form.add_error("until", str(error))
            return _ask_again(request, submission, postpone_dialog(form))
        done = {"kind": EventKind.POSTPONED, "reason": reason, "new": until.isoformat()}
        return _not_laid_aside(request, submission, error, done)
    return go_on(request, after=submission)


@require_POST
def ask(request: PersonRequest, pk: int) -> HttpResponse:
    submission = get_submission(request, pk)
    form = AskForm(request.POST, auto_id="ask_%s")
    if not form.is_valid():
        return _ask_again(request, submission, ask_dialog(form))
    question, name = form.cleaned_data["question"], form.cleaned_data["field"]
    try:
        correcting.escalate(submission, by=request.user, question=question, field_name=name)
    except ReviewError as error:
        done = {"kind": EventKind.ESCALATED, "reason": question, "about_field": name}
        return _not_laid_aside(request, submission, error, done)
    return go_on(request, after=submission)


@require_POST
def take_over(request: PersonRequest, pk: int) -> HttpResponse:
    submission = get_submission(request, pk)
    form = TakeOverForm(request.POST, auto_id="take_over_%s")
    if not form.is_valid():
        return _ask_again(request, submission, take_over_dialog(form))
    claiming.take_over(submission, by=request.user, reason=form.cleaned_data["reason"])
    return go_to(request, reverse("review", args=[pk]))


@require_POST
def undo(request: PersonRequest, pk: int) -> HttpResponse:
    """Take back what this person finished, and open it again as it was."""
    submission = get_submission(request, pk)
    version = ShownForm(request.POST).shown
    try:
        correcting.undo(submission, by=request.user, version=version)
    except ReviewError:
        submission.refresh_from_db()
        is_back = _did(submission, request, {"kind": EventKind.UNDONE})
        if not (is_back and submission.is_held_by(request.user)):
            raise
    return go_to(request, reverse("review", args=[pk]))


def _ask_again(request: PersonRequest, submission: Submission, dialog: Dialog) -> HttpResponse:
    context = {"submission": submission, "dialog": dialog}
    return render(request, "review/dialog.html#form", context, status=422)


def _not_laid_aside(
    request: PersonRequest, submission: Submission, error: ReviewError, done: dict[str, str]
) -> HttpResponse:
    """Say why a record stays, unless this person has done just this and never saw the answer."""
    if _did(submission, request, done):
        return go_on(request, after=submission)
    if isinstance(error, ClaimLost):
        return lost(request, submission, error)
    raise error


def _did(submission: Submission, request: PersonRequest, done: dict[str, str]) -> bool:
    """Return whether this is what the person did last to a record."""
    last: Event | None = submission.events.last_deed(by=request.user)
    return last is not None and all(getattr(last, name) == text for name, text in done.items())
