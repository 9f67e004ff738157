"""JPEG as devices and transfers leave it: without its end, cut short, in inks, with what phones put behind it."""

import io

import numpy as np
import pytest
from PIL import Image

from reviewapp.engines.aliyun.prepare import prepare
from reviewapp.engines.local.find.page import load
from reviewapp.exceptions import EngineError, InvalidImage
from reviewapp.pictures import jpeg
from reviewapp.pictures.files import inspect
from tests.picture_files import NEAR, assert_all_agree, pixels, quarters, saved, without_segment

# Nothing here needs a database, so one run of the two is enough.
pytestmark = pytest.mark.sqlite

END = b"\xff\xd9"
KINDS = {
    "baseline": {},
    "optimised": {"optimize": True},
    "progressive": {"progressive": True},
    "halved colours": {"subsampling": 2},
    "restarts": {"restart_marker_rows": 1},
    "high quality": {"quality": 100},
}
MODES = ["RGB", "L"]
BEHIND = {"nothing": b"", "zeros": bytes(3000), "a note": b"scanned on level 3", "half of the end": b"\xff"}


def noisy(mode: str = "RGB") -> Image.Image:
    """Return a picture that has much to say in each of its blocks, none of which stands out over its edges."""
    noise = Image.effect_noise((208, 160), 60).convert("RGB")
    return Image.blend(quarters(208, 160), noise, 0.5).convert(mode)


def refusal_of(content: bytes) -> str:
    with pytest.raises(InvalidImage) as refusal:
        inspect(content)
    with pytest.raises(EngineError):
        load(content)
    return refusal.value.code


# The end


@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", KINDS)
def test_without_the_mark_of_its_end_a_whole_picture_is_the_same(kind: str, mode: str, behind: str) -> None:
    content = saved(noisy(mode), "JPEG", **KINDS[kind])
    assert content.endswith(END)
    cut = content.removesuffix(END) + BEHIND[behind]
    assert inspect(cut) == inspect(content)
    assert np.array_equal(load(cut).image, load(content).image)


@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize("kind", KINDS)
def test_what_stands_behind_the_end_changes_nothing(kind: str, behind: str) -> None:
    content = saved(noisy(), "JPEG", **KINDS[kind])
    assert np.array_equal(load(content + BEHIND[behind]).image, load(content).image)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lost", [40, 0.1, 0.5])
def test_a_picture_that_lacks_rows_is_refused(kind: str, mode: str, lost: float) -> None:
    content = saved(noisy(mode), "JPEG", **KINDS[kind])
    cut = content[: -round(lost * len(content) if lost < 1 else lost)]
    assert refusal_of(cut) == "truncatedImage"
    assert refusal_of(cut + bytes(5000)) == "truncatedImage"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", ["baseline", "halved colours", "restarts", "high quality"])
@pytest.mark.parametrize("lost", [0.1, 0.5])
def test_a_picture_that_lacks_rows_is_refused_though_it_has_an_end(kind: str, mode: str, lost: float) -> None:
    content = saved(noisy(mode), "JPEG", **KINDS[kind])
    cut = content[: -round(lost * len(content))] + END
    with pytest.raises(InvalidImage) as refusal:
        inspect(cut)
    assert refusal.value.code == "truncatedImage"


def test_a_picture_whose_last_corner_is_as_grey_as_lacking_blocks_is_taken() -> None:
    grey = Image.new("RGB", (96, 64), (128, 128, 128))
    assert_all_agree(saved(grey, "JPEG"), grey)
    assert_all_agree(saved(grey, "JPEG").removesuffix(END), grey)


def test_the_cloud_gets_the_end_that_a_picture_lacks_and_nothing_else_new() -> None:
    content = saved(noisy(), "JPEG")
    sent = prepare(content.removesuffix(END), shrink=False)
    assert (sent.content, sent.is_changed) == (content, False)


# Inks


def cmyk() -> Image.Image:
    """Return white paper with quarters of two inks."""
    image = Image.new("CMYK", (96, 64), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 48, 32))
    image.paste((255, 0, 0, 0), (48, 32, 96, 64))
    return image


def as_ycck(content: bytes) -> bytes:
    """Return a CMYK file whose Adobe marker says that its inks are stored as YCCK."""
    at = content.index(b"Adobe") + 11
    return content[:at] + b"\2" + content[at + 1 :]


def test_inks_with_the_marker_of_adobe_are_shown_as_they_print() -> None:
    assert_all_agree(saved(cmyk(), "JPEG", quality=95), cmyk().convert("RGB"))


def test_inks_stored_as_luminance_and_chrominance_are_shown_as_they_print() -> None:
    content = as_ycck(saved(luminance(cmyk()), "JPEG", quality=95))
    assert Image.open(io.BytesIO(content)).info["adobe_transform"] == 2
    assert_all_agree(content, cmyk().convert("RGB"))


def luminance(image: Image.Image) -> Image.Image:
    """Return YCCK for Pillow, which inverts all that it stores as CMYK, but inverts no luminance."""
    *inks, black = image.split()
    converted = Image.merge("RGB", inks).convert("YCbCr")
    stored = [band.point(lambda value: 255 - value) for band in converted.split()]
    return Image.merge("CMYK", [*stored, black])


def test_inks_that_do_not_say_which_end_is_white_are_refused_with_a_sentence() -> None:
    content = without_segment(saved(cmyk(), "JPEG", quality=95), 0xEE)
    assert Image.open(io.BytesIO(content)).mode == "CMYK"
    assert refusal_of(content) == "unmarkedInks"
    with pytest.raises(InvalidImage, match="Save it in RGB"):
        inspect(content)


def test_the_cloud_gets_inks_as_colours() -> None:
    sent = prepare(saved(cmyk(), "JPEG", quality=95), shrink=False)
    assert Image.open(io.BytesIO(sent.content)).mode == "RGB"
    assert np.median(np.abs(pixels(sent.content) - np.asarray(cmyk().convert("RGB"), np.int16))) < NEAR


# Several pictures in one


def test_the_first_picture_of_a_phone_is_shown_and_what_lies_behind_it_is_not() -> None:
    content = saved(quarters(), "MPO", save_all=True, append_images=[quarters(48, 32).rotate(180)], quality=95)
    assert Image.open(io.BytesIO(content)).format == "MPO"
    assert_all_agree(content, quarters())


def test_whether_a_picture_without_its_end_is_whole_is_decided_once(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = []
    digest = jpeg._digest

    def counted(content: bytes) -> bytes:
        decoded.append(len(content))
        return digest(content)

    monkeypatch.setattr(jpeg, "_digest", counted)
    content = saved(noisy(), "JPEG", quality=61)
    whole, cut = content.removesuffix(END), content[:-400]
    for _ in range(3):
        inspect(whole)
        load(whole)
        assert refusal_of(cut) == "truncatedImage"
    assert len(decoded) == 4
