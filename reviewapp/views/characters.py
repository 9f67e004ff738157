"""Rare characters, found by their components, strokes or code point."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from reviewapp.facts.lookup import find
from reviewapp.http import PersonRequest

QUERY_LIMIT = 40


@require_GET
@cache_control(private=True, max_age=3600)
def characters(request: PersonRequest) -> HttpResponse:
    """Answer with the characters that a query means, as a part of the review screen."""
    typed = request.GET.get("q", "").strip()
    query = typed[:QUERY_LIMIT]
    matches = find(query, standard_only="standard" in request.GET)
    context = {"query": query, "matches": matches}
    return render(request, "review/found.html", context)
