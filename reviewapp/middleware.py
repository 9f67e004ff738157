import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from reviewapp.exceptions import ReviewError
from reviewapp.http import refusal

GetResponse = Callable[[HttpRequest], HttpResponse]

logger = logging.getLogger("reviewapp.request")


def log_request(get_response: GetResponse) -> GetResponse:
    """Log each request by its route, never by its content: no name, number or address reaches the log."""

    def middleware(request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = get_response(request)
        match = request.resolver_match
        logger.info(
            "request",
            extra={
                "method": request.method,
                "route": match.route if match else "",
                "ids": dict(match.kwargs) if match else {},
                "status": response.status_code,
                "user": getattr(getattr(request, "user", None), "pk", None),
                "ms": round(1000 * (time.perf_counter() - started)),
            },
        )
        return response

    return middleware


class RefusalsAsPages:
    """Answer a ReviewError with its sentence, as a page or as a fragment for htmx."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refusal(request, exception) if isinstance(exception, ReviewError) else None
