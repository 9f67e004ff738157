"""Log-in: who came in and went out, from which address; and new passwords."""

from django.db import transaction

from reviewapp.models import Event, User
from reviewapp.states import EventKind


def note_login(user: User, *, address: str | None) -> None:
    Event.objects.create(kind=EventKind.LOGGED_IN, by=user, address=address)


def note_failed_login(name: str, *, address: str | None) -> None:
    """Record that a password was wrong, and for which account.

    A name that no account has may be a password, so it is not kept.
    """
    tried = User.objects.filter(username=name).first()
    Event.objects.create(kind=EventKind.LOGIN_FAILED, by=tried, address=address)


def note_logout(user: User, *, address: str | None) -> None:
    Event.objects.create(kind=EventKind.LOGGED_OUT, by=user, address=address)


@transaction.atomic
def change_password(user: User, password: str, *, by: User, address: str | None) -> None:
    """Set a password that the validators let pass. All sessions of this person end with it."""
    user.set_password(password)
    user.save(update_fields=["password"])
    Event.objects.create(kind=EventKind.PASSWORD_CHANGED, by=by, address=address, new=user.username)
