"""API calls share the path `/` with the home page, because the SDKs cannot be told another one."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from reviewapp.api.views import answer

logger = logging.getLogger("reviewapp.request")

GetResponse = Callable[[HttpRequest], HttpResponse]


def is_api_call(request: HttpRequest) -> bool:
    """Tell a signed call from a browser's request, which never carries these headers."""
    signed = request.headers.get("Authorization", "").startswith("ACS3-")
    return signed or "x-acs-action" in request.headers or "x-acs-version" in request.headers


def answer_api_calls(get_response: GetResponse) -> GetResponse:
    """Answer API calls before anything that pages need: no session, no cookie, no page.

    Calls are logged by their outcome alone: no address, no value, no secret reaches the log.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not is_api_call(request):
            return get_response(request)
        started = time.perf_counter()
        response = answer(request)
        seconds = time.perf_counter() - started
        outcome = {
            "status": response.status_code,
            "code": response.headers.get("x-acs-error-code", ""),
            "ms": round(1000 * seconds),
        }
        logger.info("api call", extra=outcome)
        return response

    return middleware
