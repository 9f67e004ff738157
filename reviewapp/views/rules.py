"""How much each rule asks for, for administrators."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from reviewapp.administration.thresholds import set_severities
from reviewapp.forms import RulesForm
from reviewapp.http import PersonRequest
from reviewapp.models import Event, Reflag, RuleSeverity
from reviewapp.permissions import check_can_administer
from reviewapp.states import EventKind

SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: PersonRequest) -> HttpResponse:
    """Show and set the severity of every rule."""
    check_can_administer(request.user)
    present = RuleSeverity.objects.present()
    form = RulesForm(request.POST if request.method == "POST" else None, present=present)
    if form.is_valid():
        changed = set_severities(form.severities, by=request.user)
        saved = ngettext("One rule changed.", "%(count)s rules changed.", changed) % {
            "count": changed
        }
        messages.success(request, saved if changed else _("Nothing was changed."))
        return redirect("rules")
    changes = (
        Event.objects.filter(kind=EventKind.RULE_CHANGED)
        .select_related("by")
        .order_by("-pk")[:SHOWN]
    )
    context = {"form": form, "changes": changes, "run": Reflag.objects.latest_first().first()}
    return render(request, "thresholds/rules.html", context, status=422 if form.is_bound else 200)
