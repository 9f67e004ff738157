"""The picture and its polygons: the right place at every zoom and turn, in step with the fields."""

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from reviewapp.certificate.fields import BY_KEY, FIELDS
from reviewapp.models import Submission
from reviewapp.stages.recognise import recognise
from tests.browser.conftest import OpenReview, Screen
from tests.certificates.make import Sample, make
from tests.factories import SIZE, AnswerEngine, answer, picture, receive, submission_at

DOUBTFUL = {"neonatal_name": 60, "mother_name": 70}
DARK = 90
WHOLE = [0.0, 0.0, *map(float, SIZE)]


def turned_by_exif(content: bytes) -> bytes:
    """Return a JPEG whose pixels lie on their side and whose EXIF tag says so."""
    upright = Image.open(io.BytesIO(content)).convert("RGB")
    tags = Image.Exif()
    tags[0x0112] = 6
    out = io.BytesIO()
    upright.transpose(Image.Transpose.ROTATE_90).save(out, "JPEG", quality=95, exif=tags)
    return out.getvalue()


def read(content: bytes, data: object) -> Submission:
    record = receive(content=content)
    recognise(record, engine=AnswerEngine(data))
    record.refresh_from_db()
    return record


def answer_of(sample: Sample) -> dict[str, object]:
    entries = [
        {
            "key": key,
            "value": value,
            "valueProb": 99,
            "valuePos": [{"x": x, "y": y} for x, y in sample.polygons[key] or []],
        }
        for key, value in sample.truth.items()
    ]
    return {"data": sample.truth, "prism_keyValueInfo": entries}


def inside_and_around(screen: Screen, name: str) -> tuple[float, float]:
    """Return how bright the picture is within a field's polygon and in a thin frame round it, 0–255."""
    place = screen.place(name)
    left, top, right, bottom = (round(side) for side in (place.left, place.top, place.right, place.bottom))
    pixels = np.asarray(screen.shot().convert("L"), dtype=float)
    inside = pixels[top + 2 : bottom - 2, left + 2 : right - 2]
    above, below = pixels[top - 5 : top - 2, left:right], pixels[bottom + 2 : bottom + 5, left:right]
    return float(inside.mean()), float(np.concatenate([above.ravel(), below.ravel()]).mean())


def expect_on_its_bar(screen: Screen, name: str) -> None:
    inside, around = inside_and_around(screen, name)
    assert inside < DARK < 150 < around, (name, inside, around)


def test_polygons_lie_on_their_values_at_every_zoom_and_turn(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised", probs=DOUBTFUL))
    screen.input("mother_name").focus()
    expect_on_its_bar(screen, "mother_name")
    screen.page.keyboard.press("Alt+0")
    for name in ("neonatal_name", "mother_name", "certificate_number"):
        expect_on_its_bar(screen, name)
    target = screen.place("mother_age")
    screen.page.mouse.move(target.left + 20, target.top)
    screen.page.mouse.wheel(0, -300)
    expect_on_its_bar(screen, "mother_age")


def test_an_exif_turned_photo_shows_its_polygons_on_the_values(open_review: OpenReview) -> None:
    screen = open_review(read(turned_by_exif(picture()), answer(probs=DOUBTFUL)))
    assert (screen.submission.width, screen.submission.height) == SIZE
    screen.page.keyboard.press("Alt+0")
    for name in ("neonatal_name", "mother_name", "certificate_number"):
        expect_on_its_bar(screen, name)


@pytest.mark.parametrize("profile", ["rotated90", "rotated180", "photo"])
def test_a_certificate_that_lies_on_its_side_opens_upright_with_ink_in_every_polygon(
    open_review: OpenReview, profile: str
) -> None:
    sample = make(7, profile, case="plain")
    screen = open_review(read(sample.content, answer_of(sample)))
    screen.page.keyboard.press("Alt+0")
    for key in ("neonatalName", "motherName", "fatherName", "certificateNumber"):
        place = screen.place(BY_KEY[key].name)
        assert place.width > place.height
        inside, around = inside_and_around(screen, BY_KEY[key].name)
        assert inside < around - 8, (key, inside, around)
    assert screen.place("neonatal_name").right < screen.place("birth_time").left


def test_selecting_a_field_zooms_to_its_polygon_and_a_click_on_a_polygon_selects_its_field(
    open_review: OpenReview,
) -> None:
    screen = open_review(submission_at("recognised", probs=DOUBTFUL))
    screen.expect_focus("neonatal_name")
    first = screen.view_box()
    assert first[2] < SIZE[0]
    expect(screen.polygon("neonatal_name")).to_have_attribute("data-selected", "")
    screen.input("certificate_number").focus()
    expect(screen.polygon("certificate_number")).to_have_attribute("data-selected", "")
    expect(screen.polygon("neonatal_name")).not_to_have_attribute("data-selected", "")
    assert screen.view_box() != first

    screen.page.keyboard.press("Alt+0")
    assert screen.view_box() == WHOLE
    screen.polygon("father_name").click()
    screen.expect_focus("father_name")
    expect(screen.entry("father_name")).to_be_in_viewport()
    x, y, width, height = screen.view_box()
    place = screen.field("father_name").polygon
    assert place
    assert all(x <= px <= x + width and y <= py <= y + height for px, py in place)


def centre_of(page: Page) -> tuple[float, float]:
    box = page.locator("#picture").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_the_wheel_zooms_to_the_pointer_and_a_drag_moves_the_picture(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised", probs=DOUBTFUL))
    screen.page.keyboard.press("Alt+0")
    target = screen.place("mother_name")
    screen.page.mouse.move(target.left, target.top)
    screen.page.mouse.wheel(0, -400)
    zoomed = screen.place("mother_name")
    assert (zoomed.left, zoomed.top) == pytest.approx((target.left, target.top), abs=2)
    assert zoomed.width > 1.5 * target.width

    x, y = centre_of(screen.page)
    screen.page.mouse.move(x, y)
    screen.page.mouse.down()
    screen.page.mouse.move(x + 60, y + 40, steps=4)
    screen.page.mouse.up()
    moved = screen.place("mother_name")
    assert (moved.left - zoomed.left, moved.top - zoomed.top) == pytest.approx((60, 40), abs=2)
    screen.expect_focus("neonatal_name")


def test_two_fingers_pinch_the_picture(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised", probs=DOUBTFUL), has_touch=True)
    screen.page.locator('[data-picture="fit"]').click()
    x, y = centre_of(screen.page)
    cdp = screen.page.context.new_cdp_session(screen.page)

    def touch(kind: str, gap: float) -> None:
        points = [{"x": x - gap, "y": y, "id": 1}, {"x": x + gap, "y": y, "id": 2}] if gap else []
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 40)
    for gap in (50, 65, 80):
        touch("touchMove", gap)
    touch("touchEnd", 0)
    assert screen.view_box()[2] == pytest.approx(SIZE[0] / 2, rel=0.15)


def test_keys_zoom_turn_and_move_the_picture_and_the_turn_survives_a_selection(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised", probs=DOUBTFUL))
    page = screen.page
    page.keyboard.press("Alt+0")
    page.keyboard.press("Alt+=")
    assert screen.view_box()[2] == pytest.approx(SIZE[0] / 1.4)
    page.keyboard.press("Alt+-")
    assert screen.view_box()[2] == pytest.approx(SIZE[0])
    page.keyboard.press("Alt+t")
    expect(page.locator("#picture")).to_have_attribute("data-turn", "90")
    page.keyboard.press("Tab")
    expect(page.locator("#picture")).to_have_attribute("data-turn", "90")
    assert screen.place("sex").height > screen.place("sex").width

    page.locator("#finish-button").focus()
    page.keyboard.press("0")
    assert screen.view_box() == [0.0, 0.0, float(SIZE[1]), float(SIZE[0])]
    page.keyboard.press("r")
    expect(page.locator("#picture")).to_have_attribute("data-turn", "180")
    page.keyboard.press("+")
    assert screen.view_box()[2] == pytest.approx(SIZE[0] / 1.4)


def test_a_field_without_a_place_is_selected_without_a_polygon(open_review: OpenReview) -> None:
    data = answer(probs=DOUBTFUL, without_place=("neonatal_name",))
    record = receive()
    recognise(record, engine=AnswerEngine(data))
    record.refresh_from_db()
    screen = open_review(record)
    screen.expect_focus("neonatal_name")
    expect(screen.polygon("neonatal_name")).to_have_count(0)
    expect(screen.entry("neonatal_name")).to_contain_text("did not say where this value stands")
    expect(screen.page.locator("#picture polygon[data-selected]")).to_have_count(0)


def test_the_lines_keep_their_width_when_zoomed(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised", probs=DOUBTFUL))
    effects = screen.page.eval_on_selector_all(
        "#picture polygon", "nodes => nodes.map((node) => getComputedStyle(node).vectorEffect)"
    )
    assert set(effects) == {"non-scaling-stroke"}
    assert len(effects) == len(FIELDS) + 1
