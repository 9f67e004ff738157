"""What the screen with all fields of a record shows."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any
from zlib import crc32

from django.db.models import Subquery
from django.utils import timezone

from reviewapp.certificate.fields import GROUP_LABELS
from reviewapp.certificate.geometry import page_turn
from reviewapp.forms import RejectForm
from reviewapp.models import Field, Submission, User
from reviewapp.states import ValueMark
from reviewapp.views.dialogs import ask_dialog, postpone_dialog, skip_dialog


def fields_of(submission: Submission) -> list[Field]:
    """Return the fields in the form's order with all that a screen shows of them."""
    return list(
        submission.fields.in_form_order().select_related("verified_by").prefetch_related("flags")
    )


def screen_of(submission: Submission, in_hand: Sequence[Field] | None = None) -> dict[str, Any]:
    """Return what a screen with all fields shows; `groups` are the blocks of the printed form.

    `turn` is how the page lies; `judged` counts up with every change of a value, because a change
    may put another field in doubt. `in_hand` are the fields where they have just been read.
    """
    fields = fields_of(submission) if in_hand is None else in_hand
    blocks = groupby(fields, lambda field: field.spec.group)
    return {
        "submission": submission,
        "fields": fields,
        "groups": [(GROUP_LABELS[group], list(block)) for group, block in blocks],
        "turn": page_turn({field.name: field.polygon for field in fields}),
        "judged": sum(field.version for field in fields),
        "digests": digests_of(fields),
    }


def digests_of(fields: Sequence[Field]) -> dict[str, str]:
    """Return by name a short word for all that a state shows, so that a page can say what it has.

    A finding shows the values of the other fields that it names, too.
    """
    values = {field.name: field.value for field in fields}
    digests = {}
    for field in fields:
        shown: list[object] = [field.version, field.value, field.read_value, field.value_prob]
        shown += [field.mark, field.should_say, field.override_reason, field.verified_by_id]
        for flag in field.flags.all():
            shown += [flag.content, [values.get(name) for name in flag.names]]
        digests[field.name] = f"{crc32(repr(shown).encode()):08x}"
    return digests


def changed_since(digests: Mapping[str, str], page: Sequence[str]) -> set[str]:
    """Return which fields have another state than the page has, which tells in the form's order.

    All of them for a page that does not say what it has.
    """
    if len(page) != len(digests):
        return set(digests)
    pairs = zip(digests.items(), page, strict=True)
    return {name for (name, digest), shown in pairs if digest != shown}


def token_of(screen: Mapping[str, Any]) -> str:
    """Return a short word for all that a screen shows of a record, to know whether it still does."""
    submission: Submission = screen["submission"]
    shown = [submission.version, submission.return_reason, *screen["digests"].values()]
    return f"{crc32(repr(shown).encode()):08x}"


def review_of(submission: Submission, *, by: User) -> dict[str, Any]:
    """Return what the review screen shows of a record to who holds it."""
    return {
        **screen_of(submission),
        "reject_form": RejectForm(),
        "marks": ValueMark.choices,
        "dialogs": [skip_dialog(), postpone_dialog(), ask_dialog()],
        "answered": submission.return_reason and submission.events.answered(),
        "last_finished": last_finished(by),
    }


def last_finished(user: User) -> Submission | None:
    """Return the record that this person finished last today, if they can still take it back."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    last = Submission.objects.finished_by(user, since=today).values("pk")[:1]
    return Submission.objects.filter(pk=Subquery(last)).undoable_by(user).first()
