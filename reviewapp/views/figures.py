"""Figures: what the house did lately and what waits, for those who oversee; for clerks their day."""

import io
from collections.abc import Iterable, Iterator
from datetime import timedelta
from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from reviewapp import figures as counted
from reviewapp.administration import engine_choice
from reviewapp.administration.cloud_budget import ledger
from reviewapp.export_files import write_csv
from reviewapp.figures import Figure
from reviewapp.forms import FiguresForm
from reviewapp.http import PersonRequest
from reviewapp.permissions import allowed, check_can_oversee


@require_safe
def figures(request: PersonRequest) -> HttpResponse:
    """Show figures as tables, which the page draws, or all of them as one CSV file.

    1. What is asked for. 2. The figures that the person may see. 3. The file, or the page.
    """
    form = FiguresForm(request.GET)
    if not form.is_valid():
        return render(request, "figures/figures.html", {"form": form}, status=422)
    oversees = allowed(check_can_oversee, request.user, None)
    first = timezone.localdate() - timedelta(days=form.asked_days - 1)
    shown = counted.house(first) if oversees else counted.own_day(request.user)
    if form.cleaned_data["format"] == FiguresForm.CSV:
        return _csv(shown)

    has_calls = any(figure.name == "calls" for figure in shown)
    context = {
        "form": form,
        "figures": shown,
        "oversees": oversees,
        "month": ledger(engine_choice.cloud_terms()) if has_calls else None,
    }
    return render(request, "figures/figures.html", context)


def _csv(shown: Iterable[Figure]) -> HttpResponse:
    file = io.BytesIO()
    headers = [
        pgettext("figures", "Figure"),
        pgettext("figures", "Of"),
        pgettext("figures", "What"),
        pgettext("figures", "Number"),
    ]
    write_csv(file, _cells(shown), headers=headers)
    name = f"{_('figures')}-{timezone.localdate().isoformat()}.csv"
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return HttpResponse(
        file.getvalue(), content_type="text/csv", headers={"Content-Disposition": disposition}
    )


def _cells(shown: Iterable[Figure]) -> Iterator[tuple[str, ...]]:
    """Yield one number a row."""
    for figure in shown:
        for head, numbers in figure.rows:
            for column, number in zip(figure.columns, numbers, strict=True):
                yield figure.title, head, column, str(number)
