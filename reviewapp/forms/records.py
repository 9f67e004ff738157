"""What people send in about a record."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reviewapp.certificate.fields import FIELDS, GROUP_LABELS
from reviewapp.forms.fields import DayField, WordsField
from reviewapp.models import Field, User
from reviewapp.stages.correct import VALUE_LIMIT, Decision
from reviewapp.states import Evidence, RejectReason, ValueMark


class FieldForm(forms.Form):
    """One value as a clerk reads it, against the version that they saw.

    The stage judges the value.
    """

    value = forms.CharField(required=False, strip=False)
    version = forms.IntegerField(min_value=0)
    verify = forms.BooleanField(required=False)
    override_reason = forms.CharField(required=False, max_length=500)


class MarkForm(forms.Form):
    """What a person says of a value beside its text, against the version that they saw."""

    mark = forms.ChoiceField(required=False, choices=[("", ""), *ValueMark.choices])
    version = forms.IntegerField(min_value=0)
    should_say = forms.CharField(required=False, strip=False)
    reason = forms.CharField(required=False, max_length=500)


class SecondReadingForm(forms.Form):
    """What a second reader says of each unsure value: a reading, another one, or unsure too."""

    OTHER, UNSURE = "other", "unsure"
    PARTS = ("choice", "typed", "reason")

    question = forms.CharField(
        required=False,
        max_length=500,
        label=_("What you cannot make out, for the supervisor"),
        widget=forms.Textarea(attrs={"rows": 2, "class": "input"}),
    )

    def __init__(
        self, *args: Any, values: Sequence[Field], reader: User, troubled: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.values, self.troubled = values, troubled
        self.readings = {value.name: value.readings_for(reader) for value in values}
        for value in values:
            name = value.name
            self.fields[f"{name}-choice"] = forms.CharField(required=False)
            self.fields[f"{name}-typed"] = forms.CharField(required=False, strip=False)
            self.fields[f"{name}-version"] = forms.IntegerField(required=False, min_value=0)
            self.fields[f"{name}-reason"] = forms.CharField(required=False, max_length=500)

    def rows(self) -> list[dict[str, Any]]:
        """Return for each value what its part of the page shows, with what was chosen before."""
        rows = []
        for value in self.values:
            texts = {part: self[f"{value.name}-{part}"].value() or "" for part in self.PARTS}
            readings = self.readings[value.name]
            row = {
                "field": value,
                "readings": list(enumerate(readings, start=1)),
                "other_key": len(readings) + 1,
                "unsure_key": len(readings) + 2,
                "needs_reason": value.has_error or value.name == self.troubled,
                **texts,
            }
            rows.append(row)
        return rows

    def decisions(self) -> dict[str, Decision]:
        """Return what was decided by field name; a value with no choice is not among them."""
        decisions = {}
        for name, readings in self.readings.items():
            choice, typed, reason = (self.cleaned_data[f"{name}-{part}"] for part in self.PARTS)
            by_choice: dict[str, str | None] = {self.UNSURE: None}
            by_choice |= {str(number): text for number, text in enumerate(readings, start=1)}
            if typed.strip():
                by_choice[self.OTHER] = typed
            if choice in by_choice:
                version = self.cleaned_data[f"{name}-version"] or 0
                decisions[name] = Decision(by_choice[choice], version, reason)
        return decisions


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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inputs: dict[str, forms.Field] = self.__dict__["fields"]
        for spec in FIELDS:
            inputs[f"comment-{spec.name}"] = forms.CharField(
                required=False,
                max_length=500,
                label=str(spec.label),
                widget=forms.TextInput(attrs={"class": "input input--small"}),
            )

    def choices(self) -> list[tuple[BoundWidget, forms.BoundField]]:
        """Return for each field its box to tick and what to say about it."""
        boxes = self["fields"].subwidgets
        return [(box, self[f"comment-{box.data['value']}"]) for box in boxes]

    @property
    def comments(self) -> dict[str, str]:
        """Return what is asked of each field that is ticked or commented on."""
        ticked: list[str] = self.cleaned_data["fields"]
        comments = {}
        for spec in FIELDS:
            comment: str = self.cleaned_data[f"comment-{spec.name}"]
            if comment or spec.name in ticked:
                comments[spec.name] = comment
        return comments


class AmendForm(forms.Form):
    """An approved record with other values, and why they shall be."""

    version = forms.IntegerField(min_value=1, max_value=10**9, widget=forms.HiddenInput)
    reason = forms.CharField(
        max_length=VALUE_LIMIT,
        label=_("Reason"),
        help_text=_("What is wrong, and how it was noticed."),
        widget=forms.Textarea(attrs={"rows": 2, "class": "input"}),
    )
    evidence = forms.ChoiceField(choices=Evidence, widget=forms.RadioSelect, label=_("Evidence"))
    evidence_note = forms.CharField(
        max_length=VALUE_LIMIT,
        label=_("Which paper or decision"),
        help_text=_("With its date and number, and where it is kept."),
        widget=forms.Textarea(attrs={"rows": 2, "class": "input"}),
    )

    def __init__(self, *args: Any, of: Iterable[Field], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.approved = {field.name: field for field in of}
        for field in self.approved.values():
            self.fields[field.name] = forms.CharField(
                required=False,
                strip=False,
                max_length=VALUE_LIMIT,
                label=str(field.spec.label),
                initial=field.value,
                widget=forms.TextInput({"lang": "zh-Hans", "autocomplete": "off"}),
            )

    def blocks(self) -> list[tuple[Promise, list[forms.BoundField]]]:
        """Return the inputs in the blocks of the printed form."""
        blocks: list[tuple[Promise, list[forms.BoundField]]] = []
        for group, label in GROUP_LABELS.items():
            names = [name for name, field in self.approved.items() if field.spec.group == group]
            blocks.append((label, [self[name] for name in names]))
        return blocks

    @property
    def changes(self) -> dict[str, str]:
        """Return what was typed in place of approved values."""
        return {
            name: self.cleaned_data[name] for name in self.changed_data if name in self.approved
        }

    @property
    def grounds(self) -> dict[str, Any]:
        """Return why, by what, and as of which version of the record."""
        grounds = {name: self.cleaned_data[name] for name in ("reason", "evidence_note", "version")}
        return {**grounds, "evidence": Evidence(self.cleaned_data["evidence"])}


class RefuseForm(forms.Form):
    note = forms.CharField(
        max_length=VALUE_LIMIT,
        label=_("Why not?"),
        widget=forms.Textarea(attrs={"rows": 2, "class": "input"}),
    )


class AsideForm(forms.Form):
    """Why a person lays a record aside."""

    reason = WordsField(label=_("Reason"))


class PostponeForm(AsideForm):
    until = DayField(label=_("Offer it again on"))


class AskForm(forms.Form):
    """A question to a supervisor, about one field or the whole record."""

    question = WordsField(label=_("Question"), missing="questionMissing")
    field = forms.ChoiceField(
        required=False,
        choices=[("", _("The whole record")), *((spec.name, spec.label) for spec in FIELDS)],
        label=_("What it is about"),
    )


class AnswerForm(forms.Form):
    answer = WordsField(label=pgettext_lazy("to a question", "Answer"))


class TakeOverForm(forms.Form):
    reason = WordsField(label=_("Reason, if the other person should know it"), required=False)
