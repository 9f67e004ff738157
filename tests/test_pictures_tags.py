"""TIFF tags of a wrong type, or with a value that says nothing: the picture is shown as without them."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from tests.picture_files import assert_all_agree, quarters, tags_of, tiff

# Nothing here needs a database, so one run of the two is enough.
pytestmark = pytest.mark.sqlite

PROFILE_TAG = 34675
BYTE, ASCII, SHORT, LONG = 1, 2, 3, 4


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize(
    ("kind", "value"),
    [(ASCII, "sRGB"), (SHORT, (1, 2, 3)), (SHORT, (7,)), (LONG, (1, 2)), (BYTE, b"sRGB")],
    ids=["text", "numbers", "one number", "long numbers", "bytes"],
)
def test_a_profile_of_a_wrong_type_changes_nothing(kind: int, value: Any, mode: str) -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags.tagtype[PROFILE_TAG] = kind
    tags[PROFILE_TAG] = value
    out = io.BytesIO()
    quarters(mode=mode).save(out, "TIFF", tiffinfo=tags)
    assert PROFILE_TAG in Image.open(out).tag_v2
    assert_all_agree(out.getvalue(), quarters(mode=mode))


@pytest.mark.parametrize("tag", [281, 341])
@pytest.mark.parametrize("greatest", [65535, 65536, 4294967295])
@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_a_greatest_value_that_is_the_default_or_beyond_says_nothing(bits: int, greatest: int, tag: int) -> None:
    values = np.round(np.asarray(quarters(mode="L")) / 255 * (2**bits - 1)).astype("<u2")
    assert_all_agree(tiff([values.tobytes()], {**tags_of(values, 16), tag: greatest}), quarters(mode="L"))


@pytest.mark.parametrize("greatest", [65535, 4294967295])
def test_a_greatest_value_of_colours_that_is_the_default_or_beyond_says_nothing(greatest: int) -> None:
    values = np.round(np.asarray(quarters()) / 255 * 4095).astype("<u2")
    assert_all_agree(tiff([values.tobytes()], {**tags_of(values, 16, 2), 281: greatest}), quarters())


def test_a_greatest_value_of_thirty_two_bits_that_is_the_default_says_nothing() -> None:
    values = np.round(np.asarray(quarters(mode="L")) / 255 * (2**31 - 1)).astype("<u4")
    tags = {**tags_of(values, 32), 281: 2**32 - 1}
    assert_all_agree(tiff([values.tobytes()], tags), quarters(mode="L"))


def test_a_greatest_value_of_fractions_that_is_the_default_says_nothing() -> None:
    values = (np.asarray(quarters(mode="L")) / 255).astype("<f4")
    tags = {**tags_of(values, 32, t339=3), 281: 2**32 - 1}
    assert_all_agree(tiff([values.tobytes()], tags), quarters(mode="L"))
