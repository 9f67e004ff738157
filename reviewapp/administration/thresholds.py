"""The probability below which a field is flagged, and how much each rule asks for."""

from collections.abc import Mapping

from django.db import transaction

from reviewapp.exceptions import StaleWrite
from reviewapp.history import append
from reviewapp.models import Event, RuleSeverity, Threshold, User, present_basis
from reviewapp.permissions import check_can_administer
from reviewapp.rules.catalogue import BY_CODE, Severity
from reviewapp.states import EventKind, Role

OFF = "off"


@transaction.atomic
def set_thresholds(percents: Mapping[str, int], *, basis: str, by: User) -> int:
    """Set thresholds (0–100) by field name, for what is judged from now on.

    Return how many changed. `basis` is the present_basis() that the administrator saw. Raises
    NotAllowed; StaleWrite when it is another one by now.
    """
    check_can_administer(by)
    _check_is_as_shown(basis)
    present = Threshold.objects.percents()
    changed = {name: percent for name, percent in percents.items() if present[name] != percent}
    events = []
    for name, percent in changed.items():
        Threshold.objects.update_or_create(name=name, defaults={"percent": percent})
        change = {"field_name": name, "old": str(present[name]), "new": str(percent)}
        events.append(Event(kind=EventKind.THRESHOLD_CHANGED, by=by, **change))
    append(events)
    return len(changed)


@transaction.atomic
def set_severities(severities: Mapping[str, Severity | None], *, basis: str, by: User) -> int:
    """Set how much rules ask for, by code; None switches a rule off. Return how many changed.

    What is the catalogue's own severity is not stored, so that it follows the catalogue. `basis` is
    the present_basis() that the administrator saw. Raises NotAllowed; StaleWrite when it is another
    one by now.
    """
    check_can_administer(by)
    _check_is_as_shown(basis)
    present = RuleSeverity.objects.present()
    changed = {code: severity for code, severity in severities.items() if present[code] != severity}
    events = []
    for code, severity in changed.items():
        _set_severity(code, severity)
        change = {"field_name": code, "old": present[code] or OFF, "new": severity or OFF}
        events.append(Event(kind=EventKind.RULE_CHANGED, by=by, **change))
    append(events)
    return len(changed)


def _set_severity(code: str, severity: Severity | None) -> None:
    RuleSeverity.objects.filter(code=code).delete()
    if severity != BY_CODE[code].severity:
        RuleSeverity.objects.create(code=code, severity=severity or "")


def _check_is_as_shown(basis: str) -> None:
    """Refuse to write over what another administrator has set since this one looked.

    All administrators are locked, so that of two changes at the same moment the later one finds
    what the earlier one has set.
    """
    administrators = User.objects.filter(role=Role.ADMIN).order_by("pk")
    list(administrators.select_for_update(no_key=True).values_list("pk"))
    if basis != present_basis():
        raise StaleWrite("settingsChangedSinceShown")
