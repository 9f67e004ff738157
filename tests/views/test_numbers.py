"""Which certificate numbers are missing, by hospital and series, and which stand on several records."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reviewapp.models import Submission
from reviewapp.views import numbers as numbers_page
from tests.factories import submission_at
from tests.views.pages import text

pytestmark = pytest.mark.django_db

HERE, THERE = "长沙市妇幼保健院", "湘潭市中心医院"


def numbered(number: str, *, hospital: str = HERE, status: str = "reviewed") -> Submission:
    values = {"certificate_number": number, "medical_institutions": hospital}
    return submission_at(status, values=values, is_rendered=False)


def page_of(browser: Client, **options: Any) -> str:
    response = browser.get(reverse("numbers"), **options)
    assert response.status_code == 200
    return text(response)


def test_gaps_are_listed_by_hospital_and_series(as_supervisor: Client) -> None:
    for number in ("X430000006", "X430000011", "X430000013", "Y430000001"):
        numbered(number)
    numbered("X430000008", hospital=THERE)
    numbered("X430000020", hospital=THERE)
    words = page_of(as_supervisor)
    assert f"{HERE} X430000007 – X430000010 (4 numbers) X430000012" in words
    assert f"{THERE} X430000009 – X430000019 (11 numbers)" in words
    assert "No number stands on more than one record." in words


def test_numbers_of_several_records_are_listed_with_links(as_admin: Client) -> None:
    first, second = numbered("X430000006"), numbered("X430000006", hospital=THERE, status="approved")
    numbered("X430000006", status="rejected")
    numbered("X430000007")
    response = as_admin.get(reverse("numbers"))
    assert f"X430000006 #{first.pk} #{second.pk} " in text(response)
    for record in (first, second):
        assert f'href="{record.get_absolute_url()}"' in response.content.decode()
    assert "No number is missing." in text(response)


def test_a_rejected_record_does_not_hold_its_number(as_supervisor: Client) -> None:
    numbered("X430000006")
    numbered("X430000007", status="rejected")
    numbered("X430000008")
    assert "X430000007" in page_of(as_supervisor)


def test_a_page_without_records_says_that_all_is_well(as_supervisor: Client) -> None:
    words = page_of(as_supervisor)
    assert "No number is missing." in words
    assert "No number stands on more than one record." in words


def test_hostile_values_are_shown_as_text(as_supervisor: Client) -> None:
    hostile = "<script>alert(1)</script>"
    numbered("X430000001", hospital=hostile)
    numbered("X430000003", hospital=hostile)
    numbered(hostile)
    numbered(hostile)
    assert hostile.encode() not in as_supervisor.get(reverse("numbers")).content


def test_a_long_list_is_cut_and_says_so(as_supervisor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers_page, "SHOWN", 2)
    for serial in (1, 3, 5, 7):
        numbered(f"X43000000{serial}")
    words = page_of(as_supervisor)
    assert "There are more; the first 2 of each are listed." in words
    assert "X430000004" in words
    assert "X430000006" not in words


def test_the_page_takes_few_queries_however_many_records(
    as_supervisor: Client, django_assert_max_num_queries: Any
) -> None:
    for serial in (1, 1, 3, 5, 5):
        numbered(f"X43000000{serial}")
    # The session, the person, and three for the lists.
    with django_assert_max_num_queries(5):
        page_of(as_supervisor)


def test_it_is_linked_for_those_who_may_see_it(as_supervisor: Client, as_admin: Client, as_clerk: Client) -> None:
    link = reverse("numbers").encode()
    for browser, is_linked in ((as_supervisor, True), (as_admin, True), (as_clerk, False)):
        assert (link in browser.get(reverse("batches")).content) is is_linked


def test_it_speaks_chinese(as_supervisor: Client) -> None:
    numbered("X430000001")
    numbered("X430000003")
    words = page_of(as_supervisor, headers={"accept-language": "zh-hans"})
    assert "缺号" in words
    assert "没有编号出现在多条记录上。" in words
