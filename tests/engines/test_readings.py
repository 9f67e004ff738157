"""Networks read one line: what they say together, which characters contend, and how lines become values."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from reviewapp.engines.local.compose.values import Value, slot_text
from reviewapp.engines.local.editions.edition5to7 import FORM, Slot
from reviewapp.engines.local.flatten import Sheet
from reviewapp.engines.local.networks.reading import FINDER_SHAPES, Glyph, Reading, find_lines, read_crops
from reviewapp.engines.local.networks.weights import Network, alphabet
from reviewapp.engines.local.read.box import Box
from reviewapp.engines.local.read.ink import goes_on
from reviewapp.engines.local.read.line import Line
from reviewapp.engines.local.read.reading import _leaves_doubt, _raised
from reviewapp.engines.local.read.remains import is_remains, may_be_more
from reviewapp.engines.local.read.trimming import within_slot
from reviewapp.engines.local.trust.competing import LEAST, strongest_competitor, suspicion
from reviewapp.engines.local.trust.features import RAISED, features, record_context
from tests.certificates.fonts import font

pytestmark = pytest.mark.sqlite

BOX = Box(0.0, 0.0, 20.0, 4.0, 0.9)


def slot(name: str) -> Slot:
    return next(slot for slot in FORM.slots if slot.name == name)


def reading(text: str, *others: tuple[int, str, float], prob: float = 0.999, second: bool = False) -> Reading:
    """Return a reading; `others` are the place of a doubtful character, the other it may be, and that one's share."""
    doubtful = {at: (char, share) for at, char, share in others}
    glyphs = [
        Glyph(char, 1 - doubtful[at][1], at / 10, (doubtful[at],)) if at in doubtful else Glyph(char, prob, at / 10)
        for at, char in enumerate(text)
    ]
    return Reading(tuple(glyphs), text, Network.SECOND_READER if second else Network.FIRST_READER)


def line(name: str, *readings: Reading) -> Line:
    return Line(slot(name), BOX, BOX, readings[0], readings[1:])


def value(name: str, *lines: Line) -> Value:
    return Value(name, slot_text(lines), lines)


def features_of(one: Value, **others: str) -> dict[str, float]:
    keys = {slot.key for slot in FORM.slots} - {one.key}
    record = [one, *(Value(key, others.get(key, ""), ()) for key in keys)]
    return features(one, record_context(record, []))


@pytest.fixture(scope="module")
def crops() -> list[np.ndarray]:
    """Lines of print of many lengths, most of them twice or more often as wide as others."""
    texts = ["39", "2019", "汉族", "王小明", "20190626", "山东省济南市平阴县光明路74号"] * 2
    pictures = []
    for text in texts:
        drawn = Image.new("RGB", (40 * len(text) + 40, 60), "white")
        ImageDraw.Draw(drawn).text((20, 8), text, "black", font("song", text, 40))
        pictures.append(cv2.cvtColor(np.asarray(drawn), cv2.COLOR_RGB2BGR))
    return pictures


@pytest.mark.parametrize("reader", [Network.FIRST_READER, Network.SECOND_READER])
def test_both_networks_read_print_and_answer_in_the_order_asked(reader: Network, crops: list[np.ndarray]) -> None:
    texts = [found.text for found in read_crops(crops, reader=reader)]
    assert texts[:6] == ["39", "2019", "汉族", "王小明", "20190626", "山东省济南市平阴县光明路74号"]
    assert texts[6:] == texts[:6]
    assert len(set(alphabet(reader))) == len(alphabet(reader))


@pytest.mark.parametrize("reader", [Network.FIRST_READER, Network.SECOND_READER])
def test_a_crop_is_read_alike_whatever_is_read_with_it(reader: Network, crops: list[np.ndarray]) -> None:
    together = read_crops(crops, reader=reader)
    alone = [read_crops([crop], reader=reader)[0] for crop in crops]
    assert together == alone


def test_the_networks_serve_several_threads_at_once(crops: list[np.ndarray]) -> None:
    page = np.full((700, 940, 3), 255, np.uint8)
    page[100:160, 40 : 40 + crops[4].shape[1]] = crops[4]

    def look(_: int) -> tuple[list[str], int]:
        return [found.text for found in read_crops(crops)], len(find_lines(page, 940))

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(look, range(8)))
    assert answers.count(answers[0]) == 8


@pytest.mark.parametrize("shape", [(700, 940), (940, 700), (400, 1200), (300, 300), (40, 1900)])
def test_a_picture_is_searched_in_its_own_pixels_whatever_shape_it_is_filled_up_to(shape: tuple[int, int]) -> None:
    page = np.full((*shape, 3), 255, np.uint8)
    cv2.putText(page, "2019", (shape[1] - 130, shape[0] - 10), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (0, 0, 0), 3)
    (found,) = find_lines(page, max(shape))
    (x0, y0), (x1, y1) = found.corners.min(axis=0), found.corners.max(axis=0)
    assert shape[1] - 145 < x0 < shape[1] - 115
    assert shape[1] - 50 < x1 < shape[1] + 15
    assert shape[0] - 55 < y0 < y1 < shape[0] + 15
    assert all(side % 32 == 0 for pair in FINDER_SHAPES for side in pair)


@pytest.mark.parametrize(("shape", "at"), [((1408, 1984), (700, 730)), ((1984, 1408), (400, 1010))])
def test_a_line_across_the_middle_of_a_large_picture_is_found_whole(
    shape: tuple[int, int], at: tuple[int, int]
) -> None:
    page = np.full((*shape, 3), 255, np.uint8)
    cv2.putText(page, "20190626 330305199808029178", at, cv2.FONT_HERSHEY_SIMPLEX, 1.3, (0, 0, 0), 3)
    boxes = [found.corners for found in find_lines(page, max(shape))]
    left, right = (min(box[:, 0].min() for box in boxes), max(box[:, 0].max() for box in boxes))
    assert left < at[0] + 15
    assert right > at[0] + 560
    assert len(boxes) <= 2
    assert sum(box[:, 0].min() < shape[1] / 2 - 60 and box[:, 0].max() > shape[1] / 2 + 60 for box in boxes) == 1


@pytest.mark.parametrize(
    ("name", "said", "seen", "told"),
    [
        ("motherName", "王小妤", "王小妤", {}),
        ("motherName", "王小好", "王小妤", {"differs_in_colour": 1, "name_differs_in_colour": 1}),
        ("motherName", "王小妤", "王小女子", {"uneven_in_colour": 1}),
        ("birthWeight", "3510", "3SlO", {}),
        ("birthWeight", "3510", "3540", {"differs_in_colour": 1, "numeric_differs_in_colour": 1}),
    ],
)
def test_what_is_read_in_colour_is_a_feature(name: str, said: str, seen: str, told: dict[str, int]) -> None:
    read = value(name, replace(line(name, reading(said)), in_colour=reading(seen)))
    found = features(read, record_context([value("sex"), value("fatherAddress"), read], []))
    assert {name: weight for name, weight in found.items() if name.endswith("in_colour") and weight} == told


def test_a_line_is_read_in_colour_where_nothing_bears_it_out() -> None:
    def asks(name: str, *readings: Reading) -> bool:
        return _leaves_doubt(line(name, *readings))

    assert asks("motherName", reading("李梅"))
    assert asks("birthWeight", reading("3510"), reading("3540", second=True))
    assert asks("birthWeight", reading("3510", prob=0.9))
    assert not asks("birthWeight", reading("3510"), reading("3510", second=True))
    assert not asks("motherEthnicity", reading("汉族", prob=0.6))
    assert not asks("motherIdCardNumber", reading("11010519491231002X", prob=0.6))


def test_raised_days_are_seen_though_nobody_reads_them() -> None:
    def sheet(raised: int) -> Sheet:
        ink = np.full((100, 200), 255, np.uint8)
        cv2.putText(ink, "39", (20, 70), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 40, 3)
        cv2.putText(ink, "+4", (82, 48), cv2.FONT_HERSHEY_SIMPLEX, 0.5, raised, 2)
        return Sheet(cv2.cvtColor(ink, cv2.COLOR_GRAY2BGR), ink, 10.0, True, (0.0, 0.0))

    weeks = Box(2.0, 4.0, 7.6, 7.1)
    assert _raised(sheet(255), sheet(255).ink, weeks) < RAISED / 2
    assert _raised(sheet(120), sheet(120).ink, weeks) > RAISED


@pytest.mark.parametrize("origin", [(0.0, 0.0), (7.3, -4.0)])
@pytest.mark.parametrize(
    ("name", "printed", "before", "is_told"),
    [
        ("motherName", "田诺曦", 0, True),
        ("motherName", "向田诺", 1, True),
        ("motherName", "田诺", 0, False),
        ("motherName", "田诺  .--.--", 0, False),
        ("motherName", "田诺      曦", 0, False),
        ("issueAuthority", "田诺曦", 0, False),
    ],
)
def test_glyphs_beside_those_that_were_read_are_told(
    name: str, printed: str, before: int, *, is_told: bool, origin: tuple[float, float]
) -> None:
    """Two characters of 4 mm were read, 5 mm behind the slot's left; `before` them stand some that were not."""
    place = slot(name)
    picture = Image.new("L", (1600, 200), 255)
    draw, scale = ImageDraw.Draw(picture), 10.0
    corner = (scale * (place.x0 + 5 - 4 * before - origin[0]), scale * (10.0 - origin[1]))
    draw.text(corner, printed, fill=20, font=font("song", printed, 40), anchor="lm")
    ink = np.asarray(picture)
    sheet = Sheet(cv2.cvtColor(ink, cv2.COLOR_GRAY2BGR), ink, scale, True, origin)
    assert goes_on(sheet, ink, Box(place.x0 + 5, 8.0, place.x0 + 13.2, 12.0), place) is is_told


@pytest.mark.parametrize(
    ("key", "name", "sex", "low", "high"),
    [
        ("neonatalName", "向欣好", "女", 1.0, 2.0),
        ("neonatalName", "向欣妤", "女", 0.0, 0.5),
        ("neonatalName", "向欣好", "男", 0.0, 0.5),
        ("fatherName", "向炊", "女", 1.0, 2.0),
        ("motherName", "欧阳好", "女", 1.0, 2.0),
        ("motherName", "欧阳妤", "女", 0.0, 0.5),
        ("motherName", "巴合提·艾力江", "女", 0.0, 0.5),
        ("motherAddress", "辽宁省锦州市凌河区黄士镇青年路1号", "女", 1.0, 2.0),
        ("motherAddress", "辽宁省锦州市凌河区黄土镇青年路1号", "女", 0.0, 0.5),
        ("medicalInstitutions", "锦州市凌河区黄士镇卫生院", "女", 0.0, 0.0),
        ("motherName", "NOAH", "女", 0.0, 0.0),
        ("motherName", "", "女", 0.0, 0.0),
    ],
)
def test_a_name_or_address_is_suspected_whose_character_looks_like_a_commoner_one(
    key: str, name: str, sex: str, low: float, high: float
) -> None:
    assert low <= suspicion(Value(key, name, ()), sex) <= high


def test_the_likeliest_competing_character_is_weighed_by_how_common_it_is_in_its_place() -> None:
    def competing(key: str, *readings: Reading) -> float:
        return strongest_competitor(value(key, line(key, *readings)), "男")

    assert competing("motherAddress", reading("永安村1组")) == LEAST
    village = competing("motherAddress", reading("永安杆1组", (2, "村", 0.1)))
    stick = competing("motherAddress", reading("永安村1组", (2, "杆", 0.1)))
    assert village > 0.5
    assert stick < -3
    assert (
        competing("fatherName", reading("郑炊", (1, "欢", 0.3)))
        > 1
        > -2
        > competing("fatherName", reading("郑欢", (1, "炊", 0.3)))
    )
    assert competing("motherAge", reading("11", (0, "4", 0.1))) == pytest.approx(np.log10(0.1 / 0.9), abs=0.01)


def test_a_competing_character_may_come_from_another_reading_of_the_same_length() -> None:
    def competing(*readings: Reading) -> float:
        return strongest_competitor(value("motherAge", line("motherAge", *readings)), "女")

    assert competing(reading("11"), reading("41", prob=0.98, second=True)) == pytest.approx(0, abs=0.02)
    assert competing(reading("11"), reading("41.", prob=0.98, second=True)) == pytest.approx(0, abs=0.02)
    assert competing(reading("11"), reading("4", second=True)) == LEAST


def test_a_known_division_leaves_little_room_for_competing_characters() -> None:
    street = reading("永安材路1号", (2, "村", 0.2))
    free = strongest_competitor(value("motherAddress", line("motherAddress", street)), "男")
    text = reading("山东省济南市平阴县1号", (4, "東", 0.2), (7, "陰", 0.2))
    assert strongest_competitor(value("motherAddress", line("motherAddress", text)), "男") < -2 < free


@pytest.mark.parametrize(
    ("second", "is_seconded"), [(None, False), ("41", True), ("41.", True), ("11", False), ("1", False)]
)
def test_what_the_second_network_says_is_a_feature(second: str | None, *, is_seconded: bool) -> None:
    more = [reading(second, second=True)] if second else []
    assert bool(features_of(value("motherAge", line("motherAge", reading("41"), *more)))["seconded"]) is is_seconded


def test_a_chosen_second_opinion_that_lacks_what_the_first_network_saw_is_uneven_and_not_seconded() -> None:
    readings = (reading("大同村组", second=True), reading("大同村构组", prob=0.5), reading("大同村学组", prob=0.4))
    found = features_of(value("fatherAddress", line("fatherAddress", *readings)))
    assert found["uneven"]
    assert not found["seconded"]


def test_a_second_opinion_does_not_count_as_the_first_network_disagreeing_with_itself() -> None:
    one = line("motherAge", reading("41"), reading("11", prob=0.2, second=True))
    assert one.agreed
    assert one.weakest == pytest.approx(0.999)
    assert not line("motherAge", reading("41"), reading("11")).agreed


def test_readings_of_different_length_are_a_feature_but_for_remains_of_labels() -> None:
    address = line("motherAddress", reading("长乐2组"), reading("长乐村2组"))
    assert features_of(value("motherAddress", address))["uneven"]
    assert not features_of(value("motherName", line("motherName", reading("王梅"), reading("me王梅"))))["uneven"]


def test_a_check_character_that_chose_among_readings_is_no_comfort_but_a_doubt() -> None:
    def said(*firsts: str) -> tuple[float, float]:
        readings = (reading("130922198505077138", second=True), *map(reading, firsts))
        found = features_of(value("fatherIdCardNumber", line("fatherIdCardNumber", *readings)))
        return found["checked"], found["belied"]

    assert said("430922198505077138", "430922198505077138") == (0, 1)
    assert said("430922198505077138", "130922198505077138") == (1, 0)


def test_an_ethnic_group_that_was_made_of_something_else_is_not_checked() -> None:
    assert features_of(value("motherEthnicity", line("motherEthnicity", reading("傈僳族"))))["checked"]
    mended = value("motherEthnicity", line("motherEthnicity", reading("保保族", (1, "像", 0.3))))
    assert mended.text == "保安族"
    assert not features_of(mended)["checked"]
    assert features_of(value("motherEthnicity", line("motherEthnicity", reading("y汉族"))))["checked"]


def test_one_ethnic_group_without_its_suffix_is_belied_by_the_other() -> None:
    mother = value("motherEthnicity", line("motherEthnicity", reading("汉")))
    assert features_of(mother, fatherEthnicity="汉族")["belied"]
    assert not features_of(mother, fatherEthnicity="回")["belied"]
    assert not features_of(mother)["belied"]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (("阿依古丽·", "努尔江"), "阿依古丽·努尔江"),
        (("阿依古丽", "努尔江"), "阿依古丽·努尔江"),
        (("古丽娜孜·", "me阿不都"), "古丽娜孜·阿不都"),
        (("艾力江.", "me努尔江"), "艾力江·努尔江"),
        (("古丽娜孜：买买提",), "古丽娜孜·买买提"),
        (("NOAH TR", "EMBLAY"), "NOAH TREMBLAY"),
    ],
)
def test_a_name_of_two_parts_has_one_middle_dot(lines: tuple[str, ...], text: str) -> None:
    assert slot_text([line("motherName", reading(part)) for part in lines]) == text


@pytest.mark.parametrize(("name", "text"), [("上官俊彬", "上官俊彬"), ("艾力江买", "艾力·江买")])
def test_a_wide_gap_in_a_name_is_a_dot_that_was_not_read_unless_a_compound_surname_stands_before(
    name: str, text: str
) -> None:
    spread = tuple(Glyph(char, 0.999, at) for char, at in zip(name, (0.2, 0.37, 0.66, 0.83), strict=True))
    assert slot_text([line("motherName", Reading(spread, name))]) == text


def test_the_second_line_of_a_name_is_given_no_surname() -> None:
    second = reading("努尔江", (0, "劳", 0.06))
    assert slot_text([line("motherName", reading("阿依古丽·")), line("motherName", second)]) == "阿依古丽·努尔江"


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (reading("中国", (1, "区", 0.04)), "中国"),
        (reading("中E", (1, "国", 0.2)), "中国"),
        (reading("nality中国"), "中国"),
        (reading("á中国"), "中国"),
        (reading("美国"), "美国"),
        (reading("USA"), "USA"),
    ],
)
def test_a_nationality_is_no_place(read: Reading, text: str) -> None:
    assert slot_text([line("motherNationality", read)]) == text


def test_a_character_taken_for_a_label_though_it_goes_on_like_the_others_is_told() -> None:
    city, form = slot("birthPlace.市"), FORM
    window = Box(city.x0, city.y - 2, city.x1 + 3.5, city.y + 2)
    label = next(label for label in form.labels if label.text == "市")
    at = [label.x + 1.45 - 3.7 * back for back in (4, 3, 2, 1, 0)]
    glyphs = tuple(
        Glyph(char, 0.99, (mm - window.x0) / (window.x1 - window.x0)) for char, mm in zip("齐齐哈尔市", at, strict=True)
    )
    cut = within_slot(Reading(glyphs, "齐齐哈尔市"), window, city, form, is_coloured=False)
    assert (cut.text, cut.is_cut) == ("齐齐哈尔", True)
    whole = within_slot(Reading(glyphs, "齐齐哈尔市"), window, city, form, is_coloured=True)
    assert (whole.text, whole.is_cut) == ("齐齐哈尔市", False)


def test_what_is_left_of_labels_beside_a_value_is_left_out() -> None:
    address = [line("motherAddress", reading("内蒙古自治区乌海市海")), line("motherAddress", reading("5南区永安镇8组"))]
    assert slot_text(address) == "内蒙古自治区乌海市海南区永安镇8组"
    address[1] = line("motherAddress", reading("5号楼"))
    assert slot_text(address) == "内蒙古自治区乌海市海5号楼"
    assert slot_text([line("birthPlace.县", reading("霍林郭勒市（区）"))]) == "霍林郭勒市"
    assert slot_text([line("motherNationality", reading("中国!"))]) == "中国"


def test_a_second_line_of_a_name_is_kept_and_the_seals_remains_are_not() -> None:
    def kept(*texts: tuple[str, float]) -> list[str]:
        boxes = [replace(BOX, x1=11.0, y0=5.0 * row, y1=5.0 * row + 4.0) for row in range(len(texts))]
        lines = [
            Line(slot("motherName"), box, box, reading(text, prob=prob))
            for box, (text, prob) in zip(boxes, texts, strict=True)
        ]
        return [line.reading.text for line in lines if not is_remains(line, lines)]

    assert kept(("阿依古丽·", 0.99), ("艾山", 0.9)) == ["阿依古丽·", "艾山"]
    assert kept(("王梅", 0.99), ("Ba", 0.7)) == ["王梅"]
    assert kept(("王梅", 0.99), ("中", 0.9)) == ["王梅"]
    assert kept(("王", 0.99), ("梅", 0.9)) == ["王", "梅"]
    assert kept(("王梅", 0.99), ("", 0.9)) == ["王梅"]


@pytest.mark.parametrize(
    ("width", "texts", "is_more"),
    [
        (5.0, ("艾", "艾汪"), True),
        (5.0, ("艾", "艾"), False),
        (8.0, ("艾", "艾"), True),
        (8.0, ("A", "AB"), False),
        (8.0, ("",), False),
    ],
)
def test_a_line_that_was_left_out_may_be_more_of_a_name(width: float, texts: tuple[str, ...], is_more: bool) -> None:
    box = Box(10.0, 5.0, 10.0 + width, 9.0)
    left = Line(slot("fatherName"), box, box, reading(texts[0]), tuple(map(reading, texts[1:])))
    assert may_be_more(left, line("fatherName", reading("叶尔江"))) is is_more


def test_a_number_that_few_births_have_is_unusual() -> None:
    def is_unusual(key: str, text: str) -> bool:
        return bool(features_of(value(key, line(key, reading(text))))["unusual"])

    assert is_unusual("birthWeight", "1080")
    assert not is_unusual("birthWeight", "4080")
    assert is_unusual("gestationalAge", "30")
    assert not is_unusual("gestationalAge", "40+3")
    assert is_unusual("motherAge", "81")
    assert not is_unusual("motherAge", "31")
    assert not is_unusual("motherName", "王梅")


def test_a_name_of_which_only_one_part_was_found_is_malformed() -> None:
    assert features_of(value("motherName", line("motherName", reading("古丽仙·"))))["malformed"]
    assert not features_of(value("motherName", line("motherName", reading("古丽仙·艾山"))))["malformed"]


@pytest.mark.parametrize(
    ("other", "is_unread"), [("395", True), ("39+5", True), ("39*", True), ("39", False), ("9", False)]
)
def test_days_that_only_another_reading_has_are_a_feature(other: str, is_unread: bool) -> None:
    one = line("gestationalAge", reading("39"), reading(other, second=True))
    assert features_of(value("gestationalAge", one))["days_unread"] == is_unread
