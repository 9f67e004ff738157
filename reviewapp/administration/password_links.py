"""One-time links, through which people set their passwords: nobody else ever knows one."""

from dataclasses import dataclass

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from reviewapp.administration.lockout import forgive
from reviewapp.administration.people import lock_person
from reviewapp.exceptions import NotAllowed
from reviewapp.history import append
from reviewapp.models import Event, User
from reviewapp.states import EventKind


class LinkTokens(PasswordResetTokenGenerator):
    """Tokens good for 24 hours (PASSWORD_RESET_TIMEOUT), once, and until a newer link is made.

    They end also with a log-in, with another password and with the account.
    """

    key_salt = "reviewapp.administration.password_links"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        newest = Event.objects.links_for(user).values_list("pk", flat=True).first()
        return f"{super()._make_hash_value(user, timestamp)}|{newest}|{user.is_active}"


TOKENS = LinkTokens()


@dataclass(frozen=True, slots=True)
class Link:
    """The two parts of a link's address: whose password, and the proof that one was made."""

    uid: str
    token: str

    @property
    def path(self) -> str:
        return reverse("password_set", kwargs={"uidb64": self.uid, "token": self.token})


@transaction.atomic
def make_link(person: User, *, by: User | None, address: str | None = None) -> Link:
    """Make the link through which a person sets their password, in place of any older one.

    Until it is used nothing changes for them: the old password and their sessions go on. `by` is an
    administrator; nobody: the machine's own command line. Raises NotAllowed, also for oneself and
    for who is deactivated.
    """
    present = lock_person(person, by=by) if by else _locked(person)
    if by == present:
        raise NotAllowed("ownPasswordLink")
    if not present.is_active:
        raise NotAllowed("personInactive", name=present.display_name)

    made = Event(kind=EventKind.PASSWORD_LINK_MADE, by=by, person=present, address=address)
    append([made])
    uid = urlsafe_base64_encode(force_bytes(present.pk))
    return Link(uid, TOKENS.make_token(present))


@transaction.atomic
def set_password(person: User, password: str, *, token: str, address: str | None) -> None:
    """Set a password that the validators let pass, through a link that is still good.

    1. the link, looked at again under a lock; 2. the password; 3. the event, which says whose link
    it was. All sessions of this person end with it. Raises NotAllowed when the link has been used
    meanwhile or is no longer good.
    """
    present = _locked(person)
    link = Event.objects.links_for(present).first()
    if link is None or not TOKENS.check_token(present, token):
        raise NotAllowed("passwordLinkSpent")

    present.set_password(password)
    present.save(update_fields=["password"])
    forgive(present)
    changed = Event(
        kind=EventKind.PASSWORD_CHANGED,
        by=present,
        person=present,
        address=address,
        new=present.username,
        params={"link": link.pk, "made_by": link.by_id or 0},
    )
    append([changed])


def _locked(person: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)
