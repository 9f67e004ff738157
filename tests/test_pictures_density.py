"""Pixels that are not square: shown and read in their true shape, with places in the file's own pixels."""

import io
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from reviewapp.engines.aliyun.prepare import prepare, put_back
from reviewapp.engines.base import Recognition
from reviewapp.engines.local.find.page import load
from reviewapp.models import Submission, User
from reviewapp.pictures.files import Size, inspect, renderings
from reviewapp.stages import ingest
from reviewapp.stages.recognise import keep_answer, recognise
from reviewapp.states import Source
from tests.factories import answer, make_batch
from tests.picture_files import (
    NEAR,
    STORED_AS,
    assert_all_agree,
    pixels,
    quarters,
    saved,
    tags_of,
    tiff,
)

# A picture that has half as many rows as it should have for its columns.
WIDTH, HEIGHT = 320, 100
SHOWN = (320, 200)
UNITS = {"none": 1, "inch": 2, "centimetre": 3}


def flat(orientation: int = 1) -> Image.Image:
    """Return the stored picture: quarters that are shown upright with their height doubled."""
    turn = STORED_AS[orientation]
    image = quarters(WIDTH, HEIGHT)
    return image if turn is None else image.transpose(turn)


def densities(orientation: int = 1) -> tuple[int, int]:
    """Return the densities along the stored rows and columns."""
    return (100, 200) if orientation >= 5 else (200, 100)


def exif_of(orientation: int = 1, density: tuple[int, int] | None = None) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    if density:
        exif[282], exif[283] = density
    return exif


def jpeg_of_ratio(density: tuple[int, int]) -> bytes:
    """Return a JPEG whose JFIF density has no unit: only the pixels' shape."""
    content = bytearray(saved(flat(), "JPEG"))
    at = content.index(b"JFIF\0") + 7
    x_density, y_density = density
    content[at : at + 5] = b"\0" + x_density.to_bytes(2) + y_density.to_bytes(2)
    return bytes(content)


def png_of_ratio(density: tuple[int, int]) -> bytes:
    """Return a PNG whose pHYs has no unit: Pillow writes it with metres, so the last byte is changed."""
    content = saved(flat(), "PNG", dpi=density)
    at = content.index(b"pHYs") + 4
    values = b"".join(side.to_bytes(4) for side in density) + b"\0"
    return content[:at] + values + zlib.crc32(b"pHYs" + values).to_bytes(4) + content[at + 13 :]


FILES: dict[str, bytes] = {
    "TIFF": saved(flat(), "TIFF", dpi=(200, 100)),
    "TIFF in centimetres": saved(flat(), "TIFF", tiffinfo={282: 78.74, 283: 39.37, 296: 3}),
    "TIFF without unit": saved(flat(), "TIFF", tiffinfo={282: 2, 283: 1, 296: 1}),
    "TIFF, fax": saved(flat().convert("1"), "TIFF", dpi=(200, 100), compression="group4"),
    "JPEG": saved(flat(), "JPEG", dpi=(200, 100)),
    "JPEG without unit": jpeg_of_ratio((2, 1)),
    "JPEG, EXIF": saved(flat(), "JPEG", exif=exif_of(density=(200, 100))),
    "PNG": saved(flat(), "PNG", dpi=(200, 100)),
    "PNG without unit": png_of_ratio((2, 1)),
    "BMP": saved(flat(), "BMP", dpi=(200, 100)),
    "WEBP, EXIF": saved(flat(), "WEBP", exif=exif_of(density=(200, 100))),
}


def assert_true_shape(content: bytes, mode: str = "RGB") -> None:
    """Check that screen, engine and cloud get the picture in its true shape, and that its own sides are kept."""
    expected = np.asarray(quarters(*SHOWN, mode).convert("RGB"), np.int16)
    picture, page, sent = inspect(content), load(content), prepare(content, shrink=False)
    assert (picture.width, picture.height, picture.shown) == (WIDTH, HEIGHT, SHOWN)
    assert (page.width, page.height) == (sent.width, sent.height) == (WIDTH, HEIGHT)
    assert page.scale == pytest.approx((1, 0.5))
    screen, thumbnail = renderings(content, [Size(1000, 95), Size(160, 95)])
    assert Image.open(io.BytesIO(thumbnail)).size == (160, 100)
    for seen in (page.image[..., ::-1].astype(np.int16), pixels(screen), pixels(sent.content)):
        assert seen.shape == expected.shape
        assert np.median(np.abs(seen - expected)) < NEAR


@pytest.mark.sqlite
@pytest.mark.parametrize("kind", FILES)
def test_a_picture_is_shown_in_its_true_shape_wherever_its_file_tells_it(kind: str) -> None:
    assert_true_shape(FILES[kind], "1" if "fax" in kind else "RGB")


@pytest.mark.sqlite
@pytest.mark.parametrize("orientation", STORED_AS)
@pytest.mark.parametrize("kind", ["TIFF", "JPEG", "PNG"])
def test_the_shape_turns_with_the_picture(kind: str, orientation: int) -> None:
    assert_true_shape(saved(flat(orientation), kind, dpi=densities(orientation), exif=exif_of(orientation)))


@pytest.mark.sqlite
def test_a_large_picture_is_made_smaller_in_its_true_shape() -> None:
    content = saved(quarters(4000, 3000), "PNG", dpi=(100, 200))
    page = load(content)
    [screen] = renderings(content, [Size(2400, 80)])
    assert page.image.shape == (1200, 3200, 3)
    assert (page.width, page.height) == (4000, 3000)
    assert Image.open(io.BytesIO(screen)).size == (2400, 900)


TAGS = tags_of(np.asarray(quarters()), 8, 2)
RATIONALS = {
    "none": {},
    "square": {282: (300, 1), 283: (300, 1)},
    "one to one": {282: (1, 1), 283: (1, 1)},
    "a fax of the normal kind": {282: (204, 1), 283: (196, 1)},
    "no density": {282: (0, 1), 283: (0, 1)},
    "no density one way": {282: (200, 1), 283: (0, 1)},
    "divided by nothing": {282: (200, 0), 283: (100, 0)},
    "divided by nothing one way": {282: (200, 1), 283: (100, 0)},
    "very high": {282: (2**32 - 1, 1), 283: (2**32 - 1, 1)},
    "very low": {282: (1, 2**32 - 1), 283: (1, 2**32 - 1)},
    "five to one": {282: (500, 1), 283: (100, 1)},
    "one to a million": {282: (1, 1), 283: (1_000_000, 1)},
}


@pytest.mark.sqlite
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("density", RATIONALS)
def test_a_density_that_is_even_or_absurd_changes_nothing(density: str, unit: str) -> None:
    tags = {**TAGS, **RATIONALS[density], 296: UNITS[unit]}
    assert_all_agree(tiff([np.asarray(quarters()).tobytes()], tags), quarters())


@pytest.mark.sqlite
@pytest.mark.parametrize("density", [(0, 0), (0, 1), (1, 1), (65535, 1), (65535, 65535), (5, 1)])
def test_an_absurd_density_of_a_jpeg_changes_nothing(density: tuple[int, int]) -> None:
    assert_all_agree(jpeg_of_ratio(density), flat())


@pytest.mark.sqlite
def test_the_answer_of_the_cloud_is_put_back_into_the_pixels_of_the_file() -> None:
    sent = prepare(FILES["PNG"], shrink=False)
    width, height = Image.open(io.BytesIO(sent.content)).size
    entry = {"key": "sex", "value": "女", "valuePos": [{"x": 100, "y": 60}] * 4}
    data = put_back({"orgWidth": width, "orgHeight": height, "prism_keyValueInfo": [entry]}, sent)
    assert (data["orgWidth"], data["orgHeight"]) == (WIDTH, HEIGHT)
    assert data["prism_keyValueInfo"][0]["valuePos"][0] == {"x": 100, "y": 30}


@pytest.mark.sqlite
@pytest.mark.parametrize("sides", [{}, {"orgWidth": None, "orgHeight": 0}])
def test_an_answer_without_sides_is_counted_in_the_pixels_that_were_sent(sides: dict[str, Any]) -> None:
    sent = prepare(FILES["PNG"], shrink=False)
    assert Image.open(io.BytesIO(sent.content)).size == SHOWN
    entry = {"key": "sex", "value": "女", "valuePos": [{"x": 100, "y": 60}] * 4}
    data = put_back({**sides, "prism_keyValueInfo": [entry]}, sent)
    assert (data["orgWidth"], data["orgHeight"]) == (WIDTH, HEIGHT)
    assert data["prism_keyValueInfo"][0]["valuePos"][0] == {"x": 100, "y": 30}


# What a clerk sees


class FilePixels:
    """An engine that answers as ours does: with places in the pixels of the file, upright."""

    name = "file-pixels"

    def recognise(self, picture: bytes) -> Recognition:
        opened = inspect(picture)
        corners = [(16, 10), (160, 10), (160, 20), (16, 20)]
        data: dict[str, Any] = answer({"sex": "女"})
        data |= {"orgWidth": opened.width, "orgHeight": opened.height}
        for entry in data["prism_keyValueInfo"]:
            if entry["key"] == "sex":
                entry["valuePos"] = [{"x": x, "y": y} for x, y in corners]
        return Recognition(self.name, data, 0.1)


def received(content: bytes, by: User) -> Submission:
    submission = ingest.receive(
        io.BytesIO(content), name="fax.tif", batch=make_batch(), source=Source.UPLOAD, by=by, queue=lambda _: None
    )
    ingest.render(submission)
    recognise(submission, engine=FilePixels())
    return submission


@pytest.mark.parametrize("orientation", [1, 6])
def test_values_lie_where_the_screen_shows_them(clerk: User, orientation: int) -> None:
    content = saved(flat(orientation), "TIFF", dpi=densities(orientation), exif=exif_of(orientation))
    submission = received(content, clerk)
    assert (submission.width, submission.height) == SHOWN
    with Image.open(submission.screen) as screen:
        assert screen.size == SHOWN
    polygon = submission.fields.get(name="sex").polygon
    assert polygon == [[16, 20], [160, 20], [160, 40], [16, 40]]
    stored = submission.recognitions.get().data
    assert (stored["orgWidth"], stored["orgHeight"]) == (WIDTH, HEIGHT)


def test_places_stay_as_they_came_where_the_file_is_lost(clerk: User) -> None:
    content = saved(flat(), "PNG", dpi=(200, 100))
    submission = ingest.receive(
        io.BytesIO(content), name="a.png", batch=make_batch(), source=Source.UPLOAD, by=clerk, queue=lambda _: None
    )
    recognition = FilePixels().recognise(content)
    submission.original.storage.delete(submission.original.name)
    keep_answer(submission, recognition)
    assert submission.fields.get(name="sex").polygon == [[16, 10], [160, 10], [160, 20], [16, 20]]
