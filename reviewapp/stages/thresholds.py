"""The probabilities below which fields are flagged, as an administrator sets them."""

from collections.abc import Mapping

from django.db import transaction

from reviewapp.models import Event, Threshold, User
from reviewapp.permissions import check_can_administer
from reviewapp.states import EventKind


@transaction.atomic
def set_thresholds(percents: Mapping[str, int], *, by: User) -> int:
    """Set thresholds (0–100) by field name for pictures read from now on; return how many changed."""
    check_can_administer(by)
    present = Threshold.objects.percents()
    changed = {name: percent for name, percent in percents.items() if present[name] != percent}
    for name, percent in changed.items():
        Threshold.objects.update_or_create(name=name, defaults={"percent": percent})
        Event.objects.create(
            kind=EventKind.THRESHOLD_CHANGED, by=by, field_name=name, old=str(present[name]), new=str(percent)
        )
    return len(changed)
