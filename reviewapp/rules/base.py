"""What a rule finds, and what it is given to judge by. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _

from reviewapp.certificate.fields import BY_NAME, ORDER
from reviewapp.facts.characters import plain
from reviewapp.rules.catalogue import BY_CODE, Severity


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value that would settle a finding. Shown with a key to take it, never applied by itself."""

    field: str
    value: str


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a record.

    `fields` are snake names, the one to look at first in front; two fields contradict each other.
    `params` fill the sentence and, with code and fields, are all that has to be stored.
    `proposals` come best first.
    """

    rule: int
    code: str
    severity: Severity
    fields: tuple[str, ...]
    params: Mapping[str, str | int] = field(default_factory=dict)
    proposals: tuple[Proposal, ...] = ()

    @property
    def sentence(self) -> str:
        """Say in the active language what is wrong and what would settle it."""
        return sentence(self.code, self.fields, self.params)

    @cached_property
    def rank(self) -> tuple[int, int, int]:
        """Order findings: what must be resolved first, then in the form's order."""
        return list(Severity).index(self.severity), ORDER[self.fields[0]], self.rule


def sentence(
    code: str, fields: tuple[str, ...] | list[str], params: Mapping[str, str | int]
) -> str:
    """Return a finding's sentence and remedy in the active language, from what was stored of it."""
    rule = BY_CODE.get(code)
    if rule is None:
        return _(
            "This release knows the rule behind this finding no more; "
            "flagging anew takes the finding away."
        )
    labels = {}
    for key, name in zip(("field", "other"), fields, strict=False):
        labels[key] = BY_NAME[name].label
    wrong = str(rule.sentence) % _WithGaps({**labels, **params})
    # Two sentences side by side: Chinese writes no space between them.
    return _("%(wrong)s %(remedy)s") % {"wrong": wrong, "remedy": rule.remedy}


class _WithGaps(dict[str, object]):
    """Params of a sentence; one stored by an older release may lack some of the present ones."""

    def __missing__(self, key: str) -> str:
        return "…"


def finding(
    code: str, *fields: str, proposals: Iterable[Proposal] = (), **params: str | int
) -> Finding:
    """Make the finding of a code with its own number and severity.

    No proposal has a character that is not seen or only looks like a standard one.
    """
    rule = BY_CODE[code]
    visible = (Proposal(proposal.field, plain(proposal.value)) for proposal in proposals)
    return Finding(
        rule=rule.number,
        code=code,
        severity=rule.severity,
        fields=fields,
        params=params,
        proposals=tuple(dict.fromkeys(visible)),
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """How a value was read.

    `parts` are the texts of the boxes it was put together from, in reading order; `alternatives`
    are whole other values that the recogniser thought possible, best first.
    """

    parts: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RelatedRecord:
    """Another stored record that shares a number with this one: `record` names it for people."""

    record: str
    values: Mapping[str, str]
