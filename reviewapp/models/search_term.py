from collections.abc import Collection, Mapping
from typing import Any, Self

from django.db import models
from django.utils.translation import pgettext_lazy

from reviewapp.certificate.fields import FIELDS
from reviewapp.models.constraints import one_of
from reviewapp.models.submission import Submission
from reviewapp.states import TermKind

# The position of a file's name, behind those of the fields.
FILE_NAME = len(FIELDS)
TERM_LIMIT = 40
# Behind every text that begins with what stands before it.
LAST_CHARACTER = "\U0010ffff"

# What somebody looked for, as the history tells it.
SEARCH_KINDS = {
    **{kind.name.lower(): kind.label for kind in TermKind},
    "record": pgettext_lazy("search", "Record number"),
    "batch": pgettext_lazy("search", "Batch"),
    "filters": pgettext_lazy("search", "Filters"),
}

# A record's key, and the position of the value that a term is from.
type Hit = tuple[int, int]


class SearchTermQuerySet(models.QuerySet["SearchTerm"]):
    def that_are(self, kind: TermKind, text: str, *, most: int) -> list[Hit]:
        """Return the newest records with exactly this term.

        All of the order stands in the index, so that no more is read than is returned.
        """
        exact = self.filter(kind=kind, term=text).order_by("-submission_id", "-position")
        return list(exact.values_list("submission_id", "position")[:most])

    def that_begin(self, kind: TermKind, text: str, *, most: int) -> list[Hit]:
        """Return the records with a term that begins so, in the order of the terms.

        In any other order all of them would have to be read first.
        """
        begun = self.filter(kind=kind, term__gte=text, term__lt=text + LAST_CHARACTER)
        in_order = begun.order_by("term", "submission_id", "position")
        return list(in_order.values_list("submission_id", "position")[:most])

    def of_value(self, submission_id: int, position: int, among: Collection["SearchTerm"]) -> Self:
        """Those of one value that are among these."""
        return self.filter(
            submission=submission_id,
            position=position,
            kind__in={term.kind for term in among},
            term__in={term.term for term in among},
        )


class SearchTerm(models.Model):
    """A text by which a record is found, derived from one of its values; see search.terms.

    Written by search.index alone. The primary key is the one index: a range of it is an answer.
    """

    pk = models.CompositePrimaryKey("kind", "term", "submission_id", "position")
    kind = models.CharField(max_length=1, choices=TermKind)
    term = models.CharField(max_length=TERM_LIMIT)
    # Derived from what is there, and records stay: a check for each of 25 terms would cost more
    # than all else that is written of them.
    submission = models.ForeignKey(
        Submission, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    position = models.PositiveSmallIntegerField(
        help_text="of the field in the form; one behind the last for the file's name"
    )

    objects = SearchTermQuerySet.as_manager()

    class Meta:
        constraints = [one_of("kind", TermKind, name="search_term_kind_known")]

    def __str__(self) -> str:
        return self.term


def search_label(params: Mapping[str, Any]) -> str:
    """Return what somebody looked for, by its kind, and which records were shown."""
    kinds = [str(SEARCH_KINDS[kind]) for kind in params["kinds"]]
    shown = " ".join(f"#{pk}" for pk in params["records"])
    return f"{', '.join(kinds)} · {shown or '–'}"
