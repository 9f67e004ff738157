"""The barcode beside the number proves it, or belies it; the number itself may have any colour."""

import random
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from reviewapp.engines.local import LocalEngine
from reviewapp.engines.local.compose.values import Value
from reviewapp.engines.local.trust.confidence import BELIED, PROVEN, with_barcode
from tests.certificates import printing
from tests.certificates.draw import draw, overprinted
from tests.certificates.truth import Truth, changed, invent
from tests.engines.test_local_inks import file_of

pytestmark = pytest.mark.sqlite

NUMBER, OTHER = "Y514065079", "Y514065076"
RED = (190, 40, 40)


def truth() -> Truth:
    return changed(invent(random.Random("barcode/1")), certificateNumber=NUMBER)


def page(edition: int, dpi: int = 200) -> np.ndarray:
    return draw(truth(), rng=random.Random("barcode/2"), edition=edition, dpi=dpi, inks=((20, 20, 20), RED)).image


def entry_of(image: np.ndarray) -> tuple[dict[str, object], dict[str, object]]:
    """Return what the answer says of the number, and its debug_info."""
    data = LocalEngine(2).recognise(file_of(Image.fromarray(image), "PNG")).data
    (entry,) = (entry for entry in data["prism_keyValueInfo"] if entry["key"] == "certificateNumber")
    return entry, data["debug_info"]


@pytest.mark.slow
def test_a_red_number_that_its_barcode_has_too_is_proven() -> None:
    entry, debug_info = entry_of(page(edition=7, dpi=250))
    assert (entry["value"], entry["valueProb"]) == (NUMBER, 99)
    assert debug_info["barcode"] == NUMBER


@pytest.mark.slow
def test_a_barcode_that_says_otherwise_makes_the_number_doubtful() -> None:
    plain = page(edition=6, dpi=250)
    ink = printing.barcode(np.zeros(plain.shape[:2], np.uint8), OTHER, 250)
    entry, debug_info = entry_of(overprinted(plain, ink, 20))
    assert entry["value"] == NUMBER
    assert entry["valueProb"] <= 100 * BELIED
    assert debug_info["barcode"] == OTHER


@pytest.mark.slow
def test_without_a_barcode_none_is_told() -> None:
    entry, debug_info = entry_of(page(edition=6))
    assert entry["value"] == NUMBER
    assert "barcode" not in debug_info


def test_a_barcode_speaks_of_the_number_alone() -> None:
    number, name = Value("certificateNumber", NUMBER, (), 0.5), Value("motherName", NUMBER, (), 0.5)
    assert with_barcode(number, NUMBER).prob == PROVEN
    assert with_barcode(number, OTHER).prob == BELIED
    assert with_barcode(replace(number, prob=0.01), OTHER).prob == 0.01
    assert with_barcode(number, None) == number
    assert with_barcode(name, OTHER) == name
