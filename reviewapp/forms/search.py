"""What somebody types into the search box, and lists records by."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reviewapp.engines.base import ENGINES
from reviewapp.exceptions import sentence
from reviewapp.forms.fields import FIRST_DAY, LAST_DAY, DayField, WordsField
from reviewapp.models import User
from reviewapp.rules.catalogue import RULES, Severity
from reviewapp.search import records
from reviewapp.search.queues import queues_of
from reviewapp.search.records import Place, Wanted
from reviewapp.states import RejectReason, SubmissionStatus

SEARCH_LIMIT = 100


class SearchForm(forms.Form):
    q = forms.CharField(
        required=False,
        max_length=SEARCH_LIMIT,
        error_messages={"max_length": _("Look for at most %(limit_value)d characters.")},
    )


class RecordsForm(forms.Form):
    """What somebody lists records by; `after` is the place from which a page goes on."""

    SORTS = (
        ("received", pgettext_lazy("records", "Received")),
        ("reviewed", pgettext_lazy("records", "Reviewed")),
        ("approved", pgettext_lazy("records", "Approved")),
        ("priority", _("Priority")),
    )
    ORDERS = (
        ("desc", pgettext_lazy("records", "Latest or highest first")),
        ("asc", pgettext_lazy("records", "Earliest or lowest first")),
    )

    queue = forms.ChoiceField(required=False, label=pgettext_lazy("records", "To do"))
    status = forms.ChoiceField(required=False, label=_("Status"))
    batch = forms.CharField(required=False, max_length=100, label=_("Batch"))
    clerk = forms.ChoiceField(required=False, label=_("Reviewed by"))
    supervisor = forms.ChoiceField(required=False, label=_("Approved by"))
    day_of = forms.ChoiceField(
        required=False, choices=SORTS[:3], label=pgettext_lazy("records", "Day of")
    )
    since = DayField(required=False, label=pgettext_lazy("records", "From"))
    until = DayField(required=False, label=pgettext_lazy("records", "To, inclusive"))
    flag = forms.ChoiceField(required=False, label=pgettext_lazy("records", "Finding"))
    severity = forms.ChoiceField(required=False, label=_("Severity"))
    engine = forms.ChoiceField(required=False, label=pgettext_lazy("records", "Read by"))
    overridden = forms.BooleanField(required=False, label=_("An error was kept"))
    corrected = forms.BooleanField(required=False, label=pgettext_lazy("records", "Corrected"))
    returned = forms.BooleanField(
        required=False, label=pgettext_lazy("records", "Was returned before")
    )
    sort = forms.ChoiceField(required=False, choices=SORTS, label=pgettext_lazy("records", "Sort"))
    order = forms.ChoiceField(
        required=False, choices=ORDERS, label=pgettext_lazy("records", "Order")
    )
    after = forms.RegexField(r"^[^~]{1,40}~[0-9]{1,18}$", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, by: User, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        queues = [(name, queue.label) for name, queue in queues_of(by).items()]
        self.people = {person.get_username(): person for person in people}
        names = [(name, person.display_name) for name, person in self.people.items()]
        codes = {rule.code: f"{rule.number} · {rule.code}" for rule in RULES}
        self._choose("queue", queues)
        self._choose("status", SubmissionStatus.choices)
        self._choose("clerk", names)
        self._choose("supervisor", names)
        self._choose("flag", sorted(codes.items()))
        self._choose("severity", Severity.choices)
        self._choose("engine", [(name, name) for name in ENGINES])

    def _choose(self, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
        field: forms.ChoiceField = self.fields[name]  # type: ignore[assignment]
        field.choices = [("", pgettext_lazy("records", "Any")), *choices]

    def clean(self) -> dict[str, Any]:
        """Let nobody look from one day to one before it."""
        cleaned = self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first one."))
        return cleaned

    @property
    def wanted(self) -> Wanted:
        """Return what is looked for."""
        cleaned = self.cleaned_data
        since, until = cleaned["since"], cleaned["until"]
        return Wanted(
            queue=cleaned["queue"],
            status=cleaned["status"],
            batch=cleaned["batch"],
            day_of=cleaned["day_of"] or "received",
            since=_midnight(since) if since else None,
            until=_midnight(until + timedelta(days=1)) if until else None,
            conditions=list(self._conditions()),
            sort=cleaned["sort"] or "received",
            is_descending=cleaned["order"] != "asc",
        )

    def _conditions(self) -> Iterator[Q]:
        """Yield 1. who it was; 2. what the rules found; 3. how it came to be what it is."""
        cleaned = self.cleaned_data
        if cleaned["clerk"]:
            yield Q(reviewed_by=self.people[cleaned["clerk"]])
        if cleaned["supervisor"]:
            yield Q(approved_by=self.people[cleaned["supervisor"]])
        if cleaned["flag"] or cleaned["severity"] or cleaned["overridden"]:
            yield records.with_flag(
                code=cleaned["flag"],
                severity=cleaned["severity"],
                is_overridden=cleaned["overridden"],
            )
        if cleaned["engine"]:
            yield records.read_by(cleaned["engine"])
        if cleaned["corrected"]:
            yield records.corrected()
        if cleaned["returned"]:
            yield records.returned()

    @property
    def place(self) -> Place | None:
        """Return where the page goes on; the first page where that cannot be understood."""
        key, _sign, pk = self.cleaned_data["after"].partition("~")
        if not pk:
            return None
        try:
            if self.wanted.sort == records.PRIORITY:
                return int(key), int(pk)
            moment = datetime.fromisoformat(key)
        except ValueError:
            return None
        is_known = moment.tzinfo is not None and FIRST_DAY <= moment.date() <= LAST_DAY
        return (moment, int(pk)) if is_known else None

    @property
    def query(self) -> str:
        """Return the end of the address of what is looked for, from its first page on."""
        chosen = {
            name: self.data[name] for name in self.fields if name != "after" and self.data.get(name)
        }
        return urlencode(chosen)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class SavedFilterForm(forms.Form):
    name = forms.CharField(max_length=60, label=pgettext_lazy("records", "Name of this filter"))


class ActForm(forms.Form):
    """What is to be done with the records that were chosen: `shown` names each as `key:version`."""

    APPROVE, RETURN, REJECT = "approve", "return", "reject"
    # As small as any database compares them.
    SHOWN = re.compile(r"(?P<pk>[0-9]{1,18}):(?P<version>[0-9]{1,9})")

    act = forms.ChoiceField(choices=[(word, word) for word in (APPROVE, RETURN, REJECT)])
    reason = WordsField(
        required=False, label=pgettext_lazy("records", "Reason, for those who get them back")
    )
    reject_reason = forms.ChoiceField(
        required=False, choices=[("", "–"), *RejectReason.choices], label=_("Why?")
    )
    note = forms.CharField(required=False, max_length=500, label=_("Note"))

    def clean(self) -> dict[str, Any]:
        """Ask for records, and for the reason that an act needs."""
        cleaned = self.cleaned_data
        if not self.shown:
            self.add_error(None, _("Choose the records first."))
        if cleaned.get("act") == self.RETURN and not cleaned.get("reason"):
            self.add_error("reason", sentence("reasonMissing"))
        if cleaned.get("act") == self.REJECT and not cleaned.get("reject_reason"):
            self.add_error("reject_reason", sentence("reasonMissing"))
        return cleaned

    @property
    def shown(self) -> dict[int, int]:
        """Return the versions by key of the records that were chosen."""
        texts = self.data.getlist("shown") if isinstance(self.data, QueryDict) else []
        pairs = filter(None, map(self.SHOWN.fullmatch, texts))
        return {int(pair["pk"]): int(pair["version"]) for pair in pairs}
