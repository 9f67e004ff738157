import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple, Self

from django.db import models
from django.db.models import Case, Count, Exists, F, FilteredRelation, OuterRef, Q, Subquery, When
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from reviewapp.certificate.fields import BY_KEY, BY_NAME, FieldSpec
from reviewapp.certificate.geometry import Polygon
from reviewapp.models.batch import Batch
from reviewapp.models.constraints import both_or_neither, one_of
from reviewapp.models.submission import Submission
from reviewapp.models.user import User
from reviewapp.rules.base import Finding, sentence
from reviewapp.rules.catalogue import LOW_PROBABILITY, RETURNED, Severity
from reviewapp.rules.evidence import Tally
from reviewapp.states import SubmissionStatus, ValueMark, ValueState

ASKS_FOR_A_LOOK = (Severity.ERROR, Severity.WARNING)
FINISHED = (SubmissionStatus.REVIEWED, SubmissionStatus.APPROVED)
# By these values other records of the same certificate or the same mother are found.
CERTIFICATE_NUMBER, HOSPITAL = "certificate_number", "medical_institutions"
IDENTIFYING = (CERTIFICATE_NUMBER, "mother_id_card_number")
# How a finding names another record; and what stands for the name, which no value can hold.
RECORD_NAME, GAP = re.compile(r"#[0-9]{1,18}"), "\0"
# Marks of a value that is not there, and those by which a person has decided.
EMPTY_MARKS = (ValueMark.ILLEGIBLE, ValueMark.BLANK, ValueMark.NOT_ON_FORM)
SETTLING_MARKS = (*EMPTY_MARKS, ValueMark.PAPER_WRONG)
# The columns of a value that nobody has verified.
UNVERIFIED = {
    "verified_by": None,
    "verified_at": None,
    "override_reason": "",
    "mark": "",
    "should_say": "",
}


class FieldQuerySet(models.QuerySet["Field"]):
    def in_form_order(self) -> Self:
        return self.order_by("position")

    def flagged(self) -> Self:
        asking = Flag.objects.filter(field=OuterRef("pk"), severity__in=ASKS_FOR_A_LOOK)
        return self.filter(Exists(asking))

    def doubtful(self) -> Self:
        """With a finding that asks for a look, and not yet verified by a person.

        One of which a person is unsure has been looked at, and goes to a second reader.
        """
        return self.flagged().filter(verified_by=None).exclude(mark=ValueMark.UNSURE)

    def left(self) -> tuple[int, int]:
        """Return how many values are doubtful, and of how many a person is unsure."""
        unsure = Count("pk", filter=Q(mark=ValueMark.UNSURE))
        counted = self.aggregate(
            doubtful=Count("pk", filter=Q(pk__in=self.doubtful().values("pk"))), unsure=unsure
        )
        return counted["doubtful"], counted["unsure"]

    def unsure(self) -> Self:
        return self.filter(mark=ValueMark.UNSURE)

    def overrides(self) -> Self:
        """Values that break a rule and that a person verified all the same."""
        errors = Flag.objects.filter(field=OuterRef("pk"), severity=Severity.ERROR)
        return self.filter(Exists(errors)).exclude(verified_by=None)

    def with_broken_rules(self) -> Self:
        """Add `rule`, the code of an error, and `verifier`: as often as a field breaks a rule.

        By record, in the form's order.
        """
        is_error = Q(flags__severity=Severity.ERROR)
        joined = self.annotate(broken=FilteredRelation("flags", condition=is_error))
        told = joined.annotate(rule=F("broken__code"), verifier=F("verified_by__username"))
        return told.order_by("submission_id", "position", "broken__pk")

    def states_by_record(self, records: Collection[int]) -> dict[int, dict[str, list[str]]]:
        """Return by record and field's name its value, its state and the reason against a rule."""
        states: dict[int, dict[str, list[str]]] = defaultdict(dict)
        for field in self.filter(submission__in=records).in_form_order():
            said = [field.value, field.state.value, field.override_reason]
            states[field.submission_id][field.name] = said
        return states

    def of_batch(self, batch: Batch, name: str) -> Self:
        """One field of every record of a batch that has been read, each with its record.

        What waits for approval comes first, each in the order of receipt.
        """
        named = self.filter(submission__batch=batch, name=name).select_related("submission")
        waits = Case(When(submission__status=SubmissionStatus.REVIEWED, then=0), default=1)
        return named.order_by(waits, "submission__received_at", "submission_id")

    def polygons_by_record(self, records: Collection[int]) -> dict[int, dict[str, Polygon | None]]:
        """Return by record and field's name where each value stands in the picture."""
        polygons: dict[int, dict[str, Polygon | None]] = defaultdict(dict)
        columns = self.filter(submission__in=records).order_by()
        for pk, name, polygon in columns.values_list("submission_id", "name", "polygon"):
            polygons[pk][name] = polygon
        return polygons

    def unseen_by(self, user: User) -> Self:
        """Overrides that this person has not opened as they are now."""
        sight_model = self.model._meta.get_field("sights").related_model
        sights = sight_model._default_manager.filter(
            field=OuterRef("pk"), by=user, version=OuterRef("version")
        )
        return self.overrides().exclude(Exists(sights))

    def paper_wrong(self) -> Self:
        """Values that the paper itself has wrong, each with its `hospital`, by hospital."""
        wrong = self.filter(mark=ValueMark.PAPER_WRONG).annotate(hospital=_hospital())
        return wrong.order_by("hospital", "submission_id", "position")

    def unread_by_hospital(self) -> list[tuple[str, str, int]]:
        """Count by hospital and mark the values that people are unsure of or cannot read."""
        unread = self.filter(mark__in=(ValueMark.UNSURE, ValueMark.ILLEGIBLE))
        by_hospital = unread.annotate(hospital=_hospital()).values_list("hospital", "mark")
        counted = by_hospital.annotate(total=Count("pk"))
        return list(counted.order_by("hospital", "mark"))

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

    def records_of_certificate(self, number: str) -> list[int]:
        """Return the keys of the records with this certificate number, rejected ones, too."""
        holding = self.filter(name__in=IDENTIFYING, value=number).order_by("submission_id")
        named = holding.values_list("name", "submission_id")
        return [pk for name, pk in named if name == "certificate_number"]

    def numbers_by_hospital(self) -> Iterable[tuple[str, str]]:
        """Return hospital and certificate number of all records that are not rejected, in order."""
        hospitals = Field.objects.filter(submission=OuterRef("submission"), name=HOSPITAL)
        hospital = Subquery(hospitals.values("value")[:1])
        rows = self._valid_numbers().annotate(hospital=hospital).order_by("hospital", "value")
        return rows.values_list("hospital", "value").iterator()

    def repeated_numbers(self, *, most: int) -> dict[str, list[int]]:
        """Return by certificate number the records, if several have it and are not rejected."""
        counted = (
            self._valid_numbers().values("value").annotate(records=Count("pk")).order_by("value")
        )
        repeated = counted.filter(records__gt=1).values_list("value", flat=True)[:most]
        by_number: dict[str, list[int]] = {number: [] for number in repeated}
        rows = self._valid_numbers().filter(value__in=by_number).order_by("submission_id")
        for number, pk in rows.values_list("value", "submission_id"):
            by_number[number].append(pk)
        return by_number

    def _valid_numbers(self) -> Self:
        numbers = self.filter(name=CERTIFICATE_NUMBER).exclude(value="")
        return numbers.exclude(submission__status=SubmissionStatus.REJECTED)

    def corrected(self) -> Self:
        return self.filter(corrections__isnull=False).distinct()


def _hospital() -> Subquery:
    """Return what a field's record says of the medical institution."""
    named = Field.objects.filter(submission=OuterRef("submission"), name=HOSPITAL)
    return Subquery(named.values("value")[:1])


class Field(models.Model):
    """One value of a record: what was read, what it is now, and where it stands in the picture."""

    submission = models.ForeignKey(
        Submission, models.PROTECT, related_name="fields", db_index=False
    )
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
    verified_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    verified_at = models.DateTimeField(null=True, blank=True)
    override_reason = models.TextField(
        blank=True, help_text="why a value with an error is right all the same"
    )

    mark = models.CharField(
        max_length=20,
        choices=ValueMark,
        blank=True,
        help_text="what a person says of it beside the value",
    )
    should_say = models.TextField(
        blank=True, help_text="what would be right where the paper itself is wrong"
    )

    objects = FieldQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        indexes = [
            models.Index(
                fields=["name", "value"], name="field_numbers", condition=Q(name__in=IDENTIFYING)
            ),
            models.Index(
                fields=["mark"],
                name="field_marked",
                condition=Q(
                    mark__in=(ValueMark.PAPER_WRONG, ValueMark.UNSURE, ValueMark.ILLEGIBLE)
                ),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "name"], name="field_once_per_submission"
            ),
            both_or_neither("verified_by", "verified_at", name="field_verified_pair"),
            models.CheckConstraint(
                condition=Q(mark__in=["", *ValueMark.values]), name="field_mark_known"
            ),
            models.CheckConstraint(
                condition=~Q(mark__in=EMPTY_MARKS) | Q(value=""), name="field_mark_without_value"
            ),
            models.CheckConstraint(
                condition=Q(mark=ValueMark.PAPER_WRONG) & ~Q(should_say="")
                | ~Q(mark=ValueMark.PAPER_WRONG) & Q(should_say=""),
                name="field_paper_wrong_pair",
            ),
            models.CheckConstraint(
                condition=Q(mark="")
                | Q(mark=ValueMark.UNSURE, verified_by=None)
                | Q(mark__in=SETTLING_MARKS, verified_by__isnull=False),
                name="field_mark_settles",
            ),
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
    def state(self) -> ValueState:
        """Return how the value came to be what it is."""
        if self.mark:
            return ValueState(self.mark)
        if self.is_corrected:
            return ValueState.CORRECTED if self.read_value else ValueState.MISSED
        return ValueState.VERIFIED if self.is_verified else ValueState.READ

    @property
    def is_flagged(self) -> bool:
        return any(flag.asks_for_a_look for flag in self.flags.all())

    @property
    def is_below_threshold(self) -> bool:
        """Return whether the recogniser was less sure of it than the threshold asks."""
        return any(flag.code == LOW_PROBABILITY for flag in self.flags.all())

    @property
    def is_unsure(self) -> bool:
        return self.mark == ValueMark.UNSURE

    @property
    def is_doubtful(self) -> bool:
        return not self.is_verified and not self.is_unsure and self.is_flagged

    def readings_for(self, reader: User) -> list[str]:
        """Return what the recogniser and the first person read, each once.

        Which comes first is left to chance, for each reader and field anew, but always the same.
        """
        readings = list(dict.fromkeys([self.read_value, self.value]))
        pair = f"{self.pk} {reader.pk}"
        digest = salted_hmac("second reading", pair, algorithm="sha256").digest()
        return readings[::-1] if digest[0] % 2 else readings

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
        # Where a mark is the reason, the bare word is kept for programs.
        reason = ValueMark(self.reason).label if self.reason in SETTLING_MARKS else self.reason
        return f"{BY_KEY[self.field].label}: {self.sentence} [{self.rule}] {reason} ({self.by})"


class FlagQuerySet(models.QuerySet["Flag"]):
    def from_checks(self) -> Self:
        """All but what a supervisor asked."""
        return self.exclude(code=RETURNED)

    def overridden(self) -> Self:
        """Rules that a value breaks which a person verified all the same."""
        return self.filter(severity=Severity.ERROR).exclude(field__verified_by=None)

    def overrides_of(self, records: Collection[int]) -> dict[int, list[Override]]:
        """Return by record its values that were kept against a rule, in the form's order."""
        return self.filter(field__submission__in=records).overrides_by_record()

    def overrides_by_record(self) -> dict[int, list[Override]]:
        """Return those of these flags that were kept against a rule, by record, in the form's order."""
        chosen = self.overridden()
        columns = ("field__submission", "field__name", "code", "names", "params")
        who = ("field__override_reason", "field__mark", "field__verified_by__username")
        rows = chosen.order_by("field__position", "pk").values_list(*columns, *who)

        by_record: dict[int, list[Override]] = defaultdict(list)
        for pk, name, code, names, params, reason, mark, by in rows:
            override = Override(
                field=BY_NAME[name].key,
                rule=code,
                sentence=sentence(code, names, params),
                reason=reason or mark,
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

    @property
    def related_record(self) -> int | None:
        """Return the key of the other record that the finding tells of."""
        name = str(self.params.get("record", ""))
        return int(name[1:]) if RECORD_NAME.fullmatch(name) else None

    @property
    def sentence_around_record(self) -> tuple[str, str]:
        """Return the sentence before and after the name of the other record."""
        before, _gap, after = sentence(
            self.code, self.names, self.params | {"record": GAP}
        ).partition(GAP)
        return before, after
