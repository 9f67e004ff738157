"""From the flat sheet to what stands in each slot: lines found, given to slots, read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from reviewapp.engines.local.compose.vocabulary import (
    ETHNIC_GROUPS,
    has_check_character,
    is_chinese,
)
from reviewapp.engines.local.editions.edition5to7 import Alphabet, Form, Slot
from reviewapp.engines.local.flatten import Sheet, in_all_ink
from reviewapp.engines.local.networks.reading import PLAIN, Image, Reading, read_crops, read_greys
from reviewapp.engines.local.networks.weights import Network
from reviewapp.engines.local.read.lines import (
    Box,
    find_slot_lines,
    goes_on,
    middle_of_row,
    pixels_of,
    tight_box,
    without_labels,
)
from reviewapp.engines.local.read.trimming import (
    DATE_DIGITS,
    following_label,
    has_unread_ink,
    ink_of,
    within_slot,
)

_DIGITS = "0123456789"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CHARACTERS = {
    Alphabet.TEXT: "",
    Alphabet.ETHNICITY: "",
    Alphabet.DIGITS: _DIGITS + "/",
    Alphabet.WEEKS: _DIGITS + "+*/⁺⁰¹²³⁴⁵⁶",
    Alphabet.DECIMAL: _DIGITS + "./",
    Alphabet.ID_NUMBER: _DIGITS + _LETTERS + "()/",
    Alphabet.CERTIFICATE_NUMBER: _DIGITS + _LETTERS,
    Alphabet.SEX: "男女/",
}
WORDS = {Alphabet.TEXT, Alphabet.ETHNICITY, Alphabet.SEX}
DOUBTFUL, UNSURE = 0.93, 0.95
NARROW_MARGIN = 0.5
SHORT_NAME, ROOM = 13.0, 5.0
SURE, UNSURE_WORD = 1.6, 1.0
WITH_DAYS = 1.7
LAST_CHARACTER = 0.7
# Share of the slots. Without a father, and where a hand wrote some values, more than this is read
# of a sheet.
FEWEST_READ = 0.4
_DARKER = (255 * (np.arange(256) / 255) ** 1.8).astype(np.uint8)
_DARKEST = (255 * (np.arange(256) / 255) ** 3.5).astype(np.uint8)
_BLACK_ONLY = np.clip((np.arange(256) - 20.0) * 1.35, 0, 255).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a slot: where it was found, the tight box of its ink, and what it was read as.

    `others` are further readings of the same ink, by either network; `is_whole` is False where ink
    was passed over. `third` is what the third network reads in the sheet itself where the others
    leave doubt; it has no say in what is chosen. `raised` is how dark ink is that stands raised
    behind weeks of gestation, of their own ink's darkness; `goes_on` tells of glyphs right beside
    those that were read.
    """

    slot: Slot
    box: Box
    ink: Box
    reading: Reading
    others: tuple[Reading, ...] = ()
    is_whole: bool = True
    third: Reading | None = None
    raised: float = 0.0
    goes_on: bool = False

    def readings(self, by: Network) -> list[Reading]:
        """Return all readings by one of the networks."""
        return [reading for reading in (self.reading, *self.others) if reading.by == by]

    @property
    def agreed(self) -> bool:
        """Tell whether all readings by the first network say the same."""
        return len({_text(reading) for reading in self.readings(Network.FIRST_READER)}) == 1

    @property
    def weakest(self) -> float:
        """Lowest probability of a character in any reading by the first network, 0 to 1."""
        return min(reading.lowest for reading in self.readings(Network.FIRST_READER))


@dataclass(frozen=True, slots=True)
class SheetReading:
    """All lines of a sheet by slot name, top to bottom; `offset` is how far (mm) values lie below their lines.

    `left_out` are boxes of text that no slot was given, or that was taken for remains though it may
    be words.
    """

    lines: dict[str, list[Line]] = field(default_factory=dict)
    offset: float = 0.0
    left_out: tuple[Box, ...] = ()


def read_sheet(sheet: Sheet, form: Form, *, is_quick: bool = False) -> SheetReading:
    """Read every slot of a flat sheet; quickly where another copy of it was read with all care.

    1. Find each slot's lines in the ink layer, with printed labels painted over where colour cannot tell them.
    2. Read all lines in one go with their slots' alphabets; read doubtful ones and incomplete dates again.
    """
    ink = sheet.ink if sheet.is_coloured else without_labels(sheet, form)
    found = find_slot_lines(sheet, ink, form)
    lines, remains = _read_lines(sheet, ink, found.places, form, is_quick=is_quick)
    by_name = {slot.name: [line for line in lines if line.slot is slot] for slot in form.slots}
    again = _second_look(sheet, ink, by_name, form, found.offset, is_quick=is_quick)
    words = [left.ink for left in remains if any(_ends(left, line) for line in lines)]
    return SheetReading(by_name | again, found.offset, (*found.left_out, *words))


def read_in_any_ink(sheet: Sheet, form: Form) -> tuple[Sheet, SheetReading]:
    """Read a flat sheet by its black ink, or by all its ink where that is hardly any; return what was read too.

    Values printed in the labels' own colour, and all of a picture that has few colours left, look
    like the form.
    """
    reading = read_sheet(sheet, form)
    if not sheet.is_coloured or _share_read(reading) > FEWEST_READ:
        return sheet, reading
    plain = in_all_ink(sheet)
    again = read_sheet(plain, form)
    return (plain, again) if _share_read(again) > FEWEST_READ else (sheet, reading)


def _share_read(reading: SheetReading) -> float:
    """Return the share of the slots, 0 to 1, in which anything was read."""
    is_read = [any(line.reading.glyphs for line in lines) for lines in reading.lines.values()]
    return sum(is_read) / len(is_read)


def _second_look(
    sheet: Sheet,
    ink: Image,
    lines: dict[str, list[Line]],
    form: Form,
    offset: float,
    *,
    is_quick: bool,
) -> dict[str, list[Line]]:
    """Read date parts that lack digits again, across their whole slot."""
    lacking = [
        s
        for s in form.slots
        if s.part in DATE_DIGITS and _digits_in(lines[s.name]) < DATE_DIGITS[s.part]
    ]
    row_lines = {
        s.y: [line.ink for n in lines for line in lines[n] if line.slot.y == s.y] for s in lacking
    }
    places = []
    for slot in lacking:
        middle = middle_of_row(row_lines[slot.y], slot, offset)
        places.append((slot, Box(slot.x0 - 0.6, middle - 2.2, slot.x1 + 0.6, middle + 2.2)))
    again, _ = _read_lines(sheet, ink, places, form, is_quick=is_quick) if places else ([], [])
    return {
        line.slot.name: [line]
        for line in again
        if _digits_in([line]) == DATE_DIGITS[line.slot.part]
    }


def _digits_in(lines: Sequence[Line]) -> int:
    return sum(glyph.char in _DIGITS for line in lines for glyph in line.reading.glyphs)


@dataclass(frozen=True, slots=True)
class _Window:
    """A part of the sheet to be read: for which slot, around which ink."""

    slot: Slot
    box: Box
    tight: Box
    area: Box


type _Read = tuple[_Window, Reading, Reading]


def _read_lines(
    sheet: Sheet,
    ink: Image,
    places: Sequence[tuple[Slot, Box]],
    form: Form,
    *,
    is_quick: bool = False,
) -> tuple[list[Line], list[Line]]:
    """Read the lines of all slots in one go; return them, and those that were left out as mere remains.

    1. Read a wide window of each line; where it must be quick, that is all.
    2. Read a narrow one of those that are not plain; of photocopies all, with pale strokes made dark.
    3. Where the two differ, are unsure or pass over ink, read once more in another contrast.
    4. Have the second network read what is not plain, and all numbers: they have nothing else that bears them out.
    5. Choose, and leave out lines that are mere remains.
    6. Ask the third network of lines that leave doubt; look for days of gestation and glyphs that nobody has read.
    """
    wide = [_wide(sheet, ink, slot, box, form) for slot, box in places]
    read = [[one] for one in _readings(sheet, wide, sheet.ink, form)]
    if not is_quick:
        dark = sheet.ink if sheet.is_coloured else cv2.LUT(sheet.ink, _DARKEST)
        _read_more(
            sheet,
            read,
            lambda line: not sheet.is_coloured or _is_not_plain(line),
            dark,
            form,
            NARROW_MARGIN,
        )
        contrasted = cv2.LUT(sheet.ink, _DARKER if sheet.is_coloured else _BLACK_ONLY)
        _read_more(sheet, read, _is_doubtful, contrasted, form)
        _read_more(
            sheet,
            read,
            _needs_second_opinion,
            sheet.ink,
            form,
            NARROW_MARGIN,
            Network.SECOND_READER,
        )
    lines = [_line(some) for some in read]
    remains = [line for line in lines if _is_remains(line, lines)]
    lines = [line for line in lines if line not in remains]
    return (lines if is_quick else _examined(sheet, ink, lines, remains)), remains


def _examined(
    sheet: Sheet, ink: Image, lines: Sequence[Line], remains: Sequence[Line]
) -> list[Line]:
    """Return lines with what the third network says, and whether days of gestation or glyphs stand about them."""
    grey = cv2.cvtColor(sheet.image, cv2.COLOR_BGR2GRAY)
    doubtful = [index for index, line in enumerate(lines) if _needs_third_opinion(line)]
    windows = [
        pixels_of(sheet, _grown(tight_box(sheet, ink, lines[i].box), NARROW_MARGIN))
        for i in doubtful
    ]
    thirds = dict(
        zip(doubtful, read_greys([grey[y0:y1, x0:x1] for x0, y0, x1, y1 in windows]), strict=True)
    )
    examined = []
    for index, line in enumerate(lines):
        raised = _raised(sheet, ink, line.ink) if line.slot.alphabet == Alphabet.WEEKS else 0.0
        has_more = goes_on(sheet, ink, line.ink, line.slot) or any(
            _may_be_more(left, line) for left in remains
        )
        examined.append(replace(line, third=thirds.get(index), raised=raised, goes_on=has_more))
    return examined


def _needs_third_opinion(line: Line) -> bool:
    """Tell whether a line leaves doubt or is a name, which nothing else bears out as it does check characters."""
    readings = (line.reading, *line.others)
    is_sure = line.is_whole and min(reading.lowest for reading in readings) > UNSURE
    is_disputed = len({_text(reading) for reading in readings}) > 1
    return not _is_borne_out(line.slot, _text(line.reading)) and (
        is_disputed or not is_sure or line.slot.key.endswith("Name")
    )


def _raised(sheet: Sheet, ink: Image, weeks: Box) -> float:
    """Return how dark the darkest is that stands raised behind weeks, 0 to 1 of their own ink's darkness."""
    height = weeks.height
    beside = Box(
        weeks.x1 + 0.15 * height,
        weeks.y0 - 0.3 * height,
        weeks.x1 + 1.2 * height,
        weeks.y0 + 0.5 * height,
    )
    (x0, y0, x1, y1), (left, top, right, bottom) = pixels_of(sheet, weeks), pixels_of(sheet, beside)
    smooth = cv2.GaussianBlur(
        ink[top:bottom, left:right], (0, 0), max(0.6, 0.05 * height * sheet.scale)
    )
    darkness = 255.0 - float(np.quantile(ink[y0:y1, x0:x1], 0.1))
    return min(1.0, float(np.median(smooth) - np.quantile(smooth, 0.02)) / max(darkness, 20.0))


def _is_not_plain(line: Line) -> bool:
    return line.weakest < PLAIN or not line.is_whole


def _is_doubtful(line: Line) -> bool:
    return line.weakest < DOUBTFUL or not line.agreed or not line.is_whole


def _needs_second_opinion(line: Line) -> bool:
    return line.slot.alphabet not in WORDS or _is_not_plain(line) or not line.agreed


def _read_more(
    sheet: Sheet,
    read: list[list[_Read]],
    is_wanted: Callable[[Line], bool],
    picture: Image,
    form: Form,
    margin: float | None = None,
    reader: Network = Network.FIRST_READER,
) -> None:
    """Add a reading of those lines of which it is wanted; in the window round their ink where a margin is given."""
    chosen = [some for some in read if is_wanted(_line(some))]
    windows = [some[0][0] for some in chosen]
    if margin is not None:
        windows = [replace(window, area=_grown(window.tight, margin)) for window in windows]
    for some, more in zip(chosen, _readings(sheet, windows, picture, form, reader), strict=True):
        some.append(more)


def _wide(sheet: Sheet, ink: Image, slot: Slot, box: Box, form: Form) -> _Window:
    """Return a line's window; where labels were painted over, it looks under the paint beside a label."""
    tight = tight_box(sheet, ink, box)
    area = _with_margin(box, tight)
    return _Window(
        slot, box, tight, area if sheet.is_coloured else _over_next_label(area, slot, form)
    )


def _readings(
    sheet: Sheet,
    windows: Sequence[_Window],
    picture: Image,
    form: Form,
    reader: Network = Network.FIRST_READER,
) -> list[_Read]:
    """Read windows of a picture of the sheet; return each with all that was read and with what belongs to its slot."""
    crops = []
    for window in windows:
        x0, y0, x1, y1 = pixels_of(sheet, window.area)
        crops.append(cv2.cvtColor(picture[y0:y1, x0:x1], cv2.COLOR_GRAY2BGR))
    readings = (
        read_crops(crops, [CHARACTERS[window.slot.alphabet] for window in windows], reader)
        if crops
        else []
    )
    return [
        (
            window,
            reading,
            within_slot(reading, window.area, window.slot, form, is_coloured=sheet.is_coloured),
        )
        for window, reading in zip(windows, readings, strict=True)
    ]


def _line(read: Sequence[_Read]) -> Line:
    """Choose among readings of one line, the first being of the wide window: a whole one, what most say, the surest."""
    said = [_text(kept) for _, _, kept in read]
    best = max(
        read,
        key=lambda r: _sureness(r[2]) + _wholeness(r) + _agreement(r, said) + 0.2 * (r is read[0]),
    )
    window, _, kept = best
    ink = ink_of(window.tight, kept, window.area)
    others = tuple(other for _, _, other in read if other is not kept)
    is_whole = _is_whole(best) and not kept.is_cut
    return Line(window.slot, window.box, ink, kept, others, is_whole)


def _is_whole(read: _Read) -> bool:
    window, reading, kept = read
    if window.slot.part in DATE_DIGITS:
        return len(kept.glyphs) == DATE_DIGITS[window.slot.part]
    if window.slot.alphabet == Alphabet.WEEKS:
        return (
            len(kept.glyphs) > 2
            or window.tight.x1 - window.tight.x0 < WITH_DAYS * window.tight.height
        )
    return bool(kept.glyphs) and not has_unread_ink(reading, window.area, window.tight)


def _agreement(read: _Read, said: Sequence[str]) -> float:
    """Weigh how many readings say the same, and that a closed vocabulary or a check character bears it out."""
    text = _text(read[2])
    return 0.3 * said.count(text) + 1.5 * _is_borne_out(read[0].slot, text)


def _is_borne_out(slot: Slot, text: str) -> bool:
    is_group = slot.alphabet == Alphabet.ETHNICITY and text.removesuffix("族") in ETHNIC_GROUPS
    return is_group or (slot.alphabet == Alphabet.ID_NUMBER and has_check_character(text))


def _wholeness(read: _Read) -> float:
    """Weigh that a reading leaves nothing out: a date part's digits can be counted, ink only be estimated."""
    return (1.5 if read[0].slot.part in DATE_DIGITS else 1.0) * _is_whole(read)


def _sureness(reading: Reading) -> float:
    return (reading.lowest + reading.score) * bool(reading.glyphs)


def _text(reading: Reading) -> str:
    return reading.text.replace(" ", "")


def _grown(box: Box, by: float) -> Box:
    return Box(box.x0 - by, box.y0 - by, box.x1 + by, box.y1 + by, box.score)


def _over_next_label(window: Box, slot: Slot, form: Form) -> Box:
    """Widen a window that ends at a label, so that a value printed into the label is read with it."""
    label = following_label(slot, form)
    if label is None or window.x1 < label.x - 1.2:
        return window
    return replace(window, x1=max(window.x1, label.right + 0.4))


def _is_remains(line: Line, lines: Sequence[Line]) -> bool:
    """Tell whether a line is what is left of a label or the seal beside a real line of the same slot.

    So is a lone character where the other lines leave room for it. What any reading takes for
    several Chinese characters is neither that nor too doubtful beside a short name.
    """
    others = [other for other in lines if other.slot is line.slot and other is not line]
    if not others:
        return False
    best = max(other.reading.score for other in others)
    tallest = max(
        (o.ink.height for o in others if o.reading.score > 0.8 * line.reading.score), default=0.0
    )
    is_small = line.ink.height < 0.6 * tallest
    is_doubtful = line.reading.score < 0.85 * best and len(line.reading.glyphs) < 4
    if is_small or is_doubtful or not line.reading.glyphs:
        return True
    is_alone = (
        _is_shortest(line, others) and max(other.ink.x1 for other in others) < line.slot.x1 - ROOM
    )
    is_word = any(_is_word(reading) for reading in (line.reading, *line.others))
    return not is_word and (is_alone or _is_beside_short_name(line, others))


def _may_be_more(left: Line, line: Line) -> bool:
    """Tell whether a line that was left out may be more of another one's value.

    It is as tall, and either looks like several characters, one of them Chinese, or is that in any
    reading.
    """
    is_tall = left.ink.height > 0.75 * line.ink.height
    is_wide = left.ink.x1 - left.ink.x0 > 1.5 * line.ink.height
    most = max(_chinese_in(reading) for reading in (left.reading, *left.others))
    return (
        left.slot is line.slot
        and is_tall
        and (most > 1 or (is_wide and _chinese_in(left.reading) > 0))
    )


def _ends(left: Line, line: Line) -> bool:
    """Tell whether a line that was left out may be the last character of another one's value, on a line of its own."""
    is_tall = left.ink.height > LAST_CHARACTER * line.ink.height
    is_below = (
        left.ink.middle > line.ink.middle and abs(left.ink.x0 - line.ink.x0) < line.ink.height
    )
    return left.slot is line.slot and is_tall and is_below and _chinese_in(left.reading) > 0


def _is_shortest(line: Line, others: Sequence[Line]) -> bool:
    """Tell whether a line is a lone character, and another one is not."""
    return len(line.reading.glyphs) == 1 < max(len(other.reading.glyphs) for other in others)


def _is_beside_short_name(line: Line, others: Sequence[Line]) -> bool:
    """Tell whether a doubtful line stands beside a surer one, both too short for a name that wraps."""
    surest = max(_sureness(other.reading) for other in others)
    widest = max(other.ink.x1 - other.ink.x0 for other in (line, *others))
    is_short = line.slot.key.endswith("Name") and widest < SHORT_NAME
    return is_short and (_is_shortest(line, others) or _sureness(line.reading) < min(surest, SURE))


def _is_word(reading: Reading) -> bool:
    return _chinese_in(reading) > 1 and _sureness(reading) > UNSURE_WORD


def _chinese_in(reading: Reading) -> int:
    return sum(is_chinese(glyph.char) for glyph in reading.glyphs)


def _with_margin(box: Box, tight: Box) -> Box:
    return Box(
        min(box.x0, tight.x0 - 0.5),
        min(box.y0, tight.y0 - 0.5),
        max(box.x1, tight.x1 + 0.5),
        max(box.y1, tight.y1 + 0.5),
    )
