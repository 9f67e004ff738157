"""Pictures come in: one file is one request with one answer, so a bad one stops no other."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from reviewapp import intake
from reviewapp.exceptions import OUTAGES, ReviewError, sentence
from reviewapp.forms import BatchChoiceForm
from reviewapp.http import OUTAGE_STATUS, PersonRequest, status_of, takes_bytes
from reviewapp.models import Batch, Submission
from reviewapp.pictures.files import BYTE_LIMIT
from reviewapp.processes import worker
from reviewapp.stages.ingest import batch_named, clean_name
from reviewapp.states import Source

logger = logging.getLogger(__name__)

# The script sends one picture at a time; a form without it may hold this many, and one more
# picture's room, so that one that is a little too large is refused by its own sentence.
PICTURES_AT_ONCE = 20
UPLOAD_LIMIT = (PICTURES_AT_ONCE + 1) * BYTE_LIMIT

SENTENCES = {
    "too_large": "exceededImageContent",
    "no_picture": "unsupportedImageFormat",
    "empty": "emptyFile",
}


@takes_bytes(UPLOAD_LIMIT)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: PersonRequest) -> HttpResponse:
    """Show the page; take one file in.

    Without scripts a browser sends the form with several files at once.
    """
    if request.method != "POST":
        initial = {"batch": request.GET.get("batch", "")}
        return _page(request, BatchChoiceForm(by=request.user, initial=initial))

    form = BatchChoiceForm(request.POST, by=request.user)
    results = [_file_result(form, file, request) for file in request.FILES.getlist("file")]
    if not results:
        results = [_refused("", sentence("emptyFile"), 422)]
    if request.htmx:
        return _line(request, results[0])
    return _page(request, form, results=results)


@require_POST
def upload_url(request: PersonRequest) -> HttpResponse:
    """Fetch one picture from a web address.

    No transaction stays open while a stranger's server is waited for.
    """
    form = BatchChoiceForm(request.POST, by=request.user)
    url = request.POST.get("url", "").strip()

    def receive() -> Submission:
        return intake.receive_url(url, batch=lambda: _batch(form, request), by=request.user)

    return _line(request, _result(form, url, receive))


def _page(request: PersonRequest, form: BatchChoiceForm, **context: Any) -> HttpResponse:
    context["form"] = form
    context["standstill"] = worker.stand_still(Submission.objects.received().count())
    context["limit"] = BYTE_LIMIT
    context["sentences"] = {key: sentence(code) for key, code in SENTENCES.items()}
    return render(request, "upload/upload.html", context)


def _line(request: PersonRequest, result: dict[str, Any]) -> HttpResponse:
    return render(request, "upload/result.html", result, status=result["status"])


def _file_result(
    form: BatchChoiceForm, file: "UploadedFile[Any]", request: PersonRequest
) -> dict[str, Any]:
    """Take one file in; a refusal leaves no new batch behind."""
    name = clean_name(file.name or "")

    @transaction.atomic
    def receive() -> Submission:
        return intake.receive(
            file, name=name, batch=_batch(form, request), source=Source.UPLOAD, by=request.user
        )

    return _result(form, name, receive)


def _batch(form: BatchChoiceForm, request: PersonRequest) -> Batch:
    chosen: Batch | None = form.cleaned_data["batch"]
    return chosen or batch_named(form.cleaned_data["new_batch"], by=request.user)


def _result(form: BatchChoiceForm, name: str, receive: Callable[[], Submission]) -> dict[str, Any]:
    """Return one line of the list: the record, or why there is none."""
    if not form.is_valid():
        return _refused(name, form.problem, 422)
    try:
        return {"name": name, "submission": receive(), "status": 200}
    except OUTAGES:
        logger.exception("picture not taken in")
        return _refused(name, sentence("databaseAway"), OUTAGE_STATUS)
    except ReviewError as error:
        return _refused(name, str(error), status_of(error), twin=error.params.get("record"))


def _refused(
    name: str, problem: str, status: int, *, twin: int | str | None = None
) -> dict[str, Any]:
    return {"name": name, "problem": problem, "status": status, "twin": twin}
