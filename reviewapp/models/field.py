from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple, Self

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from reviewapp.certificate.fields import BY_KEY, BY_NAME, FieldSpec
from reviewapp.models.constraints import both_or_neither, one_of
from reviewapp.models.submission import Submission
from reviewapp.models.user import User
from reviewapp.rules.base import Finding, sentence
from reviewapp.rules.catalogue import RETURNED, Severity
from reviewapp.rules.evidence import Tally
from reviewapp.states import SubmissionStatus

ASKS_FOR_A_LOOK = (Severity.ERROR, Severity.WARNING)
FINISHED = (SubmissionStatus.REVIEWED, SubmissionStatus.APPROVED)
# By these values other records of the same certificate or the same mother are found.
IDENTIFYING = ("certificate_number", "mother_id_card_number")
# The columns of a value that nobody has verified.
UNVERIFIED = {"verified_by": None, "verified_at": None, "override_reason": ""}


class FieldQuerySet(models.QuerySet["Field"]):
    def in_form_order(self) -> Self:
        return self.order_by("position")

    def flagged(self) -> Self:
        asking = Flag.objects.filter(field=OuterRef("pk"), severity__in=ASKS_FOR_A_LOOK)
        return self.filter(Exists(asking))

    def doubtful(self) -> Self:
        """With a finding that asks for a look, and not yet verified by a person."""
        return self.flagged().filter(verified_by=None)

    def approved_values(self, names: Iterable[str], *, most: int) -> list[str]:
        """Return the values that stand most often in these fields of approved records."""
        approved = self.filter(name__in=names, submission__status=SubmissionStatus.APPROVED)
        values = approved.exclude(value="").values_list("value", flat=True)
        counted = values.annotate(times=Count("pk"))
        return list(counted.order_by("-times")[:most])

    def tallies(self) -> dict[str, list[Tally]]:
        """Count by field and probability what was read and what of it was right.

        On finished records; right is what clerks left as it was.
        """
        finished = self.exclude(read_value="").filter(
            submission__status__in=FINISHED, value_prob__isnull=False
        )
        right = Count("pk", filter=Q(value=F("read_value")))
        counted = finished.values_list("name", "value_prob").annotate(
            total=Count("pk"), right=right
        )
        tallies: dict[str, list[Tally]] = defaultdict(list)
        for name, prob, total, unchanged in counted.order_by():
            tallies[name].append(Tally(prob, total, unchanged))
        return tallies

    def with_numbers(self, numbers: Collection[str]) -> Iterable[tuple[str, str, int]]:
        """Return name, value and record of the fields that hold one of these numbers.

        Rejected records do not count.
        """
        holding = self.filter(name__in=IDENTIFYING, value__in=numbers)
        valid = holding.exclude(submission__status=SubmissionStatus.REJECTED)
        return valid.order_by("submission_id").values_list("name", "value", "submission_id")

    def corrected(self) -> Self:
        return self.filter(corrections__isnull=False).distinct()


class Field(models.Model):
    """One value of a record: what was read, what it is now, and where it stands in the picture."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="fields")
    name = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    read_value = models.TextField(blank=True)
    value = models.TextField(_("value"), blank=True)
    value_prob = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="0–100, of the value read"
    )
    polygon = models.JSONField(
        null=True, blank=True, help_text="four [x, y] in pixels of the picture as shown"
    )
    parts = models.JSONField(
        default=list,
        blank=True,
        help_text="texts that the value read was put together from, in reading order",
    )
    alternatives = models.JSONField(
        default=list, blank=True, help_text="other values that were nearly read, best first"
    )
    second_value = models.TextField(
        blank=True, help_text="what a second engine read, where two were asked"
    )
    version = models.PositiveIntegerField(default=1)
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)
    override_reason = models.TextField(
        blank=True, help_text="why a value with an error is right all the same"
    )

    objects = FieldQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        indexes = [
            models.Index(
                fields=["name", "value"], name="field_numbers", condition=Q(name__in=IDENTIFYING)
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "name"], name="field_once_per_submission"
            ),
            both_or_neither("verified_by", "verified_at", name="field_verified_pair"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def spec(self) -> FieldSpec:
        return BY_NAME[self.name]

    @property
    def is_verified(self) -> bool:
        return self.verified_by_id is not None

    @property
    def is_corrected(self) -> bool:
        return self.value != self.read_value

    @property
    def is_flagged(self) -> bool:
        return any(flag.asks_for_a_look for flag in self.flags.all())

    @property
    def is_doubtful(self) -> bool:
        return not self.is_verified and self.is_flagged

    @property
    def broken_rules(self) -> list["Flag"]:
        """Return the findings that demand a correction or a reason why the value is right."""
        return [flag for flag in self.flags.all() if flag.severity == Severity.ERROR]

    @property
    def is_override(self) -> bool:
        """Return whether a person verified the value although it breaks a rule."""
        return self.is_verified and self.has_error

    @property
    def has_error(self) -> bool:
        return bool(self.broken_rules)


class Override(NamedTuple):
    """A value that breaks a rule and was verified all the same: by whom, and why."""

    field: str
    rule: str
    sentence: str
    reason: str
    by: str

    def __str__(self) -> str:
        return (
            f"{BY_KEY[self.field].label}: {self.sentence} [{self.rule}] {self.reason} ({self.by})"
        )


class FlagQuerySet(models.QuerySet["Flag"]):
    def from_checks(self) -> Self:
        """All but what a supervisor asked."""
        return self.exclude(code=RETURNED)

    def overridden(self) -> Self:
        """Rules that a value breaks which a person verified all the same."""
        return self.filter(severity=Severity.ERROR).exclude(field__verified_by=None)

    def overrides_of(self, records: Collection[int]) -> dict[int, list[Override]]:
        """Return by record its values that were kept against a rule, in the form's order."""
        chosen = self.overridden().filter(field__submission__in=records)
        columns = ("field__submission", "field__name", "code", "names", "params")
        who = ("field__override_reason", "field__verified_by__username")
        rows = chosen.order_by("field__position", "pk").values_list(*columns, *who)

        by_record: dict[int, list[Override]] = defaultdict(list)
        for pk, name, code, names, params, reason, by in rows:
            override = Override(
                field=BY_NAME[name].key,
                rule=code,
                sentence=sentence(code, names, params),
                reason=reason,
                by=by,
            )
            by_record[pk].append(override)
        return by_record


class Flag(models.Model):
    """A finding, on the field that is to be looked at first."""

    field = models.ForeignKey(Field, models.CASCADE, related_name="flags")
    code = models.CharField(max_length=40)
    severity = models.CharField(max_length=1, choices=Severity)
    names = models.JSONField(help_text="the fields that the finding names, this one first")
    params = models.JSONField(default=dict)
    proposals = models.JSONField(
        default=list, help_text="[field name, value] that would settle it, best first"
    )

    objects = FlagQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [one_of("severity", Severity, name="flag_severity_known")]

    def __str__(self) -> str:
        return self.code

    @classmethod
    def of(cls, field_id: int, finding: Finding) -> Self:
        """Make the unsaved flag of a finding."""
        return cls(
            field_id=field_id,
            code=finding.code,
            severity=finding.severity,
            names=list(finding.fields),
            params=dict(finding.params),
            proposals=[[proposal.field, proposal.value] for proposal in finding.proposals],
        )

    @property
    def content(self) -> tuple[object, ...]:
        """Return all that is stored of the finding."""
        return self.code, self.severity, self.names, self.params, self.proposals

    @property
    def asks_for_a_look(self) -> bool:
        return self.severity in ASKS_FOR_A_LOOK

    @property
    def sentence(self) -> str:
        return sentence(self.code, self.names, self.params)
