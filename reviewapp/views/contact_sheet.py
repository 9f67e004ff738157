"""The contact sheet: one field of all records of a batch, each as it stands in its picture."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reviewapp.administration.lockout import address_of
from reviewapp.administration.view_log import looks_at, note_looks
from reviewapp.certificate.fields import BY_NAME, FIELDS, GROUP_LABELS, FieldSpec
from reviewapp.certificate.geometry import page_turn
from reviewapp.http import PersonRequest, get_batch
from reviewapp.models import Batch, Field, Submission
from reviewapp.permissions import check_can_supervise
from reviewapp.states import EventKind, SubmissionStatus

SHOWN = 40
FIRST = BY_NAME["neonatal_name"]
CHOICES = [
    (GROUP_LABELS[group], list(specs)) for group, specs in groupby(FIELDS, lambda spec: spec.group)
]


@dataclass(frozen=True, slots=True)
class Cell:
    """One record on the sheet: its field, and how its page is turned."""

    field: Field
    turn: int

    @property
    def submission(self) -> Submission:
        return self.field.submission

    @property
    def may_return(self) -> bool:
        return self.submission.status == SubmissionStatus.REVIEWED


@require_safe
def batch_sheet(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one field of all records of a batch; who saw it is noted in one set."""
    batch = get_batch(pk)
    check_can_supervise(request.user, batch)
    spec = BY_NAME.get(request.GET.get("field", ""), FIRST)
    fields = Field.objects.of_batch(batch, spec.name)
    page = Paginator(fields, SHOWN).get_page(request.GET.get("page"))
    cells = _cells(page)
    _note(request, [cell.submission for cell in cells])
    return render(request, "batches/sheet.html", _context(batch, spec, page, cells))


def sheet_after_return(batch: Batch, spec: FieldSpec) -> str:
    """Return where the sheet of a field is after what was marked on it has been returned."""
    return f"{reverse('batch_sheet', args=[batch.pk])}?field={spec.name}&returned=1"


def _context(batch: Batch, spec: FieldSpec, page: Page[Field], cells: list[Cell]) -> dict[str, Any]:
    return {
        "batch": batch,
        "spec": spec,
        "groups": CHOICES,
        "page": page,
        "cells": cells,
        "reason": _("%(field)s: not as in the picture.") % {"field": spec.label},
    }


def _cells(page: Page[Field]) -> list[Cell]:
    fields = list(page)
    polygons = Field.objects.polygons_by_record([field.submission_id for field in fields])
    return [Cell(field, page_turn(polygons[field.submission_id])) for field in fields]


def _note(request: PersonRequest, seen: list[Submission]) -> None:
    """Note a look at each record, and at its picture where a part of it is shown."""
    with_picture = [record for record in seen if record.screen]
    looks = looks_at(seen, by=request.user, kind=EventKind.VIEWED)
    looks += looks_at(with_picture, by=request.user, kind=EventKind.PICTURE_SEEN)
    note_looks(looks, by=request.user, address=address_of(request))
