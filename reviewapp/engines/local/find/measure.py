"""Measure a form in the picture itself, where only the order of its labels is known.

The unit is the millimetre of `layout.py` in which a label's characters are GLYPH wide, whatever
their size on paper: so rows and gaps are as far apart, in labels, as the reader of the sheet
expects.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from reviewapp.engines.local.editions.edition5to7 import GLYPH, Form, Label, Slot
from reviewapp.engines.local.find.labels import ReadLine, Sighting, chinese_anchors, sightings_of
from reviewapp.engines.local.networks.reading import Points

ROW_REACH = 2.4
LONE_REACH, LONG_REACH = 9.0, 20.0
UNSEEN_REACH = 5.0
ODD_SCALE = 1.5
WIDE_GAP = 0.62
_SHARED = 1.4


@dataclass(frozen=True, slots=True)
class Measured:
    """A form with the places it has in one picture, `scale` its pixels per mm, `labels` how many were seen."""

    form: Form
    scale: float
    labels: int


@dataclass(frozen=True, slots=True)
class _Mark:
    """Something seen on the flat picture: text and centre of its first character, in mm."""

    text: str
    x: float
    y: float
    slips: int = 0


def measured(lines: Sequence[ReadLine], template: Form) -> Measured | None:
    """Find the labels of `template` in lines of an upright picture, and lay the form out anew by them.

    1. See labels; their characters' pitch tells the scale.
    2. Match them to the template's labels, in reading order: so the mother's 年龄 is told from the father's.
    3. Place the labels that were not seen between those that were, and look there for their characters.
    4. Slots begin and end where their labels do.
    """
    sightings = sightings_of(lines, chinese_anchors(template))
    if not sightings:
        return None
    scale = float(np.median([sighting.scale for sighting in sightings]))
    seen = [
        _mark(sighting, scale)
        for sighting in sightings
        if 1 / ODD_SCALE < sighting.scale / scale < ODD_SCALE
    ]
    matched = _matched(_in_reading_order(seen), template)
    if len(matched) < 2:
        return None
    glyphs = _glyphs(lines, scale)
    places, told = _with_single_characters(
        _all_places(matched, template, glyphs), matched, glyphs, template
    )
    form = _laid_out(template, places, _stretch(matched, template.labels), set(matched) | told)
    return Measured(form, scale, len(matched))


def _mark(sighting: Sighting, scale: float) -> _Mark:
    x, y = sighting.at / scale
    return _Mark(sighting.text, float(x) - GLYPH / 2, float(y), sighting.slips)


def _glyphs(lines: Sequence[ReadLine], scale: float) -> list[_Mark]:
    found = [
        (glyph.char, line.place_of(glyph) / scale)
        for line in lines
        for glyph in line.reading.glyphs
    ]
    return [_Mark(char, float(at[0]) - GLYPH / 2, float(at[1])) for char, at in found]


def _in_reading_order(marks: Sequence[_Mark]) -> list[_Mark]:
    """Sort by rows, a row being what lies within ROW_REACH of its neighbour, and from left to right."""
    rows: list[list[_Mark]] = []
    for mark in sorted(marks, key=lambda mark: mark.y):
        if rows and mark.y - rows[-1][-1].y < ROW_REACH:
            rows[-1].append(mark)
        else:
            rows.append([mark])
    middles = [float(np.median([mark.y for mark in row])) for row in rows]
    level = [replace(mark, y=y) for row, y in zip(rows, middles, strict=True) for mark in row]
    return sorted(level, key=lambda mark: (mark.y, mark.x))


def _matched(seen: Sequence[_Mark], template: Form) -> dict[int, _Mark]:
    """Match marks to the template's labels, both in order, so that most are matched: index of label → mark.

    1. How much each label is worth with each mark, and the best sum up to every pair of them.
    2. The pairs of that best sum, from the last to the first.
    """
    labels = template.labels
    best = np.zeros((len(labels) + 1, len(seen) + 1))
    worth = np.array(
        [[(label.text == mark.text) / (1 + mark.slips) for mark in seen] for label in labels]
    )
    for i, j in np.ndindex(worth.shape):
        best[i + 1, j + 1] = max(
            best[i, j + 1], best[i + 1, j], best[i, j] + worth[i, j] if worth[i, j] else 0.0
        )
    pairs = {}
    i, j = worth.shape
    while i and j:
        if best[i, j] == best[i - 1, j]:
            i -= 1
        elif best[i, j] == best[i, j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs[i] = seen[j]
    return pairs


def _all_places(
    matched: dict[int, _Mark], template: Form, glyphs: Sequence[_Mark]
) -> list[tuple[float, float]]:
    """Return (x, y) of every label's left edge: as seen, else between its neighbours as in the template.

    1. How the template is stretched and shifted. 2. Rows of which nothing was seen. 3. Label by
    label.
    """
    labels = template.labels
    stretch = _stretch(matched, labels)
    shift = float(np.median([mark.x - stretch * labels[i].x for i, mark in matched.items()]))
    rows = _all_rows(matched, template, glyphs)
    places = []
    for i, label in enumerate(labels):
        left, right = _neighbours(i, matched, labels)
        if i in matched:
            places.append((matched[i].x, matched[i].y))
        elif left is not None and right is not None and matched[left].y == matched[right].y:
            share = (label.x - labels[left].x) / (labels[right].x - labels[left].x)
            places.append(
                (matched[left].x + share * (matched[right].x - matched[left].x), matched[left].y)
            )
        elif (near := left if left is not None else right) is not None:
            places.append((matched[near].x + stretch * (label.x - labels[near].x), matched[near].y))
        else:
            places.append((stretch * label.x + shift, rows[label.y]))
    return places


def _all_rows(
    matched: dict[int, _Mark], template: Form, glyphs: Sequence[_Mark]
) -> dict[float, float]:
    """Return where each row of the template is: its y there → y here, that of its last label.

    1. Rows that were seen. 2. The others between them, or as far beyond as rows are apart.
    3. There, the nearest line of Chinese or digits that belongs to no other row.
    """
    nominal = sorted({label.y for label in template.labels})
    seen: dict[float, list[float]] = {}
    for i, mark in matched.items():
        seen.setdefault(template.labels[i].y, []).append(mark.y)
    known = {y: max(ys) for y, ys in seen.items()}
    written = np.array([mark.y for mark in glyphs if mark.text.isdigit() or mark.text >= "\u3400"])
    taken = np.array([mark.y for mark in matched.values()])
    free = (
        written[np.abs(written[:, None] - taken[None]).min(axis=1) > ROW_REACH]
        if len(written)
        else written
    )
    for y in nominal:
        if y not in known:
            expected = _between(y, known, seen)
            near = free[np.abs(free - expected) < UNSEEN_REACH]
            known[y] = float(near[np.abs(near - expected).argmin()]) if len(near) else expected
    return known


def _between(y: float, known: dict[float, float], seen: dict[float, list[float]]) -> float:
    """Return where a row of which nothing was seen should be, by the rows round it."""
    above = max((other for other in known if other < y), default=None)
    below = min((other for other in seen if other > y), default=None)
    if above is not None and below is not None:
        start, end = known[above], min(seen[below])
        return start + (end - start) * (y - above) / (below - above)
    paces = [(min(seen[b]) - max(seen[a])) / (b - a) for a, b in pairwise(sorted(seen))]
    pace = float(np.median(paces)) if paces else 1.0
    if above is not None:
        return known[above] + pace * (y - above)
    return min(seen[min(seen)]) - pace * (min(seen) - y)


def _stretch(matched: dict[int, _Mark], labels: Sequence[Label]) -> float:
    """Return how much farther apart labels of a row are than in the template."""
    ratios = [
        (matched[b].x - matched[a].x) / (labels[b].x - labels[a].x)
        for a, b in pairwise(sorted(matched))
        if labels[a].y == labels[b].y and matched[a].y == matched[b].y
    ]
    return float(np.median(ratios)) if ratios else 1.0


def _neighbours(
    i: int, matched: dict[int, _Mark], labels: Sequence[Label]
) -> tuple[int | None, int | None]:
    """Return the nearest seen labels of the same row, left and right of label `i`."""
    row = [j for j in matched if labels[j].y == labels[i].y]
    return max((j for j in row if j < i), default=None), min(
        (j for j in row if j > i), default=None
    )


def _with_single_characters(
    places: list[tuple[float, float]],
    matched: dict[int, _Mark],
    glyphs: Sequence[_Mark],
    template: Form,
) -> tuple[list[tuple[float, float]], set[int]]:
    """Look for labels of one character, and for what is left of longer ones, near where they should be.

    From left to right: how far one is from its expected place moves the next. Returns all places,
    and which labels were found.
    """
    labels = template.labels
    found, moved, told = list(places), 0.0, set()
    for i, label in enumerate(labels):
        if i in matched:
            moved = 0.0
            continue
        _, right = _neighbours(i, matched, labels)
        x, y = places[i][0] + moved, places[i][1]
        start = (
            found[i - 1][0] + GLYPH * len(labels[i - 1].text)
            if i and found[i - 1][1] == y
            else -np.inf
        )
        end = matched[right].x if right is not None and matched[right].y == y else np.inf
        room = [g for g in glyphs if abs(g.y - y) < ROW_REACH and start < g.x + _SHARED < end]
        seen_at = _place_of(label.text, x, room)
        if seen_at is not None:
            moved += seen_at - x
            told.add(i)
        found[i] = (x if seen_at is None else seen_at, y)
    return found, told


def _place_of(text: str, x: float, glyphs: Sequence[_Mark]) -> float | None:
    """Return the left edge, near `x`, that most of a label's characters agree on; None where too few were read."""
    reach = LONE_REACH if len(text) == 1 else LONG_REACH
    told = np.array(
        [g.x - GLYPH * k for g in glyphs for k, char in enumerate(text) if g.text == char]
    )
    told = told[np.abs(told - x) < reach]
    if not len(told):
        return None
    votes = (np.abs(told[:, None] - told[None]) < _SHARED).sum(axis=1)
    if votes.max() < min(2, len(text)):
        return None
    best = told[votes == votes.max()]
    return float(best[np.abs(best - x).argmin()])


def _laid_out(
    template: Form, places: Sequence[tuple[float, float]], stretch: float, seen: set[int]
) -> Form:
    """Build the form from its labels' left edges and lines."""
    labels = tuple(
        replace(label, x=x, y=y) for label, (x, y) in zip(template.labels, places, strict=True)
    )
    slots = tuple(
        _moved_slot(slot, template.labels, labels, stretch, seen) for slot in template.slots
    )
    rows = [label.y for label in labels]
    left, right = min(label.x for label in labels), max(slot.x1 for slot in slots)
    area = (left - 11.8, min(rows) - 7.5, right + 4.5, max(rows) + 8.8)
    frame = (left - 16.2, min(rows) - 35.8, right + 1.5, max(rows) + 20.9)
    return Form(template.name, frame, area, labels, slots)


def _moved_slot(
    slot: Slot, before: Sequence[Label], after: Sequence[Label], stretch: float, seen: set[int]
) -> Slot:
    """Move a slot with the label before it and the one after it, and keep it out of the rows above and below."""
    in_row = [
        i for i, label in enumerate(before) if abs(label.y - slot.y) < 0.1 and label.x < slot.x0
    ]
    own = max(in_row, key=lambda i: before[i].x)
    y, x0 = after[own].y, after[own].x + slot.x0 - before[own].x
    following = [label.x for label in after if label.y == y and label.x > x0]
    x1 = min([*following, x0 + max(1.0, stretch) * (slot.x1 - slot.x0)])
    if any(abs(label.x - slot.x1) < 0.1 and abs(label.y - slot.y) < 0.1 for label in before):
        x1 = min(following, default=x1)
    above = min((y - label.y for label in after if label.y < y), default=14.0)
    below = min((label.y - y for label in after if label.y > y), default=14.0)
    top, bottom = (
        min(slot.y - slot.top, WIDE_GAP * above),
        min(slot.bottom - slot.y, WIDE_GAP * below),
    )
    return replace(
        slot,
        x0=x0,
        x1=max(x1, x0 + 2.0),
        y=y,
        top=y - top,
        bottom=y + bottom,
        is_guessed=own not in seen,
    )


def to_form(flat_to_pixels: Points, scale: float) -> Points:
    """Return the homography from a measured form's mm to pixels (3, 3), from that of the flat picture."""
    homography: Points = flat_to_pixels @ np.diag([scale, scale, 1.0])
    return homography
