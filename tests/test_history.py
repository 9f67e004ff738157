"""Events are bound as they are written: by many at once, on many records, and those from before there were bonds."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction

from reviewapp.administration.proof import Proof
from reviewapp.history import append
from reviewapp.models import Approval, Chain, Event, Submission, User
from reviewapp.states import EventKind
from tests.factories import make_batch, receive, submission_at

AT_ONCE = 8
EACH = 15


def looks(records: list[Submission], by: User) -> list[Event]:
    return [Event(kind=EventKind.VIEWED, by=by, submission=record) for record in records]


def problems() -> list[str]:
    return [str(problem) for problem in Proof().problems()]


@pytest.mark.django_db
def test_an_event_is_in_the_chain_of_what_it_is_about(clerk: User, supervisor: User) -> None:
    record, batch = receive(), make_batch()
    events = append(
        [
            Event(kind=EventKind.VIEWED, by=clerk, submission=record),
            Event(kind=EventKind.BATCH_CHANGED, by=clerk, batch=batch),
            Event(kind=EventKind.ROLE_CHANGED, by=clerk, person=supervisor),
            Event(kind=EventKind.LOGGED_IN, by=clerk),
            Event(kind=EventKind.LOGIN_FAILED),
        ]
    )
    names = [event.chain.name for event in events]
    people = [f"person {supervisor.pk}", f"person {clerk.pk}", "house"]
    assert names == [f"submission {record.pk}", f"batch {batch.pk}", *people]


@pytest.mark.django_db
def test_events_are_numbered_in_their_order_also_when_they_come_together(clerk: User) -> None:
    first, second = receive(), receive()
    append(looks([first, second, first], clerk))
    for record, count in ((first, 2), (second, 1)):
        numbers = record.events.order_by("number").values_list("number", "kind")
        assert list(numbers)[-count:] == [(2 + step, EventKind.VIEWED) for step in range(count)]
    assert problems() == []


@pytest.mark.django_db
def test_what_cannot_be_told_as_json_is_no_event(clerk: User) -> None:
    record = receive()
    with pytest.raises(TypeError), transaction.atomic():
        append([Event(kind=EventKind.VIEWED, by=clerk, submission=record, params={"at": object()})])
    assert record.events.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_who_add_to_the_same_records_at_once_make_one_row_of_each(clerk: User) -> None:
    """In whatever order each of them names the records: nobody waits for one who waits for them."""
    records = [receive(is_rendered=False) for _ in range(4)]

    def add(number: int) -> None:
        order = records if number % 2 else records[::-1]
        for _ in range(EACH):
            append(looks(order, clerk))
        connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(add, range(AT_ONCE)))
    assert [record.events.count() for record in records] == [AT_ONCE * EACH + 1] * 4
    assert problems() == []


@pytest.mark.django_db(transaction=True)
def test_of_many_who_begin_a_chain_at_once_each_is_in_it(clerk: User) -> None:
    batch = make_batch()

    def add(_number: int) -> None:
        append([Event(kind=EventKind.BATCH_CHANGED, by=clerk, batch=batch)])
        append([Event(kind=EventKind.LOGIN_FAILED)])
        connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(add, range(AT_ONCE)))
    assert Chain.objects.get(name="house").length == AT_ONCE
    assert Chain.objects.get(batch=batch).length == AT_ONCE + 1
    assert problems() == []


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_gap(clerk: User) -> None:
    record = receive()
    with transaction.atomic():
        append(looks([record], clerk))
        transaction.set_rollback(True)
    append(looks([record], clerk))
    assert problems() == []


@pytest.fixture
def before_there_were_bonds(transactional_db: None) -> Any:
    """Lead the tables back to what they were before, with what the test has put into them; and forth again."""

    def lead_back() -> None:
        call_command("migrate", "reviewapp", "0012", verbosity=0)

    yield lead_back
    call_command("migrate", verbosity=0)


def test_events_from_before_there_were_bonds_are_bound(before_there_were_bonds: Any) -> None:
    """Records of every kind keep their events, and what is approved gets an approval of what it says now."""
    approved = submission_at("approved")
    submission_at("reviewed"), submission_at("failed"), receive()
    events = Event.objects.count()
    before_there_were_bonds()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM reviewapp_event")
        assert cursor.fetchone() == (events,)

    call_command("migrate", verbosity=0)
    assert problems() == []
    assert Event.objects.filter(kind=EventKind.SEALED).count() == 4
    assert Event.objects.count() == events + 4
    approval = Approval.objects.get()
    assert (approval.submission, approval.version) == (approved, approved.version)
