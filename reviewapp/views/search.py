"""Search: records and batches by what somebody knows of them, with the reason of each result."""

from operator import attrgetter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from reviewapp.administration.lockout import address_of
from reviewapp.administration.view_log import Look, note_looks
from reviewapp.certificate.fields import FIELDS
from reviewapp.certificate.masking import masked_certificate_number, masked_value
from reviewapp.forms import SearchForm
from reviewapp.http import PersonRequest
from reviewapp.models import Submission
from reviewapp.search.find import SHOWN, Findings, Found, Reason, find
from reviewapp.search.terms import plain_number
from reviewapp.states import EventKind, TermKind

# More of a number than this is shown by its end alone, as lists show numbers.
LONGEST_PART = 9
# Reasons come in the order of the form.
POSITION = attrgetter("position")


@require_safe
def search(request: PersonRequest) -> HttpResponse:
    """Show what is found; the search is noted, with the records that it shows."""
    form = SearchForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    findings = find(text, by=request.user) if text else None
    if findings:
        _note(request, findings)
    context = {
        "form": form,
        "asked": text or request.GET.get("q", ""),
        "findings": findings,
        "rows": [_row(found, text) for found in findings.records] if findings else [],
        "shown": SHOWN,
    }
    return render(request, "search/search.html", context, status=200 if form.is_valid() else 422)


def _note(request: PersonRequest, findings: Findings) -> None:
    """Note the search by its kinds, never by its text, and the records that are shown."""
    pks = [found.submission.pk for found in findings.records]
    look = Look(EventKind.SEARCHED, params={"kinds": findings.kinds, "records": pks})
    note_looks([look], by=request.user, address=address_of(request))


def _row(found: Found, text: str) -> dict[str, Any]:
    reasons = [_sentence(reason, text) for reason in sorted(found.reasons, key=POSITION)]
    return {
        "submission": found.submission,
        **told_masked(found.submission),
        "reasons": list(dict.fromkeys(reasons)) or [_("This is its number")],
    }


def told_masked(submission: Submission) -> dict[str, str]:
    """Return the values by which people tell records apart, as lists show them.

    `submission.telling` are the fields that were read with it.
    """
    fields = submission.telling  # type: ignore[attr-defined]
    return {field.name: masked_value(field.name, field.value) for field in fields}


def _sentence(reason: Reason, text: str) -> str:
    """Say why a record is found, with no more of a number than a list may show."""
    if reason.kind == TermKind.WORD:
        return _("The file's name has “%(text)s”") % {"text": text}
    label = str(FIELDS[reason.position].label)
    if reason.kind == TermKind.ENDING:
        return _("%(field)s ends in %(text)s") % {"field": label, "text": plain_number(text)[-4:]}
    if reason.kind == TermKind.NUMBER:
        number = plain_number(text)
        shown = number if len(number) <= LONGEST_PART else masked_certificate_number(number)
        return _("%(field)s begins with %(text)s") % {"field": label, "text": shown}
    if reason.kind == TermKind.READING:
        return _("%(field)s is read “%(text)s”") % {"field": label, "text": text}
    return pgettext("search", "%(field)s has “%(text)s”") % {"field": label, "text": text}
