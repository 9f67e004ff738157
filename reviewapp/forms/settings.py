"""What administrators send in, programs' keys, and passwords."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reviewapp.administration.lockout import forgive, waiting_sentence
from reviewapp.administration.thresholds import OFF
from reviewapp.certificate.fields import FIELDS, GROUP_LABELS
from reviewapp.exceptions import sentence
from reviewapp.models import User
from reviewapp.rules.base import sentence as rule_sentence
from reviewapp.rules.catalogue import RETURNED, RULES, Rule, Severity
from reviewapp.states import Role

# What a supervisor asks for is no rule to be switched off.
CHANGEABLE_RULES = [rule for rule in RULES if rule.code != RETURNED]

SEVERITY_CHOICES = [*Severity.choices, (OFF, _("Off"))]


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

    def rows(self) -> list[tuple[Rule, str, forms.BoundField, bool]]:
        """Return each rule with its sentence, its input and whether it is changed here.

        In the catalogue's order.
        """
        rows = []
        for rule in CHANGEABLE_RULES:
            sentence_of_rule = rule_sentence(rule.code, [], {})
            is_changed_here = self.fields[rule.code].initial != rule.severity
            rows.append((rule, sentence_of_rule, self[rule.code], is_changed_here))
        return rows

    def chosen(self, only: str) -> dict[str, Severity | None]:
        """Return what was chosen for one rule, where its row alone is saved; else for all."""
        return {only: self.severities[only]} if only in self.fields else self.severities

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
        callers = User.objects.filter(is_active=True).exclude(role=Role.AUDITOR)
        field.queryset = callers.order_by("username")

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
