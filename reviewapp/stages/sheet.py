"""Sheet: the values of one record in a person's hands, read once, changed there, and written once."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F
from django.utils import timezone

from reviewapp.exceptions import StaleWrite
from reviewapp.history import append
from reviewapp.models import Correction, Event, Field, Submission, User
from reviewapp.models.field import UNVERIFIED
from reviewapp.search import index
from reviewapp.stages.flag import judge_in_hand
from reviewapp.states import EventKind

# What a change of a value, a verification or a mark writes.
COLUMNS = ("value", *UNVERIFIED)
# What the event of a value holds where a second reader decided.
SECOND_READING = {"second": True}


class Sheet:
    """What a person does to the values of a record that they hold, in one transaction.

    Nothing is written before `write`, but what the rules say, by `judge`. The claim is held by then,
    so that nobody else changes these values; whoever did so all the same makes `write` refuse.
    """

    def __init__(self, submission: Submission, *, by: User) -> None:
        self.submission = submission
        self.by = by
        in_order = submission.fields.in_form_order().select_related("verified_by")
        self.fields: Sequence[Field] = list(in_order.prefetch_related("flags"))
        self._by_name = {field.name: field for field in self.fields}
        self._touched: list[Field] = []
        self._events: list[Event] = []
        self._corrections: list[Correction] = []

    def field(self, name: str, *, version: int | None = None) -> Field:
        """Return a value as it is now. Raises StaleWrite when `version` was another one."""
        field = self._by_name[name]
        if version not in (None, field.version):
            raise StaleWrite("staleWrite")
        return field

    def set_value(self, field: Field, value: str, params: dict[str, Any] | None = None) -> None:
        """Set another value with its trace; nobody has verified it."""
        self._corrections.append(
            Correction(field=field, old_value=field.value, new_value=value, by=self.by)
        )
        self.tell(field, EventKind.CORRECTED, old=field.value, new=value, params=params)
        self.put(field, value=value, **UNVERIFIED)

    def put(self, field: Field, **columns: object) -> None:
        """Change a field in hand."""
        for column, value in columns.items():
            setattr(field, column, value)
        if field not in self._touched:
            self._touched.append(field)

    def judge(self) -> None:
        """Let the rules say what they find now; what they put in doubt must be verified anew."""
        judge_in_hand(self.submission, self.fields)

    def verify(self, field: Field, *, override_reason: str, is_second: bool = False) -> None:
        """Say that the present value is right; against a rule, that is an override."""
        rules = rules_against(field)
        verified = {"verified_by": self.by, "verified_at": timezone.now()}
        self.put(field, **{**UNVERIFIED, **verified, "override_reason": override_reason})

        kind = EventKind.OVERRIDDEN if rules else EventKind.VERIFIED
        params: dict[str, Any] = dict(SECOND_READING) if is_second else {}
        if rules:
            params = {"rules": rules, "second": is_second}
        self.tell(field, kind, new=field.value, reason=override_reason, params=params)

    def tell(
        self,
        field: Field,
        kind: EventKind,
        *,
        new: str,
        old: str = "",
        reason: str = "",
        params: dict[str, Any] | None = None,
    ) -> None:
        """Keep an event of a field until all is written."""
        event = Event(
            submission=self.submission,
            field_name=field.name,
            kind=kind,
            by=self.by,
            old=old,
            new=new,
            reason=reason,
            params=params or {},
        )
        self._events.append(event)

    def write(self) -> None:
        """Write what was changed, with its trace. Raises StaleWrite when it is not as it was read."""
        for field in self._touched:
            as_read = Field.objects.filter(pk=field.pk, version=field.version)
            columns = {column: getattr(field, column) for column in COLUMNS}
            if as_read.update(version=F("version") + 1, **columns) != 1:
                raise StaleWrite("staleWrite")
            field.version += 1
        if self._corrections:
            Correction.objects.bulk_create(self._corrections)
            for correction in self._corrections:
                old, new = correction.old_value, correction.new_value
                index.change_value(correction.field, old=old, new=new)
        if self._events:
            append(self._events)
        self._touched, self._events, self._corrections = [], [], []


def rules_against(field: Field) -> list[dict[str, Any]]:
    """Return the errors of a value as events keep them, for any language."""
    return [
        {"code": flag.code, "names": flag.names, "params": flag.params}
        for flag in field.broken_rules
    ]
