"""Prove that records are what their events say: pictures, answers, approvals, values, decisions.

Some hundred records at a time, with as many queries for all of them as for one.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reviewapp.content import contents, not_as_approved
from reviewapp.digests import algorithm_of, digest
from reviewapp.exceptions import sentence
from reviewapp.history import chain_label
from reviewapp.models import (
    Approval,
    Chain,
    Correction,
    Event,
    Field,
    RecognitionResult,
    Submission,
)
from reviewapp.states import MOVES, EventKind, SubmissionStatus

CHUNK = 2000
# Kinds of events whose params hold digests of what is kept elsewhere.
SEALING = (
    EventKind.RECEIVED,
    EventKind.RECOGNISED,
    EventKind.FAILED,
    EventKind.APPROVED,
    EventKind.SEALED,
)
# Kinds by which a person decides on a value.
DECIDING = (
    EventKind.CORRECTED,
    EventKind.VERIFIED,
    EventKind.OVERRIDDEN,
    EventKind.MARKED,
    EventKind.AMENDED,
)


@dataclass(frozen=True)
class Problem:
    """Something that is not as it was written: a code of exceptions.SENTENCES, and its params."""

    code: str
    params: dict[str, Any]

    def __str__(self) -> str:
        """Return the sentence, which names a chain in the reader's language."""
        named = dict(self.params)
        if "chain" in named:
            named["chain"] = chain_label(named["chain"])
        return sentence(self.code, named)


def like(written: str, content: bytes) -> str:
    """Return the digest of content by the algorithm of a written one; nothing for nothing."""
    algorithm = algorithm_of(written)
    return digest(content, algorithm=algorithm) if algorithm and content else ""


def records_of(records: Sequence[Submission]) -> Iterator[Problem]:
    """Compare records with their events.

    1. what the events say: digests, and the last correction of each value; 2. the picture's and
    the answers' digests; 3. approvals, against events and against what is approved now; 4. values
    and corrections.
    """
    pks = [record.pk for record in records]
    sealed = _sealed(pks)
    yield from _answers(pks, sealed)
    for record in records:
        if sealed[record.pk].picture not in ("", record.sha256):
            yield Problem("pictureNotSealed", {"record": record.pk})
    yield from _approvals(records, sealed)
    yield from _standing(records)
    yield from _values(pks)
    yield from _decisions(pks)


@dataclass
class Sealed:
    """What the events of a record say of what is kept elsewhere."""

    picture: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    # Who gave an approval of this digest.
    approvals: dict[str, set[int | None]] = field(default_factory=dict)


def _sealed(pks: Sequence[int]) -> dict[int, Sealed]:
    by_record: dict[int, Sealed] = defaultdict(Sealed)
    events = Event.objects.filter(submission__in=pks, kind__in=SEALING)
    rows = events.order_by("pk").values_list("submission_id", "by_id", "params")
    for pk, by, params in rows:
        sealed = by_record[pk]
        sealed.picture = params.get("picture", sealed.picture)
        sealed.answers |= params.get("answers", {})
        if "digest" in params:
            sealed.approvals.setdefault(params["digest"], set()).add(by)
    return by_record


def _answers(pks: Sequence[int], sealed: dict[int, Sealed]) -> Iterator[Problem]:
    """Compare the engines' answers with the digests that were taken as they came."""
    kept = RecognitionResult.objects.filter(submission__in=pks).order_by("pk")
    present: dict[int, set[str]] = defaultdict(set)
    for pk, record, answer in kept.values_list("pk", "submission_id", "answer").iterator(CHUNK):
        present[record].add(str(pk))
        written = sealed[record].answers.get(str(pk), "")
        if written != like(written, answer.encode()) or not written:
            yield Problem("answerChanged", {"record": record, "answer": pk})
    for record in pks:
        for missing in sorted(sealed[record].answers.keys() - present[record]):
            yield Problem("answerMissing", {"record": record, "answer": missing})


def _approvals(records: Sequence[Submission], sealed: dict[int, Sealed]) -> Iterator[Problem]:
    """Compare approvals with events and records.

    1. each with its event; 2. the one that stands with its record; 3. that with what it approves.
    """
    pks = [record.pk for record in records]
    standing: dict[int, Approval] = {}
    for approval in Approval.objects.filter(submission__in=pks).select_related("voiding"):
        # Nobody is named where an approval was sealed that was there before there were chains.
        approvers = sealed[approval.submission_id].approvals.get(approval.digest, set())
        if not approvers & {approval.by_id, None}:
            yield Problem("approvalForged", {"record": approval.submission_id})
        if not hasattr(approval, "voiding"):
            standing[approval.submission_id] = approval

    approved = [record for record in records if record.status == SubmissionStatus.APPROVED]
    for record in approved:
        holds = standing.get(record.pk)
        whose = record.version, record.approved_by_id
        if holds is None or (holds.version, holds.by_id) != whose:
            yield Problem("approvalMissing", {"record": record.pk})

    approved_as = {pk: approval.digest for pk, approval in standing.items()}
    for pk in not_as_approved(contents(list(standing)), approved_as):
        yield Problem("approvedValueChanged", {"record": pk})


def _standing(records: Sequence[Submission]) -> Iterator[Problem]:
    """Compare each record's status and version with its moves, and that it has a history at all."""
    pks = [record.pk for record in records]
    with_history = set(
        Chain.objects.filter(submission__in=pks, length__gt=0).values_list("submission", flat=True)
    )
    moves: dict[int, list[str]] = defaultdict(list)
    events = Event.objects.filter(submission__in=pks, kind__in=MOVES).order_by("pk")
    for pk, new in events.values_list("submission_id", "new").iterator(CHUNK):
        moves[pk].append(new)

    for record in records:
        reached = moves[record.pk]
        status = reached[-1] if reached else SubmissionStatus.RECEIVED
        if record.pk not in with_history:
            yield Problem("historyMissing", {"record": record.pk})
        elif record.status != status or record.version != len(reached) + 1:
            yield Problem("statusChanged", {"record": record.pk})


def _decisions(pks: Sequence[int]) -> Iterator[Problem]:
    """Compare what stands as verified or marked with the events of whoever did it.

    1. what the events say; 2. what stands.
    """
    said = _said_of_values(pks)

    decided = Field.objects.filter(submission__in=pks).exclude(verified_by=None, mark="")
    rows = decided.order_by("submission_id", "position")
    columns = ("submission_id", "name", "verified_by_id", "mark", "should_say")
    for pk, name, by, mark, should_say in rows.values_list(*columns).iterator(CHUNK):
        is_verified = by is None or by in said[pk, name].verified_by
        is_marked = not mark or said[pk, name].mark == (mark, should_say)
        if not is_verified or not is_marked:
            yield Problem("decisionChanged", {"record": pk, "field": name})


@dataclass
class Said:
    """What the events of a record say of one value."""

    corrected_by: set[int | None] = field(default_factory=set)
    verified_by: set[int | None] = field(default_factory=set)
    mark: tuple[str, str] = ("", "")


def _said_of_values(pks: Sequence[int]) -> Mapping[tuple[int, str], Said]:
    """Return by record and field who verified, and the last mark.

    A correction after approval verifies what it corrects, as whoever asked for it.
    """
    said: dict[tuple[int, str], Said] = defaultdict(Said)
    events = Event.objects.filter(submission__in=pks, kind__in=DECIDING).order_by("pk")
    columns = ("submission_id", "field_name", "kind", "by_id", "new", "params")
    for pk, name, kind, by, new, params in events.values_list(*columns).iterator(CHUNK):
        if kind == EventKind.CORRECTED:
            said[pk, name].corrected_by.add(by)
        elif kind == EventKind.AMENDED:
            for change in params["changes"]:
                amended = said[pk, change["field"]]
                amended.verified_by |= amended.corrected_by
        else:
            said[pk, name].verified_by.add(by)
        if kind == EventKind.MARKED:
            said[pk, name].mark = new, params.get("should_say", "")
    return said


def _values(pks: Sequence[int]) -> Iterator[Problem]:
    """Follow each value from what was read over its corrections to what it is now.

    1. the corrections that events tell of; 2. those that are kept beside them are the same; 3. the
    last one, or else what was read, is the value.
    """
    told: dict[tuple[int, str], list[tuple[str, str]]] = defaultdict(list)
    events = Event.objects.filter(submission__in=pks, kind=EventKind.CORRECTED)
    rows = events.order_by("pk").values_list("submission_id", "field_name", "old", "new")
    for pk, name, old, new in rows.iterator(CHUNK):
        told[pk, name].append((old, new))

    kept: dict[tuple[int, str], list[tuple[str, str]]] = defaultdict(list)
    corrections = Correction.objects.filter(field__submission__in=pks).order_by("pk")
    columns = ("field__submission_id", "field__name", "old_value", "new_value")
    for pk, name, old, new in corrections.values_list(*columns).iterator(CHUNK):
        kept[pk, name].append((old, new))

    fields = Field.objects.filter(submission__in=pks).order_by("submission_id", "position")
    values = fields.values_list("submission_id", "name", "read_value", "value")
    for pk, name, read_value, value in values.iterator(CHUNK):
        corrected = told.get((pk, name), [])
        last = corrected[-1][1] if corrected else read_value
        if corrected != kept.get((pk, name), []):
            yield Problem("correctionsDiffer", {"record": pk, "field": name})
        elif value != last:
            yield Problem("valueChanged", {"record": pk, "field": name})


def pictures_of(records: Sequence[Submission]) -> Iterator[Problem]:
    """Compare the stored originals with what came in."""
    for record in records:
        try:
            with record.original.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            yield Problem("pictureGone", {"record": record.pk})
            continue
        if found != record.sha256:
            yield Problem("pictureExchanged", {"record": record.pk})
