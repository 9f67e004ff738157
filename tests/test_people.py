"""People change through one door, each change with an event; and the law of two pairs of eyes knows their past."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone, translation
from pytest_django import Settings

from reviewapp.administration import access_keys, people
from reviewapp.administration.password_links import make_link, set_password
from reviewapp.exceptions import NotAllowed, StaleWrite
from reviewapp.models import AccessKey, Event, Submission, User
from reviewapp.models.user import SETTLING_TIME
from reviewapp.permissions import check_can_read_history
from reviewapp.stages import approve, claim
from reviewapp.states import EventKind, Role, SubmissionStatus
from tests.conftest import LogIn
from tests.factories import PASSWORD, make_batch, no_program, person, receive, shown, submission_at
from tests.guards import guards_off

pytestmark = pytest.mark.django_db

ADDRESS = "192.0.2.7"
NEW = "a long and unlikely one 17"


def change(who: User, *, by: User, **changes: object) -> None:
    people.change_person(who, changes, by=by, address=ADDRESS)


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(NotAllowed) as refusal:
        yield
    assert refusal.value.code == code


def told(event: Event) -> tuple[str, str, str, str]:
    return event.kind, event.field_label, event.old_label, event.new_label


def events_about(who: User) -> list[Event]:
    return list(Event.objects.filter(person=who).order_by("pk"))


def a_day_later() -> None:
    """Let a day go by since everything that was done."""
    with guards_off():
        for event in Event.objects.all():
            Event.objects.filter(pk=event.pk).update(at=event.at - SETTLING_TIME)


# ---- each change leaves its event


def test_every_change_of_a_person_is_an_event_with_old_and_new(clerk: User, admin_user: User) -> None:
    change(clerk, by=admin_user, last_name="王", role=Role.SUPERVISOR, can_recognise=True, is_active=False)
    change(clerk, by=admin_user, is_active=True)
    events = events_about(clerk)
    assert [told(event) for event in events] == [
        ("person_changed", "last name", "", "王"),
        ("role_changed", "role", "Clerk", "Supervisor"),
        ("rights_changed", "may call the recognition API", "no", "yes"),
        ("deactivated", "", "", ""),
        ("activated", "", "", ""),
    ]
    assert {(event.by, event.address) for event in events} == {(admin_user, ADDRESS)}
    stored = User.objects.get(pk=clerk.pk)
    assert (stored.last_name, stored.role, stored.can_recognise, stored.is_active) == ("王", "supervisor", True, True)
    assert (clerk.role, clerk.is_active) == ("supervisor", True)


def test_events_about_people_are_told_in_chinese(clerk: User, admin_user: User) -> None:
    change(clerk, by=admin_user, role=Role.AUDITOR, can_recognise=True)
    with translation.override("zh-hans"):
        role, right = events_about(clerk)
        assert (role.get_kind_display(), role.old_label, role.new_label) == ("角色变更", "经办人", "审计员")
        assert (right.get_kind_display(), right.old_label, right.new_label) == ("权限变更", "否", "是")


def test_what_is_so_already_is_no_event(clerk: User, admin_user: User) -> None:
    change(clerk, by=admin_user, role=Role.CLERK, is_active=True, last_name="")
    assert events_about(clerk) == []


def test_a_name_or_a_password_is_not_among_what_is_changed(clerk: User, admin_user: User) -> None:
    before = clerk.password
    change(clerk, by=admin_user, username="another", password="x", is_superuser=True, pk=99)
    stored = User.objects.get(pk=clerk.pk)
    assert (stored.username, stored.password, stored.is_superuser) == ("clerk", before, False)
    assert events_about(clerk) == []


def test_the_database_lets_nobody_be_renamed(clerk: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=clerk.pk).update(username="another")
    assert User.objects.get(pk=clerk.pk).username == "clerk"


def test_a_new_person_has_no_password_and_an_event(admin_user: User) -> None:
    newcomer = User(username="newcomer", role=Role.SUPERVISOR, can_recognise=True)
    people.add_person(newcomer, by=admin_user, address=ADDRESS)
    stored = User.objects.get(username="newcomer")
    assert not stored.has_usable_password()
    [event] = events_about(stored)
    assert (event.kind, event.new_label, event.by, event.address) == ("person_added", "Supervisor", admin_user, ADDRESS)
    assert event.params == {"rights": ["can_recognise"]}


@pytest.mark.parametrize("role", ["clerk", "supervisor", "auditor"])
def test_only_administrators_change_people(role: str, clerk2: User) -> None:
    other = person(role)
    for act in (
        lambda: change(clerk2, by=other, role=Role.SUPERVISOR),
        lambda: people.add_person(User(username="newcomer"), by=other, address=None),
        lambda: make_link(clerk2, by=other),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert Event.objects.count() == 0


@pytest.mark.parametrize("changes", [{"role": Role.SUPERVISOR}, {"is_active": False}, {"is_staff": False}])
def test_nobody_changes_their_own_role(changes: dict[str, object], admin_user: User) -> None:
    with refused("ownRole"):
        change(admin_user, by=admin_user, **changes)
    stored = User.objects.get(pk=admin_user.pk)
    assert (stored.role, stored.is_active, stored.is_staff) == ("admin", True, True)


def test_who_was_an_administrator_a_moment_ago_is_refused(clerk: User, admin_user: User) -> None:
    User.objects.filter(pk=admin_user.pk).update(role=Role.CLERK)
    with pytest.raises(NotAllowed):
        change(clerk, by=admin_user, role=Role.SUPERVISOR)


def test_nobody_writes_over_what_another_administrator_has_changed(clerk: User, admin_user: User) -> None:
    seen = people.basis_of(clerk)
    change(User.objects.get(pk=clerk.pk), by=admin_user, role=Role.SUPERVISOR)
    with pytest.raises(StaleWrite):
        people.change_person(clerk, {"last_name": "王"}, by=admin_user, address=None, basis=seen)
    assert User.objects.get(pk=clerk.pk).last_name == ""


def test_a_right_that_comes_with_an_access_key_is_an_event(clerk: User, admin_user: User) -> None:
    access_keys.make_key(clerk, by=admin_user, label="one")
    access_keys.make_key(clerk, by=admin_user, label="another")
    assert [told(event) for event in events_about(clerk)] == [
        ("rights_changed", "may call the recognition API", "no", "yes")
    ]


# ---- deactivation


@pytest.mark.parametrize("changes", [{"is_active": False}, {"role": Role.ADMIN}, {"role": Role.AUDITOR}])
def test_who_no_longer_reviews_leaves_their_records_to_others(
    changes: dict[str, object], clerk: User, clerk2: User, admin_user: User
) -> None:
    held = [submission_at("recognised") for _ in range(2)]
    returned = submission_at("returned", clerk=clerk)
    for record in held:
        claim.claim(record, by=clerk)
    assert list(Submission.objects.claimable(clerk2)) == []
    change(clerk, by=admin_user, **changes)
    offered = set(Submission.objects.claimable(clerk2))
    assert offered == {*held, returned}
    for record in held:
        event = record.events.last()
        assert (event.kind, event.by, event.address) == (EventKind.GIVEN_BACK, admin_user, ADDRESS)
    claim.claim(Submission.objects.get(pk=returned.pk), by=clerk2)


def test_a_deactivation_says_what_the_person_left(clerk: User, admin_user: User) -> None:
    held, returned = submission_at("recognised"), submission_at("returned", clerk=clerk)
    claim.claim(held, by=clerk)
    assert people.hands_of(clerk) == people.Hands([held.pk], [returned.pk])
    change(clerk, by=admin_user, is_active=False)
    event = events_about(clerk)[-1]
    assert event.params == {"held": [held.pk], "returned": [returned.pk]}
    assert people.hands_of(clerk).held == []


def test_a_record_whose_time_is_over_is_given_back_too(clerk: User, admin_user: User) -> None:
    record = submission_at("recognised")
    claim.claim(record, by=clerk)
    Submission.objects.filter(pk=record.pk).update(claimed_until=timezone.now() - timedelta(hours=1))
    change(clerk, by=admin_user, is_active=False)
    record.refresh_from_db()
    assert record.claimed_by is None


def test_a_clerk_who_becomes_supervisor_keeps_what_they_hold(clerk: User, admin_user: User) -> None:
    record = submission_at("recognised")
    claim.claim(record, by=clerk)
    change(clerk, by=admin_user, role=Role.SUPERVISOR)
    record.refresh_from_db()
    assert record.claimed_by == clerk


def test_sessions_end_with_a_deactivation_for_good(clerk: User, admin_user: User, log_in: LogIn) -> None:
    browser = log_in(clerk)
    assert browser.get("/").status_code == 200
    change(clerk, by=admin_user, is_active=False)
    assert browser.get("/").status_code == 302
    change(clerk, by=admin_user, is_active=True)
    assert browser.get("/").status_code == 302
    assert not User.objects.get(pk=clerk.pk).check_password(PASSWORD)


# ---- links


def test_a_link_sets_the_password_of_its_owner_once(clerk: User, admin_user: User) -> None:
    link = make_link(clerk, by=admin_user, address=ADDRESS)
    assert User.objects.get(pk=clerk.pk).check_password(PASSWORD)
    set_password(clerk, NEW, token=link.token, address="192.0.2.8")
    assert User.objects.get(pk=clerk.pk).check_password(NEW)
    with refused("passwordLinkSpent"):
        set_password(clerk, "another long one 18", token=link.token, address=None)
    made, changed = events_about(clerk)
    assert (made.kind, made.by, made.address) == (EventKind.PASSWORD_LINK_MADE, admin_user, ADDRESS)
    assert (changed.kind, changed.by, changed.address) == (EventKind.PASSWORD_CHANGED, clerk, "192.0.2.8")
    assert changed.params == {"link": made.pk, "made_by": admin_user.pk}


def test_a_link_is_good_for_a_day(clerk: User, admin_user: User, settings: Settings) -> None:
    assert timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT) == timedelta(hours=24)
    link = make_link(clerk, by=admin_user)
    settings.PASSWORD_RESET_TIMEOUT = -1
    with refused("passwordLinkSpent"):
        set_password(clerk, NEW, token=link.token, address=None)


@pytest.mark.parametrize("what", ["newer link", "log-in", "other password", "deactivated", "somebody else's", "odd"])
def test_a_link_that_is_no_longer_good_is_refused(
    what: str, clerk: User, clerk2: User, admin_user: User, anonymous: Client
) -> None:
    token, owner = make_link(clerk, by=admin_user).token, clerk
    if what == "newer link":
        make_link(clerk, by=admin_user)
    elif what == "log-in":
        anonymous.post("/login/", {"username": "clerk", "password": PASSWORD})
    elif what == "other password":
        people.change_password(clerk, "another long one 18", by=clerk, address=None)
    elif what == "deactivated":
        change(clerk, by=admin_user, is_active=False)
    elif what == "somebody else's":
        owner = clerk2
        make_link(clerk2, by=admin_user)
    else:
        token = "\0-\ud800" * 3
    with refused("passwordLinkSpent"):
        set_password(owner, NEW, token=token, address=None)
    assert not User.objects.get(pk=owner.pk).check_password(NEW)


def test_no_link_is_made_for_oneself_or_for_who_is_gone(clerk: User, admin_user: User) -> None:
    with refused("ownPasswordLink"):
        make_link(admin_user, by=admin_user)
    change(clerk, by=admin_user, is_active=False)
    with refused("personInactive"):
        make_link(clerk, by=admin_user)
    assert not Event.objects.filter(kind=EventKind.PASSWORD_LINK_MADE).exists()


# ---- approval, after a rise and after a link


def approve_as(supervisor: User, record: Submission) -> None:
    approve.approve(Submission.objects.get(pk=record.pk), by=supervisor, queue=no_program)


def test_after_a_rise_nobody_approves_for_a_day_what_they_touched_before(
    clerk: User, clerk2: User, admin_user: User
) -> None:
    batch = make_batch(by=admin_user)
    brought_in = submission_at("reviewed", batch=batch, by=clerk2, clerk=clerk)
    untouched = submission_at("reviewed", batch=batch, by=admin_user, clerk=clerk)
    change(clerk2, by=admin_user, role=Role.SUPERVISOR)
    with refused("knownBeforeRise"):
        approve_as(clerk2, brought_in)
    outcome = approve.approve_batch(batch, by=clerk2, queue=no_program, shown=shown(batch))
    assert (outcome.approved, outcome.own) == (1, 1)
    untouched.refresh_from_db()
    assert untouched.status == SubmissionStatus.APPROVED
    with refused("knownBeforeRise"):
        approve.approve_batch(batch, by=clerk2, queue=no_program, shown=shown(batch))
    a_day_later()
    approve_as(clerk2, brought_in)


def test_an_administrator_who_becomes_supervisor_does_not_approve_what_they_brought_in(
    admin_user: User, clerk: User
) -> None:
    record = submission_at("reviewed", by=admin_user, clerk=clerk)
    second = User.objects.create_user("admin2", role=Role.ADMIN)
    change(admin_user, by=second, role=Role.SUPERVISOR)
    with refused("knownBeforeRise"):
        approve_as(admin_user, record)


def test_what_one_touches_after_the_rise_and_a_look_before_it_hinder_nobody(
    clerk: User, clerk2: User, admin_user: User, log_in: LogIn
) -> None:
    looked_at = submission_at("reviewed", clerk=clerk)
    log_in(clerk2).get(looked_at.get_absolute_url())
    change(clerk2, by=admin_user, role=Role.SUPERVISOR)
    brought_in = receive(by=clerk2)
    assert set(Submission.objects.closed_to(clerk2)) == set()
    assert brought_in.events.filter(by=clerk2).exists()
    approve_as(clerk2, looked_at)


def test_ones_own_work_stays_closed_after_that_day(clerk: User, admin_user: User) -> None:
    record = submission_at("reviewed", clerk=clerk)
    change(clerk, by=admin_user, role=Role.SUPERVISOR)
    a_day_later()
    with refused("ownWork"):
        approve_as(clerk, record)


def test_a_fall_and_a_second_rise_close_anew(clerk: User, clerk2: User, admin_user: User) -> None:
    change(clerk2, by=admin_user, role=Role.SUPERVISOR)
    record = submission_at("reviewed", by=clerk2, clerk=clerk)
    change(clerk2, by=admin_user, role=Role.CLERK)
    change(clerk2, by=admin_user, role=Role.SUPERVISOR)
    with refused("knownBeforeRise"):
        approve_as(clerk2, record)


def test_after_a_link_a_supervisor_approves_nothing_for_a_day(supervisor: User, admin_user: User) -> None:
    record = submission_at("reviewed")
    batch, rejected = record.batch, submission_at("rejected")
    link = make_link(supervisor, by=admin_user)
    approve_as(supervisor, submission_at("reviewed"))
    set_password(supervisor, NEW, token=link.token, address=None)
    people.change_password(supervisor, "another long one 18", by=supervisor, address=None)
    with refused("passwordSetByLink"):
        approve_as(supervisor, record)
    with refused("passwordSetByLink"):
        approve.approve_batch(batch, by=supervisor, queue=no_program, shown=shown(batch))
    with refused("passwordSetByLink"):
        approve.approve_batch(rejected.batch, by=supervisor, queue=no_program, shown={})
    approve_as(person("supervisor2"), submission_at("reviewed"))
    a_day_later()
    approve_as(supervisor, record)


def newcomer_with_link(admin_user: User) -> User:
    """Return a new supervisor who has set their first password through a link."""
    newcomer = User(username="newcomer", role=Role.SUPERVISOR)
    people.add_person(newcomer, by=admin_user, address=None)
    set_password(newcomer, NEW, token=make_link(newcomer, by=admin_user).token, address=None)
    return newcomer


def test_in_an_installation_that_is_no_longer_new_an_invented_person_approves_nothing_for_a_day(
    admin_user: User,
) -> None:
    submission_at("approved")
    a_day_later()
    record = submission_at("reviewed")
    with refused("passwordSetByLink"):
        approve_as(newcomer_with_link(admin_user), record)


def test_on_the_first_day_the_password_of_who_has_done_nothing_yet_hinders_no_approval(admin_user: User) -> None:
    record, batch = submission_at("reviewed"), submission_at("rejected").batch
    newcomer = newcomer_with_link(admin_user)
    assert not Submission.objects.closed_to(newcomer).exists()
    approve_as(newcomer, record)
    approve.approve_batch(batch, by=newcomer, queue=no_program, shown={})


def test_the_second_password_through_a_link_hinders_approval_also_where_nothing_was_done(admin_user: User) -> None:
    record = submission_at("reviewed")
    newcomer = newcomer_with_link(admin_user)
    set_password(newcomer, "another long one 18", token=make_link(newcomer, by=admin_user).token, address=None)
    with refused("passwordSetByLink"):
        approve_as(newcomer, record)


def test_the_page_that_makes_a_link_says_what_it_costs(as_admin: Client, supervisor: User) -> None:
    page = as_admin.get(f"/admin/reviewapp/user/{supervisor.pk}/change/").content.decode()
    assert "approves nothing for 24 hours" in page


def test_a_password_of_ones_own_making_hinders_no_approval(supervisor: User) -> None:
    record = submission_at("reviewed")
    people.change_password(supervisor, NEW, by=supervisor, address=None)
    approve_as(supervisor, record)


# ---- auditors


def test_auditors_and_supervisors_read_history() -> None:
    for name in ("auditor", "supervisor"):
        check_can_read_history(person(name))
    for name in ("clerk", "admin"):
        with refused("notHistoryReader"):
            check_can_read_history(person(name))


def test_an_auditor_gets_no_access_key_and_an_old_one_no_longer_works(clerk: User, admin_user: User) -> None:
    access_keys.make_key(clerk, by=admin_user)
    assert AccessKey.objects.get().may_recognise
    change(clerk, by=admin_user, role=Role.AUDITOR)
    assert not AccessKey.objects.get().may_recognise
    with refused("auditorOnlyReads"):
        access_keys.make_key(clerk, by=admin_user)
