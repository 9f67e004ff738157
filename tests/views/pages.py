"""Read a page the way a person does."""

import re

from django.http import HttpResponse

TAGS, SPACE = re.compile(r"<[^>]+>"), re.compile(r"\s+")


def text(response: HttpResponse) -> str:
    """Return a page without its tags, so that sentences can be looked for."""
    return SPACE.sub(" ", TAGS.sub(" ", response.content.decode()))
