import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    UnreadablePostError,
)
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from reviewapp.exceptions import OUTAGES, BodyRefused, NotAllowed, ReviewError
from reviewapp.http import refusal
from reviewapp.incoming import STRANGER, Incoming, Patience
from reviewapp.models import User
from reviewapp.permissions import check_is_no_auditor

GetResponse = Callable[[HttpRequest], HttpResponse]

logger = logging.getLogger("reviewapp.request")

KEEP_NOTHING = "no-store"
SECRETS = ("uidb64", "token")

MB = 1024 * 1024
# A bad line still carries this much; a picture of 10 MB then takes 20 minutes, and goes on as long
# as it moves.
SLOWEST_BYTES_A_SECOND = 8 * 1024
SILENT_SECONDS = 30.0


def log_request(get_response: GetResponse) -> GetResponse:
    """Log each request by its route, never by its content.

    No name, number or address reaches the log.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = get_response(request)
        seconds = time.perf_counter() - started
        match = request.resolver_match
        extra = {
            "method": request.method,
            "route": match.route if match else "",
            "ids": _ids(match.kwargs) if match else {},
            "status": response.status_code,
            "user": _user_number(request),
            "ms": round(1000 * seconds),
        }
        logger.info("request", extra=extra)
        return response

    return middleware


def _ids(named: dict[str, Any]) -> dict[str, Any]:
    """Return what an address names, but not the proof of a password link: it is as a password."""
    return {name: value for name, value in named.items() if name not in SECRETS}


def _user_number(request: HttpRequest) -> int | None:
    """Return whose request it was, where the database can say so."""
    try:
        number: int | None = getattr(getattr(request, "user", None), "pk", None)
    except OUTAGES:
        return None
    return number


def keep_nothing(get_response: GetResponse) -> GetResponse:
    """Let no browser store an answer, unless its view says itself what may be kept.

    Pages hold children's data: going back after logging out must ask the server, which says no.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", KEEP_NOTHING)
        return response

    return middleware


def find_nothing_at_nul(get_response: GetResponse) -> GetResponse:
    """Find nothing at an address with a NUL in its path or query; PostgreSQL takes none."""

    def middleware(request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "\0" in request.path or "%00" in query:
            raise Http404("NUL in the address")
        return get_response(request)

    return middleware


class CompressedPages(GZipMiddleware):
    """Compress pages, nothing else: pictures are small already, and streams go out as they come.

    Against BREACH, each answer has a length by chance (`max_random_bytes`) and each CSRF token a
    mask of its own.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if response.streaming or not is_page:
            return response
        compressed: HttpResponseBase = super().process_response(request, response)
        return compressed


class LoginRequired(LoginRequiredMiddleware):
    """Send strangers to the login and back.

    Who pressed a button comes back to the page that the button stands on.
    """

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        page = request.headers.get("referer", "")
        is_ours = url_has_allowed_host_and_scheme(
            page, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
        return redirect_to_login(page if is_ours else "/", settings.LOGIN_URL)


class KeepAuditorsOut:
    """Refuse auditors every page that does not say itself that it is open to them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], *arguments: object
    ) -> HttpResponse | None:
        user = request.user
        if not isinstance(user, User) or getattr(view, "open_to_auditors", False):
            return None
        try:
            check_is_no_auditor(user)
        except NotAllowed as error:
            return refusal(request, error)
        return None


class LimitedBodies:
    """Refuse a body that is too large before a byte of it is read; give up one that is too slow.

    It is read here because the next to look into it, for a CSRF token, takes a broken one for an
    empty form.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], *arguments: object
    ) -> HttpResponse | None:
        if request.method != "POST":
            return None
        incoming = Incoming.of(request.META)
        incoming.is_known = request.user.is_authenticated
        limit: int = getattr(view, "body_limit", settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        if incoming.is_chunked or incoming.left > limit:
            return refusal(request, BodyRefused("bodyTooLarge", limit=limit // MB))
        try:
            with incoming.waiting(_patience(incoming)):
                _ = request.POST
        except UnreadablePostError:
            return refusal(request, BodyRefused("bodyTooSlow"))
        return None


def _patience(incoming: Incoming) -> Patience:
    if not incoming.is_known:
        return STRANGER
    slowest_seconds = incoming.left / SLOWEST_BYTES_A_SECOND
    return Patience(2 * SILENT_SECONDS + slowest_seconds, silence=SILENT_SECONDS)


class RefusalsAsPages:
    """Answer a ReviewError with its sentence, as a page or for htmx as a part of one.

    A wrong method is answered with a page.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_wrong_method = isinstance(response, HttpResponseNotAllowed)
        if is_wrong_method and request.method == "GET":
            return render(request, "405.html", status=response.status_code)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, ReviewError):
            return refusal(request, exception)
        return None
