"""What somebody asks the history for, checked."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reviewapp.certificate.masking import masked_certificate_number
from reviewapp.forms.fields import KEY_DIGITS, DayField
from reviewapp.models import User
from reviewapp.states import EventKind


class PersonChoice(forms.ModelChoiceField[User]):
    """People by the names that the others know them by."""

    def label_from_instance(self, obj: User) -> str:
        return obj.display_name


class KeyField(forms.IntegerField):
    """A record's or an event's key, as large as any database compares."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=10**KEY_DIGITS - 1, required=False, **options)


# What the history is asked for beside a single kind: changes that belong to no record.
HISTORY_SUBJECTS: Mapping[str, tuple[Promise, tuple[EventKind, ...]]] = {
    "settings": (
        pgettext_lazy("history", "Settings"),
        (
            EventKind.THRESHOLD_CHANGED,
            EventKind.RULE_CHANGED,
            EventKind.REFLAGGED,
            EventKind.KEY_MADE,
            EventKind.KEY_REVOKED,
            EventKind.READING_RESUMED,
        ),
    ),
    "people": (
        pgettext_lazy("history", "People"),
        (
            EventKind.PERSON_ADDED,
            EventKind.PERSON_CHANGED,
            EventKind.ROLE_CHANGED,
            EventKind.RIGHTS_CHANGED,
            EventKind.DEACTIVATED,
            EventKind.ACTIVATED,
            EventKind.PASSWORD_CHANGED,
            EventKind.PASSWORD_LINK_MADE,
        ),
    ),
}


class HistoryForm(forms.Form):
    """What somebody looks for in the history; `before` is the event from which a page goes on."""

    record = KeyField(label=_("Record"), widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    certificate = forms.CharField(
        required=False, max_length=40, label=_("Certificate number, all of it")
    )
    person = PersonChoice(
        queryset=User.objects.none(),
        to_field_name="username",
        required=False,
        empty_label=pgettext_lazy("history", "Anybody"),
        label=pgettext_lazy("history", "Done by"),
    )
    day = DayField(required=False, label=pgettext_lazy("history", "Day"))
    kind = forms.ChoiceField(required=False, label=pgettext_lazy("history", "Event"))
    about = forms.ChoiceField(required=False, label=pgettext_lazy("history", "Changes of"))
    before = KeyField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person: forms.ModelChoiceField[User] = self.fields["person"]  # type: ignore[assignment]
        person.queryset = User.objects.order_by("username")
        kinds = sorted(EventKind.choices, key=lambda choice: str(choice[1]))
        self._choose("kind", [("", pgettext_lazy("history", "Any")), *kinds])
        subjects = [(name, label) for name, (label, _kinds) in HISTORY_SUBJECTS.items()]
        self._choose("about", [("", pgettext_lazy("history", "Anything")), *subjects])

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field: forms.ChoiceField = self.fields[name]  # type: ignore[assignment]
        field.choices = choices

    @property
    def asked(self) -> dict[str, str]:
        """Return what is looked for as it may be kept: of a certificate only its end."""
        cleaned = self.cleaned_data
        words = {name: str(cleaned[name]) for name in ("record", "day", "kind") if cleaned[name]}
        if cleaned["certificate"]:
            words["certificate"] = masked_certificate_number(cleaned["certificate"])
        if cleaned["person"]:
            words["person"] = cleaned["person"].get_username()
        if cleaned["about"]:
            words["about"] = cleaned["about"]
        return words


class HistoryPageForm(forms.Form):
    """A page of the history of one record or person; `after` is the event from which it goes on."""

    day = DayField(required=False, label=pgettext_lazy("history", "Day"))
    looks = forms.BooleanField(required=False)
    after = KeyField()
