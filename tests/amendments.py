"""Corrections after approval, asked for and decided as the product does it."""

import json
from collections.abc import Mapping
from typing import Any

from reviewapp.models import Amendment, Export, Submission, User
from reviewapp.stages import amend, approve, claim, correct
from reviewapp.states import Evidence
from tests.exports import content_of
from tests.factories import mark, no_program, person, see_overrides, submission_at, verify_all

OLD_NAME, NEW_NAME = "王小明", "王晓明"
CHANGES = {"neonatal_name": NEW_NAME}
SHELF = "The paper, seen again in archive 3, shelf 12."


def approved_record(**options: Any) -> Submission:
    """Return an approved record of a child called OLD_NAME."""
    values = {"neonatal_name": OLD_NAME} | options.pop("values", {})
    return submission_at("approved", values=values, **options)


def amendment_of(
    record: Submission, *, by: User | None = None, changes: Mapping[str, str] = CHANGES, **options: Any
) -> Amendment:
    """Ask for a correction of an approved record; by default its clerk asks."""
    grounds = {"reason": "A slip of the keyboard.", "evidence": Evidence.PAPER_SEEN, "evidence_note": SHELF}
    version = Submission.objects.get(pk=record.pk).version
    asked = {"by": by or person("clerk"), "changes": changes, "version": version, **grounds, **options}
    return amend.ask(record, **asked)


def amended(record: Submission, *, by: User | None = None, **options: Any) -> Amendment:
    """Ask for a correction and approve it; by default the other supervisor approves."""
    amendment = amendment_of(record, **options)
    amend.approve_amendment(amendment, by=by or person("supervisor2"), queue=no_program)
    return amendment


def lines_of(made: Export) -> list[dict[str, Any]]:
    """Return the records in the file of an export."""
    return [json.loads(line) for line in content_of(made).splitlines()]


def paper_wrong_record() -> Submission:
    """Return an approved record whose paper has the child's name wrong."""
    record = submission_at("recognised", values={"neonatal_name": OLD_NAME})
    clerk, supervisor = person("clerk"), person("supervisor")
    claim.claim(record, by=clerk)
    verify_all(record, by=clerk)
    mark(record, "neonatal_name", "paper_wrong", by=clerk, should_say="王小朋")
    correct.submit(record, by=clerk)
    see_overrides(record, by=supervisor)
    approve.approve(record, by=supervisor, queue=no_program)
    record.refresh_from_db()
    return record
