"""副页 and 存根 of a whole sheet, read to compare them with the 正页."""

import unicodedata
from functools import cache

import cv2
import numpy as np
import pytest

from reviewapp.engines.local.engine import LocalEngine, read
from tests.certificates import form
from tests.certificates.make import Sample, make

# Nothing here needs a database, so one run of the two is enough.
pytestmark = pytest.mark.sqlite


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def agreeing(copy: dict[str, str], sample: Sample) -> int:
    return sum(plain(copy[key]) == plain(text) for key, text in sample.truth.items())


@cache
def sheet(seed: int) -> Sample:
    return make(seed, "page", case="plain")


@cache
def copies_of(seed: int) -> list[dict[str, str]]:
    copies: list[dict[str, str]] = LocalEngine().recognise(sheet(seed).content).data["debug_info"]["copies"]
    return copies


def test_both_copies_on_a_sheet_are_read_wherever_their_labels_stand() -> None:
    for seed in (3102, 3105):
        assert [agreeing(copy, sheet(seed)) >= 20 for copy in copies_of(seed)] == [True, True]


def test_a_sheet_that_is_cut_off_has_the_copies_that_are_left() -> None:
    sample = sheet(3102)
    height = sample.image.shape[0]
    for share, copies in ((0.5, 0), (0.76, 1)):
        part = np.ascontiguousarray(sample.image[: round(height * share), :, ::-1])
        found = read(cv2.imencode(".png", part)[1].tobytes())
        assert len(found.copies) == copies
        assert agreeing({value.key: value.text for value in found.values}, sample) >= 22


def test_the_answer_tells_what_the_copies_said() -> None:
    number = sheet(3102).truth["certificateNumber"]
    assert [copy["certificateNumber"] for copy in copies_of(3102)] == [number] * 2


def test_no_two_printings_of_the_copies_are_alike() -> None:
    printings = [form.strips(variant) for variant in range(form.STRIP_VARIANTS)]
    steps = {strip.step for strips in printings for strip in strips}
    assert len(steps) == form.STRIP_VARIANTS
    for strips in printings:
        last_row = [strip.y(form.ROWS[-1]) for strip in strips]
        assert last_row[0] < strips[1].title_y - 5.5
        assert last_row[1] < form.SHEET_HEIGHT - 3


def test_the_first_copy_is_read_even_where_the_labels_of_the_last_agree_sooner() -> None:
    sample = make(84004, "page")
    data = LocalEngine().recognise(sample.content).data
    places = [entry["valuePos"] for entry in data["prism_keyValueInfo"] if entry["value"]]
    assert all(point["y"] < sample.image.shape[0] / 2 for place in places for point in place)
