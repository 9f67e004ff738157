"""Which hospitals and offices approved records name, and how often.

A name's row is locked until the approval ends, and names are taken in order, so that no two
approvals wait for each other.
"""

from collections import Counter
from collections.abc import Collection, Iterable

from django.db import connection
from django.db.models import Count, F
from django.db.models.functions import Length

from reviewapp.certificate.fields import FIELDS, Kind
from reviewapp.models import Field, Organisation
from reviewapp.models.field import FieldQuerySet
from reviewapp.models.organisation import LONGEST_NAME

ORGANISATION_FIELDS = [spec.name for spec in FIELDS if spec.kind == Kind.ORGANISATION]
ADD = """
    INSERT INTO reviewapp_organisation (name, times) {counted}
    ON CONFLICT (name) DO UPDATE SET times = reviewapp_organisation.times + excluded.times
"""


def note_approved(pks: Collection[int]) -> None:
    """Count the organisations of records that are being approved, in one statement for all."""
    if not pks:
        return
    named = _named(pks).values("value").annotate(times=Count("pk")).order_by("value")
    counted, params = named.values_list("value", "times").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(ADD.format(counted=counted), params)


def note_voided(pk: int, *, new: Iterable[str]) -> None:
    """Take back what the approval of a record has counted.

    `new` are values that the record shall have: all names are locked at once, in order.
    """
    counts = Counter(_named([pk]).values_list("value", flat=True))
    new_names = {value for value in new if value and len(value) <= LONGEST_NAME}
    rows = [Organisation(name=name) for name in sorted({*counts, *new_names})]
    Organisation.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["name"], update_fields=["name"]
    )
    for name, times in counts.items():
        counted = Organisation.objects.filter(name=name, times__gte=times)
        counted.update(times=F("times") - times)


def _named(pks: Collection[int]) -> FieldQuerySet:
    fields = Field.objects.filter(submission__in=list(pks), name__in=ORGANISATION_FIELDS)
    named = fields.exclude(value="").order_by()
    return named.alias(length=Length("value")).filter(length__lte=LONGEST_NAME)
