"""What an export may say of a record: its columns, and the cells in them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reviewapp.approved_rows import ApprovedRow
from reviewapp.certificate.fields import BY_KEY, FIELDS
from reviewapp.export_files import NOTHING, Cell, Detail
from reviewapp.facts.frequencies import NO_CODE_POINT
from reviewapp.models import Override
from reviewapp.states import ValueState

# How a value mostly came to be what it is: not said in a sheet.
PLAIN_STATES = (ValueState.READ, ValueState.VERIFIED)

# Name: (key in JSON lines, header): the certificate's fields, then where the record comes from.
COLUMNS: dict[str, tuple[str, str | Promise]] = {
    **{spec.name: (spec.key, spec.label) for spec in FIELDS},
    "record": ("record", _("Record")),
    "batch_name": ("batch", _("Batch")),
    "file_name": ("fileName", _("File name")),
    "reviewer": ("reviewedBy", _("Reviewed by")),
    "approver": ("approvedBy", _("Approved by")),
    "approved_on": ("approvedAt", _("Approved at")),
    "corrections": ("corrections", _("Corrections")),
    "overrides": ("overrides", _("Kept against a rule")),
    "without_code_point": ("charactersWithoutCodePoint", _("Characters without code point")),
    "states": ("states", _("States of values")),
    "should_say": ("shouldSay", _("What the paper should say")),
    "picture": ("picture", _("Picture (SHA-256)")),
    "approval": ("approval", _("Digest of the approval")),
    "recalls": ("recalls", _("Replaces what left earlier")),
}
ALL_NAMES = tuple(spec.name for spec in FIELDS)
NOTHING_SAID = Detail({}, [])
MONTHLY_LIST = (
    "certificate_number",
    "neonatal_name",
    "sex",
    "birth_time",
    "gestational_age",
    "mother_name",
    "mother_id_card_number",
    "father_name",
    "father_id_card_number",
    "mother_address",
)


def cells_of(row: ApprovedRow, told: Detail, *, language: str) -> list[Cell]:
    """Return the cells of a record in the order of COLUMNS; names are in the active `language`."""
    values = row.values
    if row.form.names != ALL_NAMES:
        present = dict(zip(row.form.names, values, strict=True))
        values = [present.get(name, "") for name in ALL_NAMES]
    return [
        *values,
        str(row.pk),
        row.batch_name,
        row.file_name,
        row.reviewer,
        row.approver,
        _approved_on(row.approved_at),
        str(row.corrections),
        _overrides(row.overrides) if row.overrides else NOTHING,
        str("".join(values).count(NO_CODE_POINT)),
        _states(row.form.states_text, language),
        _should_say(row.should_say),
        row.picture,
        row.digest,
        told,
    ]


@lru_cache(maxsize=4096)
def _approved_on(moment: datetime | None) -> str:
    """Return a moment in the installation's time zone, ISO 8601."""
    return "" if moment is None else timezone.localtime(moment).isoformat(timespec="seconds")


@lru_cache(maxsize=4096)
def _states(text: str, language: str) -> Detail:
    """Return the states of a record's values; `language` is the one of their names."""
    states = json.loads(text)
    by_name = {BY_KEY[key].name: state for key, state in states.items()}
    lines = [
        f"{spec.label}: {ValueState(by_name[spec.name]).label}"
        for spec in FIELDS
        if by_name.get(spec.name, ValueState.READ) not in PLAIN_STATES
    ]
    return Detail(states, lines)


def _should_say(should_say: Mapping[str, str]) -> Detail:
    if not should_say:
        return NOTHING_SAID
    lines = [f"{BY_KEY[key].label}: {text}" for key, text in should_say.items()]
    return Detail(should_say, lines)


def _overrides(each: Sequence[Override]) -> Detail:
    return Detail([override._asdict() for override in each], [str(override) for override in each])
