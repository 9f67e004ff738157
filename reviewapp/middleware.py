from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]


def log_request(get_response: GetResponse) -> GetResponse:
    return get_response


def refusals_as_pages(get_response: GetResponse) -> GetResponse:
    return get_response
