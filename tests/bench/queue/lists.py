"""Pages with lists, searches and the approval of whole batches, as a browser asks for them, one after the other."""

import http.client
import time
from collections.abc import Iterator
from urllib.parse import quote

from tests.bench.queue.clerk import Session
from tests.bench.queue.figures import milliseconds
from tests.bench.queue.place import Place

WARM_UP, TIMES = 4, 30
BATCHES_APPROVED = 3
SEARCHED = {
    "search_certificate": "certificate_number",
    "search_mother": "mother_name",
    "search_child": "neonatal_name",
}
VALUES = (
    "dict(models.Field.objects.filter(submission={pk}, name__in=['certificate_number', 'mother_id_card_number',"
    " 'mother_name', 'neonatal_name']).values_list('name', 'value'))"
)
MIDDLE = "models.Batch.objects.filter(status='open').order_by('pk')[{number} // 2].pk"
OPEN = "models.Batch.objects.filter(status='open').count()"
TO_APPROVE = (
    "[[batch.pk, list(batch.submissions.awaiting_approval().values_list('pk', 'version'))]"
    " for batch in models.Batch.objects.filter(status='submitted').order_by('pk')[:{most}]]"
)
SUBMITTED = "models.Batch.objects.filter(status='submitted').count()"


def measure(place: Place, records: int) -> dict[str, dict[str, float]]:
    """Return times by page; pages that the product has not are left out."""
    sessions = {name: Session(place.host, place.sessions[name]) for name in ("clerk1", "supervisor1", "admin")}
    found = {}
    for name, who, path in _pages(place, records):
        session = sessions[who]
        if session.ask("GET", path).status == http.client.NOT_FOUND:
            continue
        found[name] = milliseconds(_times(session, path))
    return found


def _times(session: Session, path: str) -> list[float]:
    for _ in range(WARM_UP):
        session.get(path)
    times = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        session.get(path)
        times.append(time.perf_counter() - begun)
    return times


def _pages(place: Place, records: int) -> Iterator[tuple[str, str, str]]:
    """Yield name, whose and address: homes, batches, records, and searches for a record in the middle."""
    yield from (
        ("home_clerk", "clerk1", "/"),
        ("home_supervisor", "supervisor1", "/"),
        ("home_admin", "admin", "/"),
        ("batches_page", "supervisor1", "/batches/"),
        ("exports_page", "admin", "/exports/"),
    )
    batch = place.made.ask(MIDDLE.format(number=place.made.ask(OPEN)))
    yield "batch_page", "supervisor1", f"/batches/{batch}/"
    yield "records", "supervisor1", "/records/"
    yield "records_of_status", "supervisor1", "/records/?status=reviewed"

    pk = records // 2
    values = place.made.ask(VALUES.format(pk=pk))
    terms = {name: values[field] for name, field in SEARCHED.items()}
    terms["search_two_characters"] = values["mother_name"][:2]
    terms["search_last_four"] = values["mother_id_card_number"][-4:]
    terms["search_file_name"] = f"扫描_{pk:07d}"
    terms["search_record_number"] = str(pk)
    terms["search_nothing"] = "龘龘"
    for name, term in terms.items():
        yield name, "supervisor1", f"/search/?q={quote(term)}"


def approvals(place: Place) -> list[float]:
    """Approve whole batches, but for one that is left to be counted; return how many seconds each took."""
    session = Session(place.host, place.sessions["supervisor1"])
    most = min(BATCHES_APPROVED, place.made.ask(SUBMITTED) - 1)
    seconds = []
    for batch, shown in place.made.ask(TO_APPROVE.format(most=max(0, most))):
        form = [("shown", f"{pk}:{version}") for pk, version in shown]
        begun = time.perf_counter()
        answer = session.ask("POST", f"/batches/{batch}/approve/", form)
        assert answer.status == http.client.FOUND, (answer.status, answer.content[:500])
        seconds.append(round(time.perf_counter() - begun, 2))
    return seconds
