"""Values that are longer than their slot are flagged wherever a part of them may be lost."""

import io
import random
from dataclasses import replace

import pytest
from PIL import Image

from reviewapp.engines.local import LocalEngine
from tests.certificates import form, paper
from tests.certificates.draw import finished
from tests.certificates.ink import Box
from tests.certificates.printing import Pass
from tests.certificates.truth import Truth, invent

# Nothing here needs a database, so one run of the two is enough.
pytestmark = pytest.mark.sqlite

DPI = 200
LOWEST_THRESHOLD = 50


class OnOneLine(Pass):
    """A printer that prints every value on one line, over whatever comes behind its slot."""

    def value(self, slot: form.Slot, text: str, size: float) -> list[Box]:
        return [self._line(slot.x + self.offset[0], slot.y + slot.drop + self.offset[1], text, size)]


class OnMoreLines(Pass):
    """A printer that never makes a long value smaller, but goes on below with what does not fit into its slot."""

    def value(self, slot: form.Slot, text: str, size: float) -> list[Box]:
        length = int(slot.width / size) if self.pen.width(text, size, self.style) > slot.width else len(text)
        pieces = [text[start : start + length] for start in range(0, len(text), length)]
        left, top = slot.x + self.offset[0], slot.y + slot.drop + self.offset[1]
        return [self._line(left, top + index * 1.15 * size, piece, size) for index, piece in enumerate(pieces)]


def long_values(seed: int) -> Truth:
    """Return a certificate with addresses and ethnic groups of all lengths that people have."""
    rng = random.Random(f"cut short/{seed}")
    truth = invent(rng)
    changed = {}
    for parent in ("mother", "father"):
        if truth.values[f"{parent}Name"]:
            changed[f"{parent}Ethnicity"] = rng.choice(("土家族", "布依族", "哈萨克族", "达斡尔族", "柯尔克孜族"))
            more = "".join(rng.choices("东西南北新民和平路街", k=rng.randint(0, 9)))
            end = rng.choice(("村", "号", "县", "村民委员会", "小区3栋2单元1101室"))
            changed[f"{parent}Address"] = truth.values[f"{parent}Address"] + more + end
    return replace(truth, values=truth.values | changed, slots=truth.slots | changed)


def picture(truth: Truth, how: type[Pass], rng: random.Random) -> bytes:
    blank = paper.blank(6, DPI)
    printed = how(blank.shape[:2], DPI, "song", rng, 1.0)
    printed.main(truth)
    out = io.BytesIO()
    Image.fromarray(finished(blank, printed, truth, rng, seal=True, dots=False).image).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("how", [OnOneLine, OnMoreLines])
@pytest.mark.parametrize("seed", range(4))
def test_no_part_of_a_long_value_passes_for_the_whole(how: type[Pass], seed: int) -> None:
    truth = long_values(seed)
    data = LocalEngine().recognise(picture(truth, how, random.Random(seed))).data
    probs = {entry["key"]: entry["valueProb"] for entry in data["prism_keyValueInfo"]}
    parts = {
        key: (value, data["data"][key], probs[key])
        for key, value in truth.values.items()
        if data["data"][key] != value and data["data"][key] in value and probs[key] >= LOWEST_THRESHOLD
    }
    assert parts == {}
