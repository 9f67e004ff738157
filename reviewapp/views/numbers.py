"""Certificate numbers: what is missing in a hospital's series, and what stands twice."""

from collections.abc import Iterator
from itertools import groupby, islice
from operator import itemgetter
from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reviewapp.facts.certificates import Gap, gaps
from reviewapp.http import PersonRequest
from reviewapp.models import Field
from reviewapp.permissions import check_can_count_numbers

SHOWN = 200


class Missing(NamedTuple):
    """What is missing between two numbers of a hospital."""

    hospital: str
    gap: Gap


@require_safe
def numbers(request: PersonRequest) -> HttpResponse:
    """List gaps by hospital and series, and numbers of several records, with three queries."""
    check_can_count_numbers(request.user)
    missing = list(islice(_missing(), SHOWN + 1))
    repeated = Field.objects.repeated_numbers(most=SHOWN + 1)
    context = {
        "missing": missing[:SHOWN],
        "repeated": list(repeated.items())[:SHOWN],
        "shown": SHOWN,
        "is_cut": max(len(missing), len(repeated)) > SHOWN,
    }
    return render(request, "batches/numbers.html", context)


def _missing() -> Iterator[Missing]:
    rows = Field.objects.numbers_by_hospital()
    for hospital, of_hospital in groupby(rows, itemgetter(0)):
        for gap in gaps(number for _hospital, number in of_hospital):
            yield Missing(hospital, gap)
