"""The probabilities below which a field is flagged, for administrators."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from reviewapp.forms import ThresholdsForm
from reviewapp.http import PersonRequest
from reviewapp.models import Event, Threshold
from reviewapp.permissions import check_can_administer
from reviewapp.stages.thresholds import set_thresholds
from reviewapp.states import EventKind

SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
def thresholds(request: PersonRequest) -> HttpResponse:
    """Show and set the 23 thresholds."""
    check_can_administer(request.user)
    percents = Threshold.objects.percents()
    form = ThresholdsForm(request.POST if request.method == "POST" else None, percents=percents)
    if form.is_valid():
        changed = set_thresholds(form.cleaned_data, by=request.user)
        saved = ngettext("One threshold changed.", "%(count)s thresholds changed.", changed) % {"count": changed}
        messages.success(request, saved if changed else _("Nothing was changed."))
        return redirect("thresholds")
    changes = Event.objects.filter(kind=EventKind.THRESHOLD_CHANGED).select_related("by").order_by("-pk")[:SHOWN]
    context = {"form": form, "changes": changes}
    return render(request, "thresholds/thresholds.html", context, status=422 if form.is_bound else 200)
