"""How much each rule asks for, for administrators."""

from functools import partial

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from reviewapp.administration.thresholds import set_severities
from reviewapp.exceptions import StaleWrite
from reviewapp.forms import RulesForm
from reviewapp.http import PersonRequest, open_to_auditors, status_of
from reviewapp.models import RuleSeverity, present_basis
from reviewapp.permissions import check_can_administer, check_can_read_settings
from reviewapp.states import EventKind
from reviewapp.views.settings_page import settings_page

_page = partial(settings_page, template="thresholds/rules.html", changes=EventKind.RULE_CHANGED)


@open_to_auditors
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: PersonRequest) -> HttpResponse:
    """Show and set the severity of every rule, of all at once or of one row.

    1. The page. 2. The form: wrong, or about what is no longer so. 3. What was saved.
    """
    check_can_read_settings(request.user)
    # Read first: what changes meanwhile is then shown by a page that a save of it refuses.
    basis = present_basis()
    present = RuleSeverity.objects.present()
    if request.method != "POST":
        return _page(request, form=RulesForm(present=present), basis=basis)

    check_can_administer(request.user)
    form = RulesForm(request.POST, present=present)
    basis_shown = request.POST.get("basis", "")
    if not form.is_valid():
        return _page(request, form=form, basis=basis_shown, status=422)
    try:
        return _save(request, form, basis_shown)
    except StaleWrite as error:
        return _page(request, form=form, basis=basis, refusal=str(error), status=status_of(error))


@transaction.atomic
def _save(request: PersonRequest, form: RulesForm, basis: str) -> HttpResponse:
    """Save one row or all; where one was saved, the page keeps what is chosen in the others.

    The basis of that page is read in the same transaction: nobody changes anything in between.
    """
    severities = form.chosen(request.POST.get("only", ""))
    changed = set_severities(severities, basis=basis, by=request.user)
    saved = ngettext("One rule changed.", "%(count)s rules changed.", changed)
    sentence = saved % {"count": changed} if changed else _("Nothing was changed.")
    messages.success(request, sentence)
    is_all_saved = severities.keys() >= set(form.changed_data)
    if is_all_saved:
        return redirect("rules")
    unsaved = RulesForm(request.POST, present=RuleSeverity.objects.present())
    return _page(request, form=unsaved, basis=present_basis())
