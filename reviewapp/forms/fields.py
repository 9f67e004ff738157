"""Inputs of more than one form."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviewapp.exceptions import sentence
from reviewapp.models import Batch

# No key of a 64-bit column has more digits that may all be 9.
KEY_DIGITS = 18
FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2199, 12, 31)


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


class WordsField(forms.CharField):
    """A reason, question or answer in a person's own words; `missing` is the code of its lack."""

    def __init__(self, *, missing: str = "reasonMissing", **kwargs: Any) -> None:
        widget = forms.Textarea({"rows": 3, "class": "input"})
        super().__init__(max_length=500, widget=widget, **kwargs)
        self.missing = missing

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise forms.ValidationError(sentence(self.missing), code="required")
        super().validate(value)


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
