"""Coming in and going out."""

from typing import Any

from django.contrib.auth.views import LogoutView
from django.http import HttpRequest, HttpResponse


class LogOut(LogoutView):
    """End the session and let the browser forget what it kept of it.

    Only the cache: "storage" would forget the chosen appearance too, "cookies" the language. What was
    typed and not saved is forgotten by the login page, over plain HTTP as well, where browsers do not
    follow this header.
    """

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        response.headers["Clear-Site-Data"] = '"cache"'
        return response
