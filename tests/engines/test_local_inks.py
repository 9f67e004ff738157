"""Sheets whose values cannot be told from the form by their colour are read all the same."""

import io
import random
from functools import cache

import numpy as np
import pytest
from PIL import Image

from reviewapp.engines.local import LocalEngine
from reviewapp.engines.local.editions.edition5to7 import FORM
from reviewapp.engines.local.flatten import SEPARABLE, _angle_between, _darkness, _within_ornament
from reviewapp.exceptions import EngineError
from tests.certificates import paper
from tests.certificates.draw import Page, draw
from tests.certificates.make import make
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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("profile", "ftype"), [("contrast", 0), ("pale", 0), ("one_ink", 0), ("spill", 0), ("copy", 1)]
)
def test_only_a_sheet_without_any_colour_is_a_photocopy(profile: str, ftype: int) -> None:
    assert LocalEngine(2).recognise(make(930010, profile).content).data["ftype"] == ftype


def test_an_ornament_is_no_paper() -> None:
    """What is printed over the dense frame is as dark there as elsewhere."""
    size, scale = (400, 1596), 8.0  # rows and columns of a strip across the value area
    light = np.full((*size, 3), 250, np.uint8)
    columns = _within_ornament(FORM, scale)
    light[:, columns[1] :] = (160, 170, 110)  # the frame's ink, as dense as it gets
    light[190:210, columns[1] + 20 : columns[1] + 60] = 20
    darkness = _darkness(light, columns)
    assert darkness[200, columns[1] + 40].min() > 0.9
    assert 0.2 < darkness[50, columns[1] + 40].min() < 0.4


def test_inks_are_told_apart_by_the_angle_between_their_colours() -> None:
    def angle(first: tuple[float, ...], second: tuple[float, ...]) -> float:
        return _angle_between(np.array(first, np.float32), np.array(second, np.float32))

    black, green, blue = (0.8, 0.8, 0.8), (0.35, 0.36, 0.45), (0.4, 0.75, 0.85)
    assert angle(black, green) > SEPARABLE
    assert angle(blue, green) > SEPARABLE
    assert angle((0.3, 0.31, 0.38), (0.45, 0.46, 0.57)) < SEPARABLE
    assert angle((0.0, 0.0, 0.0), green) == 0.0
