"""What an approval is about: the picture, the values with their states, and what was overridden."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.conf import settings

from reviewapp.certificate.fields import BY_NAME
from reviewapp.digests import algorithm_of, canonical, digest
from reviewapp.models import Approval, Field, Override, Submission

# The parts of an override that do not depend on the reader's language.
OVERRIDE_PARTS = ("field", "rule", "reason", "by")


def contents(records: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return by record what its approval is about, with two queries for any number of records.

    The keys are those of the API and of an export in JSON lines, so that whoever has such a file
    can compute the digest again; docs/history.md shows how.
    """
    return contents_with(
        dict(Submission.objects.filter(pk__in=records).values_list("pk", "sha256"))
    )


def contents_with(pictures: Mapping[int, str]) -> dict[int, dict[str, Any]]:
    """Return by record what its approval is about, with one query; `pictures` are by record."""
    fields: dict[int, list[Field]] = defaultdict(list)
    overrides: dict[int, list[Override]] = defaultdict(list)
    last = None
    field: Any
    # A field that breaks two rules comes twice, one after the other.
    for field in Field.objects.with_broken_rules().filter(submission__in=pictures):
        if field.pk != last:
            fields[field.submission_id].append(field)
        last = field.pk
        if field.rule and field.is_verified:
            overrides[field.submission_id].append(_override(field))

    return {
        pk: content_of(pk, picture, fields[pk], overrides[pk]) for pk, picture in pictures.items()
    }


def _override(field: Any) -> Override:
    return Override(
        field=BY_NAME[field.name].key,
        rule=field.rule,
        sentence="",
        reason=field.override_reason or field.mark,
        by=field.verifier,
    )


def content_of(
    record: int, picture: str, fields: Iterable[Field], overrides: Iterable[Override]
) -> dict[str, Any]:
    """Return what an approval of one record is about; `picture` is its SHA-256 in hexadecimal."""
    values, states, should_say = {}, {}, {}
    for field in fields:
        key = BY_NAME[field.name].key
        values[key] = field.value
        states[key] = field.state.value
        if field.should_say:
            should_say[key] = field.should_say
    return {
        "record": record,
        "picture": picture,
        "values": values,
        "states": states,
        "shouldSay": should_say,
        "overrides": [
            {part: str(getattr(override, part)) for part in OVERRIDE_PARTS}
            for override in overrides
        ],
    }


def digest_of(content: Mapping[str, Any], *, algorithm: str = "") -> str:
    """Return the digest of a record's content, by the installation's algorithm or another."""
    return digest(canonical(content), algorithm=algorithm or settings.HISTORY_DIGEST)


def approved_digests(records: Collection[int]) -> dict[int, str]:
    """Return by record the digest of what was approved, where an approval stands."""
    standing = Approval.objects.standing().filter(submission__in=records)
    return dict(standing.values_list("submission_id", "digest"))


def not_as_approved(
    said: Mapping[int, Mapping[str, Any]], approved: Mapping[int, str]
) -> list[int]:
    """Return the records whose content is not what the digest of their approval was computed of.

    A record without an approval that stands is one of them, too.
    """
    unlike = []
    for pk, content in said.items():
        algorithm = algorithm_of(approved.get(pk, ""))
        if not algorithm or digest_of(content, algorithm=algorithm) != approved[pk]:
            unlike.append(pk)
    return unlike
