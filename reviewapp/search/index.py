"""The only writer of search terms."""

from collections.abc import Iterable

from reviewapp.models import Field, SearchTerm, Submission
from reviewapp.models.search_term import FILE_NAME
from reviewapp.search.terms import POSITIONS, SEARCHED, Term, terms_of, terms_of_file


def add_file(submission: Submission) -> None:
    """Make a new record be found by the name of its file."""
    _add(_rows(submission.pk, FILE_NAME, terms_of_file(submission.original_name)))


def add_values(submission: Submission, fields: Iterable[Field]) -> None:
    """Make a record be found by the values that were just read, in one statement."""
    rows: list[SearchTerm] = []
    for field in fields:
        if field.name in SEARCHED:
            terms = terms_of(field.name, field.value)
            rows += _rows(submission.pk, POSITIONS[field.name], terms)
    _add(rows)


def change_value(field: Field, *, old: str, new: str) -> None:
    """Let a record be found by a new value and no longer by the old one, in two statements.

    None where the value is not searched for, or another only in what search does not tell apart.
    """
    before, after = terms_of(field.name, old), terms_of(field.name, new)
    if before == after:
        return
    position = POSITIONS[field.name]
    gone = _rows(field.submission_id, position, before - after)
    if gone:
        SearchTerm.objects.of_value(field.submission_id, position, gone).delete()
    _add(_rows(field.submission_id, position, after - before))


def _rows(submission_id: int, position: int, terms: Iterable[Term]) -> list[SearchTerm]:
    return [
        SearchTerm(kind=kind, term=term, submission_id=submission_id, position=position)
        for kind, term in sorted(terms)
    ]


def _add(rows: list[SearchTerm]) -> None:
    if rows:
        SearchTerm.objects.bulk_create(rows, ignore_conflicts=True)
