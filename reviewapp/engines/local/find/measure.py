"""Measure a form in the picture itself, where only the order of its labels is known.

The unit is the millimetre of the template in which a label's characters are GLYPH wide, whatever
their size on paper: so rows and gaps are as far apart, in labels, as the reader of the sheet
expects.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from reviewapp.engines.local.editions.edition5to7 import GLYPH, Form, Label, Slot
from reviewapp.engines.local.find.labels import ReadLine, Sighting, chinese_anchors, sightings_of
from reviewapp.engines.local.networks.reading import Points

# mm: what lies less above or below is in the same row; rows are 5 mm apart and more.
ROW_REACH = 2.4
# mm: how far a label of one character, and what is left of a longer one, may be from where it is
# expected. One character alone may belong to anything, so it must be nearer.
LONE_REACH, LONG_REACH = 9.0, 20.0
# mm: how far a row of which no label was seen may be from where it is expected: half a wide gap.
UNSEEN_REACH = 5.0
# A label whose characters are so many times larger or smaller than most is of another print.
ODD_SCALE = 1.5
# The share of the gap to the next row into which a slot may reach: lines that wrap need over half.
WIDE_GAP = 0.62
# mm: places that are nearer to each other than half a character mean the same one.
SAME_PLACE = 1.4
# mm: template places that are meant to be equal may differ so much by rounding.
ROUNDING = 0.1
# mm: the gap to a row above the first or below the last, where there is none.
GAP_WITHOUT_ROW = 14.0
# mm: a slot is at least so wide, whatever its labels say: one digit fits in.
NARROWEST_SLOT = 2.0
# mm from the outermost labels and slots to the area and to the frame: left, top, right, bottom.
# They are those of editions 5 to 7, within a millimetre.
AREA_MARGINS = (11.8, 7.5, 4.5, 8.8)
FRAME_MARGINS = (16.2, 35.8, 1.5, 20.9)


@dataclass(frozen=True, slots=True)
class Measured:
    """A form as it is in one picture: `scale` its pixels per mm, `labels` how many were seen."""

    form: Form
    scale: float
    labels: int


@dataclass(frozen=True, slots=True)
class _Mark:
    """Something seen on the flat picture: its text, left edge `x` and centre `y` in mm."""

    text: str
    x: float
    y: float
    slips: int = 0


@dataclass(frozen=True, slots=True)
class _Seen:
    """A template and the marks that were matched to its labels: number of label → mark."""

    template: Form
    marks: Mapping[int, _Mark]

    @property
    def labels(self) -> tuple[Label, ...]:
        """The template's labels, in reading order."""
        return self.template.labels

    @property
    def stretch(self) -> float:
        """How much farther apart labels of a row are than in the template."""
        ratios = []
        pairs = [(self.labels[number], mark) for number, mark in sorted(self.marks.items())]
        for (label, mark), (next_label, next_mark) in pairwise(pairs):
            if label.y == next_label.y and mark.y == next_mark.y:
                there = next_label.x - label.x
                here = next_mark.x - mark.x
                ratios.append(here / there)
        return float(np.median(ratios)) if ratios else 1.0

    def neighbours(self, number: int) -> tuple[int | None, int | None]:
        """Return the numbers of the nearest seen labels of its row left and right of a label."""
        row_y = self.labels[number].y
        row = [seen for seen in self.marks if self.labels[seen].y == row_y]
        left = max((seen for seen in row if seen < number), default=None)
        right = min((seen for seen in row if seen > number), default=None)
        return left, right


def measured(lines: Sequence[ReadLine], template: Form) -> Measured | None:
    """Find the labels of `template` in lines of an upright picture, and lay it out anew by them.

    1. See labels; their characters' pitch tells the scale.
    2. Match them to the template's labels, in reading order: so the mother's 年龄 is told from the
       father's.
    3. Place the labels that were not seen between those that were, and look there for their
       characters.
    4. Slots begin and end where their labels do.
    """
    sightings = sightings_of(lines, chinese_anchors(template))
    if not sightings:
        return None
    scale = float(np.median([sighting.scale for sighting in sightings]))
    marks = [
        _mark(sighting, scale)
        for sighting in sightings
        if 1 / ODD_SCALE < sighting.scale / scale < ODD_SCALE
    ]
    seen = _Seen(template, _matched(_in_reading_order(marks), template.labels))
    if len(seen.marks) < 2:
        return None
    glyphs = _glyphs(lines, scale)
    places, numbers_told = _with_single_characters(_all_places(seen, glyphs), seen, glyphs)
    form = _laid_out(seen, places, numbers_told | set(seen.marks))
    return Measured(form, scale, len(seen.marks))


def _mark(sighting: Sighting, scale: float) -> _Mark:
    x, y = sighting.at / scale
    return _Mark(sighting.text, float(x) - GLYPH / 2, float(y), sighting.slips)


def _glyphs(lines: Sequence[ReadLine], scale: float) -> list[_Mark]:
    """Return every character that was read as a mark of its own."""
    marks = []
    for line in lines:
        for glyph in line.reading.glyphs:
            x, y = line.place_of(glyph) / scale
            marks.append(_Mark(glyph.char, float(x) - GLYPH / 2, float(y)))
    return marks


def _in_reading_order(marks: Sequence[_Mark]) -> list[_Mark]:
    """Sort by rows and from left to right; a row is what lies within ROW_REACH of its neighbour."""
    rows: list[list[_Mark]] = []
    for mark in sorted(marks, key=lambda mark: mark.y):
        if rows and mark.y - rows[-1][-1].y < ROW_REACH:
            rows[-1].append(mark)
        else:
            rows.append([mark])
    level = []
    for row in rows:
        middle = float(np.median([mark.y for mark in row]))
        level += [replace(mark, y=middle) for mark in row]
    return sorted(level, key=lambda mark: (mark.y, mark.x))


def _matched(marks: Sequence[_Mark], labels: Sequence[Label]) -> dict[int, _Mark]:
    """Match marks to labels, both in order, so that most are matched: number of label → mark.

    1. A table of the best sum of worths up to every pair of a label and a mark.
    2. The pairs of the best sum of all, from the last to the first.
    """
    best = np.zeros((len(labels) + 1, len(marks) + 1))
    for i, label in enumerate(labels):
        for j, mark in enumerate(marks):
            together = 0.0
            if label.text == mark.text:
                worth = 1 / (1 + mark.slips)
                together = best[i, j] + worth
            best[i + 1, j + 1] = max(best[i, j + 1], best[i + 1, j], together)
    pairs = {}
    i, j = len(labels), len(marks)
    while i and j:
        if best[i, j] == best[i - 1, j]:
            i -= 1
        elif best[i, j] == best[i, j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs[i] = marks[j]
    return pairs


def _all_places(seen: _Seen, glyphs: Sequence[_Mark]) -> list[tuple[float, float]]:
    """Return (x, y) of every label's left edge: as seen, else where its neighbours tell."""
    stretch = seen.stretch
    shifts = [mark.x - stretch * seen.labels[i].x for i, mark in seen.marks.items()]
    shift = float(np.median(shifts))
    rows = _all_rows(seen, glyphs)
    places = []
    for number, label in enumerate(seen.labels):
        place = _place_in_row(number, seen)
        if place is None:
            place = (stretch * label.x + shift, rows[label.y])
        places.append(place)
    return places


def _place_in_row(number: int, seen: _Seen) -> tuple[float, float] | None:
    """Return (x, y) of a label's left edge by what was seen of its row.

    1. As it was seen itself.
    2. Between the labels left and right of it.
    3. As far from the nearest one as in the template; None where nothing of the row was seen.
    """
    if number in seen.marks:
        mark = seen.marks[number]
        return mark.x, mark.y
    x = seen.labels[number].x
    left, right = seen.neighbours(number)
    if left is not None and right is not None:
        before, after = seen.marks[left], seen.marks[right]
        if before.y == after.y:
            start, end = seen.labels[left].x, seen.labels[right].x
            share = (x - start) / (end - start)
            return before.x + share * (after.x - before.x), before.y
    nearest = right if left is None else left
    if nearest is None:
        return None
    mark = seen.marks[nearest]
    there = x - seen.labels[nearest].x
    return mark.x + seen.stretch * there, mark.y


def _all_rows(seen: _Seen, glyphs: Sequence[_Mark]) -> dict[float, float]:
    """Return where each row of the template is: its y there → y here, that of its last label.

    1. Rows that were seen.
    2. The others between them, or as far beyond as rows are apart.
    3. There, the nearest line of Chinese or digits that belongs to no other row.
    """
    seen_rows: dict[float, list[float]] = {}
    for number, mark in seen.marks.items():
        seen_rows.setdefault(seen.labels[number].y, []).append(mark.y)
    rows = {y: max(ys) for y, ys in seen_rows.items()}
    free = _free_lines(seen.marks.values(), glyphs)
    template_rows = sorted({label.y for label in seen.labels})
    for y in template_rows:
        if y not in rows:
            expected = _between(y, rows, seen_rows)
            rows[y] = _nearest(free, expected, UNSEEN_REACH)
    return rows


def _nearest(values: Points, expected: float, reach: float) -> float:
    """Return which of values (N,) is nearest to `expected`; that itself if none is within reach."""
    if not len(values):
        return expected
    distances = np.abs(values - expected)
    nearest = distances.argmin()
    return float(values[nearest]) if distances[nearest] < reach else expected


def _free_lines(marks: Collection[_Mark], glyphs: Sequence[_Mark]) -> Points:
    """Return the y (N,) of Chinese characters and digits that lie in no row of the marks."""
    is_value = [glyph for glyph in glyphs if glyph.text.isdigit() or glyph.text >= "\u3400"]
    written = np.array([glyph.y for glyph in is_value])
    if not len(written):
        return written
    taken = np.array([mark.y for mark in marks])
    distances = np.abs(written[:, None] - taken[None])
    is_free = distances.min(axis=1) > ROW_REACH
    free: Points = written[is_free]
    return free


def _between(
    y: float, rows: Mapping[float, float], seen_rows: Mapping[float, Sequence[float]]
) -> float:
    """Return where a row of which nothing was seen should be, by the rows round it.

    `rows` are those that are known so far, y in the template → y here; `seen_rows` those of which
    labels were seen, with the y of each: they may lie a little aslant.
    """
    above = max((row for row in rows if row < y), default=None)
    below = min((row for row in seen_rows if row > y), default=None)
    if above is not None and below is not None:
        start = rows[above]
        end = min(seen_rows[below])
        return start + (end - start) * (y - above) / (below - above)
    pace = _pace(seen_rows)
    if above is not None:
        return rows[above] + pace * (y - above)
    first = min(seen_rows)
    return min(seen_rows[first]) - pace * (first - y)


def _pace(seen_rows: Mapping[float, Sequence[float]]) -> float:
    """Return how much farther apart rows are here than in the template."""
    paces = []
    for upper, lower in pairwise(sorted(seen_rows)):
        end = min(seen_rows[lower])
        start = max(seen_rows[upper])
        paces.append((end - start) / (lower - upper))
    return float(np.median(paces)) if paces else 1.0


def _with_single_characters(
    expected: Sequence[tuple[float, float]], seen: _Seen, glyphs: Sequence[_Mark]
) -> tuple[list[tuple[float, float]], set[int]]:
    """Look for lone characters that are labels, and for what is left of longer labels.

    1. From left to right: how far one is from its expected place moves the next.
    2. It stands between the label before it and the next one that was seen.
    3. Return all places, and the numbers of the labels that were told.
    """
    places, moved, told = list(expected), 0.0, set()
    for number, label in enumerate(seen.labels):
        if number in seen.marks:
            moved = 0.0
            continue
        expected_x, y = expected[number]
        x = expected_x + moved
        start, end = _room_for(number, y, places, seen)
        in_row = [glyph for glyph in glyphs if abs(glyph.y - y) < ROW_REACH]
        in_room = [glyph for glyph in in_row if start < glyph.x + SAME_PLACE < end]
        seen_x = _place_of(label.text, x, in_room)
        places[number] = (x if seen_x is None else seen_x, y)
        if seen_x is not None:
            moved += seen_x - x
            told.add(number)
    return places, told


def _room_for(
    number: int, y: float, places: Sequence[tuple[float, float]], seen: _Seen
) -> tuple[float, float]:
    """Return the x (mm) between which a label of the row at `y` stands, by its neighbours there."""
    start, end = -np.inf, np.inf
    if number:
        before = seen.labels[number - 1]
        before_x, before_y = places[number - 1]
        if before_y == y:
            start = before_x + GLYPH * len(before.text)
    _, right = seen.neighbours(number)
    if right is not None:
        mark = seen.marks[right]
        if mark.y == y:
            end = mark.x
    return start, end


def _place_of(text: str, x: float, glyphs: Sequence[_Mark]) -> float | None:
    """Return the left edge near `x` on which most of a label's characters agree.

    1. Where the label begins by each of its characters that was read.
    2. Those that are near, and how many others each agrees with.
    3. The nearest of those with most; None where too few were read.
    """
    reach = LONE_REACH if len(text) == 1 else LONG_REACH
    told = []
    for glyph in glyphs:
        for number, char in enumerate(text):
            if glyph.text == char:
                told.append(glyph.x - GLYPH * number)
    edges = np.array(told)
    edges = edges[np.abs(edges - x) < reach]
    if not len(edges):
        return None
    distances = np.abs(edges[:, None] - edges[None])
    votes = (distances < SAME_PLACE).sum(axis=1)
    if votes.max() < min(2, len(text)):
        return None
    best = edges[votes == votes.max()]
    return _nearest(best, x, np.inf)


def _laid_out(
    seen: _Seen, places: Sequence[tuple[float, float]], numbers_seen: Collection[int]
) -> Form:
    """Build the form from its labels' left edges and lines."""
    labels = []
    for label, (x, y) in zip(seen.labels, places, strict=True):
        labels.append(replace(label, x=x, y=y))
    slots = [_moved_slot(slot, seen, labels, numbers_seen) for slot in seen.template.slots]
    rows = [label.y for label in labels]
    left = min(label.x for label in labels)
    right = max(slot.x1 for slot in slots)
    outline = (left, min(rows), right, max(rows))
    return Form(
        name=seen.template.name,
        frame=_around(outline, FRAME_MARGINS),
        area=_around(outline, AREA_MARGINS),
        labels=tuple(labels),
        slots=tuple(slots),
    )


type _Rectangle = tuple[float, float, float, float]


def _around(rectangle: _Rectangle, margins: _Rectangle) -> _Rectangle:
    """Return a rectangle with margins: left, top, right and bottom."""
    left, top, right, bottom = rectangle
    return (left - margins[0], top - margins[1], right + margins[2], bottom + margins[3])


def _moved_slot(
    slot: Slot, seen: _Seen, labels: Sequence[Label], numbers_seen: Collection[int]
) -> Slot:
    """Move a slot with the labels before and after it, and keep it out of other rows.

    1. It begins as far behind the label before it as in the template.
    2. It ends at the label behind it, or is as wide as in the template, stretched.
    3. It reaches as far up and down as in the template, but not into the next rows.
    """
    number = _label_before(slot, seen.labels)
    y = labels[number].y
    x0 = labels[number].x + slot.x0 - seen.labels[number].x
    stretched_x1 = x0 + max(1.0, seen.stretch) * (slot.x1 - slot.x0)
    next_label_x = min(
        (label.x for label in labels if label.y == y and label.x > x0), default=stretched_x1
    )
    x1 = next_label_x
    if not _ends_at_label(slot, seen.labels):
        x1 = min(next_label_x, stretched_x1)
    gap_above = min((y - label.y for label in labels if label.y < y), default=GAP_WITHOUT_ROW)
    gap_below = min((label.y - y for label in labels if label.y > y), default=GAP_WITHOUT_ROW)
    return replace(
        slot,
        x0=x0,
        x1=max(x1, x0 + NARROWEST_SLOT),
        y=y,
        top=y - min(slot.y - slot.top, WIDE_GAP * gap_above),
        bottom=y + min(slot.bottom - slot.y, WIDE_GAP * gap_below),
        is_guessed=number not in numbers_seen,
    )


def _label_before(slot: Slot, labels: Sequence[Label]) -> int:
    """Return the number of the last label of a slot's row that begins before it."""
    before = []
    for number, label in enumerate(labels):
        if abs(label.y - slot.y) < ROUNDING and label.x < slot.x0:
            before.append(number)
    return max(before, key=lambda number: labels[number].x)


def _ends_at_label(slot: Slot, labels: Sequence[Label]) -> bool:
    return any(
        abs(label.x - slot.x1) < ROUNDING and abs(label.y - slot.y) < ROUNDING for label in labels
    )


def to_form(flat_to_pixels: Points, scale: float) -> Points:
    """Return the homography (3, 3) from a measured form's mm to pixels, by the flat picture's."""
    homography: Points = flat_to_pixels @ np.diag([scale, scale, 1.0])
    return homography
