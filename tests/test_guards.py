"""What the database itself refuses, asked in SQL as the application's own user: nobody gets past it by accident."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from reviewapp import triggers
from reviewapp.administration import ledger
from reviewapp.models import Approval, Submission, User
from reviewapp.stages import approve, claim, correct
from reviewapp.states import Role
from tests.factories import change, no_program, person, see_overrides, submission_at, verify_all
from tests.guards import guards_off
from tests.syntax import ROOT

pytestmark = pytest.mark.django_db

PARAMETER = re.compile(r":([a-z]\w*)")


@dataclass
class Scene:
    """One approved record, one that awaits approval, and who is who."""

    approved: Submission
    reviewed: Submission
    clerk: User
    supervisor: User
    supervisor2: User

    @property
    def names(self) -> dict[str, object]:
        approval = Approval.objects.get(submission=self.approved)
        return {
            "approved": self.approved.pk,
            "reviewed": self.reviewed.pk,
            "next": self.reviewed.version + 1,
            "clerk": self.clerk.pk,
            "supervisor": self.supervisor.pk,
            "supervisor2": self.supervisor2.pk,
            "admin": person("admin").pk,
            "approval": approval.pk,
            "now": "2026-01-01 00:00:00+00:00",
        }


@pytest.fixture
def scene() -> Scene:
    clerk, supervisor, supervisor2 = (person(name) for name in ("clerk", "supervisor", "supervisor2"))
    approved = submission_at("approved")
    reviewed = submission_at("recognised")
    claim.claim(reviewed, by=clerk)
    change(reviewed, "mother_age", "44", by=clerk)
    verify_all(reviewed, by=clerk)
    correct.submit(reviewed, by=clerk)
    ledger.anchor()
    return Scene(approved, reviewed, clerk, supervisor, supervisor2)


def statements() -> dict[str, tuple[str, str]]:
    """Return by its name each statement of refused.sql with the word of its refusal."""
    blocks = (ROOT / "tests" / "refused.sql").read_text().split("\n\n")[1:]
    parts = [block.strip().removesuffix(";").split("\n", 2) for block in blocks]
    return {name.removeprefix("-- "): (word.removeprefix("-- "), sql) for name, word, sql in parts}


REFUSED = statements()


def execute(statement: str, names: Mapping[str, object]) -> None:
    """Run a statement with `:name` parameters, as the database's own tools would."""
    sql = PARAMETER.sub(r"%(\1)s", statement.replace("%", "%%"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, names)


@pytest.mark.parametrize("name", REFUSED)
def test_the_database_refuses(name: str, scene: Scene) -> None:
    word, statement = REFUSED[name]
    with pytest.raises(IntegrityError, match=word):
        execute(statement, scene.names)


def test_the_database_lets_pass_what_the_product_does(scene: Scene) -> None:
    see_overrides(scene.reviewed, by=scene.supervisor2)
    approve.approve(scene.reviewed, by=scene.supervisor2, queue=no_program)
    assert Approval.objects.standing().filter(submission=scene.reviewed).count() == 1


def test_nobody_approves_their_own_work_by_another_role_or_another_name(scene: Scene) -> None:
    """Who worked on a record stands in its events: neither a new role nor another name in its columns helps."""
    User.objects.filter(pk=scene.clerk.pk).update(role=Role.SUPERVISOR)
    Submission.objects.filter(pk=scene.reviewed.pk).update(reviewed_by=scene.supervisor)
    scene.reviewed.fields.exclude(verified_by=None).update(verified_by=scene.supervisor)
    with pytest.raises(IntegrityError, match="own work"):
        execute(REFUSED["an approval by the clerk"][1], scene.names)


def test_the_table_is_long_enough() -> None:
    assert len(REFUSED) >= 45


def test_all_guards_are_there_after_migrating_and_none_is_missing_after_they_were_off() -> None:
    assert triggers.missing(connection) == []
    with guards_off():
        assert set(triggers.missing(connection)) >= set(triggers.guards(connection.vendor))
    assert triggers.missing(connection) == []


def test_migrate_sets_a_guard_again_that_was_lost() -> None:
    triggers.remove(connection)
    call_command("migrate", verbosity=0)
    assert triggers.missing(connection) == []


def test_emptying_a_table_at_once_is_refused() -> None:
    """Such a statement fires no trigger of a row. SQLite has none: there each row is asked, as above."""
    if connection.vendor == "postgresql":
        with pytest.raises(IntegrityError, match="never deleted"):
            execute("TRUNCATE reviewapp_ledgerhead", {})


REPLACED = ("event", "correction", "recognitionresult", "approval", "submission", "field", "user", "chain")


@pytest.mark.parametrize("table", REPLACED)
def test_nothing_is_replaced(table: str, scene: Scene) -> None:
    """SQLite's REPLACE deletes a row without asking the triggers of deletion."""
    statement = f"REPLACE INTO reviewapp_{table} SELECT * FROM reviewapp_{table}"  # noqa: S608 – names of ours
    if connection.vendor == "sqlite":
        with pytest.raises(IntegrityError, match="reviewapp: "):
            execute(statement, {})


def test_a_guard_that_refuses_nothing_is_none(scene: Scene) -> None:
    name, table = "reviewapp_guard_reviewapp_event_delete", "reviewapp_event"
    of_corrections = "reviewapp_guard_reviewapp_correction_delete"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(f"CREATE TRIGGER {name} BEFORE DELETE ON {table} WHEN 0 BEGIN SELECT 1; END")
        else:
            body = "$$ BEGIN RETURN OLD; END $$"
            cursor.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS {body}")
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE reviewapp_correction ENABLE REPLICA TRIGGER {of_corrections}")
    missing = triggers.missing(connection)
    assert "reviewapp_event_delete" in missing
    assert ("reviewapp_correction_delete" in missing) == (connection.vendor == "postgresql")


def test_migrate_sets_guards_again_that_were_switched_off() -> None:
    """Such a one is there by its name, and in the way of another."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE reviewapp_correction DISABLE TRIGGER USER")
    call_command("migrate", verbosity=0)
    assert triggers.missing(connection) == []
