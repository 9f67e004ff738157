"""Going on: the next record after a step, home when nothing waits, or why it does not go on."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget

from reviewapp.exceptions import ClaimLost, sentence
from reviewapp.http import PersonRequest, get_submission
from reviewapp.models import Submission, User
from reviewapp.stages import claim as claiming
from reviewapp.states import EventKind
from reviewapp.views.screen import review_of, token_of

# No key of a record is longer, in either database.
KEY_DIGITS = 18


def lost(request: PersonRequest, submission: Submission, error: ClaimLost) -> HttpResponse:
    """Say above the fields that the record is no longer held and why, and offer to take it again."""
    last = submission.events.last_deed()
    told = str(error)
    if last and last.by and last.kind == EventKind.TAKEN_OVER and last.person_id == request.user.pk:
        told = sentence("takenOver", {"name": last.by.display_name})
    context = {"submission": submission, "sentence": told, "last": last}
    response = render(request, "review/lost.html", context, status=409)
    return reswap(retarget(response, "#review-banner"), "innerHTML")


def go_on(request: PersonRequest, *, after: Submission | None = None) -> HttpResponse:
    """Open the next waiting record, or go home when nothing waits.

    A review screen that says so gets the record itself instead of an address.
    """
    number, token = _ahead(request)
    ahead = claiming.take_ahead(number, by=request.user) if number else None
    waiting = ahead or claiming.claim_next(by=request.user, after=after)
    if waiting is None:
        messages.info(request, _nothing_waits(request.user))
        return go_to(request, reverse("home"))
    if request.headers.get("X-Takes") == "record" and not waiting.is_for_second_reading:
        return step(request, waiting, has=token if ahead else "")
    return go_to(request, reverse("review", args=[waiting.pk]))


def step(request: PersonRequest, submission: Submission, *, has: str = "") -> HttpResponse:
    """Answer with the pieces of the review screen that are of this record.

    A page that has them already as they are now, by its token `has`, gets only what the step itself
    has changed: what it may take back.
    """
    screen = review_of(submission, by=request.user)
    token = token_of(screen)
    template = "review/undo.html" if has == token else "review/step.html"
    response = render(request, template, screen)
    response.headers["X-Record"] = reverse("review", args=[submission.pk])
    response.headers["X-Token"] = token
    return response


@require_POST
def ahead(request: PersonRequest, pk: int) -> HttpResponse:
    """Claim the record after this one, and send it before its turn: nothing where there is none.

    Its data is then in the browser: the event of the claim is the trace of the look.
    """
    submission = get_submission(request, pk)
    following = claiming.claim_ahead(by=request.user, beside=submission)
    return HttpResponse(status=204) if following is None else step(request, following)


@require_POST
def let_go(request: PersonRequest, pk: int) -> HttpResponse:
    submission = get_submission(request, pk)
    claiming.let_go(by=request.user, pk=submission.pk)
    return HttpResponse(status=204)


def renew_ahead(request: PersonRequest) -> None:
    """Keep what the page has ahead, as long as it keeps what it shows."""
    number, _token = _ahead(request)
    if number:
        claiming.renew_ahead(number, by=request.user)


def _ahead(request: PersonRequest) -> tuple[int, str]:
    """Return which record the page has ahead, 0 for none, and the token of what it has of it."""
    number, _, token = request.headers.get("X-Ahead", "").partition(" ")
    is_key = number.isascii() and number.isdecimal() and len(number) <= KEY_DIGITS
    return (int(number) if is_key else 0), token


def _nothing_waits(user: User) -> str:
    skipped = Submission.objects.skipped_by(user).count()
    if not skipped:
        return _("Nothing waits for review now.")
    told = ngettext(
        "Nothing else waits for review now. You skipped one record; it is in the list below.",
        "Nothing else waits for review now. You skipped %(count)s records; they are in the list "
        "below.",
        skipped,
    )
    return told % {"count": skipped}


def go_to(request: PersonRequest, address: str) -> HttpResponse:
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
