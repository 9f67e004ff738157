"""What people send in, checked before a stage sees it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reviewapp.administration.lockout import forgive, waiting_sentence
from reviewapp.administration.thresholds import OFF
from reviewapp.certificate.fields import FIELDS, GROUP_LABELS
from reviewapp.exceptions import sentence
from reviewapp.models import Batch, ExportFormat, User
from reviewapp.rules.base import sentence as rule_sentence
from reviewapp.rules.catalogue import RETURNED, RULES, Rule, Severity
from reviewapp.stages.export import COLUMNS, MONTHLY_LIST
from reviewapp.stages.ingest import BATCH_NAME_LIMIT
from reviewapp.states import RejectReason

# What a supervisor asks for is no rule to be switched off.
CHANGEABLE_RULES = [rule for rule in RULES if rule.code != RETURNED]

SEVERITY_CHOICES = [*Severity.choices, (OFF, _("Off"))]

# No key of a 64-bit column has more digits that may all be 9.
KEY_DIGITS = 18
FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2199, 12, 31)


class FieldForm(forms.Form):
    """One value as a clerk reads it, against the version that they saw.

    The stage judges the value.
    """

    value = forms.CharField(required=False, strip=False)
    version = forms.IntegerField(min_value=0)
    verify = forms.BooleanField(required=False)
    override_reason = forms.CharField(required=False, max_length=500)


class RejectForm(forms.Form):
    reason = forms.ChoiceField(choices=RejectReason, widget=forms.RadioSelect, label=_("Why?"))
    note = forms.CharField(
        required=False,
        max_length=500,
        label=_("Note"),
        widget=forms.Textarea(attrs={"rows": 2, "class": "input"}),
    )


class ShownForm(forms.Form):
    """The version of the record that a decision is about; a page without one has shown nothing."""

    version = forms.IntegerField(required=False, min_value=1, max_value=10**9)

    @property
    def shown(self) -> int:
        """Return the version; 0 where none is given."""
        version: int | None = self.cleaned_data["version"] if self.is_valid() else None
        return version or 0


class ReturnForm(forms.Form):
    reason = forms.CharField(
        max_length=500,
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 2, "class": "input"}),
    )
    # Django takes it out of the class again.
    fields = forms.MultipleChoiceField(  # type: ignore[assignment]
        required=False,
        choices=[(spec.name, spec.label) for spec in FIELDS],
        widget=forms.CheckboxSelectMultiple,
        label=_("Fields to look at again"),
    )


class BatchChoiceForm(forms.Form):
    """Where a picture goes: into a batch that is there, or into one of a new name."""

    batch = forms.ModelChoiceField(
        Batch.objects.none(), required=False, label=_("Batch"), empty_label=_("A new batch")
    )
    new_batch = forms.CharField(
        required=False, max_length=BATCH_NAME_LIMIT, label=_("Name of the new batch")
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: forms.ModelChoiceField[Batch] = self.fields["batch"]  # type: ignore[assignment]
        field.queryset = Batch.objects.accepting_pictures().newest_first()
        today = timezone.localdate()
        new_name = f"{today:%Y-%m-%d} {by.display_name}"
        self.fields["new_batch"].initial = new_name[:BATCH_NAME_LIMIT]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        if not cleaned["batch"] and not cleaned["new_batch"]:
            raise forms.ValidationError(sentence("batchNameMissing"))
        return cleaned

    @property
    def problem(self) -> str:
        """Return the first thing that is wrong, as one sentence."""
        first_errors = next(iter(self.errors.values()))
        return str(first_errors[0])


class BatchesField(forms.ModelMultipleChoiceField[Batch]):
    """Any number of batches; a number too large for a key is none of them.

    SQLite would refuse to look for it.
    """

    def clean(self, value: Any) -> Any:
        for key in map(str, value or ()):
            if len(key) > KEY_DIGITS:
                message = self.error_messages["invalid_choice"]
                raise forms.ValidationError(message, params={"value": f"{key[:KEY_DIGITS]}…"})
        return super().clean(value)


class DayField(forms.DateField):
    """A day in the calendar's middle: near its ends no other time zone has it."""

    def __init__(self, **kwargs: Any) -> None:
        limits = {"min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}
        widget = forms.DateInput({"type": "date", **limits}, format="%Y-%m-%d")
        super().__init__(widget=widget, **kwargs)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is None or FIRST_DAY <= day <= LAST_DAY:
            return day
        message = _("Choose a day between %(first)s and %(last)s.")
        years = {"first": FIRST_DAY.year, "last": LAST_DAY.year}
        raise forms.ValidationError(message, params=years)


class ExportForm(forms.Form):
    """Which approved records leave, and what of them."""

    ALL, MONTHLY, OWN = "all", "monthly", "own"
    PRESETS = (
        (ALL, _("All 23 fields and where they come from")),
        (MONTHLY, _("The bureau's monthly list")),
        (OWN, _("My own choice")),
    )

    batches = BatchesField(
        Batch.objects.none(),
        required=False,
        label=_("Batches"),
        help_text=_("None chosen means all."),
        widget=forms.CheckboxSelectMultiple,
    )
    approved_from = DayField(required=False, label=_("Approved from"))
    approved_until = DayField(required=False, label=_("Approved until"))
    format = forms.ChoiceField(
        choices=ExportFormat,
        initial=ExportFormat.XLSX,
        label=_("File format"),
        widget=forms.RadioSelect,
    )
    preset = forms.ChoiceField(
        choices=PRESETS, initial=ALL, label=_("Columns"), widget=forms.RadioSelect
    )
    columns = forms.MultipleChoiceField(
        choices=[(name, header) for name, (_key, header) in COLUMNS.items()],
        required=False,
        initial=list(COLUMNS),
        label=_("Columns of my own choice"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: BatchesField = self.fields["batches"]  # type: ignore[assignment]
        field.queryset = Batch.objects.with_approved().newest_first()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("approved_from"), cleaned.get("approved_until")
        if first and last and first > last:
            self.add_error("approved_until", _("This day lies before the first one."))
        return cleaned

    @property
    def chosen_columns(self) -> list[str]:
        """Return the names of the columns of the preset, or those chosen one by one."""
        preset = self.cleaned_data["preset"]
        if preset == self.ALL:
            return list(COLUMNS)
        if preset == self.MONTHLY:
            return list(MONTHLY_LIST)
        chosen: list[str] = self.cleaned_data["columns"]
        return chosen


class ThresholdsForm(forms.Form):
    """One probability per field, 0–100."""

    def __init__(self, *args: Any, percents: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for spec in FIELDS:
            self.fields[spec.name] = forms.IntegerField(
                min_value=0, max_value=100, label=str(spec.label), initial=percents[spec.name]
            )

    def groups(self) -> list[tuple[Promise, list[forms.BoundField]]]:
        """Return the inputs in the blocks of the printed form."""
        groups: list[tuple[Promise, list[forms.BoundField]]] = []
        for group, label in GROUP_LABELS.items():
            inputs = [self[spec.name] for spec in FIELDS if spec.group == group]
            groups.append((label, inputs))
        return groups

    def differences(self) -> list[tuple[str, str, str]]:
        """Return where the form is not what is set: the field, what is set, what was typed."""
        differences = []
        for name in self.changed_data:
            bound = self[name]
            differences.append((str(bound.label), f"{bound.initial} %", f"{bound.value()} %"))
        return differences


class RulesForm(forms.Form):
    """How much each rule asks for, or that it is off."""

    def __init__(self, *args: Any, present: Mapping[str, Severity | None], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for rule in CHANGEABLE_RULES:
            self.fields[rule.code] = forms.ChoiceField(
                choices=SEVERITY_CHOICES,
                label=rule.code,
                initial=present[rule.code] or OFF,
                widget=forms.Select(attrs={"class": "input input--small"}),
            )

    def rows(self) -> list[tuple[Rule, str, forms.BoundField]]:
        """Return each rule with its sentence and its input, in the catalogue's order."""
        rows = []
        for rule in CHANGEABLE_RULES:
            sentence_of_rule = rule_sentence(rule.code, [], {})
            rows.append((rule, sentence_of_rule, self[rule.code]))
        return rows

    def differences(self) -> list[tuple[str, Promise, Promise]]:
        """Return where the form is not what is set: the rule, what is set, what was chosen."""
        labels = dict(SEVERITY_CHOICES)
        differences: list[tuple[str, Promise, Promise]] = []
        for code in self.changed_data:
            bound = self[code]
            differences.append((code, labels[bound.initial], labels[bound.value()]))
        return differences

    @property
    def severities(self) -> dict[str, Severity | None]:
        """Return what was chosen for each rule by its code; None where it is off."""
        severities: dict[str, Severity | None] = {}
        for code, chosen in self.cleaned_data.items():
            severities[code] = None if chosen == OFF else Severity(chosen)
        return severities


class WhatIfForm(forms.Form):
    """A threshold to try on the past."""

    at = forms.IntegerField(
        min_value=0,
        max_value=100,
        required=False,
        label=_("Try another threshold"),
        widget=forms.NumberInput(attrs={"class": "input input--small"}),
    )


class TryForm(forms.Form):
    """A picture to try the API with, by file or by address; the API says what is wrong with it."""

    file = forms.FileField(required=False, allow_empty_file=True, label=_("Picture"))
    url = forms.CharField(required=False, label=_("or its web address"))


class AccessKeyForm(forms.Form):
    """What an access key is for."""

    user = forms.ModelChoiceField(
        User.objects.none(), label=_("In whose name"), empty_label=_("Choose a person")
    )
    label = forms.CharField(max_length=100, label=_("Used by which program"))
    creates_submissions = forms.BooleanField(
        required=False, label=_("Also create a record for review")
    )
    webhook_url = forms.URLField(
        required=False,
        max_length=500,
        assume_scheme="https",
        label=_("Tell this address when such a record is approved"),
        help_text=_(
            "A signed webhook (standard-webhooks). Leave it empty if nobody needs to be told."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: forms.ModelChoiceField[User] = self.fields["user"]  # type: ignore[assignment]
        field.queryset = User.objects.filter(is_active=True).order_by("username")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        has_no_record = not cleaned.get("creates_submissions")
        if cleaned.get("webhook_url") and has_no_record:
            raise forms.ValidationError(sentence("noticeWithoutRecord"))
        return cleaned


class PasswordForm(PasswordChangeForm):
    """A new password, for who knows the old one; guessing it is as slow here as at the log-in."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        name = self.user.get_username()
        old = str(self.cleaned_data["old_password"])
        if authenticate(self.request, username=name, password=old) is not None:
            forgive(self.user)
            return old
        if refused := waiting_sentence(self.request, name):
            raise forms.ValidationError(refused, code="locked")
        code = "password_incorrect"
        raise forms.ValidationError(self.error_messages[code], code=code)
