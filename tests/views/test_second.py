"""The second reader's page: what is unsure, both readings without names, and nothing else of the record."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone, translation
from django.utils.html import escape

from reviewapp.models import Submission, User
from reviewapp.stages import claim, correct
from reviewapp.states import EventKind
from tests.factories import change, mark, person, submission_at, verify_all
from tests.views.pages import text

pytestmark = pytest.mark.django_db

NAME, OTHER = "mother_name", "father_name"


@pytest.fixture
def record(clerk: User) -> Submission:
    """Give a record of which a clerk named Zhou Qixin was unsure in two values, one of them changed."""
    User.objects.filter(pk=clerk.pk).update(last_name="周", first_name="启新")
    record = submission_at("recognised")
    claim.claim(record, by=clerk)
    change(record, NAME, "王丽", by=clerk)
    for name in (NAME, OTHER):
        mark(record, name, "unsure", by=clerk)
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)
    return record


@pytest.fixture
def taken(record: Submission, clerk2: User) -> Submission:
    claim.claim(record, by=clerk2)
    return record


def address(record: Submission) -> str:
    return f"/records/{record.pk}/second/"


def answers(record: Submission, **choices: str) -> dict[str, str]:
    versions = {f"{field.name}-version": str(field.version) for field in record.fields.unsure()}
    return versions | {name.replace("__", "-"): value for name, value in choices.items()}


def test_next_leads_to_the_page(as_clerk2: Client, record: Submission) -> None:
    assert "One record waits to be reviewed." in text(as_clerk2.get("/"))
    response = as_clerk2.post("/review/next/", follow=True)
    assert [address for address, _ in response.redirect_chain][-1] == address(record)
    assert "Go on where you stopped" in text(as_clerk2.get("/"))


def test_it_shows_both_readings_and_nothing_else(as_clerk2: Client, taken: Submission) -> None:
    response = as_clerk2.get(address(taken))
    page = response.content.decode()
    fields = {field.name: field for field in taken.fields.all()}
    for shown in (NAME, OTHER):
        assert escape(fields[shown].read_value) in page
    assert "王丽" in page
    assert page.count('class="crop"') == 2
    assert page.count(f'name="{NAME}-choice"') == 4
    assert page.count(f'name="{OTHER}-choice"') == 3, "two equal readings are one"
    assert re.findall(r'data-key="(\d)"', page) == [*"1234", *"123"]
    assert re.findall(r"<kbd>(\d)</kbd>", page) == [*"1234", *"123"]
    unsure = {NAME, OTHER}
    hidden = [field for field in fields.values() if field.name not in unsure and len(field.value) > 3]
    assert not [field.name for field in hidden if field.value in page]
    assert "周启新" not in page
    assert not re.search(r"周|启新", page)


def test_the_readings_stay_where_they_are_and_are_for_each_person_their_own(
    as_clerk2: Client, taken: Submission, clerk2: User
) -> None:
    pages = [as_clerk2.get(address(taken)).content.decode() for _ in range(3)]
    orders = [re.findall(r'second__reading"[^>]*>([^<]*)<', page) for page in pages]
    assert orders[0] == orders[1] == orders[2]
    assert orders[0][:2] == taken.fields.get(name=NAME).readings_for(clerk2)


def test_a_choice_by_number_is_the_reading_that_was_shown(as_clerk2: Client, taken: Submission, clerk2: User) -> None:
    readings = taken.fields.get(name=NAME).readings_for(clerk2)
    number = readings.index("王丽") + 1
    typed = taken.fields.get(name=OTHER).value + "明"
    data = answers(taken, mother_name__choice=str(number), father_name__choice="other", father_name__typed=typed)
    assert as_clerk2.post(address(taken), data).status_code == 302
    taken.refresh_from_db()
    assert taken.status == "reviewed"
    values = dict(taken.fields.values_list("name", "value"))
    assert (values[NAME], values[OTHER]) == ("王丽", typed)


def test_what_is_missing_is_said_and_what_was_chosen_stays(as_clerk2: Client, taken: Submission) -> None:
    response = as_clerk2.post(address(taken), answers(taken, mother_name__choice="unsure", question="斑点"))
    assert response.status_code == 422
    assert "Choose for each value what the paper says" in text(response)
    assert "斑点" in response.content.decode()
    assert re.search(r'value="unsure"\s+data-key="4"\s+checked', response.content.decode())
    bare = as_clerk2.post(address(taken), answers(taken, mother_name__choice="unsure", father_name__choice="1"))
    assert (bare.status_code, "Write what you want to ask" in text(bare)) == (422, True)


def test_a_value_against_a_rule_asks_why_beside_it(as_clerk2: Client, taken: Submission) -> None:
    data = answers(taken, mother_name__choice="other", mother_name__typed="王\ue000", father_name__choice="1")
    response = as_clerk2.post(address(taken), data)
    assert response.status_code == 422
    assert "“Mother's name” breaks a rule" in text(response).replace("&#x27;", "'")
    assert 'name="mother_name-reason"' in response.content.decode()
    assert as_clerk2.post(address(taken), data | {"mother_name-reason": "so it is"}).status_code == 302


def test_who_is_unsure_too_sends_it_to_a_supervisor(as_clerk2: Client, taken: Submission) -> None:
    data = answers(taken, mother_name__choice="unsure", father_name__choice="1", question="丽?")
    assert as_clerk2.post(address(taken), data).status_code == 302
    taken.refresh_from_db()
    assert taken.status == "escalated"


@pytest.mark.parametrize(
    "broken",
    [
        {"mother_name-choice": "9"},
        {"mother_name-choice": "other"},
        {"mother_name-version": "x"},
        {"question": "x" * 501},
    ],
)
def test_odd_forms_are_refused(as_clerk2: Client, taken: Submission, broken: dict[str, str]) -> None:
    data = answers(taken, mother_name__choice="1", father_name__choice="1") | broken
    assert as_clerk2.post(address(taken), data).status_code == 422
    assert not taken.events.filter(kind=EventKind.SECOND_READ).exists()


def test_the_same_answer_sent_twice_goes_on(as_clerk2: Client, taken: Submission) -> None:
    data = answers(taken, mother_name__choice="1", father_name__choice="1")
    for _ in range(2):
        assert as_clerk2.post(address(taken), data).status_code == 302
    assert taken.events.filter(kind=EventKind.SECOND_READ).count() == 1


def test_who_lost_the_record_keeps_what_they_chose(
    as_clerk2: Client, taken: Submission, clerk2: User, supervisor: User
) -> None:
    claim.give_back(taken, by=clerk2)
    claim.claim(Submission.objects.get(pk=taken.pk), by=supervisor)
    data = answers(taken, mother_name__choice="other", mother_name__typed="王莉", father_name__choice="1")
    response = as_clerk2.post(address(taken), data)
    assert response.status_code == 409
    assert "王莉" in response.content.decode()
    assert "Take the record again" in text(response)


def test_the_record_page_stays_shut_for_who_will_read_it(
    as_clerk: Client, as_clerk2: Client, record: Submission
) -> None:
    response = as_clerk2.get(record.get_absolute_url())
    assert (response.status_code, "must not know what the first one read" in text(response)) == (403, True)
    assert "王丽" not in response.content.decode()
    assert as_clerk.get(record.get_absolute_url()).status_code == 200


def test_a_value_without_a_place_comes_with_the_whole_paper(as_clerk2: Client, taken: Submission) -> None:
    taken.fields.filter(name=NAME).update(polygon=None)
    assert "show the whole paper" in text(as_clerk2.get(address(taken)))


def test_a_supervisor_is_told_that_nobody_is_left(
    as_supervisor: Client, record: Submission, clerk: User, clerk2: User, supervisor: User
) -> None:
    sentence = "One record waits for a second reader, and nobody can be it"
    assert sentence not in text(as_supervisor.get("/")), "the other clerk is there"
    User.objects.filter(pk=clerk2.pk).update(is_active=False)
    assert sentence in text(as_supervisor.get("/")), "the only supervisor could not approve it then"
    assert "Next record" not in text(as_supervisor.get("/"))
    assert list(Submission.objects.without_second_reader()) == [record]
    chinese = text(as_supervisor.get("/", headers={"accept-language": "zh-hans"}))
    assert "1 条记录等待第二人复核，但无人可以复核" in chinese
    person("supervisor2")
    assert not Submission.objects.without_second_reader().exists()
    own = submission_at("unsure", clerk=supervisor)
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert list(Submission.objects.without_second_reader()) == [own]


def test_the_page_speaks_chinese(as_clerk2: Client, taken: Submission) -> None:
    with translation.override("zh-hans"):
        page = text(as_clerk2.get(address(taken), headers={"accept-language": "zh-hans"}))
    assert "第二人复核" in page
    assert "我也不确定" in page
    assert "unsure" not in page


def test_a_supervisor_reads_second_when_nothing_else_waits_and_another_one_can_approve(
    as_supervisor: Client, record: Submission, supervisor: User
) -> None:
    assert claim.claim_next(by=supervisor) is None, "nobody else could approve it"
    other = person("supervisor2")
    first = submission_at("recognised")
    assert [claim.claim_next(by=supervisor), claim.claim_next(by=supervisor, after=first)] == [first, record]
    User.objects.filter(pk=other.pk).update(is_active=False)
    claim.give_back(record, by=supervisor)
    assert claim.claim_next(by=supervisor, after=first) is None


def test_a_clerk_reads_second_before_all_else(record: Submission, clerk2: User) -> None:
    submission_at("recognised")
    assert claim.claim_next(by=clerk2) == record


def test_who_asks_and_what_is_told_with_and_without_a_second_reader(
    as_clerk: Client, as_clerk2: Client, as_supervisor: Client, taken: Submission, clerk2: User
) -> None:
    """The supervisor reads which values two people cannot read, and who asks; the answer goes to the first one."""
    User.objects.filter(pk=clerk2.pk).update(last_name="吴", first_name="二")
    data = answers(taken, mother_name__choice="unsure", father_name__choice="1", question="丽?")
    as_clerk2.post(address(taken), data)
    told = "Two people cannot read this for certain: Mother's name. 丽?"
    for page in ("/", taken.get_absolute_url()):
        words = unescape(as_supervisor.get(page).content.decode())
        assert told in words
        assert "吴二" in words
    taken.refresh_from_db()
    response = as_supervisor.post(
        f"/records/{taken.pk}/answer/", {"answer": "丽", "version": taken.version}, follow=True
    )
    assert "The answer goes to 周启新, who worked on the record first." in text(response)
    claim.claim(Submission.objects.get(), by=taken.reviewed_by)  # type: ignore[arg-type]
    assert told in unescape(as_clerk.get(f"/records/{taken.pk}/review/").content.decode())


def test_a_clerks_own_question_is_told_as_one_persons(as_supervisor: Client) -> None:
    record = submission_at("escalated")
    event = record.events.question()
    assert event is not None
    assert event.reason_label == "Is this a 钧?"
    words = text(as_supervisor.get("/"))
    assert "Neonatal name · Is this a 钧?" in words
    assert "Two people" not in words
    response = as_supervisor.post(
        f"/records/{record.pk}/answer/", {"answer": "yes", "version": record.version}, follow=True
    )
    assert "The answer goes to" not in text(response)


def test_a_second_reading_is_not_laid_aside(as_clerk2: Client, taken: Submission, clerk2: User) -> None:
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    for deed, data in (("skip", {"reason": "later"}), ("postpone", {"reason": "later", "until": tomorrow})):
        response = as_clerk2.post(f"/records/{taken.pk}/{deed}/", data)
        assert response.status_code == 409
        assert "neither skipped nor postponed" in text(response)
    taken.refresh_from_db()
    assert (taken.holder, taken.postponed_until) == (clerk2, None)
    assert not taken.skips.exists()
