"""Exports: approved records leave as a file, for administrators."""

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from reviewapp.exceptions import NotAllowed, ReviewError
from reviewapp.forms import ExportForm
from reviewapp.http import PersonRequest
from reviewapp.models import Export, ExportFormat, Submission
from reviewapp.permissions import check_can_administer
from reviewapp.stages import export

SHOWN = 50
MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.JSONL: "application/jsonl; charset=utf-8",
}


@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: PersonRequest) -> HttpResponseBase:
    """Show the choice and what left before; stream the chosen records as a file.

    1. The page. 2. The choice. 3. The export. 4. The file, or the page with the refusal.
    """
    check_can_administer(request.user)
    if request.method != "POST":
        return _page(request, ExportForm())

    form = ExportForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    chosen = form.cleaned_data
    try:
        created = export.create(
            by=request.user,
            format=ExportFormat(chosen["format"]),
            columns=form.chosen_columns,
            batches=chosen["batches"],
            approved_from=chosen["approved_from"],
            approved_until=chosen["approved_until"],
        )
    except NotAllowed:
        raise
    except ReviewError as error:
        form.add_error(None, str(error))
        return _page(request, form, status=422)
    return _file(created)


def _page(request: PersonRequest, form: ExportForm, *, status: int = 200) -> HttpResponse:
    approved = Submission.objects.approved()
    context = {
        "form": form,
        "past": Export.objects.select_related("exported_by")[:SHOWN],
        "approved": approved.count(),
        "never_exported": approved.never_exported().count(),
    }
    return render(request, "exports/exports.html", context, status=status)


def _file(created: Export) -> StreamingHttpResponse:
    day = timezone.localdate(created.exported_at)
    name = f"birth-certificates-{day}-{created.pk}.{created.format}"
    return StreamingHttpResponse(
        export.stream(created),
        content_type=MEDIA_TYPES[ExportFormat(created.format)],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
