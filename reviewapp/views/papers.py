"""Papers that are wrong themselves, by hospital, and how much nobody could read there."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reviewapp.administration.lockout import address_of
from reviewapp.administration.view_log import note_views
from reviewapp.http import PersonRequest
from reviewapp.models import Field
from reviewapp.permissions import check_can_oversee
from reviewapp.states import EventKind, ValueMark

SHOWN = 25


@require_safe
def papers(request: PersonRequest) -> HttpResponse:
    """Show which values papers have wrong; the look at their records is noted."""
    check_can_oversee(request.user)
    wrong = Field.objects.paper_wrong().select_related("submission", "verified_by")
    page = Paginator(wrong, SHOWN).get_page(request.GET.get("page"))
    records = {field.submission_id: field.submission for field in page}
    address = address_of(request)
    note_views(records.values(), by=request.user, kind=EventKind.VIEWED, address=address)

    unread = [
        (hospital, ValueMark(mark).label, total)
        for hospital, mark, total in Field.objects.unread_by_hospital()
    ]
    return render(request, "records/papers.html", {"page": page, "unread": unread})
