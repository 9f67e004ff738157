# ruff: noqa: S608 – the SQL is put together from our own tables' names and words alone
"""What the database itself refuses, whoever writes: false histories and approvals of one's own work.

Triggers are no part of Django's models, and on SQLite a migration that changes a table loses them:
so `manage.py migrate` takes them away before it changes anything, and sets them anew after it.
"""

from collections.abc import Iterator, Mapping

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, UniqueConstraint

from reviewapp.models import (
    AmendedValue,
    Amendment,
    Approval,
    Chain,
    Correction,
    Event,
    Export,
    ExportItem,
    Field,
    Flag,
    LedgerEntry,
    LedgerHead,
    Recall,
    RecognitionResult,
    Submission,
    User,
    Voiding,
)
from reviewapp.states import WORK, Role, SubmissionStatus

PREFIX = "reviewapp_guard_"
APPEND_ONLY = (
    Event,
    Correction,
    RecognitionResult,
    Approval,
    Voiding,
    AmendedValue,
    LedgerEntry,
    LedgerHead,
)
# What is changed in their time, and never taken away.
KEPT = (Submission, Chain, Amendment, Recall, Export, ExportItem)
# What is fixed when a row is made. A renamed person would be another one in all exports.
FIXED = {
    Amendment: (
        "submission_id",
        "version",
        "asked_by_id",
        "asked_at",
        "reason",
        "evidence",
        "evidence_note",
    ),
    Recall: ("amendment_id", "export_id"),
    Submission: ("sha256", "original", "media_type", "received_by_id", "received_at"),
    Field: ("submission_id", "name", "read_value"),
    User: ("username",),
}
VALUE_COLUMNS = ("value", "mark", "should_say", "verified_by_id", "verified_at", "override_reason")

_SUBMISSION, _FIELD, _FLAG = Submission._meta.db_table, Field._meta.db_table, Flag._meta.db_table
_APPROVAL, _VOIDING = Approval._meta.db_table, Voiding._meta.db_table
_EVENT, _USER = Event._meta.db_table, User._meta.db_table
_APPROVED = SubmissionStatus.APPROVED.value
_WORK = ", ".join(f"'{kind.value}'" for kind in WORK)

_STANDING = f"""EXISTS (
    SELECT 1 FROM {_APPROVAL} a LEFT JOIN {_VOIDING} v ON v.approval_id = a.id
    WHERE a.submission_id = {{record}} AND v.id IS NULL{{further}})"""


def _standing(record: str, further: str = "") -> str:
    """Return the condition that an approval of a record stands."""
    return _STANDING.format(record=record, further=further)


def _approved(record: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {_SUBMISSION} s WHERE s.id = {record} AND s.status = '{_APPROVED}')"
    )


def _flagged(field: str) -> str:
    """Return the condition that a flag is one of an approved record."""
    return f"""EXISTS (
        SELECT 1 FROM {_FIELD} f JOIN {_SUBMISSION} s ON s.id = f.submission_id
        WHERE f.id = {field} AND s.status = '{_APPROVED}')"""


type Guard = tuple[str, str, str, str]


def guards(vendor: str) -> Mapping[str, Guard]:
    """Return by name: the table, the event, the condition under which it is refused, the sentence.

    1. what is only added to; 2. what is never taken away; 3. what is fixed; 4. approvals, and what
    they are about. A condition is one that both databases understand.
    """
    differs = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
    found: dict[str, Guard] = {}
    for model in APPEND_ONLY:
        table = model._meta.db_table
        found[f"{table}_update"] = table, "UPDATE", "TRUE", "history is never changed"
    for kept_model in (*APPEND_ONLY, *KEPT):
        table = kept_model._meta.db_table
        found[f"{table}_delete"] = table, "DELETE", "TRUE", "history is never deleted"
    if vendor == "sqlite":
        found |= _guards_against_replacing()
    for fixed_model, columns in FIXED.items():
        table = fixed_model._meta.db_table
        changed = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in columns)
        found[f"{table}_fixed"] = table, f"UPDATE OF {', '.join(columns)}", changed, "it is fixed"

    found |= _guards_of_approvals()
    found |= _guards_of_status()
    found |= _guards_of_approved_records(differs)
    return found


def _guards_against_replacing() -> dict[str, Guard]:
    """Return what keeps SQLite's REPLACE from deleting rows, for which it asks no other trigger."""
    found: dict[str, Guard] = {}
    for model in (*APPEND_ONLY, *KEPT, Field, User):
        table = model._meta.db_table
        is_there = []
        for key in _keys(model):
            same = " AND ".join(f"present.{column} = NEW.{column}" for column in key)
            is_there.append(f"EXISTS (SELECT 1 FROM {table} present WHERE {same})")
        found[f"{table}_replace"] = table, "INSERT", " OR ".join(is_there), "it is there already"
    return found


def _keys(model: type[Model]) -> Iterator[tuple[str, ...]]:
    """Yield the sets of columns by which a row of a table is the only one."""
    for field in model._meta.concrete_fields:
        if field.unique:
            yield (str(field.column),)
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and constraint.condition is None:
            fields = map(model._meta.get_field, constraint.fields)
            yield tuple(str(getattr(field, "column", "")) for field in fields)


def _guards_of_approvals() -> dict[str, Guard]:
    """Return what keeps approvals with those who may give them."""
    is_own_work = f"""EXISTS (
        SELECT 1 FROM {_EVENT} e WHERE e.submission_id = NEW.submission_id
        AND e.by_id = NEW.by_id AND e.kind IN ({_WORK}))
        OR EXISTS (
        SELECT 1 FROM {_FIELD} f WHERE f.submission_id = NEW.submission_id
        AND f.verified_by_id = NEW.by_id)
        OR EXISTS (
        SELECT 1 FROM {_SUBMISSION} s WHERE s.id = NEW.submission_id
        AND s.reviewed_by_id = NEW.by_id)"""
    is_no_supervisor = f"""NOT EXISTS (
        SELECT 1 FROM {_USER} u WHERE u.id = NEW.by_id
        AND u.role = '{Role.SUPERVISOR.value}' AND u.is_active)"""
    is_second = _standing("NEW.submission_id")
    return {
        "approval_own": (_APPROVAL, "INSERT", is_own_work, "nobody approves their own work"),
        "approval_role": (_APPROVAL, "INSERT", is_no_supervisor, "only supervisors approve"),
        "approval_once": (_APPROVAL, "INSERT", is_second, "it is approved already"),
    }


def _guards_of_status() -> dict[str, Guard]:
    """Return what keeps a record's status with its approval."""
    is_approved = f"NEW.status = '{_APPROVED}'"
    this_one = " AND a.version = NEW.version AND a.by_id = NEW.approved_by_id"
    without_approval = f"""{is_approved} AND (
        OLD.status <> '{_APPROVED}' OR NEW.version <> OLD.version
        OR NEW.approved_by_id <> OLD.approved_by_id)
        AND NOT {_standing("NEW.id", this_one)}"""
    with_approval = f"""OLD.status = '{_APPROVED}' AND NEW.status <> '{_APPROVED}'
        AND {_standing("NEW.id")}"""
    needs = "a record is approved by an approval of what it is"
    ends = "an approval is voided before its record goes on"
    return {
        "submission_approved": (_SUBMISSION, "UPDATE", without_approval, needs),
        "submission_voided": (_SUBMISSION, "UPDATE", with_approval, ends),
        "submission_new": (_SUBMISSION, "INSERT", is_approved, needs),
    }


def _guards_of_approved_records(differs: str) -> dict[str, Guard]:
    """Return what keeps the content of an approved record as it was approved."""
    changed = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in VALUE_COLUMNS)
    sentence = "an approved value is changed by a correction after approval"
    return {
        "field_value": (
            _FIELD,
            "UPDATE",
            f"({changed}) AND {_approved('NEW.submission_id')}",
            sentence,
        ),
        "field_insert": (_FIELD, "INSERT", _approved("NEW.submission_id"), sentence),
        "field_delete": (_FIELD, "DELETE", _approved("OLD.submission_id"), sentence),
        "flag_insert": (_FLAG, "INSERT", _flagged("NEW.field_id"), sentence),
        "flag_update": (_FLAG, "UPDATE", _flagged("OLD.field_id"), sentence),
        "flag_delete": (_FLAG, "DELETE", _flagged("OLD.field_id"), sentence),
    }


def install(connection: BaseDatabaseWrapper) -> None:
    """Set all guards, in place of those that are there."""
    remove(connection)
    statements = _on_postgresql() if connection.vendor == "postgresql" else _on_sqlite()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take all guards away."""
    with connection.cursor() as cursor:
        for name, table, _definition in _found(connection, also_off=True):
            on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{on_table}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of guards that the database ought to have and has not, as they ought to be."""
    expected = _definitions(connection.vendor)
    found = {name: definition for name, _table, definition in _found(connection)}
    return [
        name.removeprefix(PREFIX)
        for name, definition in expected.items()
        if found.get(name) != definition
    ]


def _found(
    connection: BaseDatabaseWrapper, *, also_off: bool = False
) -> list[tuple[str, str, str]]:
    """Return each guard's name, its table, and what it does, as the database has it.

    On PostgreSQL one may be off, or for replicas alone; such a one does nothing here.
    """
    if connection.vendor == "postgresql":
        states = "t.tgenabled" if also_off else "'O', 'A'"
        query = f"""
            SELECT t.tgname, c.relname, p.prosrc FROM pg_trigger t
            JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
            WHERE NOT t.tgisinternal AND t.tgenabled IN ({states}) AND t.tgname LIKE %s
            AND pg_table_is_visible(c.oid) ORDER BY t.tgname"""
    else:
        query = """
            SELECT name, tbl_name, sql FROM sqlite_master
            WHERE type = 'trigger' AND name LIKE %s ORDER BY name"""
    with connection.cursor() as cursor:
        cursor.execute(query, [f"{PREFIX}%"])
        return [(name, table, _plain(definition)) for name, table, definition in cursor.fetchall()]


def _definitions(vendor: str) -> dict[str, str]:
    """Return by its name what each guard ought to do."""
    if vendor == "sqlite":
        return {
            f"{PREFIX}{name}": _plain(_sqlite_guard(name, guard))
            for name, guard in guards(vendor).items()
        }
    definitions = {}
    for name, (_table, event, condition, sentence) in guards(vendor).items():
        definitions[f"{PREFIX}{name}"] = _plain(_body(event, condition, sentence))
    for model in APPEND_ONLY:
        definitions[f"{PREFIX}truncate_{model._meta.db_table}"] = _plain(TRUNCATE_BODY)
    return definitions


def _plain(text: str) -> str:
    return " ".join(text.split())


def _on_sqlite() -> Iterator[str]:
    for name, guard in guards("sqlite").items():
        yield _sqlite_guard(name, guard)


def _sqlite_guard(name: str, guard: Guard) -> str:
    table, event, condition, sentence = guard
    return (
        f"CREATE TRIGGER {PREFIX}{name} BEFORE {event} ON {table} FOR EACH ROW"
        f" WHEN {condition} BEGIN SELECT RAISE(ABORT, 'reviewapp: {sentence}'); END"
    )


TRUNCATE_BODY = """
    BEGIN
        RAISE EXCEPTION 'reviewapp: history is never deleted' USING ERRCODE = 'check_violation';
    END """


def _body(event: str, condition: str, sentence: str) -> str:
    """Return what a guard does on PostgreSQL, where a trigger's WHEN may hold no subquery."""
    row = "OLD" if event == "DELETE" else "NEW"
    return f"""
        BEGIN
            IF {condition} THEN
                RAISE EXCEPTION 'reviewapp: {sentence}' USING ERRCODE = 'check_violation';
            END IF;
            RETURN {row};
        END """


def _on_postgresql() -> Iterator[str]:
    """Yield a function for each guard, with its trigger, and what refuses to empty tables."""
    for name, (table, event, condition, sentence) in guards("postgresql").items():
        function = f"{PREFIX}{name}"
        yield _function(function, _body(event, condition, sentence))
        yield (
            f"CREATE TRIGGER {function} BEFORE {event} ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
    # To empty a table at once fires no trigger of a row.
    function = f"{PREFIX}truncate"
    yield _function(function, TRUNCATE_BODY)
    for model in APPEND_ONLY:
        table = model._meta.db_table
        yield (
            f"CREATE TRIGGER {function}_{table} BEFORE TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )


def _function(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
        f" AS $guard${body}$guard$"
    )
