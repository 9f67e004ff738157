"""The rows of a batch: what was not read is not the same as nothing, and its picture stands upright."""

import re

import pytest
from django.test import Client

from tests.factories import answer, make_batch, submission_at

pytestmark = pytest.mark.django_db


def test_nothing_doubtful_is_a_nought_and_what_was_not_read_a_dash(as_clerk: Client) -> None:
    batch = make_batch()
    submission_at("recognised", batch=batch, values={"neonatal_name": ""}, probs={"sex": 1})
    submission_at("reviewed", batch=batch)
    submission_at("received", batch=batch)
    page = as_clerk.get(batch.get_absolute_url()).content.decode()
    assert re.findall(r'data-label="Doubtful">([^<]+)<', page) == ["2", "0", "–"]
    assert re.findall(r'data-label="Changed">([^<]+)<', page) == ["0", "0", "–"]
    assert re.findall(r'data-label="Child">([^<]+)<', page)[::2] == ["(empty)", "–"]


def test_the_thumbnail_of_a_picture_that_lies_on_its_side_is_turned(as_clerk: Client) -> None:
    turned = answer()
    for entry in turned["prism_keyValueInfo"]:
        for corner in entry.get("valuePos", ()):
            corner["x"], corner["y"] = 1000 - corner["y"], corner["x"]
    submission = submission_at("recognised", data=turned)
    page = as_clerk.get(submission.batch.get_absolute_url()).content.decode()
    assert 'data-turn="90"' in page
