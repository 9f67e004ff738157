"""The review screen: one person, one record, 23 values against the paper."""

from collections.abc import Collection, Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from reviewapp.administration.lockout import address_of
from reviewapp.administration.view_log import note_views
from reviewapp.exceptions import ClaimLost, ReviewError, StaleWrite
from reviewapp.facts.vocabulary import offers
from reviewapp.forms import FieldForm, MarkForm, RejectForm, ShownForm
from reviewapp.http import PersonRequest, get_submission, status_of
from reviewapp.models import Field, Submission
from reviewapp.permissions import check_can_open
from reviewapp.rules.typed import kept_form
from reviewapp.stages import claim as claiming
from reviewapp.stages import correct as correcting
from reviewapp.states import EventKind, RejectReason, SubmissionStatus
from reviewapp.views.going_on import go_on, go_to, lost, renew_ahead
from reviewapp.views.jump import targets
from reviewapp.views.screen import changed_since, review_of, screen_of

SUBMITTED = (SubmissionStatus.UNSURE, SubmissionStatus.REVIEWED, SubmissionStatus.APPROVED)
REJECTED = (SubmissionStatus.REJECTED,)


@require_GET
def review(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the screen to the holder, and the record to everybody else.

    1. Who holds it for a second reading sees what is unsure and nothing else. 2. Who does not hold
    it goes to the record. 3. The screen.
    """
    submission = get_submission(request, pk)
    if submission.is_for_second_reading:
        return redirect("second", pk)
    if not (submission.is_claimable and submission.is_held_by(request.user)):
        if submission.is_claimable and not submission.holder:
            messages.info(request, _("You do not hold this record. Take it to review it."))
        return redirect(submission)
    screen = review_of(submission, by=request.user)
    shown = {**screen, "offers": offers(), "targets": targets()}
    return render(request, "review/review.html", shown)


@require_POST
def next_record(request: PersonRequest) -> HttpResponse:
    return go_on(request)


@require_POST
def claim(request: PersonRequest, pk: int) -> HttpResponse:
    submission = get_submission(request, pk)
    claiming.take(submission, by=request.user)
    return go_to(request, reverse("review", args=[pk]))


@require_POST
def give_back(request: PersonRequest, pk: int) -> HttpResponse:
    claiming.give_back(get_submission(request, pk), by=request.user)
    return go_to(request, reverse("home"))


@require_POST
def heartbeat(request: PersonRequest, pk: int) -> HttpResponse:
    submission = get_submission(request, pk)
    try:
        claiming.renew(submission, by=request.user)
    except ClaimLost as error:
        return lost(request, submission, error)
    renew_ahead(request)
    return HttpResponse(status=204)


@require_POST
def field(request: PersonRequest, pk: int, name: str) -> HttpResponse:
    """Save one value; answer with the field's state, never with its input.

    1. The form. 2. The correction, or why there is none. 3. The state.
    """
    submission = get_submission(request, pk, check_can_open)
    changed = get_object_or_404(submission.fields, name=name)
    form = FieldForm(request.POST)
    if not form.is_valid():
        problem = _("The value could not be understood. Type it again.")
        return _state(request, changed, status=422, error=problem)
    typed = form.cleaned_data["value"]
    try:
        kept = correcting.correct(changed, by=request.user, **form.cleaned_data)
    except StaleWrite as error:
        return _state(request, changed, status=409, conflict=str(error), yours=typed)
    except ClaimLost as error:
        return lost(request, submission, error)
    except ReviewError as error:
        return _state(request, changed, status=status_of(error), error=str(error), typed=typed)
    return _state(request, changed, kept, typed=typed)


@require_POST
def mark(request: PersonRequest, pk: int, name: str) -> HttpResponse:
    """Say of one value that it is unsure, illegible and so on; answer with the field's state.

    1. The form. 2. The mark, or why there is none. 3. The state.
    """
    submission = get_submission(request, pk, check_can_open)
    marked = get_object_or_404(submission.fields, name=name)
    form = MarkForm(request.POST)
    if not form.is_valid():
        problem = _("This could not be understood. Choose again.")
        return _state(request, marked, status=422, error=problem)
    try:
        kept = correcting.mark_value(marked, by=request.user, **form.cleaned_data)
    except ClaimLost as error:
        return lost(request, submission, error)
    except ReviewError as error:
        return _state(request, marked, status=status_of(error), error=str(error))
    return _state(request, marked, kept)


@require_POST
def submit(request: PersonRequest, pk: int) -> HttpResponse:
    submission = get_submission(request, pk)
    try:
        correcting.submit(submission, by=request.user)
    except ReviewError as error:
        return _not_finished(request, submission, error, done=SUBMITTED)
    return go_on(request, after=submission)


@require_POST
def reject(request: PersonRequest, pk: int) -> HttpResponse:
    """Put a picture aside; the review screen goes on to the next record, the record page stays.

    1. The form, and what the page has shown: whoever was shown no question decides on none. 2. The
    stage. 3. Its refusal, or the next.
    """
    submission = get_submission(request, pk)
    was_held = submission.is_held_by(request.user)
    form = RejectForm(request.POST)
    if not form.is_valid():
        context = {"submission": submission, "reject_form": form}
        return render(request, "review/reject.html#form", context, status=422)
    reason, note = RejectReason(form.cleaned_data["reason"]), form.cleaned_data["note"]
    is_asked = submission.status == SubmissionStatus.ESCALATED
    version = ShownForm(request.POST).shown or (0 if is_asked else None)

    by = request.user
    try:
        correcting.reject(submission, by=by, reason=reason, note=note, version=version)
    except ReviewError as error:
        return _not_finished(request, submission, error, done=REJECTED, reason=reason)
    if was_held:
        return go_on(request, after=submission)
    return go_to(request, submission.get_absolute_url())


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
        return go_on(request, after=submission)
    if isinstance(error, ClaimLost):
        return lost(request, submission, error)
    raise error


def _state(
    request: PersonRequest,
    field: Field,
    kept: Sequence[Field] | None = None,
    *,
    status: int = 200,
    **context: str,
) -> HttpResponse:
    """Answer with the state of a field, and of others that are not as the page says it has them.

    A change may put others in doubt, and somebody else may have changed some. Who does not hold the
    record gets its values with the refusal, too: that is a look. `kept` are all values of the
    record, where they are in hand.
    """
    seen = [field.submission]
    note_views(seen, by=request.user, kind=EventKind.VIEWED, address=address_of(request))
    screen = screen_of(field.submission, kept)
    fields = screen["fields"]
    as_stored = fields[fields.index(field)]
    names = changed_since(screen["digests"], request.headers.get("X-Has", "").split(","))
    changed = [field for field in fields if field.name in names]
    shown = {**screen, "field": as_stored, "changed": changed, **context}
    shown["typed"] = _rewritten(as_stored, context.get("typed", ""))
    return render(request, "review/answer.html", shown, status=status)


def _rewritten(field: Field, typed: str) -> str:
    """Return what was typed where it is saved in another form, as ３２７０克 is; "" elsewhere."""
    typed = typed.strip()
    is_other = typed != field.value and kept_form(field.name, typed) == field.value
    return typed if is_other else ""
