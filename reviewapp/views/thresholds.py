"""The probabilities below which a field is flagged, for administrators."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from reviewapp.administration import reflag as reflagging
from reviewapp.administration.thresholds import set_thresholds
from reviewapp.certificate.fields import FIELDS
from reviewapp.forms import ThresholdsForm, WhatIfForm
from reviewapp.http import PersonRequest
from reviewapp.models import Event, Field, Reflag, Submission, Threshold
from reviewapp.permissions import check_can_administer
from reviewapp.rules.evidence import buckets, marks, what_if
from reviewapp.states import EventKind
from reviewapp.tasks import reflag_for_a_while

SHOWN = 20
CHART = {"left": 34, "width": 280, "height": 100}


@require_http_methods(["GET", "HEAD", "POST"])
def thresholds(request: PersonRequest) -> HttpResponse:
    """Show and set the 23 thresholds."""
    check_can_administer(request.user)
    percents = Threshold.objects.percents()
    form = ThresholdsForm(request.POST if request.method == "POST" else None, percents=percents)
    if form.is_valid():
        changed = set_thresholds(form.cleaned_data, by=request.user)
        saved = ngettext("One threshold changed.", "%(count)s thresholds changed.", changed) % {
            "count": changed
        }
        messages.success(request, saved if changed else _("Nothing was changed."))
        return redirect("thresholds")
    changes = (
        Event.objects.filter(kind=EventKind.THRESHOLD_CHANGED)
        .select_related("by")
        .order_by("-pk")[:SHOWN]
    )
    context = {"form": form, "changes": changes, "run": Reflag.objects.latest_first().first()}
    return render(
        request, "thresholds/thresholds.html", context, status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
def reflag(request: PersonRequest) -> HttpResponse:
    """Start flagging the stored records anew or go on with it, and tell how far it has come."""
    check_can_administer(request.user)
    if request.method == "POST":
        ask_for = (
            reflagging.resume_in_background
            if "resume" in request.POST
            else reflagging.start_in_background
        )
        ask_for(by=request.user, queue=reflag_for_a_while.enqueue)
        return redirect("reflag" if request.htmx else "thresholds")
    return render(request, "thresholds/reflag.html", {"run": Reflag.objects.latest_first().first()})


@require_safe
def evidence(request: PersonRequest) -> HttpResponse:
    """Show for each field how often each probability was right, and what a threshold would do."""
    check_can_administer(request.user)
    form = WhatIfForm(request.GET)
    tried = form.cleaned_data["at"] if form.is_valid() else None
    days = Submission.objects.days_of_review()
    return render(
        request,
        "thresholds/evidence.html",
        {"form": form, "fields": _evidence(tried, days), "days": days},
    )


def _evidence(tried: int | None, days: int) -> list[dict[str, Any]]:
    """Return what the evidence says of each field, under its present threshold and the one tried."""
    percents, tallies = Threshold.objects.percents(), Field.objects.tallies()
    return [
        {
            "spec": spec,
            "marks": marks(buckets(tallies[spec.name]), **CHART),
            "what_ifs": [
                what_if(tallies[spec.name], threshold=at, days=days)
                for at in dict.fromkeys([percents[spec.name], tried])
                if at is not None
            ],
        }
        for spec in FIELDS
        if spec.name in tallies
    ]
