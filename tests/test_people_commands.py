"""What the machine's own command line does with people leaves events, and sets nobody else's password."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from reviewapp.management.commands import createsuperuser
from reviewapp.models import Event, User
from reviewapp.processes import demo
from reviewapp.states import EventKind, Role
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

NEW = "a long and unlikely one 17"


def output_of(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out, stderr=out)
    return out.getvalue()


def typing(monkeypatch: pytest.MonkeyPatch, *typed: str) -> Iterator[str]:
    """Let somebody type at the questions for a password."""
    texts = iter(typed)
    monkeypatch.setattr(createsuperuser, "getpass", lambda question: next(texts))
    return texts


def test_the_first_administrator_types_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    left = typing(monkeypatch, "short", "short", NEW, "something else", NEW, NEW)
    out = output_of("createsuperuser", "--username", "root")
    assert list(left) == []
    assert "This password is too short." in out
    assert "The two are not the same." in out
    root = User.objects.get(username="root")
    assert root.check_password(NEW)
    assert (root.role, root.is_staff, root.is_superuser) == (Role.ADMIN, True, True)
    event = Event.objects.get()
    assert (event.kind, event.person, event.by, event.new) == (EventKind.PERSON_ADDED, root, None, "admin")
    assert NEW not in out


def test_the_first_administrator_may_take_a_link_instead(monkeypatch: pytest.MonkeyPatch, anonymous: Client) -> None:
    typing(monkeypatch, "")
    out = output_of("createsuperuser", "--username", "root")
    page = anonymous.get(out.split()[-1])
    assert anonymous.post(page.url, {"new_password1": NEW, "new_password2": NEW}).url == "/login/"
    assert User.objects.get(username="root").check_password(NEW)


def test_an_administrator_is_made_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_USERNAME", "root")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", NEW)
    output_of("createsuperuser", "--noinput")
    assert User.objects.get(username="root").check_password(NEW)


@pytest.mark.parametrize("name", ["", "a b", "clerk", "x" * 151])
def test_an_administrator_that_cannot_be_is_refused(name: str, clerk: User) -> None:
    with pytest.raises(CommandError):
        output_of("createsuperuser", "--noinput", "--username", name)
    assert list(User.objects.all()) == [clerk]
    assert Event.objects.count() == 0


def test_a_link_from_the_command_line_is_an_event_of_nobody(clerk: User, anonymous: Client) -> None:
    path = output_of("password_link", "clerk").strip()
    assert anonymous.get(path).status_code == 302
    event = Event.objects.get()
    assert (event.kind, event.person, event.by, event.address) == (EventKind.PASSWORD_LINK_MADE, clerk, None, None)
    page = anonymous.get(anonymous.get(path).url)
    assert page.status_code == 200


def test_no_link_is_printed_for_who_is_not_there(clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    for name, sentence in (("nobody", "There is no user"), ("clerk", "is deactivated")):
        with pytest.raises(CommandError, match=sentence):
            output_of("password_link", name)
    assert Event.objects.count() == 0


def test_changepassword_changes_nothing_and_says_what_to_do(clerk: User) -> None:
    with pytest.raises(CommandError, match="password_link"):
        output_of("changepassword", "clerk")
    clerk.refresh_from_db()
    assert clerk.check_password(PASSWORD)


def test_the_people_of_the_demo_leave_events(tmp_path: Path) -> None:
    first = demo.people(tmp_path)
    assert demo.people(tmp_path) == first
    kinds = Event.objects.values_list("kind", flat=True)
    assert list(kinds) == ["person_added"] * len(demo.PEOPLE)
    (tmp_path / demo.ACCOUNTS_FILE).write_text("{}")
    assert demo.people(tmp_path) != first
    changed = Event.objects.filter(kind=EventKind.PASSWORD_CHANGED)
    assert changed.count() == len(demo.PEOPLE)
    assert {(event.by, tuple(event.params)) for event in changed} == {(None, ())}
