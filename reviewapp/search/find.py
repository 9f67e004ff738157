"""Find records by what somebody knows of them."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Prefetch

from reviewapp.facts.scripts import HAN
from reviewapp.models import Batch, Field, SearchTerm, Submission, User
from reviewapp.models.search_term import TERM_LIMIT, Hit
from reviewapp.search.terms import Term, plain, plain_number
from reviewapp.states import Role, TermKind

SHOWN, BATCHES_SHOWN = 50, 5
# So many are looked at, of which some may be closed to a person or be one record twice.
LOOKED_AT = 150
# Fewer characters than these say too little.
FEWEST = {
    TermKind.NAME: 2,
    TermKind.READING: 2,
    TermKind.NUMBER: 3,
    TermKind.ENDING: 4,
    TermKind.WORD: 2,
}
FEWEST_OF_BATCH = 2
# Of these as many are the same as there are people of one name: the newest come first.
OFTEN_THE_SAME = (TermKind.NAME, TermKind.READING)
# By these a person tells which record it is.
TELLING = ("neonatal_name", "mother_name", "certificate_number")
# A record's number is as long as any database compares.
RECORD = re.compile(r"#?(?P<pk>[0-9]{1,18})")
PINYIN = re.compile(r"[a-zü]+")
HAS_DIGIT = re.compile(r"[0-9]")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a record is found: by which value of it, at `position`, and by what of that."""

    kind: TermKind
    position: int


@dataclass(slots=True)
class Found:
    """A record, and why it is among the results; without a reason it is the one of this number."""

    submission: Submission
    reasons: list[Reason] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found; `kinds` are what was looked for, as far as it may be written down."""

    records: list[Found]
    batches: list[Batch]
    has_more: bool
    kinds: list[str]


def find(text: str, *, by: User) -> Findings:
    """Return the records and batches that a text says something of, which this person may open.

    1. what the text may be; 2. the records by their terms, a bounded number of each kind; 3. those
    that the person may see, the one of this number first, then the newest; 4. the batches.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    terms = list(_terms(text))
    pk = _record_number(text)
    reasons, is_cut = _reasons(terms)
    records = _open_records([pk] if pk else [], by) + _open_records(reasons, by)

    unique = {record.pk: record for record in records}
    found = [Found(record, reasons.get(record.pk, [])) for record in unique.values()]
    batches = _batches(text)
    kinds = [kind.name.lower() for kind, _term in terms] + ["record"] * bool(pk)
    return Findings(found[:SHOWN], batches, is_cut or len(found) > SHOWN, sorted({*kinds, "batch"}))


def _terms(text: str) -> Iterator[Term]:
    """Yield what a text may be: a name, how one is read, a number's begin or end, a file's name."""
    letters, number = plain(text)[:TERM_LIMIT], plain_number(text)[:TERM_LIMIT]
    may_be = [(TermKind.WORD, letters)]
    if HAS_DIGIT.search(letters):
        if not HAN.search(letters):
            may_be += [(TermKind.NUMBER, number), (TermKind.ENDING, plain_number(text)[::-1])]
    else:
        may_be.append((TermKind.NAME, letters))
    if PINYIN.fullmatch(letters):
        may_be.append((TermKind.READING, letters.replace("ü", "v")))
    for kind, term in may_be:
        if len(term) >= FEWEST[kind]:
            yield kind, term[:TERM_LIMIT]


def _record_number(text: str) -> int | None:
    number = RECORD.fullmatch(text)
    return int(number["pk"]) if number else None


def _reasons(terms: Iterable[Term]) -> tuple[dict[int, list[Reason]], bool]:
    """Return by record why it is found, and whether there are more than were looked at."""
    reasons: dict[int, list[Reason]] = {}
    is_cut = False
    for kind, term in terms:
        hits = _hits(kind, term)
        is_cut = is_cut or len(hits) >= LOOKED_AT
        for submission_id, position in hits:
            reasons.setdefault(submission_id, []).append(Reason(kind, position))
    return reasons, is_cut


def _hits(kind: TermKind, term: str) -> list[Hit]:
    """Return values with a term, or with one that begins so where those are few."""
    exact: list[Hit] = []
    if kind in OFTEN_THE_SAME:
        exact = SearchTerm.objects.that_are(kind, term, most=LOOKED_AT)
    if len(exact) == LOOKED_AT:
        return exact
    begun = SearchTerm.objects.that_begin(kind, term, most=LOOKED_AT)
    return list(dict.fromkeys(exact + begun))


def _open_records(pks: Collection[int], by: User) -> list[Submission]:
    """Return the newest of these records that a person may open, with what tells which it is."""
    if not pks:
        return []
    # Each is a page of the disk: without those that may be closed, no more than are shown.
    newest = sorted(pks, reverse=True)
    if by.role != Role.CLERK:
        newest = newest[: SHOWN + 1]
    telling = Prefetch("fields", Field.objects.filter(name__in=TELLING), to_attr="telling")
    chosen = Submission.objects.filter(pk__in=newest).open_to(by)
    related = chosen.select_related("batch", "reviewed_by", "claimed_by")
    return list(related.prefetch_related(telling).order_by("-pk")[: SHOWN + 1])


def _batches(text: str) -> list[Batch]:
    if len(text) < FEWEST_OF_BATCH:
        return []
    return list(Batch.objects.named_like(text)[:BATCHES_SHOWN])
