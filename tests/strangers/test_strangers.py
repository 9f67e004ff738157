"""The pictures that only measure: the same each time, their truth is what is printed, where it is printed."""

import os
import random
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
import zxingcpp

from tests.strangers import fonts, identity, people, wear
from tests.strangers.make import PROFILES, Sample, make
from tests.strangers.people import KEYS, Case
from tests.strangers.places import name_in
from tests.syntax import ROOT

# One profile of each kind of wear in the quick tests; the slow ones try all.
QUICK = ("clean", "photo", "copy")
EDITION_7 = datetime(2023, 4, 1)  # noqa: DTZ001


def test_the_same_seed_makes_the_same_picture() -> None:
    first, second = make(3, "scan"), make(3, "scan")
    assert first.content == second.content
    assert first.truth == second.truth
    assert first.polygons == second.polygons
    assert make(4, "scan").truth != first.truth


def patch(sample: Sample, polygon: list[tuple[float, float]]) -> np.ndarray:
    """Return the grey pixels of a polygon, made upright."""
    corners = np.array(polygon, np.float32)
    width, height = np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[3] - corners[0])
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    grey = cv2.cvtColor(sample.image, cv2.COLOR_RGB2GRAY)
    return cv2.warpPerspective(grey, cv2.getPerspectiveTransform(corners, target), (int(width), int(height)))


def check_polygons(sample: Sample) -> None:
    """Check that every value that is printed has a polygon, and every polygon dark ink."""
    assert set(sample.polygons) == set(sample.truth) == set(KEYS)
    for key, polygon in sample.polygons.items():
        if polygon is None:
            assert not sample.truth[key], key
            continue
        assert sample.truth[key], key
        grey = patch(sample, polygon).astype(float)
        paper = np.percentile(grey, 90)
        assert paper - np.percentile(grey, 5) > 25, (sample.profile, key)
        if sample.profile == "clean":
            check_edges(grey < paper - 30, key)


def check_edges(dark: np.ndarray, key: str) -> None:
    """Check that ink reaches all four edges of a polygon: it is no larger than the ink."""
    for edge in (dark[:3], dark[-3:], dark[:, :3], dark[:, -3:]):
        assert edge.any(), key


@pytest.mark.parametrize("profile", QUICK)
def test_polygons_lie_on_dark_ink(profile: str) -> None:
    check_polygons(make(1, profile))


@pytest.mark.slow
@pytest.mark.parametrize("profile", PROFILES)
def test_polygons_lie_on_dark_ink_in_every_profile(profile: str) -> None:
    for seed in range(20, 22):
        check_polygons(make(seed, profile))


def test_a_copy_is_grey_and_says_so() -> None:
    sample = make(2, "copy")
    assert sample.ftype == 1
    assert np.ptp(sample.image.astype(int), axis=2).max() == 0


@pytest.mark.slow
def test_barcodes_at_200_dots_per_inch_read_as_the_number() -> None:
    """`make` draws its case first, so the seeds of edition 7 are known without drawing."""
    newest = [seed for seed in range(40) if people.draw(random.Random(f"clean:{seed}")).edition == 7]
    samples = [make(seed, "clean") for seed in newest[:6]]
    fine = [sample for sample in samples if sample.image.shape[1] >= 1650]  # 210 mm at 200 dots per inch
    assert len(fine) >= 2
    for sample in fine:
        assert moment(sample.truth["issueDate"]) >= EDITION_7
        found = zxingcpp.read_barcodes(sample.image)
        assert [code.text for code in found] == [sample.truth["certificateNumber"]]


def test_300_true_records_are_true() -> None:
    for seed in range(300):
        check_record(people.record(seed))


def moment(text: str) -> datetime:
    pattern = "%Y年%m月%d日%H时%M分" if "时" in text else "%Y年%m月%d日"
    return datetime.strptime(text, pattern)  # noqa: DTZ007


def check_record(truth: dict[str, str]) -> None:
    assert tuple(truth) == KEYS
    born, issued = moment(truth["birthTime"]), moment(truth["issueDate"])
    assert born.date() <= issued.date() <= datetime(2025, 12, 31).date()  # noqa: DTZ001
    letter = ord(truth["certificateNumber"][0]) - ord("A") + 2000
    assert abs(letter - issued.year) <= 1, truth
    assert len(truth["certificateNumber"]) == 10
    for who, sex in (("mother", 0), ("father", 1)):
        number = truth[f"{who}IdCardNumber"]
        if truth[f"{who}Nationality"] == "中国":
            check_number(number, born, sex, int(truth[f"{who}Age"]))


def check_number(number: str, born: datetime, sex: int, age: int) -> None:
    """Check a resident number: check character, sex, age, and a county of the year of birth."""
    assert number[17] == identity.mod_11_2(number[:17])
    assert int(number[16]) % 2 == sex
    birth = datetime.strptime(number[6:14], "%Y%m%d")  # noqa: DTZ007
    assert people.full_years(birth.date(), born.date()) == age
    assert name_in(number[:6], birth.year)


@pytest.mark.parametrize(("number", "is_right"), [("11010519491231002X", True), ("110105194912310021", False)])
def test_check_characters_follow_the_standard(number: str, is_right: bool) -> None:
    assert (identity.mod_11_2(number[:17]) == number[17]) == is_right


def test_a_replacement_has_a_new_number_and_a_later_day() -> None:
    for seed in range(30):
        first, second = people.reissued(seed)
        check_record(second)
        assert moment(second["issueDate"]) > moment(first["issueDate"])
        assert {key for key in KEYS if first[key] != second[key]} == {"certificateNumber", "issueDate"}


def texts(case: Case) -> str:
    return "".join(case.truth.values())


def test_faces_have_every_character_of_their_values() -> None:
    random_ = random.Random("faces")
    for _ in range(200):
        text = texts(people.draw(random_))
        assert fonts.covers(fonts.value_face(random_, text), text), text
        assert fonts.covers(fonts.WIDEST, text), text


def test_corners_follow_a_quarter_turn() -> None:
    image = np.full((40, 100, 3), 255, np.uint8)
    image[5:9, 10:30] = 0
    for quarters in (1, 2, 3):
        turned = wear.rotated(wear.Picture(image, np.eye(3)), quarters)
        corners = np.array(wear.carry(turned.matrix, [(10, 5), (30, 5), (30, 9), (10, 9)]))
        (left, top), (right, bottom) = corners.min(axis=0).astype(int), corners.max(axis=0).astype(int)
        assert not turned.image[top:bottom, left:right].any()
        assert (turned.image == 0).sum() == 4 * 20 * 3


def test_the_generator_imports_nothing_of_the_other_one_nor_of_the_application() -> None:
    script = "import sys, tests.strangers.make; print(*sorted(sys.modules), sep='\\n')"
    listed = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    shared = ("reviewapp", "tests.certificates", "tests.bench", "tests.tables", "tests.engines")
    assert not [name for name in listed.stdout.split() if name.startswith(shared)]


def test_missing_fonts_are_named_with_the_packages_that_bring_them(tmp_path: Path) -> None:
    empty = tmp_path / "fonts.conf"
    empty.write_text("<fontconfig/>")
    script = "from tests.strangers import fonts; fonts.installed()"
    surroundings = os.environ | {"FONTCONFIG_FILE": str(empty)}
    command = [sys.executable, "-c", script]
    ended = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "RuntimeError: These fonts are missing: AR PL SungtiL GB" in ended.stderr
    assert all(package in ended.stderr for package in fonts.FONT_PACKAGES)
