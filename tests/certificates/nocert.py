"""Pictures that are no birth certificate: a letter, a receipt, a vaccination card, an empty table."""

import random
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from . import tables
from .ink import Pen
from .truth import Truth

_DPI = 180
_INK = (40, 40, 44)
_LETTER = (
    "尊敬的家长：",
    "    您好！根据本学期教学安排，我园定于下周五上午九时召开家长会，",
    "请您准时参加。会议内容包括幼儿园近期工作汇报、食堂膳食管理、",
    "秋季传染病预防以及家园共育等事项。",
    "    请自备签字笔，并将回执于周三前交给班主任老师。",
    "    感谢您一直以来对我们工作的理解与支持！",
)
_RECEIPT = ("门诊诊查费", "血常规检查", "彩色超声检查", "西药费", "一次性材料费", "床位费")
_VACCINES = ("卡介苗", "乙肝疫苗", "脊灰疫苗", "百白破疫苗", "麻腮风疫苗", "乙脑疫苗", "流脑疫苗")


def page(truth: Truth, rng: random.Random) -> np.ndarray:
    """Return a (height, width, 3) uint8 RGB picture of some other paper about the invented people."""
    return rng.choice(KINDS)(truth, rng)


def _sheet(width: float, height: float, colour: tuple[int, int, int]) -> tuple[Image.Image, Pen]:
    """Return an empty sheet of the given millimetres and a pen for it."""
    image = Image.new("RGB", (round(width * _DPI / 25.4), round(height * _DPI / 25.4)), colour)
    return image, Pen(ImageDraw.Draw(image), _DPI)


def _letter(truth: Truth, rng: random.Random) -> np.ndarray:
    image, pen = _sheet(190, 150, (250, 249, 244))
    pen.centred(95, 18, "家 长 会 通 知", 7.5, "hei", _INK)
    for index, line in enumerate(_LETTER):
        pen.text(20, 36 + index * 9, line, 4.6, "song", _INK)
    pen.text(120, 104, truth.slots["county"] + rng.choice(("中心", "第一", "实验")) + "幼儿园", 4.6, "song", _INK)
    pen.text(120, 114, truth.values["issueDate"], 4.6, "song", _INK)
    return np.asarray(image)


def _receipt(truth: Truth, rng: random.Random) -> np.ndarray:
    """Draw a hospital's receipt: a table of charges with a total."""
    image, pen = _sheet(180, 120, (252, 246, 240))
    pen.centred(90, 12, f"{truth.values['medicalInstitutions']}门诊收费票据", 6, "song", (150, 40, 40))
    pen.text(12, 24, f"姓名：{truth.values['motherName']}    日期：{truth.values['issueDate']}", 4, "song", _INK)
    total = 0
    for index, item in enumerate(_RECEIPT):
        amount = rng.randint(500, 60000)
        total += amount
        y = 38 + index * 9
        pen.draw.line((pen.px(12), pen.px(y + 4.5), pen.px(168), pen.px(y + 4.5)), fill=(150, 40, 40), width=1)
        pen.text(16, y, item, 4, "song", _INK)
        pen.text(120, y, f"{amount / 100:.2f}", 4, "song", _INK)
    pen.text(16, 98, f"合计金额：{total / 100:.2f} 元", 4.6, "hei", _INK)
    return np.asarray(image)


def _vaccinations(truth: Truth, rng: random.Random) -> np.ndarray:
    """Draw a vaccination card, which names a child, its birth and its parents as a certificate does."""
    image, pen = _sheet(180, 130, (238, 246, 240))
    green = (36, 110, 70)
    pen.centred(90, 14, "预 防 接 种 证", 8, "hei", green)
    values = truth.values
    pairs = (
        ("儿童姓名", values["neonatalName"], "性别", values["sex"]),
        ("出生日期", values["birthTime"][:11], "监护人", values["motherName"]),
    )
    for row, (first, one, second, two) in enumerate(pairs):
        pen.text(14, 30 + row * 9, f"{first}：{one}", 4.2, "song", _INK)
        pen.text(100, 30 + row * 9, f"{second}：{two}", 4.2, "song", _INK)
    for index, vaccine in enumerate(_VACCINES):
        y = 52 + index * 10
        pen.draw.rectangle((pen.px(14), pen.px(y - 5), pen.px(166), pen.px(y + 5)), outline=green, width=2)
        pen.text(18, y, vaccine, 4, "song", _INK)
        pen.text(70, y, f"第{rng.randint(1, 3)}剂", 4, "song", _INK)
        pen.text(100, y, f"20{rng.randint(19, 25)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}", 4, "song", _INK)
    return np.asarray(image)


def _nothing(_truth: Truth, rng: random.Random) -> np.ndarray:
    """Return a table top with nothing on it."""
    return tables.table(rng, 1400, 1000)


KINDS: tuple[Callable[[Truth, random.Random], np.ndarray], ...] = (_letter, _receipt, _vaccinations, _nothing)
