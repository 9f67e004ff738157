"""Help: a page for each role, the reader's own first."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reviewapp.http import PersonRequest, open_to_auditors
from reviewapp.states import Role

PAGES = (Role.CLERK, Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN)


@open_to_auditors
@require_safe
def help_page(request: PersonRequest, role: str = "") -> HttpResponse:
    """Show what people of a role do and how, with pictures; without a role, of the reader's own."""
    own = Role(request.user.role)
    shown = role or own
    if shown not in PAGES:
        raise Http404("no such role")
    pages = sorted(PAGES, key=lambda page: page != own)
    context = {"pages": pages, "shown": Role(shown), "template": f"help/{shown}.html"}
    return render(request, "help/help.html", context)
