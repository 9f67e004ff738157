"""What a request is answered with that went wrong on our side."""

import sys

from django.http import HttpRequest, HttpResponse
from django.views.csrf import csrf_failure
from django.views.defaults import server_error

from reviewapp.exceptions import outage_code
from reviewapp.http import outage


def failure(request: HttpRequest) -> HttpResponse:
    """Answer an outage with its sentence, and any other error with a page that says whose it is.

    Django calls this while it handles the error, wherever in the product that was raised.
    """
    code = outage_code(sys.exception())
    if code is not None:
        return outage(code)
    return server_error(request)


def unknown_person(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form without the token of a log-in; scripts are told by a header that it has ended."""
    response = csrf_failure(request, reason)
    response.headers["X-Session-Ended"] = "1"
    return response
