"""From the flat sheet to what stands in each slot: lines found, given to slots, read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from reviewapp.engines.local.editions.edition5to7 import Alphabet, Form, Slot
from reviewapp.engines.local.flatten import Sheet
from reviewapp.engines.local.networks.reading import PLAIN, Image, Reading, read_crops
from reviewapp.engines.local.networks.weights import Network
from reviewapp.engines.local.read.box import Box, part_of
from reviewapp.engines.local.read.choosing import Attempt, Window, chosen_line, is_borne_out
from reviewapp.engines.local.read.ink import WHITE, goes_on, tight_box, without_labels
from reviewapp.engines.local.read.line import CHARACTERS, DIGITS, WORDS, Line, SheetReading, text_of
from reviewapp.engines.local.read.lines import find_slot_lines, middle_of_row
from reviewapp.engines.local.read.remains import is_remains, may_be_more, may_end_one_of
from reviewapp.engines.local.read.trimming import DATE_DIGITS, following_label, within_slot

# Probabilities of a line's least sure character: below the first it is read in more contrast, at
# most the second it is read from the sheet in colour, too.
DOUBTFUL, UNSURE = 0.93, 0.95
# mm round the ink, in a narrow window, and in a wide one beside what the finder found.
NARROW_MARGIN = WIDE_MARGIN = 0.5
# mm: a window that ends so near a label looks over it, and so far behind it.
NEAR_LABEL, BEHIND_LABEL = 1.2, 0.4
# mm to each side of a date part, and up and down from its row's middle.
DATE_SIDE, DATE_REACH = 0.6, 2.2

# Where raised days stand, in heights of the weeks: from behind the weeks to the right, and from
# above their top down.
RAISED_LEFT, RAISED_RIGHT, RAISED_TOP, RAISED_BOTTOM = 0.15, 1.2, 0.3, 0.5
# The blur that takes away dust: of the height, and pixels at least.
DUST, LEAST_BLUR = 0.05, 0.6
# Grey values of the weeks' ink that are too few to measure by.
PALEST_INK = 20.0

# Curves over grey values: pale strokes a little darker; those of photocopies dark; and what is no
# darker than paper's grain white, where all is grey.
_GREYS = np.arange(256)
_DARKER = (WHITE * (_GREYS / WHITE) ** 1.8).astype(np.uint8)
_DARKEST = (WHITE * (_GREYS / WHITE) ** 3.5).astype(np.uint8)
_BLACK_ONLY = np.clip((_GREYS - 20.0) * 1.35, 0, WHITE).astype(np.uint8)


def read_sheet(sheet: Sheet, form: Form, *, is_quick: bool = False) -> SheetReading:
    """Read every slot of a flat sheet; quickly where another copy of it was read with all care.

    1. Find each slot's lines in the ink layer, with printed labels painted over where colour cannot
       tell them.
    2. Read all lines in one go with their slots' alphabets; read incomplete dates again.
    3. Of what was left out, keep what may be words.
    """
    ink = sheet.ink if sheet.is_coloured else without_labels(sheet, form)
    places, left_out, offset = find_slot_lines(sheet, ink, form)
    lines, remains = _read_lines(sheet, ink, places, form, is_quick=is_quick)
    by_slot: dict[str, list[Line]] = {slot.name: [] for slot in form.slots}
    for line in lines:
        by_slot[line.slot.name].append(line)
    by_slot |= _second_look(sheet, ink, by_slot, form, offset, is_quick=is_quick)
    words = [remain.ink for remain in remains if may_end_one_of(remain, lines)]
    return SheetReading(by_slot, offset, (*left_out, *words))


def _second_look(
    sheet: Sheet,
    ink: Image,
    by_slot: dict[str, list[Line]],
    form: Form,
    offset: float,
    *,
    is_quick: bool,
) -> dict[str, list[Line]]:
    """Read date parts that lack digits again, across their whole slot; return those that have them
    then.
    """
    all_lines = [line for lines in by_slot.values() for line in lines]
    places = []
    for slot in form.slots:
        if not _lacks_digits(slot, by_slot[slot.name]):
            continue
        row = [line.ink for line in all_lines if line.slot.y == slot.y]
        places.append((slot, _across(slot, middle_of_row(row, slot, offset))))
    if not places:
        return {}
    lines, _ = _read_lines(sheet, ink, places, form, is_quick=is_quick)
    return {line.slot.name: [line] for line in lines if _has_all_digits(line)}


def _across(slot: Slot, y: float) -> Box:
    """Return the room of a date part whose row is at a height (mm)."""
    return Box(x0=slot.x0 - DATE_SIDE, y0=y - DATE_REACH, x1=slot.x1 + DATE_SIDE, y1=y + DATE_REACH)


def _lacks_digits(slot: Slot, lines: Sequence[Line]) -> bool:
    return _count_digits(lines) < DATE_DIGITS.get(slot.part, 0)


def _has_all_digits(line: Line) -> bool:
    return _count_digits([line]) == DATE_DIGITS[line.slot.part]


def _count_digits(lines: Sequence[Line]) -> int:
    return sum(glyph.char in DIGITS for line in lines for glyph in line.reading.glyphs)


def _read_lines(
    sheet: Sheet, ink: Image, places: Sequence[tuple[Slot, Box]], form: Form, *, is_quick: bool
) -> tuple[list[Line], list[Line]]:
    """Read the lines of all slots in one go; return them, and those that were left out as mere
    remains.

    1. Read each line as often as it needs, where it must be quick once, and choose.
    2. Leave out lines that are mere remains.
    3. Read lines that leave doubt from the sheet in colour; look for days of gestation and glyphs
       that nobody has read.
    """
    windows = [_wide_window(sheet, ink, slot, box, form) for slot, box in places]
    lines = _read_anew(sheet, windows, form, is_quick=is_quick)
    remains = [line for line in lines if is_remains(line, lines)]
    lines = [line for line in lines if line not in remains]
    if not is_quick:
        lines = _examined(sheet, ink, lines, remains)
    return lines, remains


def _read_anew(
    sheet: Sheet, windows: Sequence[Window], form: Form, *, is_quick: bool
) -> list[Line]:
    """Read windows as often as they need it, and choose."""
    attempts = [[attempt] for attempt in _read_windows(sheet, windows, _Look(sheet.ink), form)]
    if not is_quick:
        for look in _further_looks(sheet):
            _look_again(sheet, attempts, look, form)
    return [chosen_line(of_line) for of_line in attempts]


@dataclass(frozen=True, slots=True)
class _Look:
    """One way to read lines: in which picture of the sheet, which lines, with which network.

    Where a margin (mm) is given, the window lies round the line's ink alone.
    """

    picture: Image
    is_wanted: Callable[[Line], bool] = lambda _line: True
    margin: float | None = None
    reader: Network = Network.FIRST_READER


def _further_looks(sheet: Sheet) -> tuple[_Look, ...]:
    """Return how lines are read after the first time, one look after the other.

    1. A narrow window of those that are not plain; of photocopies all, with pale strokes made dark.
    2. Where the two differ, are unsure or pass over ink, once more in another contrast.
    3. By the second network what is not plain, and all numbers and names: they have nothing else
       that bears them out.
    """
    if sheet.is_coloured:
        narrow = _Look(sheet.ink, _is_not_plain, NARROW_MARGIN)
        contrasted = _Look(cv2.LUT(sheet.ink, _DARKER), _is_doubtful)
    else:
        narrow = _Look(cv2.LUT(sheet.ink, _DARKEST), margin=NARROW_MARGIN)
        contrasted = _Look(cv2.LUT(sheet.ink, _BLACK_ONLY), _is_doubtful)
    second_opinion = _Look(sheet.ink, _needs_second_opinion, NARROW_MARGIN, Network.SECOND_READER)
    return narrow, contrasted, second_opinion


def _is_not_plain(line: Line) -> bool:
    return line.weakest < PLAIN or not line.is_whole


def _is_doubtful(line: Line) -> bool:
    return line.weakest < DOUBTFUL or not line.agreed or not line.is_whole


def _needs_second_opinion(line: Line) -> bool:
    is_open = line.slot.alphabet not in WORDS or line.slot.key.endswith("Name")
    return is_open or _is_not_plain(line) or not line.agreed


def _look_again(sheet: Sheet, attempts: Sequence[list[Attempt]], look: _Look, form: Form) -> None:
    """Add a reading of those lines of which the look is wanted."""
    wanted = [of_line for of_line in attempts if look.is_wanted(chosen_line(of_line))]
    windows = []
    for of_line in wanted:
        window = of_line[0].window
        if look.margin is not None:
            window = replace(window, area=window.tight.grown(look.margin))
        windows.append(window)
    further = _read_windows(sheet, windows, look, form)
    for of_line, attempt in zip(wanted, further, strict=True):
        of_line.append(attempt)


def _read_windows(
    sheet: Sheet, windows: Sequence[Window], look: _Look, form: Form
) -> list[Attempt]:
    """Read windows of a picture of the sheet; return each with all that was read and with what
    belongs to its slot.
    """
    if not windows:
        return []
    parts = [part_of(look.picture, sheet, window.area) for window in windows]
    crops = [cv2.cvtColor(part, cv2.COLOR_GRAY2BGR) for part in parts]
    allowed = [CHARACTERS[window.slot.alphabet] for window in windows]
    readings = read_crops(crops, allowed, look.reader)
    attempts = []
    for window, reading in zip(windows, readings, strict=True):
        value = within_slot(reading, window.area, window.slot, form, is_coloured=sheet.is_coloured)
        attempts.append(Attempt(window, reading, value))
    return attempts


def _wide_window(sheet: Sheet, ink: Image, slot: Slot, box: Box, form: Form) -> Window:
    """Return a line's window; where labels were painted over, it looks under the paint beside a
    label.
    """
    tight = tight_box(sheet, ink, box)
    area = tight.grown(WIDE_MARGIN).joined(box)
    if not sheet.is_coloured:
        area = _over_next_label(area, slot, form)
    return Window(slot, box, tight, area)


def _over_next_label(window: Box, slot: Slot, form: Form) -> Box:
    """Widen a window that ends at a label, so that a value printed into it is read with it."""
    label = following_label(slot, form)
    if label is None or window.x1 < label.x - NEAR_LABEL:
        return window
    return replace(window, x1=max(window.x1, label.right + BEHIND_LABEL))


def _examined(
    sheet: Sheet, ink: Image, lines: Sequence[Line], remains: Sequence[Line]
) -> list[Line]:
    """Return lines with what nothing is chosen by.

    1. How those that leave doubt are read from the sheet in colour.
    2. Whether days of gestation or glyphs stand about them.
    """
    doubtful = [number for number, line in enumerate(lines) if _leaves_doubt(line)]
    readings = _read_in_colour(sheet, ink, [lines[number] for number in doubtful])
    in_colour = dict(zip(doubtful, readings, strict=True))
    examined = []
    for number, line in enumerate(lines):
        is_weeks = line.slot.alphabet == Alphabet.WEEKS
        has_more = any(may_be_more(left_out, line) for left_out in remains)
        examined.append(
            replace(
                line,
                in_colour=in_colour.get(number),
                raised=_raised(sheet, ink, line.ink) if is_weeks else 0.0,
                goes_on=has_more or goes_on(sheet, ink, line.ink, line.slot),
            )
        )
    return examined


def _read_in_colour(sheet: Sheet, ink: Image, lines: Sequence[Line]) -> list[Reading]:
    """Return what the second network reads in the sheet itself.

    Thin strokes that were lost with the labels' colour are there.
    """
    crops = []
    for line in lines:
        tight = tight_box(sheet, ink, line.box)
        crops.append(part_of(sheet.image, sheet, tight.grown(NARROW_MARGIN)))
    return read_crops(crops, reader=Network.SECOND_READER)


def _leaves_doubt(line: Line) -> bool:
    """Tell whether a line leaves doubt or is a name, which nothing else bears out as it does check
    characters.
    """
    if is_borne_out(line.slot, text_of(line.reading)):
        return False
    readings = (line.reading, *line.others)
    lowest = min(reading.lowest for reading in readings)
    texts = {text_of(reading) for reading in readings}
    is_disputed = len(texts) > 1
    is_unsure = lowest <= UNSURE or not line.is_whole
    return is_disputed or is_unsure or line.slot.key.endswith("Name")


def _raised_place(weeks: Box) -> Box:
    height = weeks.height
    return Box(
        x0=weeks.x1 + RAISED_LEFT * height,
        y0=weeks.y0 - RAISED_TOP * height,
        x1=weeks.x1 + RAISED_RIGHT * height,
        y1=weeks.y0 + RAISED_BOTTOM * height,
    )


def _raised(sheet: Sheet, ink: Image, weeks: Box) -> float:
    """Return how dark the darkest is that stands raised behind weeks, 0 to 1 of their own ink's
    darkness.
    """
    beside = part_of(ink, sheet, _raised_place(weeks))
    blur = max(LEAST_BLUR, DUST * weeks.height * sheet.scale)
    smooth = cv2.GaussianBlur(beside, (0, 0), blur)
    darkness = float(np.median(smooth) - np.quantile(smooth, 0.02))
    darkest_of_weeks = float(np.quantile(part_of(ink, sheet, weeks), 0.1))
    weeks_darkness = WHITE - darkest_of_weeks
    return min(1.0, darkness / max(weeks_darkness, PALEST_INK))
