"""The people who work here, for administrators and auditors; they are changed in the admin."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from reviewapp.administration.lockout import address_of
from reviewapp.administration.password_links import make_link
from reviewapp.http import PersonRequest, open_to_auditors
from reviewapp.models import Event, User
from reviewapp.permissions import check_can_administer, check_can_read_settings

# So many of the last changes are listed.
SHOWN = 50


@open_to_auditors
@require_safe
def people(request: PersonRequest) -> HttpResponse:
    """List everybody with role and rights, and what administrators changed last."""
    check_can_read_settings(request.user)
    changes = Event.objects.about_people().select_related("by", "person")
    context = {"people": User.objects.order_by("username"), "changes": changes[:SHOWN]}
    return render(request, "people/people.html", context)


@require_POST
def password_link(request: PersonRequest, pk: int) -> HttpResponse:
    """Make a link through which a person sets their password; this page alone shows it."""
    person = get_object_or_404(User, pk=pk)
    check_can_administer(request.user)
    link = make_link(person, by=request.user, address=address_of(request))
    shown = {"person": person, "link": request.build_absolute_uri(link.path)}
    return render(request, "people/link.html", shown)
