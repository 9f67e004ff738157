"""The pages on which administrators set what fields are flagged by, thresholds and rules."""

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render

from reviewapp.http import PersonRequest
from reviewapp.models import Event, Reflag
from reviewapp.states import EventKind

# So many of the last changes are listed.
SHOWN = 20


def settings_page(
    request: PersonRequest,
    *,
    template: str,
    changes: EventKind,
    form: Form,
    basis: str,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show the form, which is about what `basis` says and sends that back, and the last changes."""
    if not request.user.is_administrator:
        for field in form.fields.values():
            field.disabled = True
    events = Event.objects.filter(kind=changes).select_related("by")
    context = {
        "form": form,
        "basis": basis,
        "refusal": refusal,
        "changes": events.order_by("-pk")[:SHOWN],
        "run": Reflag.objects.latest_first().first(),
    }
    return render(request, template, context, status=status)
