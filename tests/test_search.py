"""Finding records: by which texts, by whom, and that no search reads more than it shows."""

from collections.abc import Iterable

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reviewapp.certificate.fields import ORDER
from reviewapp.models import SearchTerm, Submission, User
from reviewapp.search.fill import fill
from reviewapp.search.find import LOOKED_AT, SHOWN, find
from reviewapp.search.terms import plain, terms_of, terms_of_file
from reviewapp.stages import amend, claim
from reviewapp.states import TermKind
from tests.amendments import amendment_of
from tests.factories import change, make_batch, no_program, person, receive, submission_at

pytestmark = pytest.mark.django_db

FAMILY = {
    "neonatal_name": "王小明",
    "mother_name": "单曾",
    "father_name": "阿依古丽·买买提",
    "certificate_number": "X330012345",
    "mother_id_card_number": "11010119900307123X",
    "father_id_card_number": "110101198803071297",
}
ROWS = 3_000
# Records that no test makes.
FAR = 10_000_000


@pytest.fixture
def record(db: None) -> Submission:
    """A family's record, and another one beside it."""
    submission_at("recognised", values=dict.fromkeys(FAMILY, ""))
    return submission_at("recognised", values=FAMILY)


def terms() -> list[tuple[str, str, int, int]]:
    return sorted(SearchTerm.objects.values_list("kind", "term", "submission_id", "position"))


def found(text: str, *, by: str = "supervisor") -> list[int]:
    """Return the records that a text finds, in their order."""
    return [one.submission.pk for one in find(text, by=person(by)).records]


def fields_named(text: str) -> set[int]:
    """Return the positions of the fields by which a text finds something."""
    records = find(text, by=person("supervisor")).records
    return {reason.position for one in records for reason in one.reasons}


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("王小", "neonatal_name"),
        ("小明", "neonatal_name"),
        ("王小明", "neonatal_name"),
        (" 王 小 明 ", "neonatal_name"),
        ("wxm", "neonatal_name"),
        ("WX", "neonatal_name"),
        ("wangxiaoming", "neonatal_name"),
        ("wang xiao", "neonatal_name"),
        ("Wang Xiaom", "neonatal_name"),
        ("ｗｘｍ", "neonatal_name"),
        ("单曾", "mother_name"),
        ("shanzeng", "mother_name"),
        ("danceng", "mother_name"),
        ("sz", "mother_name"),
        ("古丽", "father_name"),
        ("阿依古丽买买提", "father_name"),
        ("阿依古丽•买买", "father_name"),
        ("ayglmmt", "father_name"),
        ("X330012345", "certificate_number"),
        ("x3300", "certificate_number"),
        ("2345", "certificate_number"),
        ("012345", "certificate_number"),
        ("１２３４５", "certificate_number"),
        ("123X", "mother_id_card_number"),
        ("7123x", "mother_id_card_number"),
        ("11010119900307123x", "mother_id_card_number"),
        ("1297", "father_id_card_number"),
        ("110101198803071297", "father_id_card_number"),
    ],
)
def test_a_record_is_found_by_what_people_know_of_it(record: Submission, text: str, field: str) -> None:
    assert found(text) == [record.pk]
    assert fields_named(text) == {ORDER[field]}


def test_a_record_is_found_by_its_number_first(record: Submission) -> None:
    for text in (f"#{record.pk}", str(record.pk), f" ＃{record.pk} "):
        assert found(text)[0] == record.pk
    assert found("#999999999999999999") == []
    assert found("9" * 19) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("IMG_20261101_0042.JPG", "img_2026"),
        ("IMG_20261101_0042.JPG", "0042"),
        ("IMG_20261101_0042.JPG", "IMG_20261101_0042.jpg"),
        ("2026-11 龙岩 扫描.tif", "岩扫描"),
        ("scan0007.png", "0007"),
        ("奚仲.png", "奚仲"),
    ],
)
def test_a_picture_is_found_by_its_files_name_before_it_is_read(name: str, text: str) -> None:
    record = receive(name=name)
    receive(name="other.jpg")
    assert found(text) == [record.pk]


def test_an_ending_of_a_file_is_no_word_of_it(record: Submission) -> None:
    assert found("png") == []


def test_batches_are_found_by_a_part_of_their_name(record: Submission) -> None:
    batch = make_batch("2026-11 龙岩市 100%")
    for text in ("龙岩", "100%", "2026-11"):
        assert find(text, by=person("clerk")).batches == [batch]
    assert find("0_%", by=person("clerk")).batches == []


@pytest.mark.parametrize(
    "text",
    ["", " ", "王", "w", "%", "%%", "__", "'; DROP TABLE x; --", "😀", "😀😀", "\u200b\u200b", "#", "x" * 500,
     "王" * 500, "\ud800", "李四", "lisi", "999999", "(1=1)", "null"],
)  # fmt: skip
def test_what_nobody_has_finds_nothing(record: Submission, text: str) -> None:
    assert found(text) == []


def test_a_correction_is_found_by_the_new_value_alone(record: Submission, clerk: User) -> None:
    claim.claim(record, by=clerk)
    change(record, "neonatal_name", "王晓明", by=clerk)
    change(record, "mother_id_card_number", "110101199003074321", by=clerk)
    assert found("王小") == []
    assert found("123X") == []
    for text in ("王晓明", "wxm", "4321"):
        assert found(text) == [record.pk]


def test_an_amendment_is_found_by_the_new_value_alone() -> None:
    record = submission_at("approved", values={"neonatal_name": "王小明"})
    waiting = amendment_of(record, changes={"neonatal_name": "赵子龙"})
    assert found("王小明") == [record.pk]
    amend.approve_amendment(waiting, by=person("supervisor2"), queue=no_program)
    assert found("王小明") == []
    assert found("赵子") == [record.pk]


def test_the_index_filled_anew_is_the_one_that_stages_wrote(record: Submission, clerk: User) -> None:
    receive(name="IMG_2026 扫描 0042.JPG")
    claim.claim(record, by=clerk)
    change(record, "neonatal_name", "王晓明", by=clerk)
    written = terms()
    assert fill(connection) == len(written)
    assert terms() == written
    SearchTerm.objects.all().delete()
    call_command("index_records")
    assert terms() == written


def test_clerks_find_no_approved_record_of_others_and_nothing_to_be_read_blind() -> None:
    approved = submission_at("approved", values={"neonatal_name": "王小明"})
    unsure = submission_at("unsure", values={"neonatal_name": "王小红"})
    assert found("王小") == [unsure.pk, approved.pk]
    assert found("王小", by="clerk") == [unsure.pk, approved.pk]
    assert found("王小", by="clerk2") == []
    assert found(f"#{approved.pk}", by="clerk2") == []


def test_the_newest_come_first_and_more_than_are_shown_are_told(record: Submission) -> None:
    add_terms([("王小", pk, ORDER["mother_name"]) for pk in range(FAR, FAR + LOOKED_AT)])
    answer_of_many = find("王小", by=person("supervisor"))
    assert answer_of_many.has_more
    newest = submission_at("recognised", values={"neonatal_name": "王小龙"})
    assert len(find("小龙", by=person("supervisor")).records) == 1
    SearchTerm.objects.filter(submission__gte=FAR).delete()
    assert found("王小") == [newest.pk, record.pk]
    assert not find("王小", by=person("supervisor")).has_more


def add_terms(rows: Iterable[tuple[str, int, int]]) -> None:
    SearchTerm.objects.bulk_create(
        SearchTerm(kind=TermKind.NAME, term=term, submission_id=pk, position=position) for term, pk, position in rows
    )


@pytest.mark.parametrize("text", ["王小", "王小明"])
def test_no_search_reads_a_whole_table(text: str) -> None:
    add_terms((f"{chr(0x4E00 + pk % 500)}小", pk, 0) for pk in range(ROWS))
    add_terms((text, pk, 1) for pk in range(ROWS))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    among = SearchTerm.objects.filter(kind=TermKind.NAME)
    exact = among.filter(term=text).order_by("-submission_id", "-position")[:SHOWN]
    begun = among.filter(term__gte=text, term__lt=f"{text}\U0010ffff")
    for asked in (exact, begun.order_by("term", "submission_id", "position")[:SHOWN]):
        plan = asked.values_list("submission_id", "position").explain().lower()
        assert "index" in plan, plan
        assert "seq scan" not in plan, plan
        assert "sort" not in plan.replace("incremental sort", ""), plan
        assert "temp b-tree" not in plan, plan


def test_terms_are_few_and_short() -> None:
    name = terms_of("neonatal_name", "王小明")
    assert sorted(name) == [
        ("n", "小明"), ("n", "王小"), ("n", "王小明"), ("p", "wangxiaoming"), ("p", "wxm"),
    ]  # fmt: skip
    assert terms_of("sex", "男") == frozenset()
    assert max(len(term) for _kind, term in terms_of("mother_name", "买" * 50)) <= 40
    assert max(len(term) for _kind, term in terms_of_file("a1" * 120 + ".png")) <= 40
    assert len(terms_of_file("a1" * 120 + ".png")) <= 12
    assert plain("Ｘ－１２ 3") == "x123"


@pytest.mark.parametrize(
    ("field", "value", "statements"),
    [("mother_address", "北京市东城区", 0), ("neonatal_name", "王 小明", 0), ("neonatal_name", "王晓明", 2)],
)
def test_a_save_writes_terms_only_where_search_tells_the_values_apart(
    record: Submission, clerk: User, field: str, value: str, statements: int
) -> None:
    claim.claim(record, by=clerk)
    with CaptureQueriesContext(connection) as queries:
        change(record, field, value, by=clerk)
    assert sum("reviewapp_searchterm" in query["sql"] for query in queries) == statements
