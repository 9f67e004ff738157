"""Sheets whose values cannot be told from the form by their colour are read all the same."""

import io
import random
from functools import cache

import numpy as np
import pytest
from PIL import Image

from reviewapp.engines.local import LocalEngine
from reviewapp.exceptions import EngineError
from tests.certificates import paper
from tests.certificates.draw import Page, draw
from tests.certificates.truth import Truth, invent

# Nothing here needs a database, so one run of the two is enough.
pytestmark = pytest.mark.sqlite

DPI = 200
SURE = 99
LEAST_RIGHT = 21
BLUE = (30, 60, 140)


@cache
def drawn() -> tuple[Truth, Page]:
    rng = random.Random("inks/1")
    truth = invent(rng)
    return truth, draw(truth, rng=rng, seal=False, dpi=DPI)


def certificate() -> Image.Image:
    return Image.fromarray(drawn()[1].image)


def in_blue_ink() -> Image.Image:
    """Return the certificate with its values in a blue near that of the labels."""
    share = (drawn()[1].ink.astype(np.float32) / 255)[..., None]
    return Image.fromarray((paper.blank(6, DPI) * (1 - share) + np.array(BLUE) * share).astype(np.uint8))


def in_one_ink() -> Image.Image:
    """Return the certificate as a copy in blue alone."""
    light = np.asarray(certificate().convert("L"), np.float32)[..., None] / 255
    return Image.fromarray((np.array(BLUE) * (1 - light) + 255 * light).astype(np.uint8))


def file_of(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "least"),
    [
        (file_of(in_blue_ink(), "PNG"), LEAST_RIGHT),
        (file_of(in_one_ink(), "PNG"), LEAST_RIGHT),
        (file_of(certificate().quantize(8), "PNG"), LEAST_RIGHT),
        (file_of(certificate().quantize(8), "GIF"), LEAST_RIGHT),
        (file_of(certificate().quantize(4), "PNG"), LEAST_RIGHT - 1),
    ],
    ids=["values in blue", "all in blue", "8 colours, PNG", "8 colours, GIF", "4 colours"],
)
def test_values_that_have_the_colour_of_the_form_are_read(content: bytes, least: int) -> None:
    truth = drawn()[0].values
    data = LocalEngine().recognise(content).data
    sure = {entry["key"] for entry in data["prism_keyValueInfo"] if entry["valueProb"] >= SURE and entry["value"]}
    wrong = {key for key, value in truth.items() if data["data"][key] != value}
    assert len(truth) - len(wrong) >= least
    assert not wrong & sure
    assert data["ftype"] == 0


@pytest.mark.parametrize("edition", [5, 7])
def test_a_form_on_which_nothing_stands_is_refused_and_not_answered_with_empty_values(edition: int) -> None:
    with pytest.raises(EngineError) as refusal:
        LocalEngine().recognise(file_of(Image.fromarray(paper.blank(edition, DPI)), "PNG"))
    assert refusal.value.code == "illegalImageContent"
    assert str(refusal.value)
