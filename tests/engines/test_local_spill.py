"""Values that run over their slot, their label or the frame, and what stands where none is."""

from dataclasses import replace

import numpy as np
import pytest

from reviewapp.certificate.fields import FIELDS
from reviewapp.engines.local import LocalEngine
from reviewapp.engines.local.compose.values import values_of
from reviewapp.engines.local.editions.edition import EDITION_4
from reviewapp.engines.local.editions.edition5to7 import FORM, Slot
from reviewapp.engines.local.networks.reading import Glyph, Reading
from reviewapp.engines.local.read.box import Box
from reviewapp.engines.local.read.ink import _is_tall_and_dense
from reviewapp.engines.local.read.line import Line, SheetReading
from reviewapp.engines.local.read.remains import is_remains
from reviewapp.engines.local.read.trimming import has_unread_ink, within_slot
from tests.certificates.make import make

pytestmark = pytest.mark.sqlite

# mm: the pitch of characters in 10.5 points.
PITCH = 3.7
SURE = 99


def slot(name: str) -> Slot:
    return next(slot for slot in FORM.slots if slot.name == name)


def printed(text: str, first_x: float, window: Box, *, prob: float = 0.99) -> Reading:
    """Return a reading of characters that stand one after the other, the first one's middle at `first_x` (mm)."""
    glyphs = []
    for number, char in enumerate(text):
        at = (first_x + PITCH * number - window.x0) / window.width
        glyphs.append(Glyph(char, prob, at))
    return Reading(tuple(glyphs), text)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [930001, 930002, 930003, 930004, 930005, 930006])
def test_no_value_that_runs_over_its_slot_is_cut_without_a_flag(seed: int) -> None:
    sample = make(seed, "spill")
    data = LocalEngine(2).recognise(sample.content).data
    sure = {entry["key"]: entry["value"] for entry in data["prism_keyValueInfo"] if entry["valueProb"] >= SURE}
    assert {key: value for key, value in sure.items() if value != sample.truth[key]} == {}
    right = [key for key, value in data["data"].items() if value == sample.truth[key]]
    assert len(right) >= len(FIELDS) - 3


def test_a_first_character_printed_on_its_label_is_the_values_own_where_colour_tells() -> None:
    ethnicity = slot("motherEthnicity")
    window = Box(ethnicity.x0 - 4, ethnicity.y - 2, ethnicity.x1, ethnicity.y + 2)
    read = printed("汉族", ethnicity.x0 - 1.6, window)
    assert within_slot(read, window, ethnicity, FORM, is_coloured=True).text == "汉族"
    assert within_slot(read, window, ethnicity, FORM, is_coloured=False).text == "族"
    of_label = printed("民族汉族", ethnicity.x0 - 1.6 - 2 * PITCH, window)
    assert within_slot(of_label, window, ethnicity, FORM, is_coloured=True).text == "汉族"


def test_a_doubtful_character_far_behind_a_text_is_a_speck() -> None:
    county = slot("birthPlace.县")
    window = Box(county.x0, county.y - 2, county.x1, county.y + 2)
    text = printed("治县", county.x0 + 2, window)
    speck = Glyph("白", 0.3, (county.x0 + 2 + 4 * PITCH - window.x0) / window.width)
    far = replace(text, glyphs=(*text.glyphs, speck))
    assert within_slot(far, window, county, FORM, is_coloured=True).text == "治县"
    sure = replace(text, glyphs=(*text.glyphs, replace(speck, prob=0.99)))
    assert within_slot(sure, window, county, FORM, is_coloured=True).text == "治县白"


def test_ink_behind_the_last_character_in_which_a_digit_has_room_was_passed_over() -> None:
    window = Box(140.0, 68.0, 200.0, 73.0)
    text = printed("河南省洛阳市红旗村", 142.0, window)
    last = 142.0 + 8 * PITCH
    assert not has_unread_ink(text, window, Box(140.2, 68.5, last + 0.55 * PITCH, 72.5))
    assert has_unread_ink(text, window, Box(140.2, 68.5, last + 1.0 * PITCH, 72.5))


@pytest.mark.parametrize(
    ("char", "left", "prob", "is_kept"),
    [
        ("号", 0.0, 0.99, True),  # begins where the address begins
        ("号", 0.0, 0.6, False),  # hardly legible
        ("号", 20.0, 0.99, False),  # somewhere below it
        ("s", 0.0, 0.99, False),  # the end of "Address"
    ],
)
def test_a_last_character_alone_on_its_line_is_kept(char: str, left: float, prob: float, is_kept: bool) -> None:
    address = slot("motherAddress")
    window = Box(142.0, 68.0, 180.0, 72.0)
    first = Line(address, window, window, printed("重庆市南岸区中山路257", 144.0, window))
    below = Box(142.0 + left, 72.5, 146.0 + left, 76.3)
    last = Line(address, below, below, Reading((Glyph(char, prob, 0.5),), char))
    assert is_remains(last, [first, last]) is not is_kept


def test_slashes_are_decided_for_a_whole_parent_and_an_empty_slot_proves_nothing() -> None:
    def line(name: str, text: str) -> Line:
        box = Box(0.0, 0.0, 20.0, 4.0)
        return Line(slot(name), box, box, Reading(tuple(Glyph(char, 0.9, 0.5) for char in text), text))

    texts = {"fatherName": "111", "fatherAge": "11", "fatherAddress": "41411", "fatherIdCardNumber": "TIIIIIII"}
    lines = {name: [line(name, text)] for name, text in texts.items()}
    reading = SheetReading({one.name: lines.get(one.name, []) for one in FORM.slots})
    values = {value.key: value for value in values_of(reading)}
    father = [value for key, value in values.items() if key.startswith("father")]
    assert {(value.text, value.prob) for value in father} == {("", 1.0)}
    mother = [value for key, value in values.items() if key.startswith("mother")]
    assert {(value.text, value.prob) for value in mother} == {("", 0.0)}


def test_what_a_form_has_no_slot_for_is_known_to_be_missing() -> None:
    values = {value.key: value for value in values_of(SheetReading({one.name: [] for one in EDITION_4.form.slots}))}
    assert values["motherAddress"].prob == 1.0
    assert values["motherName"].prob == 0.0


def test_a_run_of_ink_without_ink_in_its_middle_is_no_character() -> None:
    assert not _is_tall_and_dense(np.zeros((40, 6), bool), 30.0)
    assert _is_tall_and_dense(np.ones((40, 6), bool), 30.0)
