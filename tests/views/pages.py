"""Read a page the way a person does."""

import re

from django.http import HttpResponse

from reviewapp.models import Batch
from tests.factories import shown

TAGS, SPACE = re.compile(r"<[^>]+>"), re.compile(r"\s+")


def text(response: HttpResponse) -> str:
    """Return a page without its tags, so that sentences can be looked for."""
    return SPACE.sub(" ", TAGS.sub(" ", response.content.decode()))


def approval_of(batch: Batch) -> dict[str, list[str]]:
    """Return what the form of approval on a batch's page sends: the records that it shows, at their versions."""
    return {"shown": [f"{pk}:{version}" for pk, version in shown(batch).items()]}
