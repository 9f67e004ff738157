"""What finds the form when its labels do not: its frame, the order of what is left; and what must not be found."""

import random
import unicodedata
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from reviewapp.engines.local.engine import Certificate, read
from reviewapp.engines.local.find.frame import quadrilaterals
from reviewapp.engines.local.find.labels import ReadLine
from reviewapp.engines.local.find.page import load
from reviewapp.engines.local.find.plain import levelling
from reviewapp.engines.local.find.register import project
from reviewapp.engines.local.find.search import find_form
from reviewapp.engines.local.networks.reading import Reading
from tests.certificates import degrade, form, paper
from tests.certificates.draw import draw
from tests.certificates.make import make
from tests.certificates.truth import Truth, invent

# Nothing here needs a database, so one run of the two is enough.
pytestmark = pytest.mark.sqlite

DPI = 170


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def right_values(found: Certificate, truth: dict[str, str]) -> int:
    return sum(plain(value.text) == plain(truth[value.key]) for value in found.values)


def stored(image: np.ndarray) -> bytes:
    return cv2.imencode(".png", image[..., ::-1])[1].tobytes()


def without_labels(seed: int, kept: set[str]) -> tuple[Truth, degrade.Picture]:
    """Draw a certificate whose labels have faded away, English lines too, but for those in `kept`."""
    rng = random.Random(seed)
    truth = invent(rng)
    page = draw(truth, rng=rng, dpi=DPI, seal=False)
    image = page.image.copy()
    for label in form.LABELS:
        right = label.x + max(2.9 * len(label.chinese), 1.15 * len(label.english))
        edges = (label.x - 0.5, label.y - 1.8, right + 0.5, label.y + 4.8)
        x0, y0, x1, y1 = (round(edge * DPI / 25.4) for edge in edges)
        if label.chinese not in kept:
            image[y0:y1, x0:x1][page.ink[y0:y1, x0:x1] < 40] = paper.GROUND
    return truth, degrade.Picture(image, page.parts)


@pytest.mark.parametrize("spoil", [degrade.scan, None])
def test_a_certificate_whose_labels_have_faded_is_placed_by_its_frame(
    spoil: Callable[[np.ndarray, degrade.Parts, random.Random], degrade.Picture] | None,
) -> None:
    truth, picture = without_labels(3, {"有效身份证件类别", "父亲姓名"})
    shown = spoil(*picture, random.Random(3)) if spoil else picture
    found = read(stored(shown.image))
    assert found.registration.by == "frame"
    assert right_values(found, truth.values) >= 19


def test_the_frame_is_found_in_a_photo_whatever_lies_round_it() -> None:
    sample = make(3002, "photo")
    image = load(sample.content).image
    found = find_form(image)
    assert found is not None
    left, top, right, bottom = found[1].frame
    frame = project(found[0].to_pixels, np.array([[left, top], [right, top], [right, bottom], [left, bottom]]))
    nearest = min(float(np.linalg.norm(corners - frame, axis=1).max()) for corners in quadrilaterals(image))
    assert nearest < 0.03 * image.shape[1]


def test_lines_of_text_seen_aslant_are_levelled() -> None:
    bent = np.array([[0.9, -0.2, 120.0], [0.25, 0.95, 40.0], [1e-4, 5e-5, 1.0]])
    flat = [
        np.array([[x, y], [x + 300, y], [x + 300, y + 20], [x, y + 20.0]]) for x in (0, 400) for y in range(0, 800, 90)
    ]
    level = levelling([ReadLine(project(bent, quad), Reading((), "")) for quad in flat])
    assert level is not None
    for quad in flat:
        (_, left), (_, right) = project(level @ bent, quad[:2])
        assert abs(left - right) < 1.0


def test_of_two_certificates_the_larger_is_read_and_nothing_of_the_other() -> None:
    for seed in (3, 4):
        sample = make(seed, "two", case="plain")
        found = read(sample.content)
        assert right_values(found, sample.truth) >= 22
        assert found.copies == []


@pytest.mark.parametrize("seed", range(3200, 3206))
def test_other_papers_are_refused_by_all_that_could_find_them(seed: int) -> None:
    assert find_form(load(make(seed, "nocert").content).image) is None
