"""A set and a list page take few statements, and as many for hundreds of records as for ten."""

import re
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reviewapp.models import Batch, User
from reviewapp.stages import approve, reject
from reviewapp.states import RejectReason
from tests.factories import make_batch, no_program, person, shown, submission_at

pytestmark = pytest.mark.django_db

BOUNDS = re.compile(r"(RELEASE )?SAVEPOINT|BEGIN|COMMIT")
# Who asks: their session, and themselves.
WHO_ASKS = re.compile(r'SELECT "(django_session|reviewapp_user)"."(session_key|id)", .* LIMIT 21$')


def statements(act: Callable[[], object]) -> list[str]:
    """Return the statements that something takes, but for where transactions begin and end."""
    with CaptureQueriesContext(connection) as captured:
        act()
    found = [query["sql"] for query in captured]
    return [sql for sql in found if not BOUNDS.match(sql) and not WHO_ASKS.search(sql)]


def filled(count: int, status: str = "reviewed") -> Batch:
    batch = make_batch()
    for _ in range(count):
        submission_at(status, batch=batch)
    return batch


PAGES = [("clerk", "/"), ("supervisor", "/"), ("admin", "/"), ("supervisor", "/batches/"), ("clerk", "/batches/")]
PAGES += [("clerk", "/batches/?show=waiting&sort=due"), ("clerk", "/batches/?show=overdue&sort=oldest")]


@pytest.mark.parametrize(("who", "address"), PAGES)
def test_a_page_takes_as_few_statements_for_many_records_as_for_few(client: Client, who: str, address: str) -> None:
    filled(5, "recognised")
    filled(5)
    client.force_login(person(who))
    ask = partial(client.get, address)
    few = statements(ask)
    assert len(few) <= 8, few
    for _ in range(3):
        filled(10, "recognised")
    filled(30)
    assert len(statements(ask)) == len(few)


@pytest.mark.parametrize("who", ["clerk", "supervisor", "admin"])
def test_the_page_of_a_batch_takes_eight_statements_and_three_to_note_who_saw_it(client: Client, who: str) -> None:
    client.force_login(person(who))
    for count in (4, 30):
        batch = filled(count)
        ask = partial(client.get, batch.get_absolute_url())
        first, again = statements(ask), statements(ask)
        assert len(again) <= 8, again
        # On PostgreSQL one more says how long it may wait for who writes at that moment.
        assert len(first) <= len(again) + 3 + (connection.vendor == "postgresql"), first


def test_the_contact_sheet_takes_four_statements_and_three_to_note_who_saw_it(client: Client) -> None:
    """The batch, how many records, those of the page, and where their values stand."""
    client.force_login(person("supervisor"))
    for count in (4, 60):
        batch = filled(count)
        ask = partial(client.get, f"/batches/{batch.pk}/sheet/")
        first, again = statements(ask), statements(ask)
        assert len(again) <= 5, again
        assert len(first) <= len(again) + 3 + (connection.vendor == "postgresql"), first


def test_an_approval_of_many_records_takes_nine_statements_and_ten_where_it_closes_the_batch(
    supervisor: User,
) -> None:
    """The ninth counts the organisations that are known by them, which judgements would else scan for."""
    for count in (3, 40):
        batch = filled(count)
        on_page = shown(batch)
        last = on_page.popitem()
        part = statements(partial(approve.approve_records, on_page, by=supervisor, queue=no_program))
        assert len(part) <= 9, part
        closing = statements(partial(approve.approve_records, dict([last]), by=supervisor, queue=no_program))
        assert len(closing) <= 10, closing


def test_a_return_and_a_rejection_of_many_records_take_ten_statements(supervisor: User) -> None:
    for count in (3, 30):
        returned = shown(filled(count))
        taken = statements(partial(approve.return_many, returned, by=supervisor, reason="Look."))
        assert len(taken) <= 10, taken
        of_field = partial(approve.return_many, reason="Look.", field_names=["sex"])
        taken = statements(partial(of_field, shown(filled(count)), by=supervisor))
        assert len(taken) <= 13, taken
        to_reject = dict(filled(count, "recognised").submissions.values_list("pk", "version"))
        taken = statements(partial(reject.reject_many, to_reject, by=supervisor, reason=RejectReason.DUPLICATE))
        assert len(taken) <= 10, taken
