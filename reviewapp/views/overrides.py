"""What a supervisor has opened of the values that were kept against a rule."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from reviewapp.forms import ShownForm
from reviewapp.http import PersonRequest, get_submission
from reviewapp.permissions import check_can_supervise
from reviewapp.stages.approve import see_override


@require_POST
def override_seen(request: PersonRequest, pk: int, name: str) -> HttpResponse:
    """Note that a person opened an override, and show the rest of them."""
    record = get_submission(request, pk, check_can_supervise)
    field = get_object_or_404(record.fields.select_related("submission"), name=name)
    see_override(field, version=ShownForm(request.POST).shown, by=request.user)
    return redirect(f"{record.get_absolute_url()}#overrides")
