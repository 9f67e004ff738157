"""The rounds of tests.bench.render, which run inside an installation."""

import statistics
import time

from django.template.loader import render_to_string
from django.test import RequestFactory

from reviewapp.stages import claim
from reviewapp.views.screen import review_of
from tests.factories import person, submission_at


def measure(rounds: int) -> None:
    """Print the median of each template; the first round loads the templates and is not counted."""
    clerk = person("clerk")
    record = submission_at("recognised", probs={"neonatal_name": 60, "mother_name": 70})
    claim.claim(record, by=clerk)
    context = review_of(record, by=clerk)
    state = {**context, "field": context["fields"][0], "changed": []}
    request = RequestFactory().get("/")
    for template, shown in (("review/step.html", context), ("review/answer.html", state)):
        seconds = []
        for _ in range(rounds + 1):
            started = time.perf_counter()
            html = render_to_string(template, shown, request)
            seconds.append(time.perf_counter() - started)
        print(f"{template}: {1000 * statistics.median(seconds[1:]):.1f} ms, {len(html)} characters")
