"""The probabilities below which a field is flagged, for administrators."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from reviewapp import evidence as summed
from reviewapp.administration import reflag as reflagging
from reviewapp.administration.thresholds import set_thresholds
from reviewapp.certificate.fields import FIELDS
from reviewapp.evidence import Evidence
from reviewapp.exceptions import StaleWrite
from reviewapp.forms import ThresholdsForm, WhatIfForm
from reviewapp.http import PersonRequest, open_to_auditors, status_of
from reviewapp.models import Reflag, Threshold, present_basis
from reviewapp.permissions import check_can_administer, check_can_read_settings
from reviewapp.rules.evidence import buckets, marks, what_if
from reviewapp.states import EventKind
from reviewapp.tasks import reflag_for_a_while
from reviewapp.views.settings_page import settings_page

_page = partial(
    settings_page, template="thresholds/thresholds.html", changes=EventKind.THRESHOLD_CHANGED
)
CHART = {"left": 34, "width": 280, "height": 100}


@open_to_auditors
@require_http_methods(["GET", "HEAD", "POST"])
def thresholds(request: PersonRequest) -> HttpResponse:
    """Show and set the 23 thresholds.

    1. The page. 2. The form: wrong, or about what is no longer so. 3. What was saved.
    """
    check_can_read_settings(request.user)
    # Read first: what changes meanwhile is then shown by a page that a save of it refuses.
    basis = present_basis()
    percents = Threshold.objects.percents()
    if request.method != "POST":
        return _page(request, form=ThresholdsForm(percents=percents), basis=basis)

    check_can_administer(request.user)
    form = ThresholdsForm(request.POST, percents=percents)
    basis_shown = request.POST.get("basis", "")
    if not form.is_valid():
        return _page(request, form=form, basis=basis_shown, status=422)
    try:
        changed = set_thresholds(form.cleaned_data, basis=basis_shown, by=request.user)
    except StaleWrite as error:
        return _page(request, form=form, basis=basis, refusal=str(error), status=status_of(error))

    saved = ngettext("One threshold changed.", "%(count)s thresholds changed.", changed)
    sentence = saved % {"count": changed} if changed else _("Nothing was changed.")
    messages.success(request, sentence)
    return redirect("thresholds")


@require_http_methods(["GET", "HEAD", "POST"])
def reflag(request: PersonRequest) -> HttpResponse:
    """Start flagging the stored records anew or go on with it, and tell how far it has come."""
    check_can_administer(request.user)
    if request.method != "POST":
        context = {"run": Reflag.objects.latest_first().first()}
        return render(request, "thresholds/reflag.html", context)
    if "resume" in request.POST:
        reflagging.resume_in_background(by=request.user, queue=reflag_for_a_while.enqueue)
    else:
        reflagging.start_in_background(by=request.user, queue=reflag_for_a_while.enqueue)
    return redirect("reflag" if request.htmx else "thresholds")


@require_safe
def evidence(request: PersonRequest) -> HttpResponse:
    """Show for each field how often each probability was right, and what a threshold would do."""
    check_can_administer(request.user)
    form = WhatIfForm(request.GET)
    tried = form.cleaned_data["at"] if form.is_valid() else None
    present = summed.evidence()
    context = {"form": form, "fields": _evidence(tried, present), "days": present.days}
    return render(request, "thresholds/evidence.html", context)


def _evidence(tried: int | None, present: Evidence) -> list[dict[str, Any]]:
    """Return what the evidence says of each field, under its threshold and the one tried."""
    percents = Threshold.objects.percents()
    rows = []
    for spec in FIELDS:
        if spec.name not in present.tallies:
            continue
        tally = present.tallies[spec.name]
        at = [percents[spec.name]]
        if tried is not None and tried not in at:
            at.append(tried)
        what_ifs = [what_if(tally, threshold=percent, days=present.days) for percent in at]
        chart = marks(buckets(tally), **CHART)
        rows.append({"spec": spec, "marks": chart, "what_ifs": what_ifs})
    return rows
