"""The history as supervisors and auditors read it: who did what, and who saw what."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reviewapp.administration.lockout import address_of
from reviewapp.administration.view_log import Look, note_looks
from reviewapp.http import PersonRequest, open_to_auditors
from reviewapp.models import Event, Field, Submission, User
from reviewapp.models.event import EventQuerySet
from reviewapp.permissions import check_can_read_history
from reviewapp.states import LOOKS, EventKind, Role
from reviewapp.views.history_forms import HISTORY_SUBJECTS, HistoryForm, HistoryPageForm

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Some events in a row; `more` is the key of the last one where others follow."""

    events: list[Event]
    more: int | None = None


@require_safe
@open_to_auditors
def history(request: PersonRequest) -> HttpResponse:
    """Show the latest events of all that is asked for."""
    check_can_read_history(request.user)
    form = HistoryForm(request.GET)
    if not form.is_valid():
        return _answer(request, "history/history.html", Page([]), status=422, form=form)

    events = _asked_for(form.cleaned_data)
    page = _page(events.newest_first(before=form.cleaned_data["before"]))
    _note(request, Look(EventKind.HISTORY_SEEN, params={"asked": form.asked}), page)
    return _answer(request, "history/history.html", page, form=form)


@require_safe
@open_to_auditors
def history_of_record(request: PersonRequest, pk: int) -> HttpResponse:
    """Show all that was done to a record and who saw it, from its first day on."""
    record = get_object_or_404(Submission.objects.select_related("batch"), pk=pk)
    check_can_read_history(request.user)
    form = HistoryPageForm(request.GET)
    cleaned = form.cleaned_data if form.is_valid() else {}

    events = Event.objects.of_records([record.pk])
    if cleaned.get("looks"):
        events = events.of_kinds(LOOKS)
    page = _page(events.oldest_first(after=cleaned.get("after") or 0))
    _note(request, Look(EventKind.HISTORY_SEEN, submission_id=record.pk), page)
    context: dict[str, Any] = {"submission": record, "only_looks": cleaned.get("looks")}
    return _answer(request, "history/record.html", page, **context)


@require_safe
@open_to_auditors
def history_of_person(request: PersonRequest, pk: int) -> HttpResponse:
    """Show what a person did and saw on a day, today where none is named."""
    person = get_object_or_404(User, pk=pk)
    check_can_read_history(request.user)
    form = HistoryPageForm(request.GET)
    context: dict[str, Any] = {"person": person, "form": form}
    if not form.is_valid():
        return _answer(request, "history/person.html", Page([]), status=422, **context)

    day = form.cleaned_data["day"] or timezone.localdate()
    events = Event.objects.done_by(person).on_day(day)
    page = _page(events.oldest_first(after=form.cleaned_data["after"] or 0))
    params: dict[str, object] = {"asked": {"day": day.isoformat()}}
    _note(request, Look(EventKind.HISTORY_SEEN, person_id=person.pk, params=params), page)

    context |= {"day": day, "day_before": day - timedelta(days=1)}
    context["day_after"] = day + timedelta(days=1)
    return _answer(request, "history/person.html", page, **context)


def _asked_for(asked: dict[str, Any]) -> EventQuerySet:
    """Return the events that are all of what is asked for.

    1. Of which records. 2. By whom and when. 3. Of which kinds.
    """
    events = Event.objects.all()
    if asked["record"]:
        events = events.of_records([asked["record"]])
    if asked["certificate"]:
        pks = Field.objects.records_of_certificate(asked["certificate"])
        events = events.of_records(pks)
    if asked["person"]:
        events = events.done_by(asked["person"])
    if asked["day"]:
        events = events.on_day(asked["day"])
    if asked["kind"]:
        events = events.of_kinds([asked["kind"]])
    if asked["about"]:
        _label, kinds = HISTORY_SUBJECTS[asked["about"]]
        events = events.of_kinds(kinds)
    return events


def _page(events: EventQuerySet) -> Page:
    found = list(events.with_names()[: SHOWN + 1])
    shown = found[:SHOWN]
    return Page(shown, more=shown[-1].pk if len(found) > SHOWN else None)


def _note(request: PersonRequest, look: Look, page: Page) -> None:
    """Note a reading, also with each record of which a value was shown, masked or not."""
    shown = {event.submission_id for event in page.events if event.shows_values}
    looks = [Look(EventKind.HISTORY_SEEN, submission_id=pk) for pk in shown if pk is not None]
    note_looks([look, *looks], by=request.user, address=address_of(request))


def _answer(
    request: PersonRequest, template: str, page: Page, *, status: int = 200, **context: Any
) -> HttpResponse:
    """Answer with a page; an auditor reads names and numbers masked."""
    context |= {"page": page, "is_masked": request.user.role == Role.AUDITOR}
    return render(request, template, context, status=status)
