"""How many statements an act needs, and how many rows its queries read, as PostgreSQL says.

Runs in a process of its own beside the product's models, through all of the server but its sockets.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from reviewapp.models import Batch, Field, Submission, User
from tests.bench.queue.cast import DOUBTED

READS, LOCKS = ("SELECT", "WITH"), "FOR NO KEY UPDATE"
BOOKKEEPING = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SET ")
# A table of fewer rows than this is read as a whole, whatever its indexes.
SMALL, ROWS_ALLOWED = 2_000, 200
TOLD = 160


@dataclass
class Counted:
    """One act: its statements, what its queries read and returned, and the large tables that one read as a whole.

    Two more, in every request, read the session and who asks.
    """

    statements: int = 0
    read: int = 0
    returned: int = 0
    scanned: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)


def measure() -> None:
    """Print by act what it needs."""
    print(json.dumps({name: asdict(counted(act)) for name, act in _acts()}))


def statements_of(captured: CaptureQueriesContext) -> list[str]:
    queries = [query["sql"] for query in captured.captured_queries]
    asked = [sql for sql in queries if not sql.startswith(BOOKKEEPING)]
    is_of_session = 'FROM "django_session"' in asked[0]
    return asked[2:] if is_of_session else asked


def counted(act: Callable[[], HttpResponse]) -> Counted:
    with CaptureQueriesContext(connection) as captured:
        response = act()
    assert response.status_code < 400, (response.status_code, response.content[:300])
    asked = statements_of(captured)
    found = Counted(statements=len(asked))
    if connection.vendor != "postgresql":
        return found
    for statement in asked:
        if statement.startswith(READS):
            _explain(statement, found)
    return found


def _explain(statement: str, found: Counted) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}")
        answer = cursor.fetchone()[0]
        transaction.set_rollback(True)
    (explained,) = json.loads(answer) if isinstance(answer, str) else answer
    plan = explained["Plan"]
    nodes = list(_nodes(plan))
    read = sum(_read(node) for node in nodes)
    found.read += read
    found.returned += plan["Actual Rows"]
    scans = [node for node in nodes if node["Node Type"] == "Seq Scan" and _read(node) > SMALL]
    found.scanned += [node["Relation Name"] for node in scans]
    if scans or read > max(ROWS_ALLOWED, 10 * plan["Actual Rows"]):
        spent = explained["Execution Time"] + explained["Planning Time"]
        shape = " > ".join(f"{node['Node Type']} {node.get('Index Name', node.get('Relation Name', ''))}".strip()
                           for node in nodes)  # fmt: skip
        found.slow.append(
            f"{spent:.1f} ms, {read:.0f} rows read for {plan['Actual Rows']}: {statement[:TOLD]} … {shape}"
        )


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def _read(node: dict[str, Any]) -> float:
    """Return how many rows a scan looked at, kept or not."""
    if "Scan" not in node["Node Type"] or node["Node Type"] in ("Subquery Scan", "CTE Scan", "Bitmap Index Scan"):
        return 0
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return float((node["Actual Rows"] + removed) * node["Actual Loops"])


def client_of(name: str) -> Client:
    client = Client(SERVER_NAME="localhost", raise_request_exception=True)
    client.force_login(User.objects.get(username=name))
    return client


def _acts() -> Iterator[tuple[str, Callable[[], HttpResponse]]]:
    """Yield what people do: pages, searches, a step, an approval."""
    clerk, supervisor, admin = client_of("clerk0"), client_of("supervisor1"), client_of("admin")
    middle = Batch.objects.filter(status="open").order_by("pk")[Batch.objects.filter(status="open").count() // 2]
    pages = {
        "home_clerk": (clerk, "/"),
        "home_supervisor": (supervisor, "/"),
        "home_admin": (admin, "/"),
        "batches_page": (supervisor, "/batches/"),
        "batch_page": (supervisor, f"/batches/{middle.pk}/"),
        "exports_page": (admin, "/exports/"),
    }
    for name, address in optional_pages().items():
        pages[name] = (supervisor, address)
    for name, (client, address) in pages.items():
        yield name, lambda client=client, address=address: client.get(address)  # type: ignore[misc]
    yield from _step(clerk)
    yield "approve_500", _approval(supervisor)


def optional_pages() -> dict[str, str]:
    """Return the addresses of the list of records and of a search, where there are any."""
    found = {}
    for name, query in {"records": "", "search": "?q=王秀"}.items():
        try:
            found[name] = reverse(name) + query
        except NoReverseMatch:
            continue
    return found


def _step(clerk: Client) -> Iterator[tuple[str, Callable[[], HttpResponse]]]:
    htmx = {"HX-Request": "true"}

    def held() -> Submission:
        return Submission.objects.begun_by(User.objects.get(username="clerk0")).order_by("-claimed_until")[0]

    def save(name: str) -> Callable[[], HttpResponse]:
        changed = Field.objects.get(submission=held(), name=name)
        form = {"value": f"{changed.value}院", "version": changed.version, "verify": "1", "override_reason": ""}
        address = f"/records/{changed.submission_id}/fields/{name}/"
        return lambda: clerk.post(address, form, headers=htmx)

    yield "next", lambda: clerk.post("/review/next/", headers=htmx)
    pk = held().pk
    yield "review_page", lambda: clerk.get(f"/records/{pk}/review/")
    yield "save", save(DOUBTED[0])
    yield "save_again", save(DOUBTED[1])
    yield "submit_next", lambda: clerk.post(f"/records/{pk}/submit/", headers=htmx)


def _approval(supervisor: Client) -> Callable[[], HttpResponse]:
    """Return the approval of a whole batch that awaits it."""
    batch = Batch.objects.awaiting_approval().filter(status="submitted").order_by("-pk")[0]
    waiting = batch.submissions.awaiting_approval().values_list("pk", "version")
    shown = [f"{pk}:{version}" for pk, version in waiting]
    return lambda: supervisor.post(f"/batches/{batch.pk}/approve/", {"shown": shown})
