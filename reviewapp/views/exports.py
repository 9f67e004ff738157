"""Exports: approved records leave as a file, for administrators."""

from typing import IO
from urllib.parse import quote

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviewapp.administration.lockout import address_of
from reviewapp.administration.view_log import note_download
from reviewapp.exceptions import NotAllowed, PictureMissing, ReviewError
from reviewapp.forms import ExportForm
from reviewapp.http import PersonRequest
from reviewapp.models import Balance, Batch, Export, ExportFormat, Recall, Submission, balances
from reviewapp.permissions import check_can_administer
from reviewapp.stages import export as exporting
from reviewapp.stored_files import asking
from reviewapp.tasks import export_for_a_while
from reviewapp.views.ranges import Limited, NotSatisfiable, Part, asked_part

SHOWN = 50
MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.JSONL: "application/jsonl; charset=utf-8",
}


@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: PersonRequest) -> HttpResponseBase:
    """Show the choice and what left before; have a task export what was chosen.

    1. The page. 2. The choice. 3. The wish. 4. The page, with how far it is or with the refusal.
    """
    check_can_administer(request.user)
    if request.method != "POST":
        return _page(request, ExportForm())

    form = ExportForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    chosen = form.cleaned_data
    try:
        exporting.wish(
            by=request.user,
            format=ExportFormat(chosen["format"]),
            columns=form.chosen_columns,
            queue=export_for_a_while.enqueue,
            batches=chosen["batches"],
            approved_from=chosen["approved_from"],
            approved_until=chosen["approved_until"],
            balance_reason=chosen["balance_reason"],
        )
    except NotAllowed:
        raise
    except ReviewError as error:
        form.add_error(None, str(error))
        return _page(request, form, status=422)
    return redirect(f"{reverse('exports')}#past")


@require_POST
def export_cancel(request: PersonRequest, pk: int) -> HttpResponseBase:
    """End an export of which no record has left yet."""
    check_can_administer(request.user)
    exporting.cancel(get_object_or_404(Export, pk=pk), by=request.user)
    return redirect(f"{reverse('exports')}#past")


@require_safe
def export_file(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Send the file of an export, or the part of it that is asked for (RFC 9110, section 14).

    1. may this person have it; 2. is it there; 3. which part; 4. a trace, but for a mere question.
    """
    check_can_administer(request.user)
    made = get_object_or_404(Export, pk=pk)
    if not made.file or made.is_under_way:
        raise PictureMissing("exportFileGone")
    try:
        with asking():
            size = made.file.size
            file = made.file.open("rb")
    except FileNotFoundError as error:
        raise PictureMissing("exportFileGone") from error

    etag = quote_etag(made.file_digest)
    try:
        part = asked_part(request.headers, size=size, etag=etag)
    except NotSatisfiable:
        file.close()
        refusal = HttpResponse(status=416)
        refusal.headers["Content-Range"] = f"bytes */{size}"
        return refusal
    if request.method == "GET":
        note_download(made, by=request.user, address=address_of(request))
    return _sent(made, file, part=part, size=size, etag=etag)


def _sent(
    made: Export, file: IO[bytes], *, part: Part | None, size: int, etag: str
) -> FileResponse:
    """Return a file, whole or in part, with all that a browser needs to go on with it later."""
    content: IO[bytes] = file
    if part is not None:
        file.seek(part.first)
        content = Limited(file, part.length)  # type: ignore[assignment]
    response = FileResponse(content, content_type=MEDIA_TYPES[ExportFormat(made.format)])
    response.status_code = 200 if part is None else 206
    if part is not None:
        response.headers["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"
    response.headers["Content-Length"] = str(size if part is None else part.length)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Disposition"] = _disposition(made)
    return response


def _disposition(made: Export) -> str:
    """Name the file in plain letters, and in the language of its headers (RFC 6266)."""
    rest = f"-{timezone.localdate(made.exported_at)}-{made.pk}.{made.format}"
    with translation.override(made.language or translation.get_language()):
        name = _("birth-certificates") + rest
    plain = f'filename="birth-certificates{rest}"'
    return f"attachment; {plain}; filename*=UTF-8''{quote(name)}"


def _page(request: PersonRequest, form: ExportForm, *, status: int = 200) -> HttpResponse:
    """Show the choice.

    1. What may leave, and what will leave whatever is chosen. 2. Batches that do not add up.
    """
    approved = Submission.objects.approved()
    past = list(Export.objects.with_recalls().select_related("exported_by")[:SHOWN])
    context = {
        "form": form,
        "past": past,
        "is_any_under_way": any(made.is_under_way for made in past),
        "approved": approved.count(),
        "never_exported": approved.never_exported().count(),
        "recalled": Recall.objects.to_tell().records()[:SHOWN],
        "unbalanced": _unbalanced(),
    }
    return render(request, "exports/exports.html", context, status=status)


def _unbalanced() -> list[tuple[Batch, Balance]]:
    """Return batches with approved records that do not add up, the newest first."""
    suspects = list(Batch.objects.with_approved().unsettled().newest_first()[:SHOWN])
    found = balances([batch.pk for batch in suspects])
    return [(batch, found[batch.pk]) for batch in suspects if found[batch.pk].problems]
