"""Corrections after approval: one person asks, another decides."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reviewapp.exceptions import IllegalTransition, NotAllowed, ReviewError
from reviewapp.forms import AmendForm, RefuseForm
from reviewapp.http import PersonRequest, get_submission, status_of
from reviewapp.models import Amendment, Export, Recall, Submission, User
from reviewapp.permissions import allowed, check_can_amend, check_can_decide, check_can_withdraw
from reviewapp.stages import amend as amending
from reviewapp.states import SubmissionStatus
from reviewapp.tasks import tell_of_approval
from reviewapp.views.screen import screen_of


@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: PersonRequest, pk: int) -> HttpResponse:
    """Show an approved record as a form; ask for what was changed in it.

    1. The record. 2. The form. 3. The request; what was typed stays where it is refused.
    """
    record = get_submission(request, pk, check_can_amend)
    if record.status != SubmissionStatus.APPROVED:
        raise IllegalTransition("illegalTransition", present=str(record.get_status_display()))
    screen = screen_of(record)

    data = request.POST if request.method == "POST" else None
    form = AmendForm(data, of=screen["fields"], initial={"version": record.version})
    if data is None:
        return _page(request, screen, form)
    if not form.is_valid():
        return _page(request, screen, form, status=422)

    try:
        amending.ask(record, changes=form.changes, by=request.user, **form.grounds)
    except NotAllowed:
        raise
    except ReviewError as error:
        return _page(request, screen, form, refusal=str(error), status=status_of(error))
    messages.success(request, _("The correction waits for a supervisor's decision."))
    return redirect(record)


def _page(
    request: PersonRequest,
    screen: dict[str, Any],
    form: AmendForm,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {**screen, "form": form, "blocks": form.blocks(), "refusal": refusal}
    return render(request, "records/amend.html", context, status=status)


def _amendment(pk: int) -> Amendment:
    return get_object_or_404(Amendment.objects.with_all(), pk=pk)


@require_POST
def amendment_approve(request: PersonRequest, pk: int) -> HttpResponse:
    amendment = _amendment(pk)
    queue = tell_of_approval.enqueue
    shown = request.POST.get("findings", "")
    amending.approve_amendment(amendment, by=request.user, queue=queue, shown=shown)
    done = _("Record %(record)s is corrected and approved anew.")
    messages.success(request, done % {"record": amendment.submission})
    return redirect(amendment.submission)


@require_POST
def amendment_refuse(request: PersonRequest, pk: int) -> HttpResponse:
    amendment = _amendment(pk)
    check_can_decide(request.user, amendment)
    form = RefuseForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    amending.refuse_amendment(amendment, by=request.user, note=note)
    done = _("The correction of record %(record)s is refused; the record stays as it is.")
    messages.success(request, done % {"record": amendment.submission})
    return redirect(amendment.submission)


@require_POST
def amendment_withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    amendment = _amendment(pk)
    amending.withdraw_amendment(amendment, by=request.user)
    done = _("The correction of record %(record)s is withdrawn; the record stays as it is.")
    messages.success(request, done % {"record": amendment.submission})
    return redirect(amendment.submission)


def approval_of(record: Submission, user: User) -> dict[str, Any]:
    """Return what the page of an approved record shows of its approval and of corrections after it.

    1. The approval that stands. 2. The request that waits, and what had left with the old values.
    3. What left before earlier corrections.
    """
    if record.status != SubmissionStatus.APPROVED:
        return {}
    context: dict[str, Any] = {
        "approval": record.approvals.standing().select_related("by").first(),
        "can_amend": allowed(check_can_amend, user, record),
        "recalls": Recall.objects.filter(amendment__submission=record).select_related("told_in"),
    }

    waiting = record.amendments.waiting().with_all().first()
    if waiting is None:
        return context
    names = {change["field"] for change in waiting.changes}
    findings = amending.expected_findings(waiting)
    return {
        **context,
        "can_amend": False,
        "amendment": waiting,
        "holding": Export.objects.of_values(record, names),
        "doubts": findings,
        "shown_findings": amending.digest_of_errors(findings),
        "can_decide": allowed(check_can_decide, user, waiting),
        "can_withdraw": allowed(check_can_withdraw, user, waiting),
        "refuse_form": RefuseForm(),
    }
