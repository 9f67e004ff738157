"""What people send in about batches, and what shall leave."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviewapp.exceptions import sentence
from reviewapp.export_columns import COLUMNS, MONTHLY_LIST
from reviewapp.facts.working_days import Due, due
from reviewapp.forms.fields import BatchesField, DayField
from reviewapp.models import Batch, ExportFormat, User
from reviewapp.stages.correct import VALUE_LIMIT
from reviewapp.stages.ingest import BATCH_NAME_LIMIT

MOST_ANNOUNCED = 100_000
MOST_WORKING_DAYS = 250


class BatchForm(forms.Form):
    """What supervisors plan of a batch; what the person did not change stays as it is by now."""

    PRIORITIES = ((2, _("Urgent")), (1, _("High")), (0, _("Normal")), (-1, _("Low")))

    priority = forms.TypedChoiceField(
        choices=PRIORITIES, coerce=int, label=_("Priority"), show_hidden_initial=True
    )
    due_on = DayField(required=False, label=_("Due on"), show_hidden_initial=True)
    working_days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_WORKING_DAYS,
        label=_("Or due after working days"),
        help_text=_("Counted from the day after the batch came in, by China's public holidays."),
    )
    announced = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_ANNOUNCED,
        label=_("Sheets announced by the sender"),
        show_hidden_initial=True,
    )

    def __init__(self, *args: Any, received_on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.received_on = received_on

    def clean(self) -> dict[str, Any]:
        """Let nobody set a day and count to another one."""
        if self.cleaned_data.get("working_days") and "due_on" in self.changed_data:
            self.add_error("working_days", _("Set a day, or count working days: not both."))
        return self.cleaned_data

    @property
    def due(self) -> Due | None:
        """Return the day to which the working days lead; None where none are given."""
        count = self.cleaned_data["working_days"]
        return due(self.received_on, count) if count else None

    @property
    def changes(self) -> dict[str, int | date | None]:
        """Return what the person changed."""
        changed = {name: self.cleaned_data[name] for name in self.changed_data}
        if changed.pop("working_days", None) and self.due:
            changed["due_on"] = self.due.day
        return changed


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
    balance_reason = forms.CharField(
        required=False,
        max_length=VALUE_LIMIT,
        label=_("Where batches do not add up: why their records leave all the same"),
        help_text=_("It is kept in the history of each of these batches."),
        widget=forms.Textarea(attrs={"rows": 2, "class": "input"}),
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
