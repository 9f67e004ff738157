"""The API's own page: how to point an SDK at this server, and a form to try it."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from reviewapp.api.errors import ApiError, from_refusal, known_codes
from reviewapp.api.views import ACTION, VERSION, try_picture
from reviewapp.exceptions import ReviewError
from reviewapp.forms import TryForm
from reviewapp.http import OUTAGE_STATUS, PersonRequest, takes_bytes
from reviewapp.permissions import allowed, check_can_recognise
from reviewapp.pictures.files import BYTE_LIMIT

# Room for a picture that is a little too large, so that it is refused with the API's own code.
TRY_LIMIT = BYTE_LIMIT + 2 * 1024 * 1024

SNIPPETS = {
    "python": "Python",
    "node": "Node.js",
    "java": "Java",
    "go": "Go",
    "php": "PHP",
    "csharp": "C#",
}


@dataclass(frozen=True, slots=True)
class Snippet:
    """A program of a few lines in one language, with this server's address in it."""

    name: str
    label: str
    code: str


@require_safe
def api_docs(request: PersonRequest) -> HttpResponse:
    """Show the page; the snippets hold the reader's own key id, never a secret."""
    key = request.user.access_keys.filter(revoked_at=None).newest_first().first()
    filled = {
        "host": request.get_host(),
        "protocol": request.scheme,
        "key_id": key.key_id if key else "…",
    }
    context = {
        **filled,
        "action": ACTION,
        "version": VERSION,
        "snippets": [
            Snippet(name, label, render_to_string(f"api/snippets/{name}.txt", filled))
            for name, label in SNIPPETS.items()
        ],
        "codes": sorted(known_codes(), key=lambda code: (code.status, code.code)),
        "form": TryForm(),
        "may_try": allowed(check_can_recognise, request.user, None),
    }
    return render(request, "api/docs.html", context)


@takes_bytes(TRY_LIMIT)
@require_POST
def api_try(request: PersonRequest) -> HttpResponse:
    """Read one picture as the API would and show its answer; nothing is stored."""
    check_can_recognise(request.user)
    form = TryForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "api/answer.html", {"form": form}, status=422)
    status, answer = _answer(form.cleaned_data)
    shown = json.dumps(answer, ensure_ascii=False, indent=2)
    is_busy = status == OUTAGE_STATUS or str(answer.get("Code", "")).startswith("Throttling")
    context = {"form": form, "status": status, "answer": shown, "is_busy": is_busy}
    return render(request, "api/answer.html", context)


def _answer(chosen: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Return what the API would answer: the HTTP status, and `Data` parsed or the error."""
    try:
        content = chosen["file"].read() if chosen["file"] else b""
        return 200, {"Data": try_picture(content, chosen["url"]).data}
    except ApiError as error:
        refused = error
    except ReviewError as error:
        refused = from_refusal(error)
    body = refused.body(request_id="", host="")
    return refused.status, {name: body[name] for name in ("Code", "Message", "Recommend")}
