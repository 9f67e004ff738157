"""The local engine on generated pictures: the real models, no stand-ins."""

import io
import unicodedata
from typing import Any

import numpy as np
import pytest
from PIL import Image

from reviewapp.certificate.fields import FIELDS
from reviewapp.engines.local import LocalEngine
from reviewapp.exceptions import EngineError
from tests.bench.engine import overlap_of
from tests.certificates.make import Sample, make

# Nothing here needs a database, so one run of the two is enough.
pytestmark = pytest.mark.sqlite

KEYS = [spec.key for spec in FIELDS]
ENGINE = LocalEngine()


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def right_values(data: dict[str, Any], sample: Sample) -> int:
    return sum(plain(data["data"][key]) == plain(sample.truth[key]) for key in KEYS)


def corners(data: dict[str, Any], key: str) -> np.ndarray:
    entry = next(entry for entry in data["prism_keyValueInfo"] if entry["key"] == key)
    return np.array([[point["x"], point["y"]] for point in entry["valuePos"]], dtype=float)


def png(image: Image.Image, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


def jpeg(image: Image.Image, **options: Any) -> bytes:
    file = io.BytesIO()
    image.convert("RGB").save(file, "JPEG", quality=92, **options)
    return file.getvalue()


@pytest.fixture(scope="session")
def clean() -> Sample:
    return make(3001, "clean", case="plain")


@pytest.fixture(scope="session")
def clean_data(clean: Sample) -> dict[str, Any]:
    return ENGINE.recognise(clean.content).data


def test_a_clean_picture_gives_all_values_with_polygons_on_them(clean: Sample, clean_data: dict[str, Any]) -> None:
    assert right_values(clean_data, clean) >= 22
    on_value = [
        overlap_of(np.array(clean.polygons[key]), corners(clean_data, key)) > 0.5
        for key in KEYS
        if clean.truth[key] and clean_data["data"][key]
    ]
    assert sum(on_value) >= len(on_value) - 1


def test_the_answer_is_a_whole_data_object(clean: Sample, clean_data: dict[str, Any]) -> None:
    height, width = clean.image.shape[:2]
    assert list(clean_data["data"]) == KEYS
    assert [entry["key"] for entry in clean_data["prism_keyValueInfo"]] == KEYS
    assert (clean_data["orgWidth"], clean_data["orgHeight"]) == (width, height)
    assert (clean_data["width"], clean_data["height"]) == (width, height)
    assert clean_data["ftype"] == 0
    assert set(clean_data["sliceRect"]) == {f"{axis}{i}" for axis in "xy" for i in range(4)}
    parts = clean_data["debug_info"]["kv_info"]
    assert all(len(part["det_pts"]) == 8 and 0 <= part["rec_cfd"] <= 1 for part in parts)
    for entry in clean_data["prism_keyValueInfo"]:
        assert entry["value"] == clean_data["data"][entry["key"]]
        assert 0 <= entry["valueProb"] == entry["keyProb"] <= 100
        assert ("valuePos" in entry) == bool(entry["value"])


@pytest.mark.parametrize("profile", ["photo", "page", "aged"])
def test_pictures_of_every_kind_are_read(profile: str) -> None:
    sample = make(3002, profile)
    data = ENGINE.recognise(sample.content).data
    assert right_values(data, sample) >= 20
    assert data["ftype"] == 0


def test_a_photocopy_is_told_and_read() -> None:
    sample = make(3006, "copy", case="plain")
    data = ENGINE.recognise(sample.content).data
    assert data["ftype"] == 1
    assert right_values(data, sample) >= 19


def test_a_copy_so_pale_that_its_chinese_labels_are_lost_is_found_by_its_english_lines() -> None:
    sample = make(3003, "copy", case="plain")
    data = ENGINE.recognise(sample.content).data
    assert data["ftype"] == 1
    assert right_values(data, sample) >= 12


def test_a_parent_who_is_not_provided_has_empty_values_without_a_place() -> None:
    sample = make(3004, "clean", case="missing_father")
    data = ENGINE.recognise(sample.content).data
    fathers = [entry for entry in data["prism_keyValueInfo"] if entry["key"].startswith("father")]
    assert [entry["value"] for entry in fathers] == [""] * 6
    assert all(entry["valueProb"] == 100 and "valuePos" not in entry for entry in fathers)


def refusal(picture: bytes) -> str:
    with pytest.raises(EngineError) as caught:
        ENGINE.recognise(picture)
    return caught.value.code


def test_another_paper_is_refused() -> None:
    assert refusal(make(3005, "nocert").content) == "unmatchedImageType"


@pytest.mark.parametrize(
    "image",
    [
        Image.new("RGB", (900, 700), "white"),
        Image.new("L", (16, 16), 128),
        Image.fromarray(np.random.default_rng(7).integers(0, 255, (600, 800, 3), dtype=np.uint8)),
        Image.new("RGBA", (300, 5000), (0, 0, 0, 0)),
        Image.fromarray(np.full((400, 400), 40000, np.uint16)),
        Image.new("1", (400, 300)),
    ],
    ids=["blank", "tiny", "noise", "transparent strip", "16 bit", "1 bit"],
)
def test_a_picture_without_a_certificate_is_refused(image: Image.Image) -> None:
    assert refusal(png(image)) == "unmatchedImageType"


def test_what_is_no_whole_picture_is_refused(clean: Sample) -> None:
    assert refusal(b"") == "unsupportedImageFormat"
    assert refusal(b"%PDF-1.7 not a picture") == "unsupportedImageFormat"
    assert refusal(clean.content[:3000]) == "unsupportedImageFormat"


@pytest.mark.parametrize("size", [(15, 400), (8192, 100), (2000, 40)])
def test_sizes_outside_the_limits_are_refused(size: tuple[int, int]) -> None:
    assert refusal(png(Image.new("L", size, 255))) == "illegalImageSize"
