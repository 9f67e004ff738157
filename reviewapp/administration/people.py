"""People: who they are and what they may do, who came in and went out, and their passwords."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from reviewapp.digests import canonical, digest
from reviewapp.exceptions import NotAllowed, StaleWrite
from reviewapp.history import append
from reviewapp.models import Event, Submission, User
from reviewapp.models.event import NO, YES
from reviewapp.models.submission import FREE
from reviewapp.permissions import check_can_administer
from reviewapp.states import REVIEWERS, EventKind, Role

NAMES = ("last_name", "first_name", "email")
RIGHTS = ("can_recognise", "is_staff")
CHANGEABLE = (*NAMES, "role", *RIGHTS, "is_active")
FIXED_FOR_ONESELF = ("role", "is_active", "is_staff")


@dataclass(frozen=True, slots=True)
class Hands:
    """What a person leaves behind: records in their hands, and those returned to them, by key."""

    held: list[int]
    returned: list[int]


def note_login(user: User, *, address: str | None) -> None:
    append([Event(kind=EventKind.LOGGED_IN, by=user, address=address)])


def note_failed_login(name: str, *, address: str | None) -> None:
    """Record that a password was wrong, and for which account.

    A name that no account has may be a password, so it is not kept.
    """
    tried = User.objects.filter(username=name).first()
    append([Event(kind=EventKind.LOGIN_FAILED, by=tried, address=address)])


def note_logout(user: User, *, address: str | None) -> None:
    append([Event(kind=EventKind.LOGGED_OUT, by=user, address=address)])


@transaction.atomic
def change_password(user: User, password: str, *, by: User | None, address: str | None) -> None:
    """Set a password that the validators let pass. All sessions of this person end with it.

    `by` is its owner; nobody: the machine's own command line.
    """
    user.set_password(password)
    user.save(update_fields=["password"])
    changed = Event(
        kind=EventKind.PASSWORD_CHANGED, by=by, person=user, address=address, new=user.username
    )
    append([changed])


@transaction.atomic
def add_person(person: User, *, by: User, address: str | None) -> None:
    """Store a new person, who sets a password through a link. Raises NotAllowed."""
    lock_person(by, by=by)
    person.set_unusable_password()
    _add(person, by=by, address=address)


@transaction.atomic
def install_person(person: User, *, password: str) -> None:
    """Store a new person from the machine's own command line, whose user has the database anyway.

    An empty password: they set one through a link.
    """
    person.set_password(password or None)
    _add(person, by=None, address=None)


def _add(person: User, *, by: User | None, address: str | None) -> None:
    person.save(force_insert=True)
    rights = [name for name in RIGHTS if getattr(person, name)]
    added = Event(
        kind=EventKind.PERSON_ADDED,
        by=by,
        person=person,
        address=address,
        new=person.role,
        params={"rights": rights},
    )
    append([added])


@transaction.atomic
def change_person(
    person: User, changes: Mapping[str, Any], *, by: User, address: str | None, basis: str = ""
) -> None:
    """Change a person's names, role, rights or activity: of `changes`, what is CHANGEABLE.

    1. the person, locked, must be as they were shown; 2. what is different; 3. who no longer
    reviews gives back what they hold; 4. the write; 5. the events. Who is deactivated loses their
    password, and with it all sessions for good: back again, they set one through a link.

    `basis` is basis_of() the person that the administrator saw. Raises NotAllowed, also for one's
    own role, activity or way into the administration; StaleWrite when the person has changed since.
    """
    present = lock_person(person, by=by)
    if basis and basis != basis_of(present):
        raise StaleWrite("personChangedSinceShown")

    changed = _differences(present, changes)
    if present.pk == by.pk and changed.keys() & set(FIXED_FOR_ONESELF):
        raise NotAllowed("ownRole")

    hands = _free(present) if _stops_reviewing(present, changed) else Hands([], [])
    given_back = [Event(kind=EventKind.GIVEN_BACK, submission_id=pk) for pk in hands.held]
    about_person = [_event_of(present, name, value, hands) for name, value in changed.items()]

    columns = dict(changed)
    if changed.get("is_active") is False:
        present.set_unusable_password()
        columns["password"] = present.password
    User.objects.filter(pk=present.pk).update(**columns)
    for name, value in columns.items():
        setattr(person, name, value)

    events = [*given_back, *about_person]
    for event in events:
        event.by, event.address = by, address
    append(events)


def lock_person(person: User, *, by: User) -> User:
    """Hold a person until the transaction ends, and return them as they are now.

    All administrators are held as well: of two who change each other at the same moment the later
    one finds that they no longer may. Raises NotAllowed.
    """
    wanted = User.objects.filter(Q(pk=person.pk) | Q(role=Role.ADMIN)).order_by("pk")
    locked = {row.pk: row for row in wanted.select_for_update(no_key=True)}
    actor = locked.get(by.pk)
    if actor is None or not actor.is_active:
        raise NotAllowed("notAdministrator")
    check_can_administer(actor)
    return locked[person.pk]


def basis_of(person: User) -> str:
    """Return what stands for a person as they are shown to an administrator."""
    shown = {name: getattr(person, name) for name in CHANGEABLE}
    return digest(canonical(shown), algorithm="sha256")


def hands_of(person: User) -> Hands:
    """Return what a person would leave behind if they stopped reviewing now."""
    held = Submission.objects.in_hands_of(person).order_by("pk")
    returned = Submission.objects.waiting_for(person).order_by("pk")
    return Hands(
        held=list(held.values_list("pk", flat=True)),
        returned=list(returned.values_list("pk", flat=True)),
    )


def right_changed(person: User, name: str, *, is_given: bool, by: User | None = None) -> Event:
    """Return the event of a right that a person is given or loses, still to be stored."""
    return Event(
        kind=EventKind.RIGHTS_CHANGED,
        by=by,
        person=person,
        field_name=name,
        old=NO if is_given else YES,
        new=YES if is_given else NO,
    )


def _differences(present: User, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is to be changed and is not so already."""
    differences = {}
    for name in CHANGEABLE:
        if name in changes and changes[name] != getattr(present, name):
            differences[name] = changes[name]
    return differences


def _stops_reviewing(present: User, changed: Mapping[str, Any]) -> bool:
    """Return whether somebody who reviews no longer does after this change."""
    stays = changed.get("is_active", True) and changed.get("role", present.role) in REVIEWERS
    return present.is_active and present.is_reviewer and not stays


def _free(person: User) -> Hands:
    """Put the records in a person's hands back for others; return what they leave behind."""
    held = Submission.objects.in_hands_of(person).order_by("pk")
    pks = list(held.select_for_update(no_key=True).values_list("pk", flat=True))
    Submission.objects.filter(pk__in=pks).update(**FREE)
    return Hands(pks, hands_of(person).returned)


def _event_of(person: User, name: str, value: Any, hands: Hands) -> Event:
    """Return the event of one changed column, still to be stored."""
    if name == "is_active":
        left = {"held": hands.held, "returned": hands.returned}
        kind = EventKind.ACTIVATED if value else EventKind.DEACTIVATED
        return Event(kind=kind, person=person, params={} if value else left)
    if name in RIGHTS:
        return right_changed(person, name, is_given=value)
    kind = EventKind.ROLE_CHANGED if name == "role" else EventKind.PERSON_CHANGED
    old = str(getattr(person, name))
    return Event(kind=kind, person=person, field_name=name, old=old, new=str(value))
