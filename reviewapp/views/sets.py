"""What a supervisor does with many records that they chose in a list."""

import re

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from reviewapp.certificate.fields import BY_NAME
from reviewapp.exceptions import ReviewError
from reviewapp.forms import RejectForm
from reviewapp.http import PersonRequest, get_batch
from reviewapp.models import Batch
from reviewapp.permissions import check_can_supervise
from reviewapp.sets import SetOutcome
from reviewapp.stages import approve, reject
from reviewapp.states import RejectReason
from reviewapp.tasks import tell_of_approval
from reviewapp.views.batches import shown_in
from reviewapp.views.contact_sheet import sheet_after_return

NAMED = 20
KEY = re.compile(r"[0-9]{1,18}")


@require_POST
def batch_approve_chosen(request: PersonRequest, pk: int) -> HttpResponse:
    """Approve the chosen records, and go back to where the list was."""
    batch = get_batch(pk)
    check_can_supervise(request.user, batch)
    chosen = shown_in(request, "chosen")
    done = approve.approve_records(chosen, by=request.user, queue=tell_of_approval.enqueue)
    said = ngettext("One record approved.", "%(count)s records approved.", done.done)
    say_outcome(request, done, said % {"count": done.done})
    return redirect(_list_of(batch, request))


def _list_of(batch: Batch, request: PersonRequest) -> str:
    """Return the page of the list that a form was sent from, at the record that it names."""
    page = f"?page={number}" if (number := request.GET.get("page", "")).isdecimal() else ""
    at = request.POST.get("at", "")
    return f"{batch.get_absolute_url()}{page}{f'#record-{at}' if KEY.fullmatch(at) else ''}"


@require_POST
def batch_return(request: PersonRequest, pk: int) -> HttpResponse:
    """Return the chosen records with one reason; from the contact sheet, one field of each."""
    batch = get_batch(pk)
    check_can_supervise(request.user, batch)
    chosen = shown_in(request, "chosen")
    reason = request.POST.get("return_reason", "")
    spec = BY_NAME.get(request.POST.get("field", ""))
    names = [spec.name] if spec else []
    done = approve.return_many(chosen, by=request.user, reason=reason, field_names=names)
    said = ngettext("One record returned.", "%(count)s records returned.", done.done)
    say_outcome(request, done, said % {"count": done.done})
    return redirect(sheet_after_return(batch, spec) if spec else batch)


@require_POST
def batch_reject(request: PersonRequest, pk: int) -> HttpResponse:
    """Reject the chosen records for one reason."""
    batch = get_batch(pk)
    check_can_supervise(request.user, batch)
    form = RejectForm(request.POST)
    if not form.is_valid():
        raise ReviewError("reasonMissing")
    why, note = RejectReason(form.cleaned_data["reason"]), form.cleaned_data["note"]
    done = reject.reject_many(shown_in(request, "chosen"), by=request.user, reason=why, note=note)
    said = ngettext("One record rejected.", "%(count)s records rejected.", done.done)
    say_outcome(request, done, said % {"count": done.done})
    return redirect(batch)


def say_outcome(request: PersonRequest, done: SetOutcome, said: str) -> None:
    """Say what was done with a set, and what was left out and why."""
    messages.success(request, said)
    for why, pks in done.left_out.items():
        records = ", ".join(f"#{pk}" for pk in pks[:NAMED])
        more = " …" if len(pks) > NAMED else ""
        messages.warning(request, f"{why.label}: {len(pks)} ({records}{more})")
