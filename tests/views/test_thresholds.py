"""An administrator says from which probability on a value is trusted."""

import pytest
from django.test import Client

from reviewapp.certificate.fields import FIELDS
from reviewapp.models import DEFAULT_THRESHOLD, Event, Threshold, User
from reviewapp.states import EventKind
from tests.factories import fields_of, submission_at
from tests.views.pages import text

pytestmark = pytest.mark.django_db

PRESENT = {spec.name: str(DEFAULT_THRESHOLD) for spec in FIELDS}


def test_all_23_thresholds_are_shown_in_the_groups_of_the_form(as_admin: Client) -> None:
    response = as_admin.get("/thresholds/")
    shown = {bound.name: bound.value() for _, group in response.context["form"].groups() for bound in group}
    assert shown == dict.fromkeys(PRESENT, DEFAULT_THRESHOLD)


def test_what_changed_is_saved_with_an_event_and_shown(as_admin: Client, admin_user: User) -> None:
    response = as_admin.post("/thresholds/", PRESENT | {"sex": "70", "birth_time": "100"}, follow=True)
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
    assert "Nothing was changed." in text(as_admin.post("/thresholds/", PRESENT, follow=True))
    assert not Event.objects.exists()


@pytest.mark.parametrize("wrong", ["-1", "101", "", "ninety", "89.5", "9" * 30])
def test_a_threshold_is_a_whole_number_from_0_to_100(as_admin: Client, wrong: str) -> None:
    response = as_admin.post("/thresholds/", PRESENT | {"sex": wrong, "birth_time": "50"})
    assert response.status_code == 422
    assert "Nothing was saved." in text(response)
    assert response.context["form"].errors.keys() == {"sex"}
    assert not Threshold.objects.exists()


def test_a_new_threshold_flags_what_is_read_from_now_on(as_admin: Client) -> None:
    as_admin.post("/thresholds/", PRESENT | {"sex": "100", "birth_time": "0"})
    fields = fields_of(submission_at("recognised", probs={"sex": 99, "birth_time": 1}))
    assert [flag.code for flag in fields["sex"].flags.all()] == ["low_probability"]
    assert not fields["birth_time"].flags.exists()


@pytest.mark.parametrize("role", ["clerk", "supervisor"])
def test_only_administrators_set_thresholds(role: str, request: pytest.FixtureRequest) -> None:
    browser: Client = request.getfixturevalue(f"as_{role}")
    assert browser.get("/thresholds/").status_code == 403
    assert browser.post("/thresholds/", PRESENT | {"sex": "1"}).status_code == 403
    assert not Threshold.objects.exists()
