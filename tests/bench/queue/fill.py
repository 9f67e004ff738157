# ruff: noqa: S608 – the SQL is put together from the product's own tables' names alone
"""As many records as asked for, by set-based SQL: histories, answers, values and flags as the product makes them.

Runs in a process of its own beside the product's models. What is simpler than in life:

* Records share templates (templates.py): a name or an address stands in one of two thousand records. Certificate
  numbers and resident numbers are each record's own.
* All have one picture. The renderings' digests are true; that of the original, which must differ, is not, so
  histories are proved without pictures.
* Eighty-four of a hundred wait to be read, ten are approved, five await approval, half of one were returned. Nothing is
  marked, corrected or kept against a rule, and no look was noted before.

Events, chains, answers' digests and approvals are true, so `verify_history --without-pictures` passes.
"""

import io
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from itertools import batched

from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.utils import timezone

from reviewapp.certificate.fields import BY_NAME, ORDER
from reviewapp.content import content_of, digest_of
from reviewapp.history import append
from reviewapp.models import Approval, Batch, Chain, Event, Field, Flag, RecognitionResult, Submission, User
from reviewapp.pictures.files import renderings
from reviewapp.stages.ingest import SCREEN
from reviewapp.states import BatchStatus, EventKind, Role, Source, SubmissionStatus
from tests.bench.queue import derived, sql
from tests.bench.queue.cast import DOUBTED
from tests.bench.queue.templates import PLACES, Template, partial_sum, templates
from tests.certificates.make import make as make_picture
from tests.factories import PASSWORD, SIZE

CLERKS, SUPERVISORS = 32, 4
BATCH_SIZE = 500
# Of a template come as many records as there are even numbers of three digits, which resident numbers end with.
TEMPLATES, RECORDS_OF_ONE = 2000, 500
DAYS_AGO = 40

RECEIVED, RECOGNISED = SubmissionStatus.RECEIVED.value, SubmissionStatus.RECOGNISED.value
REVIEWED, RETURNED, APPROVED = "reviewed", "returned", "approved"
# By the number of a batch, modulo twenty; a record in any other waits to be reviewed.
STATES = {1: APPROVED, 2: REVIEWED, 11: APPROVED, 12: REVIEWED}
MIXED, RETURNED_EVERY = 3, 10
BATCH_STATUS = {APPROVED: BatchStatus.APPROVED, REVIEWED: BatchStatus.SUBMITTED}
RETURN_REASON = "请再看一遍"
TABLES = {
    "bench_template": """template int PRIMARY KEY, answer text, certificate text, mother text, mother_sum int,
        father text, father_sum int""",
    "bench_value": """template int, position int, name text, value text, prob int, polygon text, PRIMARY KEY
        (template, position)""",
    "bench_flag": "template int, position int, code text, severity text, names text, params text, proposals text",
    "bench_approval": "id bigint PRIMARY KEY, digest text",
}
# The columns of a record's own numbers, in the order of PLACES.
OWN_NUMBERS = ("certificate", "mother", "father")
WAITING_FOR_NOBODY = f"r.state <> '{RECOGNISED}'"


def people() -> dict[str, str]:
    """Make the cast; return by name a session of each."""
    roles = {f"clerk{number}": Role.CLERK for number in range(CLERKS)}
    roles |= {f"supervisor{number}": Role.SUPERVISOR for number in range(SUPERVISORS)} | {"admin": Role.ADMIN}
    # One hash for all: a password costs a tenth of a second.
    password = make_password(PASSWORD)
    sessions = {}
    for name, role in roles.items():
        person = User(username=name, role=role, is_staff=role == Role.ADMIN)
        person.password = password
        person.save()
        client = Client()
        client.force_login(person)
        sessions[name] = client.cookies["sessionid"].value
    return sessions


def make(count: int) -> dict[str, object]:
    """Fill an empty installation; return the sessions of its people and how long each part took."""
    begun = time.perf_counter()
    seconds: dict[str, float] = {}

    def done(part: str) -> None:
        seconds[part] = round(time.perf_counter() - begun - sum(seconds.values()), 1)

    sessions = people()
    sql.define_digest()
    number = min(TEMPLATES, max(200, -(-count // RECORDS_OF_ONE)))
    made = templates(number)
    done("templates")
    with sql.unguarded():
        _tables(made)
        _batches(count)
        _records(count, number)
        done("records")
        _side_by_side(lambda: _values(count), _answers, lambda: _histories(count, made))
        done("values, answers and histories")
        _drop()
    done("indexes")
    derived.fill()
    done("what follows from records")
    sql.set_sequences([Submission, Field, Flag, RecognitionResult, Chain, Event, Approval, Batch])
    if sql.is_postgres():
        sql.run("VACUUM ANALYZE")
    else:
        sql.run("ANALYZE")
    done("analyse")
    seconds["all"] = round(time.perf_counter() - begun, 1)
    return {"sessions": sessions, "seconds": seconds}


def _side_by_side(*parts: Callable[[], None]) -> None:
    """Fill tables that do not depend on each other, on PostgreSQL at the same time."""
    if not sql.is_postgres():
        for part in parts:
            part()
        return

    def fill(part: Callable[[], None]) -> None:
        sql.hurry()
        part()
        connection.close()

    with ThreadPoolExecutor(len(parts)) as pool:
        list(pool.map(fill, parts))


def _tables(made: list[Template]) -> None:
    for table, columns in TABLES.items():
        sql.run(f"CREATE TABLE {table} ({columns})")
    sql.add_many("bench_template", [_row(number, template) for number, template in enumerate(made)])
    sql.add_many("bench_value", [row for number, template in enumerate(made) for row in _value_rows(number, template)])
    sql.add_many("bench_flag", [row for number, template in enumerate(made) for row in _flag_rows(number, template)])


def _row(number: int, template: Template) -> tuple[object, ...]:
    values = template.values
    mother, father = values["mother_id_card_number"][:14], values["father_id_card_number"][:14]
    numbers = (mother, partial_sum(mother), father, partial_sum(father))
    return number, template.answer, values["certificate_number"][:3], *numbers


def _value_rows(number: int, template: Template) -> Iterator[tuple[object, ...]]:
    for name, read in template.record.fields.items():
        polygon = None if read.polygon is None else json.dumps(read.polygon)
        yield number, ORDER[name], name, read.value, read.prob, polygon


def _flag_rows(number: int, template: Template) -> Iterator[tuple[object, ...]]:
    for name, flags in template.flags.items():
        for flag in flags:
            parts = (json.dumps(part) for part in (flag.names, flag.params, flag.proposals))
            yield number, ORDER[name], flag.code, flag.severity, *parts


def _batches(count: int) -> None:
    """Make the batches as people do, each with its event, and their status as it will follow."""
    admin, approver = User.objects.get(username="admin"), User.objects.get(username="supervisor0")
    now = timezone.now()
    batches = []
    for number in range(-(-count // BATCH_SIZE)):
        state = STATES.get(number % 20, "")
        status = BatchStatus.RETURNED if number % 20 == MIXED else BATCH_STATUS.get(state, BatchStatus.OPEN)
        approval = {"approved_by": approver, "approved_at": now} if state == APPROVED else {}
        batches.append(Batch(id=number + 1, name=f"第{number + 1}批", status=status, created_by=admin, **approval))
    Batch.objects.bulk_create(batches)
    append(Event(kind=EventKind.CREATED, by=admin, batch=batch, new=batch.status) for batch in batches)


def _records(count: int, number: int) -> None:
    """Count the records in a table of their own, with all that they have alone, and make them.

    A resident number has an even place for the mother, an odd one for the father, and then its check digit.
    """
    first_clerk, supervisor = (User.objects.get(username=f"{role}0").pk for role in ("clerk", "supervisor"))
    begin = (timezone.now() - timedelta(days=DAYS_AGO)).strftime("%Y-%m-%d %H:%M:%S")
    kept = "UNLOGGED" if sql.is_postgres() else ""
    turn = f"((number - 1) / {number})"
    in_twenty = f"(((number - 1) / {BATCH_SIZE}) % 20)"
    cases = " ".join(f"WHEN {in_twenty} = {key} THEN '{state}'" for key, state in STATES.items())
    returned = f"WHEN {in_twenty} = {MIXED} AND number % {RETURNED_EVERY} = 0 THEN '{RETURNED}'"
    sql.run(f"""CREATE {kept} TABLE bench_record AS
        SELECT number AS id, (number - 1) % {number} AS template, (number - 1) / {BATCH_SIZE} + 1 AS batch,
            CASE {cases} {returned} ELSE '{RECOGNISED}' END AS state,
            t.certificate || {sql.padded("number", 7)} AS certificate,
            {_resident("mother", f"2 * {turn}")} AS mother, {_resident("father", f"2 * {turn} + 1")} AS father,
            {first_clerk} + ((number - 1) / {BATCH_SIZE}) % {CLERKS} AS clerk, {sql.moment(begin, "number")} AS at,
            {sql.text("''")} AS head, {sql.text("''")} AS sealed
        FROM {sql.numbers(count)} JOIN bench_template t ON t.template = (number - 1) % {number} ORDER BY number""")
    sql.run("CREATE UNIQUE INDEX bench_record_id ON bench_record (id)")
    sql.run("ANALYZE bench_record")

    name, digests = _picture()
    reviewed = f"CASE WHEN {WAITING_FOR_NOBODY} THEN"
    versions = {RECOGNISED: 2, REVIEWED: 3, RETURNED: 4, APPROVED: 4}
    version = " ".join(f"WHEN '{state}' THEN {of_state}" for state, of_state in versions.items())
    columns = {
        "id": "r.id",
        "batch_id": "r.batch",
        "status": "r.state",
        "version": f"CASE r.state {version} END",
        "source": f"'{Source.UPLOAD.value}'",
        "original_name": f"'扫描_' || {sql.padded('r.id', 7)} || '.jpg'",
        "sha256": f"{sql.padded('r.id', 64)}",
        "original": f"'{name}'",
        "screen": f"'{name}'",
        "thumbnail": f"'{name}'",
        "rendering_digests": sql.as_json(f"'{digests}'"),
        "media_type": "'image/jpeg'",
        "byte_size": "200000",
        "width": str(SIZE[0]),
        "height": str(SIZE[1]),
        "received_by_id": str(User.objects.get(username="admin").pk),
        "received_at": "r.at",
        "reviewed_by_id": f"{reviewed} r.clerk END",
        "reviewed_at": f"{reviewed} r.at END",
        "approved_by_id": f"CASE WHEN r.state = '{APPROVED}' THEN {supervisor} END",
        "approved_at": f"CASE WHEN r.state = '{APPROVED}' THEN r.at END",
        "return_reason": f"CASE WHEN r.state = '{RETURNED}' THEN '{RETURN_REASON}' ELSE '' END",
    }
    sql.insert(Submission, columns, "FROM bench_record r ORDER BY r.id")


def _resident(person: str, place: str) -> str:
    """Return SQL of a resident number: its first digits, its place, and the check digit."""
    place = f"({place})"
    tail = f"8 * ({place} / 100) + 4 * (({place} / 10) % 10) + 2 * ({place} % 10)"
    check = f"substr('10X98765432', CAST((t.{person}_sum + {tail}) % 11 AS int) + 1, 1)"
    return f"t.{person} || {sql.padded(place, 3)} || {check}"


def _picture() -> tuple[str, str]:
    """Store the picture that all records show; return its name and the digests of its renderings."""
    (content,) = renderings(make_picture(1, "clean").content, [SCREEN])
    name = default_storage.save("pictures/shared.webp", ContentFile(content))
    digest = sha256(content).hexdigest()
    return name, json.dumps({"screen": digest, "thumbnail": digest})


def _values(count: int) -> None:
    """Make values and flags; a record's own numbers take the places of the template's."""
    own = zip(PLACES, OWN_NUMBERS, strict=True)
    value = "CASE v.name " + " ".join(f"WHEN '{name}' THEN r.{column}" for name, column in own)
    value += " ELSE v.value END"
    doubted = ", ".join(f"'{name}'" for name in DOUBTED)
    verified = f"CASE WHEN {WAITING_FOR_NOBODY} AND v.name IN ({doubted}) THEN"
    key = f"(r.id - 1) * {len(ORDER)} + 1"
    columns = {
        "id": f"{key} + v.position",
        "submission_id": "r.id",
        "name": "v.name",
        "position": "v.position",
        "read_value": value,
        "value": value,
        "value_prob": "v.prob",
        "polygon": sql.as_json("v.polygon"),
        "version": f"{verified} 2 ELSE 1 END",
        "verified_by_id": f"{verified} r.clerk END",
        "verified_at": f"{verified} r.at END",
    }
    source = "FROM bench_record r JOIN bench_value v ON v.template = r.template"
    # In parts, so that each is sorted and joined in memory.
    for first in range(0, count, 20_000):
        part = f"WHERE r.id > {first} AND r.id <= {first + 20_000} ORDER BY r.id, v.position"
        sql.insert(Field, columns, f"{source} {part}")

    flags = {
        "field_id": f"{key} + f.position",
        "code": "f.code",
        "severity": "f.severity",
        "names": sql.as_json("f.names"),
        "params": sql.as_json("f.params"),
        "proposals": sql.as_json("f.proposals"),
    }
    sql.insert(
        Flag, flags, "FROM bench_record r JOIN bench_flag f ON f.template = r.template ORDER BY r.id, f.position"
    )


def _answer() -> str:
    """Return SQL of a record's answer: that of its template, with its own numbers."""
    answer = "t.answer"
    for name, column in zip(PLACES, OWN_NUMBERS, strict=True):
        answer = f"replace({answer}, '{PLACES[name]}', r.{column})"
    return answer


def _answers() -> None:
    columns = {
        "id": "r.id",
        "submission_id": "r.id",
        "engine": "'replay'",
        "answer": _answer(),
        "seconds": "1",
        "recognised_at": "r.at",
    }
    source = "FROM bench_record r JOIN bench_template t ON t.template = r.template ORDER BY r.id"
    sql.insert(RecognitionResult, columns, source)


def _histories(count: int, made: list[Template]) -> None:
    """Make events and chains: each stage adds an event to all records that came so far."""
    admin, supervisor = (str(User.objects.get(username=name).pk) for name in ("admin", "supervisor0"))
    digest = f"(SELECT bench_digest({_answer()}) FROM bench_template t WHERE t.template = r.template)"
    sql.run(f"UPDATE bench_record AS r SET sealed = {digest}")

    chains = _Chains(count)
    picture_digest = sql.padded("r.id", 64)
    chains.add(EventKind.RECEIVED, by=admin, new=RECEIVED, params=f"""'{{"picture":"' || {picture_digest} || '"}}'""")
    params = """'{"answers":{"' || r.id || '":"' || r.sealed || '"}}'"""
    chains.add(EventKind.RECOGNISED, old=RECEIVED, new=RECOGNISED, params=params)
    reviewed = {"by": "r.clerk", "where": WAITING_FOR_NOBODY}
    chains.add(EventKind.CLAIMED, **reviewed)
    for name in DOUBTED:
        value = f"(SELECT v.value FROM bench_value v WHERE v.template = r.template AND v.position = {ORDER[name]})"
        chains.add(EventKind.VERIFIED, field=name, new_sql=value, **reviewed)
    chains.add(EventKind.SUBMITTED, old=RECOGNISED, new=REVIEWED, **reviewed)
    returned = f"r.state = '{RETURNED}'"
    chains.add(EventKind.RETURNED, old=REVIEWED, new=RETURNED, by=supervisor, reason=RETURN_REASON, where=returned,
               params="""'{"fields":{}}'""")  # fmt: skip

    _approvals(made, supervisor)
    digest = "(SELECT a.digest FROM bench_approval a WHERE a.id = r.id)"
    chains.add(EventKind.APPROVED, old=REVIEWED, new=APPROVED, by=supervisor, where=f"r.state = '{APPROVED}'",
               params=f"""'{{"digest":"' || {digest} || '"}}'""")  # fmt: skip
    chains.store()


class _Chains:
    """The chains of all records, as long as what was added to them."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.first_chain, self.first_event = sql.largest(Chain), sql.largest(Event)
        self.stages = 0
        self.lengths: list[str] = []

    def add(
        self,
        kind: EventKind,
        *,
        by: str = "",
        field: str = "",
        old: str = "",
        new: str = "",
        new_sql: str = "",
        reason: str = "",
        params: str = "'{}'",
        where: str = "TRUE",
    ) -> None:
        """Add an event to the chains of some records; `by` and `params` are SQL, of JSON in its canonical form."""
        number = self._number(where)
        new_sql = new_sql or f"'{new}'"
        columns = {
            "id": f"{self.first_event + self.stages * self.count} + r.id",
            "kind": f"'{kind.value}'",
            "chain_id": f"{self.first_chain} + r.id",
            "number": str(number),
            "previous": "r.head",
            "at": "r.at",
            "by_id": by or "CAST(NULL AS int)",
            "submission_id": "r.id",
            "field_name": f"'{field}'",
            "old": f"'{old}'",
            "new": new_sql,
            "reason": f"'{reason}'",
            "params": sql.as_json(params),
        }
        sql.insert(Event, columns, f"FROM bench_record r WHERE {where} ORDER BY r.id")
        content = (
            f"""'{{"address":null,"at":"' || {sql.iso("r.at")} || '","batch":null,"by":' || {by or "'null'"}"""
            f""" || ',"chain":"submission ' || r.id || '","field":"{field}","kind":"{kind.value}","new":"'"""
            f""" || {new_sql} || '","number":{number},"old":"{old}","params":' || {params}"""
            f""" || ',"person":null,"previous":"' || r.head || '","reason":"{reason}","submission":' || r.id || '}}'"""
        )
        sql.run(f"UPDATE bench_record AS r SET head = bench_digest({content}) WHERE {where}")
        self.stages += 1
        self.lengths.append(where)

    def _number(self, where: str) -> int:
        """Return an event's number in the chains of some records: each has been in all stages that count for it."""
        earlier = ("TRUE", WAITING_FOR_NOBODY, where)
        return 1 + sum(stage in earlier for stage in self.lengths)

    def store(self) -> None:
        length = " + ".join(f"CASE WHEN {where} THEN 1 ELSE 0 END" for where in self.lengths)
        columns = {
            "id": f"{self.first_chain} + r.id",
            "submission_id": "r.id",
            "name": "'submission ' || r.id",
            "length": length,
            "head": "r.head",
        }
        sql.insert(Chain, columns, "FROM bench_record r ORDER BY r.id")


def _approvals(made: list[Template], supervisor: str) -> None:
    """Compute the digest of what was approved of each record, and make the approvals."""
    contents = [_content(template) for template in made]
    approved = sql.ask(f"""SELECT id, template, certificate, mother, father FROM bench_record
        WHERE state = '{APPROVED}' ORDER BY id""")  # fmt: skip
    for part in batched(approved, 5_000):
        rows: list[tuple[object, ...]] = []
        for pk, template, *numbers in part:
            content = contents[template]
            content |= {"record": pk, "picture": f"{pk:064d}"}
            content["values"] |= {BY_NAME[name].key: own for name, own in zip(PLACES, numbers, strict=True)}
            rows.append((pk, digest_of(content)))
        sql.add_many("bench_approval", rows)
    columns = {"submission_id": "r.id", "version": "4", "digest": "a.digest", "by_id": supervisor, "at": "r.at"}
    sql.insert(Approval, columns, "FROM bench_approval a JOIN bench_record r ON r.id = a.id ORDER BY r.id")


def _content(template: Template) -> dict[str, object]:
    """Return what an approval of a record of this template is about, but for what is the record's own."""
    fields = []
    for name, value in template.values.items():
        verified_by = 1 if name in DOUBTED else None
        fields.append(Field(name=name, value=value, read_value=value, verified_by_id=verified_by))
    fields.sort(key=lambda field: ORDER[field.name])
    return content_of(0, "", fields, ())


def _drop() -> None:
    for table in (*TABLES, "bench_record"):
        sql.run(f"DROP TABLE {table}")


def measure(count: int) -> None:
    """Fill, and print what came of it."""
    out = io.StringIO()
    json.dump(make(count), out)
    print(out.getvalue())
