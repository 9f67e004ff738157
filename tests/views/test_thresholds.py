"""An administrator says from which probability on a value is trusted."""

import pytest
from django.test import Client

from reviewapp.certificate.fields import FIELDS
from reviewapp.models import DEFAULT_THRESHOLD, Event, Threshold, User, present_basis
from reviewapp.states import EventKind
from tests.factories import fields_of, submission_at
from tests.views.pages import text

pytestmark = pytest.mark.django_db

PRESENT = {spec.name: str(DEFAULT_THRESHOLD) for spec in FIELDS}


def sent(typed: dict[str, str] | None = None) -> dict[str, str]:
    """Return what the page sends that shows what is set now, but for what was typed."""
    return PRESENT | {"basis": present_basis()} | (typed or {})


def test_all_23_thresholds_are_shown_in_the_groups_of_the_form(as_admin: Client) -> None:
    response = as_admin.get("/thresholds/")
    shown = {bound.name: bound.value() for _, group in response.context["form"].groups() for bound in group}
    assert shown == dict.fromkeys(PRESENT, DEFAULT_THRESHOLD)


def test_what_changed_is_saved_with_an_event_and_shown(as_admin: Client, admin_user: User) -> None:
    response = as_admin.post("/thresholds/", sent({"sex": "70", "birth_time": "100"}), follow=True)
    assert response.redirect_chain == [("/thresholds/", 302)]
    assert "2 thresholds changed." in text(response)
    percents = Threshold.objects.percents()
    assert (percents["sex"], percents["birth_time"], percents["mother_name"]) == (70, 100, DEFAULT_THRESHOLD)
    events = Event.objects.filter(kind=EventKind.THRESHOLD_CHANGED).order_by("field_name")
    assert [(e.field_name, e.old, e.new, e.by) for e in events] == [
        ("birth_time", f"{DEFAULT_THRESHOLD}", "100", admin_user),
        ("sex", f"{DEFAULT_THRESHOLD}", "70", admin_user),
    ]
    assert f"Sex {DEFAULT_THRESHOLD} → 70" in text(response)


def test_saving_without_a_change_says_so(as_admin: Client) -> None:
    assert "Nothing was changed." in text(as_admin.post("/thresholds/", sent(), follow=True))
    assert not Event.objects.exists()


@pytest.mark.parametrize("wrong", ["-1", "101", "", "ninety", "89.5", "9" * 30])
def test_a_threshold_is_a_whole_number_from_0_to_100(as_admin: Client, wrong: str) -> None:
    response = as_admin.post("/thresholds/", sent({"sex": wrong, "birth_time": "50"}))
    assert response.status_code == 422
    assert "Nothing was saved." in text(response)
    assert response.context["form"].errors.keys() == {"sex"}
    assert not Threshold.objects.exists()


def test_a_new_threshold_flags_what_is_read_from_now_on(as_admin: Client) -> None:
    as_admin.post("/thresholds/", sent({"sex": "100", "birth_time": "0"}))
    fields = fields_of(submission_at("recognised", probs={"sex": 99, "birth_time": 1}))
    assert [flag.code for flag in fields["sex"].flags.all()] == ["low_probability"]
    assert not fields["birth_time"].flags.exists()


@pytest.mark.parametrize("role", ["clerk", "supervisor"])
def test_only_administrators_set_thresholds(role: str, request: pytest.FixtureRequest) -> None:
    browser: Client = request.getfixturevalue(f"as_{role}")
    assert browser.get("/thresholds/").status_code == 403
    assert browser.post("/thresholds/", sent({"sex": "1"})).status_code == 403
    assert not Threshold.objects.exists()


@pytest.mark.parametrize("basis", [None, "", "of another time"])
def test_a_page_that_does_not_show_what_is_set_now_changes_nothing(as_admin: Client, basis: str | None) -> None:
    form = PRESENT | ({} if basis is None else {"basis": basis})
    assert as_admin.post("/thresholds/", form | {"sex": "70"}).status_code == 409
    assert not Threshold.objects.exists()


def test_of_two_open_pages_the_later_one_says_what_was_set_meanwhile_and_keeps_what_was_typed(as_admin: Client) -> None:
    basis = present_basis()
    as_admin.post("/thresholds/", PRESENT | {"basis": basis, "sex": "70"})
    late = as_admin.post("/thresholds/", PRESENT | {"basis": basis, "birth_time": "50"})

    assert late.status_code == 409
    assert "thresholds or rules have changed since this page was shown to you" in text(late)
    assert f"Sex : 70 % is set now, {DEFAULT_THRESHOLD} % is in your form" in text(late)
    assert f"Time of birth : {DEFAULT_THRESHOLD} % is set now, 50 % is in your form" in text(late)
    assert late.context["form"]["birth_time"].value() == "50"
    assert Threshold.objects.percents()["sex"] == 70

    again = PRESENT | {"basis": late.context["basis"], "sex": "70", "birth_time": "50"}
    assert as_admin.post("/thresholds/", again).status_code == 302
    percents = Threshold.objects.percents()
    assert (percents["sex"], percents["birth_time"]) == (70, 50)


def test_a_wrong_number_does_not_make_an_old_page_a_new_one(as_admin: Client) -> None:
    basis = present_basis()
    as_admin.post("/thresholds/", sent({"sex": "70"}))
    wrong = as_admin.post("/thresholds/", PRESENT | {"basis": basis, "birth_time": "101"})
    assert (wrong.status_code, wrong.context["basis"]) == (422, basis)


def test_the_refusal_of_an_old_page_is_said_in_chinese_too(as_admin: Client) -> None:
    late = as_admin.post("/thresholds/", PRESENT | {"sex": "70"}, headers={"accept-language": "zh-hans"})
    assert "未保存：您打开本页之后，阈值或规则已有变动。" in text(late)
    assert f"现为 {DEFAULT_THRESHOLD} %，您填写的是 70 %" in text(late)
