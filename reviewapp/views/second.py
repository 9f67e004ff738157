"""The page of a second reader: what somebody was unsure of, and nothing else of the record."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reviewapp.certificate.geometry import page_turn
from reviewapp.exceptions import ClaimLost, IllegalTransition, NotAllowed, ReviewError
from reviewapp.forms import SecondReadingForm
from reviewapp.http import PersonRequest, get_submission, status_of
from reviewapp.models import Submission
from reviewapp.permissions import check_can_review
from reviewapp.stages import correct
from reviewapp.states import EventKind
from reviewapp.views.going_on import go_on

DECIDED = (EventKind.SECOND_READ, EventKind.ESCALATED)


@require_http_methods(["GET", "POST"])
def second(request: PersonRequest, pk: int) -> HttpResponse:
    """Show what is unsure to who holds the record for it, and take what they say."""
    submission = get_submission(request, pk)
    if request.method == "POST":
        return _decide(request, submission)
    if not submission.is_for_second_reading:
        return redirect(submission)
    if not submission.is_held_by(request.user):
        messages.info(request, _("You do not hold this record. Take the next one."))
        return redirect("home")
    return _page(request, submission, _form(request, submission))


def _decide(request: PersonRequest, submission: Submission) -> HttpResponse:
    """Decide what was unsure.

    1. Who has done it already, and never saw the answer, goes on. 2. The form. 3. The decisions, or
    why there are none.
    """
    check_can_review(request.user)
    if not submission.is_for_second_reading:
        if submission.events.filter(kind__in=DECIDED, by=request.user).exists():
            return go_on(request, after=submission)
        raise IllegalTransition("movedMeanwhile")

    form = _form(request, submission)
    if not form.is_valid():
        problem = _("This could not be understood. Choose again.")
        return _page(request, submission, form, error=problem, status=422)

    try:
        correct.read_second(
            submission,
            by=request.user,
            decisions=form.decisions(),
            question=form.cleaned_data["question"],
        )
    except NotAllowed:
        raise
    except ReviewError as error:
        return _refused(request, submission, error)
    return go_on(request, after=submission)


def _form(
    request: PersonRequest, submission: Submission, *, troubled: str = ""
) -> SecondReadingForm:
    unsure = submission.fields.unsure().in_form_order().prefetch_related("flags")
    data = request.POST if request.method == "POST" else None
    return SecondReadingForm(data, values=list(unsure), reader=request.user, troubled=troubled)


def _refused(request: PersonRequest, submission: Submission, error: ReviewError) -> HttpResponse:
    """Show the page again with what was chosen, against the values as they are now."""
    form = _form(request, submission, troubled=str(error.params.get("name", "")))
    is_lost = isinstance(error, ClaimLost)
    return _page(
        request, submission, form, error=str(error), status=status_of(error), is_lost=is_lost
    )


def _page(
    request: PersonRequest,
    submission: Submission,
    form: SecondReadingForm,
    *,
    error: str = "",
    status: int = 200,
    is_lost: bool = False,
) -> HttpResponse:
    places = submission.fields.values_list("name", "polygon")
    context = {
        "submission": submission,
        "form": form,
        "turn": page_turn(dict(places)),
        "error": error,
        "is_lost": is_lost,
    }
    return render(request, "review/second.html", context, status=status)
