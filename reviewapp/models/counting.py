"""Counts as columns of another query, so that a page asks for all its counts at once."""

from typing import Any

from django.db import models
from django.db.models import F, Func, Subquery


def count_of(rows: models.QuerySet[Any]) -> Subquery:
    """Return how many rows there are, as a column."""
    # No aggregate, which would group: it counts all rows, and says 0 where there are none.
    number = Func(F("pk"), function="COUNT", output_field=models.IntegerField())
    return Subquery(rows.order_by().annotate(number_of_rows=number).values("number_of_rows"))
