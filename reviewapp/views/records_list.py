"""The records page: all records, filtered and sorted, and the filters that a person keeps."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from reviewapp.administration.lockout import address_of
from reviewapp.administration.view_log import Look, note_looks
from reviewapp.certificate.masking import masked_name
from reviewapp.forms import ActForm, RecordsForm, SavedFilterForm
from reviewapp.http import PersonRequest
from reviewapp.models import SavedFilter, User
from reviewapp.permissions import check_can_review
from reviewapp.search.records import COUNTED, LOOKED_AT, Page, Place, page_of
from reviewapp.sets import SetOutcome
from reviewapp.stages import approve, reject
from reviewapp.states import EventKind, RejectReason
from reviewapp.tasks import tell_of_approval

EMPTY = Page([], None, 0)
MOST_FILTERS = 20


@require_safe
def records(request: PersonRequest) -> HttpResponse:
    """List what is looked for; what is shown is noted."""
    form = _form(request)
    page = EMPTY
    if form.is_valid():
        page = page_of(form.wanted, by=request.user, after=form.place)
        _note(request, page)
    status = 200 if form.is_valid() else 422
    return render(request, "records/list.html", _context(request, form, page), status=status)


def _form(request: PersonRequest) -> RecordsForm:
    people = list(User.objects.reviewers_by_name())
    return RecordsForm(request.GET, by=request.user, people=people)


def _context(request: PersonRequest, form: RecordsForm, page: Page) -> dict[str, Any]:
    return {
        "form": form,
        "rows": [(record, masked_name(record.child or "")) for record in page.records],  # type: ignore[attr-defined]
        "count": page.count,
        "counted": COUNTED,
        "has_counted_all": page.count is not None and page.count <= COUNTED,
        "looked_at": LOOKED_AT,
        "more": _told(page.more) if page.more else "",
        "is_first": not request.GET.get("after"),
        "query": form.query,
        "saved_filters": SavedFilter.objects.owned_by(request.user),
        "filter_form": SavedFilterForm(),
        "act_form": ActForm(),
    }


def _told(place: Place) -> str:
    """Return a place as an address holds it."""
    key, pk = place
    return f"{key if isinstance(key, int) else key.isoformat()}~{pk}"


def _note(request: PersonRequest, page: Page) -> None:
    """Note which records a person sees in the list."""
    pks = [record.pk for record in page.records]
    look = Look(EventKind.SEARCHED, params={"kinds": ["filters"], "records": pks})
    note_looks([look], by=request.user, address=address_of(request))


@require_POST
def records_act(request: PersonRequest) -> HttpResponse:
    """Approve, return or reject what was chosen, and say what was left out, and why."""
    check_can_review(request.user)
    form, act_form = _form(request), ActForm(request.POST)
    if not (form.is_valid() and act_form.is_valid()):
        page = page_of(form.wanted, by=request.user, after=form.place) if form.is_valid() else EMPTY
        context = {**_context(request, form, page), "act_form": act_form}
        return render(request, "records/list.html", context, status=422)
    _say(request, act_form, _act(act_form, by=request.user))
    return redirect(f"{reverse('records')}?{request.GET.urlencode()}")


def _act(form: ActForm, *, by: User) -> SetOutcome:
    """Do what was asked for. Raises NotAllowed."""
    cleaned = form.cleaned_data
    if cleaned["act"] == ActForm.APPROVE:
        return approve.approve_records(form.shown, by=by, queue=tell_of_approval.enqueue)
    if cleaned["act"] == ActForm.RETURN:
        return approve.return_many(form.shown, by=by, reason=cleaned["reason"])
    reason = RejectReason(cleaned["reject_reason"])
    return reject.reject_many(form.shown, by=by, reason=reason, note=cleaned["note"])


def _say(request: PersonRequest, form: ActForm, outcome: SetOutcome) -> None:
    messages.success(request, _done(form.cleaned_data["act"], outcome.done))
    for code, pks in outcome.left_out.items():
        records = ", ".join(f"#{pk}" for pk in pks)
        messages.warning(request, f"{code.label}: {len(pks)} ({records})")


def _done(act: str, count: int) -> str:
    if act == ActForm.APPROVE:
        told = ngettext("One record approved.", "%(count)s records approved.", count)
    elif act == ActForm.RETURN:
        told = ngettext("One record returned.", "%(count)s records returned.", count)
    else:
        told = ngettext("One record rejected.", "%(count)s records rejected.", count)
    return told % {"count": count}


@require_POST
def filter_save(request: PersonRequest) -> HttpResponse:
    """Keep what the page shows under a name; the same name again means another filter."""
    form, name_form = _form(request), SavedFilterForm(request.POST)
    if not (form.is_valid() and name_form.is_valid()):
        context = {**_context(request, form, EMPTY), "filter_form": name_form}
        return render(request, "records/list.html", context, status=422)
    name = name_form.cleaned_data["name"]
    own = SavedFilter.objects.owned_by(request.user)
    if own.count() >= MOST_FILTERS and not own.filter(name=name).exists():
        messages.error(request, _("You keep as many filters as there may be. Delete one first."))
        return redirect(f"{request.path.removesuffix('filters/')}?{form.query}")
    saved, _is_new = SavedFilter.objects.update_or_create(
        owner=request.user, name=name, defaults={"query": form.query}
    )
    messages.success(request, _("Saved."))
    return redirect(saved)


@require_POST
def filter_delete(request: PersonRequest, pk: int) -> HttpResponse:
    """Delete one of one's own filters; those of others are not there."""
    own = SavedFilter.objects.owned_by(request.user)
    get_object_or_404(own, pk=pk).delete()
    return redirect("records")
