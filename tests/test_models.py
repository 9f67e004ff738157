"""The database refuses half a decision; the words of the models say what they mean."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import override

from reviewapp.administration import cloud_budget, password_links, people, reflag, view_log
from reviewapp.administration.view_log import Look, note_download, note_looks
from reviewapp.models import (
    Batch,
    Correction,
    Event,
    Export,
    ExportFormat,
    ExportItem,
    Field,
    Flag,
    Heartbeat,
    Submission,
    Threshold,
    User,
)
from reviewapp.models.event import PARAMS
from reviewapp.models.submission import private_path
from reviewapp.stages import amend, claim, correct, ingest
from reviewapp.states import BatchStatus, EventKind, Role, SubmissionStatus
from tests.amendments import amended, amendment_of, approved_record
from tests.exports import exported
from tests.factories import change, make_batch, person, receive, submission_at
from tests.guards import guards_off

pytestmark = pytest.mark.django_db

HALF_DECISIONS: dict[str, Callable[[Submission], Any]] = {
    "a claim without its end": lambda record: Submission.objects.update(claimed_by=person("clerk")),
    "a claim without its holder": lambda record: Submission.objects.update(claimed_until=timezone.now()),
    "a review without its time": lambda record: Submission.objects.update(reviewed_by=person("clerk")),
    "a review without its clerk": lambda record: Submission.objects.update(reviewed_at=timezone.now()),
    "an approval without its time": lambda record: Submission.objects.update(approved_by=person("clerk")),
    "an approval without its supervisor": lambda record: Submission.objects.update(approved_at=timezone.now()),
    "a batch approved by nobody": lambda record: Batch.objects.update(approved_at=timezone.now()),
    "a verification by nobody": lambda record: Field.objects.update(verified_at=timezone.now()),
    "a verification at no time": lambda record: Field.objects.update(verified_by=person("clerk")),
    "an unknown status": lambda record: Submission.objects.update(status="lost"),
    "an unknown status of a batch": lambda record: Batch.objects.update(status="lost"),
    "an unknown role": lambda record: User.objects.update(role="god"),
    "an unknown event": lambda record: Event.objects.update(kind="thought"),
    "an unknown severity": lambda record: Flag.objects.create(field=record.fields.first(), severity="?", names=[]),
    "a threshold over a hundred": lambda record: Threshold.objects.create(name="sex", percent=101),
    "two thresholds for a field": lambda record: [Threshold.objects.create(name="sex", percent=1) for _ in range(2)],
    "a field twice": lambda record: Field.objects.create(submission=record, name="sex", position=1),
    "a batch name twice": lambda record: Batch.objects.create(name=record.batch.name, created_by=person("clerk")),
    "a worker twice": lambda record: [Heartbeat.objects.create(worker_id="w", beat_at=timezone.now()) for _ in "12"],
}


@pytest.mark.parametrize("name", HALF_DECISIONS)
def test_the_database_itself_refuses(name: str) -> None:
    record = submission_at("recognised")
    with pytest.raises(IntegrityError), transaction.atomic():
        HALF_DECISIONS[name](record)


def test_the_same_picture_cannot_be_stored_twice() -> None:
    first, second = receive(), receive()
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=second.pk).update(sha256=first.sha256)


def test_a_record_leaves_once_with_an_export() -> None:
    record = submission_at("approved")
    export = Export.objects.create(format="csv", columns=[], exported_by=person("admin"))
    ExportItem.objects.create(export=export, submission=record)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExportItem.objects.create(export=export, submission=record)


@pytest.mark.parametrize("model", [User, Batch, Submission, Field])
def test_what_has_a_history_cannot_be_deleted(model: Any) -> None:
    record = submission_at("recognised")
    claim.claim(record, by=person("clerk"))
    changed = change(record, "mother_age", "44", by=person("clerk"))
    pk = {User: person("clerk").pk, Batch: record.batch_id, Submission: record.pk, Field: changed.pk}[model]
    with pytest.raises(ProtectedError):
        model.objects.get(pk=pk).delete()


def test_a_threshold_is_checked_before_it_is_saved() -> None:
    with pytest.raises(ValidationError):
        Threshold(name="sex", percent=101).full_clean()


def test_counts_of_a_batch_add_up() -> None:
    batch = make_batch()
    for status in SubmissionStatus:
        if status != SubmissionStatus.APPROVED:
            submission_at(status, batch=batch)
    submission_at("recognised", batch=batch)
    counts = Submission.objects.counts_by_batch([batch.pk])[batch.pk]
    assert counts == dict.fromkeys(SubmissionStatus, 1) | {"recognised": 2, "approved": 0}
    assert Batch.objects.with_waiting().values_list("count_reviewed", "count_all").get(pk=batch.pk) == (1, 9)


@pytest.mark.parametrize(
    ("statuses", "follows"),
    [
        ([], "open"),
        (["received"], "open"),
        (["reviewed", "failed"], "open"),
        (["approved", "recognised"], "open"),
        (["reviewed"], "submitted"),
        (["rejected"], "submitted"),
        (["approved", "reviewed", "rejected"], "submitted"),
        (["approved", "rejected"], "approved"),
        (["approved"], "approved"),
        (["returned", "received"], "returned"),
        (["returned", "reviewed"], "returned"),
    ],
)
def test_the_status_of_a_batch_follows_from_its_records(statuses: list[str], follows: str) -> None:
    batch = make_batch()
    for status in statuses:
        record = receive(batch=batch, is_rendered=False)
        with guards_off():
            Submission.objects.filter(pk=record.pk).update(status=status)
        Batch.objects.filter(pk=batch.pk).update(status="open")
    assert batch.status_that_follows() == BatchStatus(follows)


def test_batches_are_found_by_what_may_be_done_with_them() -> None:
    opened = submission_at("recognised").batch
    waiting = submission_at("reviewed").batch
    submission_at("reviewed", batch=waiting)
    done = submission_at("approved").batch
    assert list(Batch.objects.awaiting_approval()) == [waiting]
    assert set(Batch.objects.accepting_pictures()) == {opened, waiting}
    assert list(Batch.objects.newest_first()) == [done, waiting, opened]


def test_records_are_found_by_where_they_stand(clerk: User, clerk2: User) -> None:
    records = {status: submission_at(status) for status in SubmissionStatus}
    found = Submission.objects
    assert list(found.received()) == [records[SubmissionStatus.RECEIVED]]
    assert list(found.failed()) == [records[SubmissionStatus.FAILED]]
    assert list(found.awaiting_approval()) == [records[SubmissionStatus.REVIEWED]]
    assert list(found.approved()) == [records[SubmissionStatus.APPROVED]]
    assert set(found.to_review()) == {records[SubmissionStatus.RECOGNISED], records[SubmissionStatus.RETURNED]}
    assert list(found.claimable(clerk2)) == [records[SubmissionStatus.RECOGNISED]]
    assert found.claimable(clerk).in_turn(clerk).first() == records[SubmissionStatus.RETURNED]
    assert not found.held_by(clerk).exists()


def test_who_touched_a_record_is_known_by_submitting_and_by_correcting(clerk: User, clerk2: User) -> None:
    record = submission_at("recognised")
    claim.claim(record, by=clerk2)
    change(record, "mother_age", "44", by=clerk2)
    assert list(Submission.objects.touched_by(clerk2)) == [record]
    assert not Submission.objects.touched_by(clerk).exists()


def test_a_stored_file_is_named_by_chance_whatever_its_name_was() -> None:
    names = {private_path(Submission(), name) for name in ("../../etc/passwd", "a.png", "a.png", "图片.JPEG")}
    assert len(names) == 4
    assert all(name.startswith("pictures/") and ".." not in name and "passwd" not in name for name in names)


def test_a_failure_is_told_in_the_readers_language() -> None:
    record = submission_at("failed")
    assert record.failure_sentence.startswith("No birth certificate was found")
    with override("zh-hans"):
        assert record.failure_sentence != "unmatchedImageType"
    assert receive().failure_sentence == ""


def test_advice_is_given_for_small_and_for_large_pictures() -> None:
    assert Submission(width=800, height=600, byte_size=1000).advice == []
    assert len(Submission(width=800, height=499, byte_size=2_000_000).advice) == 2


def test_an_event_is_told_in_words() -> None:
    record = submission_at("recognised")
    claim.claim(record, by=person("clerk"))
    change(record, "mother_age", "44", by=person("clerk"))
    moved, corrected = record.events.get(kind=EventKind.RECOGNISED), record.events.get(kind=EventKind.CORRECTED)
    assert (moved.old_label, moved.new_label, moved.field_label) == ("Waiting to be read", "To review", "")
    assert (corrected.new_label, corrected.field_label) == ("44", "Mother's age")


def test_what_an_event_is_about_is_told_in_words() -> None:
    failed, rejected = submission_at("failed"), submission_at("rejected")
    labels = [record.events.last().reason_label for record in (failed, rejected)]
    assert labels == [failed.failure_sentence, "Unreadable picture: too dark"]
    export = Export.objects.create(format="csv", columns=[], exported_by=person("admin"))
    params = {"export": export.pk, "format": "csv"}
    assert Event(kind=EventKind.EXPORTED, submission=failed, params=params).new_label == f"#{export.pk} CSV"


def test_an_event_from_before_there_were_params_is_told_as_before() -> None:
    record = receive()

    def told(kind: EventKind, **texts: str) -> Event:
        return Event(kind=kind, submission=record, **texts)

    assert told(EventKind.REJECTED, reason="unreadable: too dark").reason_label == "Unreadable picture: too dark"
    assert told(EventKind.REJECTED, reason="unreadable").reason_label == "Unreadable picture"
    assert told(EventKind.FAILED, reason="unmatchedImageType").reason_label.startswith("No birth certificate")
    assert told(EventKind.FAILED, reason="gone").reason_label == "gone"
    assert told(EventKind.EXPORTED, new="#5 csv").new_label == "#5 csv"


def test_an_event_whose_reason_is_no_longer_known_is_told_by_its_code() -> None:
    event = Event(kind=EventKind.FAILED, submission=receive(), params={"code": "gone", "params": {}})
    assert event.reason_label == "gone"


def every_act_of_a_correction() -> None:
    record = approved_record(batch=submission_at("received").batch)
    exported(balance_reason="Needed today.")
    amended(record)
    amend.refuse_amendment(amendment_of(record, changes={"sex": "?"}), by=person("supervisor2"), note="No.")
    amend.withdraw_amendment(amendment_of(record, changes={"sex": "?"}), by=person("clerk"))
    exported(balance_reason="Needed today.")


def change_people(*, by: User) -> None:
    newcomer = User(username="newcomer", role=Role.CLERK)
    people.add_person(newcomer, by=by, address=None)
    link = password_links.make_link(newcomer, by=by)
    password_links.set_password(newcomer, "long and unlikely 17", token=link.token, address=None)
    people.change_person(newcomer, {"is_active": False}, by=by, address=None)


def read_by_a_second_person(value: str | None) -> None:
    record, reader = submission_at("unsure"), person("clerk2")
    claim.claim(record, by=reader)
    [unsure] = record.fields.unsure()
    decisions = {unsure.name: correct.Decision(value, unsure.version)}
    correct.read_second(record, by=reader, decisions=decisions, question="丽?")


def test_the_params_of_every_event_are_those_of_its_kind(admin_user: User) -> None:
    submission_at("failed")
    submission_at("rejected")
    submission_at("approved")
    downloaded = exported(by=admin_user, format=ExportFormat.CSV, columns=["record", "neonatal_name"])
    note_download(downloaded, by=admin_user, address=None)
    params = {"picture": "original"}, {"answer": 1}, {"asked": {"kind": "viewed"}}, {"kinds": ["name"], "records": [1]}
    kinds = EventKind.PICTURE_SEEN, EventKind.ANSWER_SEEN, EventKind.HISTORY_SEEN, EventKind.SEARCHED
    looks = [Look(kind, params=said) for kind, said in zip(kinds, params, strict=True)]
    note_looks(looks, by=admin_user, address=None)
    every_act_of_a_correction()
    kept = {"kind": "viewed", "record": None, "person": None, "params": {}, "by": admin_user.pk, "address": None}
    view_log._write([kept | {"at": timezone.now().isoformat()}])
    reflag.go_on(reflag.begin(by=admin_user))
    submission_at("returned", values={"birth_weight": "120"})
    read_by_a_second_person("王丽")
    read_by_a_second_person(None)
    cloud_budget.resume(by=admin_user)
    change_people(by=admin_user)
    submission_at("escalated")
    ingest.change_batch(make_batch(), by=person("supervisor"), priority=1)
    events = {event.kind: set(event.params) for event in Event.objects.all() if event.params}
    assert events == {kind: set(names) for kind, names in PARAMS.items()}


def test_a_person_has_one_role_and_a_name() -> None:
    admin = User.objects.create_superuser("root", password="long and unlikely 17")
    assert (admin.role, admin.is_administrator, admin.is_reviewer) == (Role.ADMIN, True, False)
    assert [person(name).is_reviewer for name in ("clerk", "supervisor", "admin")] == [True, True, False]
    assert [person(name).is_supervisor for name in ("clerk", "supervisor", "admin")] == [False, True, False]
    assert admin.display_name == "root"


def test_a_claim_ends_at_its_time(clerk: User) -> None:
    record = submission_at("recognised")
    claim.claim(record, by=clerk)
    assert record.claimed_until is not None
    assert record.is_held_by(clerk)
    assert not record.is_held_by(clerk, at=record.claimed_until + timedelta(seconds=1))
    assert not record.is_held_by(person("clerk2"))


def test_things_name_themselves_without_personal_data(clerk: User) -> None:
    record = submission_at("recognised")
    claim.claim(record, by=clerk)
    field = change(record, "mother_name", "欧阳娜娜", by=clerk)
    things = [record, record.events.first(), record.recognitions.get(), field, Correction.objects.get()]
    things += [Threshold(name="sex", percent=90), Heartbeat(worker_id="w1"), Export(pk=3), ExportItem(pk=4)]
    things += [Flag(field=field, code="missing", severity="E")]
    assert not [thing for thing in things if "欧阳" in str(thing) or not str(thing)]
    assert str(record.batch) == record.batch.name


def test_what_is_new_about_a_record_counts_from_the_version_that_was_shown(clerk: User, supervisor: User) -> None:
    record = submission_at("returned", clerk=clerk, supervisor=supervisor)
    events = list(record.events.order_by("pk"))
    submitted = next(event for event in events if event.kind == EventKind.SUBMITTED)
    assert record.version == 4
    assert list(record.events.since_version(3)) == [event for event in events if event.pk > submitted.pk]
    assert not record.events.since_version(4)
    assert list(record.events.since_version(1)) == events
