"""What administrators do with people at the same moment as others, on both databases."""

from functools import partial

import pytest

from reviewapp.administration import people
from reviewapp.administration.password_links import make_link, set_password
from reviewapp.exceptions import ClaimLost, NotAllowed
from reviewapp.models import Event, Submission, User
from reviewapp.stages import claim
from reviewapp.states import EventKind, Role
from tests.factories import change, person, submission_at
from tests.racing import Meet, race

pytestmark = pytest.mark.django_db(transaction=True)


def changing(name: str, by: User, **changes: object) -> partial[None]:
    who = User.objects.get(username=name)
    return partial(people.change_person, who, changes, by=by, address=None)


def test_two_administrators_who_change_one_person_at_once_leave_a_true_history(meet: Meet) -> None:
    clerk, admins = person("clerk"), [person("admin"), User.objects.create_user("admin2", role=Role.ADMIN)]
    meet("reviewapp.administration.people._differences")
    roles = [Role.SUPERVISOR, Role.AUDITOR]
    race(*(changing("clerk", by, role=role) for by, role in zip(admins, roles, strict=True)))
    events = list(Event.objects.filter(person=clerk).order_by("pk"))
    assert [event.old for event in events] == ["clerk", events[0].new]
    assert User.objects.get(pk=clerk.pk).role == events[1].new


def test_two_administrators_who_switch_each_other_off_at_once_do_not_leave_nobody(meet: Meet) -> None:
    first, second = person("admin"), User.objects.create_user("admin2", role=Role.ADMIN)
    meet("reviewapp.administration.people.lock_person")
    outcomes = race(changing("admin2", first, is_active=False), changing("admin", second, is_active=False))
    assert sorted(type(outcome) for outcome in outcomes if outcome) == [NotAllowed]
    assert User.objects.filter(role=Role.ADMIN, is_active=True).count() == 1


def test_a_link_that_is_used_twice_at_once_sets_one_password(meet: Meet) -> None:
    clerk = person("clerk")
    token = make_link(clerk, by=person("admin")).token
    meet("reviewapp.administration.password_links._locked")
    passwords = ["a long and unlikely one 17", "another unlikely one 18"]
    outcomes = race(*(partial(set_password, clerk, new, token=token, address=None) for new in passwords))
    assert [type(outcome) for outcome in outcomes if outcome] == [NotAllowed]
    assert Event.objects.filter(kind=EventKind.PASSWORD_CHANGED).count() == 1
    winner = passwords[outcomes.index(None)]
    assert User.objects.get(pk=clerk.pk).check_password(winner)


@pytest.mark.parametrize("first", ["reviewapp.administration.people._free", "reviewapp.stages.correct._require_claim"])
def test_a_deactivation_while_a_clerk_saves_ends_as_one_after_the_other(meet: Meet, first: str) -> None:
    clerk, admin = person("clerk"), person("admin")
    record = submission_at("recognised")
    claim.claim(record, by=clerk)
    meet("reviewapp.stages.correct._require_claim", "reviewapp.administration.people._free", first)
    saved, switched_off = race(
        partial(change, Submission.objects.get(pk=record.pk), "mother_age", "31", by=clerk, verify=False),
        changing("clerk", admin, is_active=False),
    )
    assert switched_off is None
    assert not isinstance(saved, Exception) or isinstance(saved, ClaimLost)
    record.refresh_from_db()
    assert record.claimed_by is None
    kinds = list(record.events.order_by("pk").values_list("kind", flat=True))
    corrected = [] if isinstance(saved, ClaimLost) else ["corrected"]
    assert kinds[kinds.index("claimed") :] == ["claimed", *corrected, "released"]
    assert record.fields.get(name="mother_age").value == (
        "31" if corrected else record.fields.get(name="mother_age").read_value
    )
