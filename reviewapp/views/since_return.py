"""What became of a record since a supervisor returned it: all that they need to look at again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reviewapp.models import Field, Submission, User
from reviewapp.states import EventKind, SubmissionStatus, ValueState


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that was returned, or that is no longer what it was then."""

    field: Field
    old: str
    old_state: ValueState
    old_reason: str
    was_asked: bool
    comment: str

    @property
    def has_other_value(self) -> bool:
        return self.old != self.field.value

    @property
    def has_other_state(self) -> bool:
        return self.old_state != self.field.state

    @property
    def has_other_reason(self) -> bool:
        return self.old_reason != self.field.override_reason

    @property
    def is_changed(self) -> bool:
        return self.has_other_value or self.has_other_state or self.has_other_reason


def differences(
    record: Submission, fields: Iterable[Field], *, by: User
) -> list[Difference] | None:
    """Return what is new since this supervisor returned the record; None: they see it whole.

    So they do unless it was they who returned it, and saw its values then.
    """
    is_waiting = record.status == SubmissionStatus.REVIEWED and by.is_supervisor
    if not (is_waiting and record.return_reason):
        return None
    event = record.events.filter(kind=EventKind.RETURNED, by=by).last()
    if event is None or not event.params.get("before"):
        return None
    found = [_difference(field, event.params) for field in fields]
    return [difference for difference in found if difference.was_asked or difference.is_changed]


def _difference(field: Field, params: Mapping[str, Any]) -> Difference:
    old, state, reason = params["before"][field.name]
    return Difference(
        field=field,
        old=old,
        old_state=ValueState(state),
        old_reason=reason,
        was_asked=field.name in params["fields"],
        comment=params["fields"].get(field.name, ""),
    )
