"""Tell lines of a value from what is left of labels and the seal beside them."""

from collections.abc import Sequence

from reviewapp.engines.local.networks.reading import Reading
from reviewapp.engines.local.read.choosing import sureness
from reviewapp.engines.local.read.line import Line
from reviewapp.facts.scripts import is_chinese

# Heights of a real line of the same slot: what is lower is remains. Only lines that are nearly as
# surely read, by their mean probability, tell a height.
LOW, NEARLY_AS_SURE = 0.6, 0.8
# Of the best line's mean probability: a shorter text below it, of fewer glyphs, is remains.
DOUBTFUL, SHORT_TEXT = 0.85, 4
# mm at a slot's end: whoever leaves so much free has not wrapped.
ROOM = 5.0
# mm of ink: what is narrower is too short for a name that wraps.
SHORT_NAME = 13.0
# Sureness, 0 to 2: a second line below the first beside a short name is remains; a word has the
# second at least.
SURE, UNSURE_WORD = 1.6, 1.0
# Heights of a value's line: what is at least so tall may be more of it, if it is at least so wide
# or has two characters, or its last character, if it begins below its first.
AS_TALL, TWO_WIDE, LAST_CHARACTER = 0.75, 1.5, 0.7
# Probability of a character that stands alone on the last line of a value.
SURE_CHARACTER = 0.9


def is_remains(line: Line, lines: Sequence[Line]) -> bool:
    """Tell whether a line is what is left of a label or the seal beside a real line of the same
    slot.

    So is a lone character where the other lines leave room for it. What any reading takes for
    several Chinese characters is neither that nor too doubtful beside a short name.

    1. Alone in its slot it is the value.
    2. It is remains where it is lower than the others, or, unless it has several surely read
       characters, less surely read.
    3. A lone character where there was room, unless a value's next line would begin there, or
       beside a short name, unless it is a word.
    """
    others = [other for other in lines if other.slot is line.slot and other is not line]
    if not others:
        return False
    if not line.reading.glyphs or _is_low(line, others):
        return True
    if _has_plain_word(line.reading):
        return False
    if _is_doubtful(line, others):
        return True
    if any(_is_word(reading) for reading in (line.reading, *line.others)):
        return False
    rightmost = max(other.ink.x1 for other in others)
    has_room = rightmost < line.slot.x1 - ROOM
    is_alone = has_room and _is_shortest(line, others) and not _is_last_character(line, others)
    return is_alone or _is_beside_short_name(line, others)


def _is_last_character(line: Line, others: Sequence[Line]) -> bool:
    """Tell whether a surely read character stands where the next line of a value begins.

    Offices break lines at columns of their own, wherever the slot ends.
    """
    is_sure = line.reading.lowest > SURE_CHARACTER
    return is_sure and not line.slot.key.endswith("Name") and may_end_one_of(line, others)


def _is_low(line: Line, others: Sequence[Line]) -> bool:
    least_score = NEARLY_AS_SURE * line.reading.score
    heights = [other.ink.height for other in others if other.reading.score > least_score]
    return line.ink.height < LOW * max(heights, default=0.0)


def _is_doubtful(line: Line, others: Sequence[Line]) -> bool:
    """Tell whether a short text is less surely read than another line."""
    reading = line.reading
    if len(reading.glyphs) >= SHORT_TEXT:
        return False
    best_score = max(other.reading.score for other in others)
    return reading.score < DOUBTFUL * best_score


def may_be_more(left_out: Line, line: Line) -> bool:
    """Tell whether a line that was left out may be more of another one's value.

    It is as tall, and either looks like several characters, one of them Chinese, or is that in any
    reading.
    """
    ink, height = left_out.ink, line.ink.height
    if left_out.slot is not line.slot or ink.height <= AS_TALL * height:
        return False
    readings = (left_out.reading, *left_out.others)
    if any(chinese_in(reading) > 1 for reading in readings):
        return True
    return ink.width > TWO_WIDE * height and chinese_in(left_out.reading) > 0


def _may_end(left_out: Line, line: Line) -> bool:
    """Tell whether a line is tall, Chinese, and begins below the beginning of a value."""
    ink, height = left_out.ink, line.ink.height
    if left_out.slot is not line.slot or ink.height <= LAST_CHARACTER * height:
        return False
    is_below = ink.middle > line.ink.middle
    begins_below_it = abs(ink.x0 - line.ink.x0) < height
    return is_below and begins_below_it and chinese_in(left_out.reading) > 0


def may_end_one_of(left_out: Line, lines: Sequence[Line]) -> bool:
    """Tell whether a line that was left out may be the last character of a value, on a line of its
    own.
    """
    return any(_may_end(left_out, line) for line in lines)


def _is_shortest(line: Line, others: Sequence[Line]) -> bool:
    """Tell whether a line is a lone character, and another one is not."""
    longest = max(len(other.reading.glyphs) for other in others)
    return len(line.reading.glyphs) == 1 < longest


def _is_beside_short_name(line: Line, others: Sequence[Line]) -> bool:
    """Tell whether a doubtful line stands beside a surer one, both too short to wrap."""
    widest = max(in_slot.ink.width for in_slot in (line, *others))
    if not line.slot.key.endswith("Name") or widest >= SHORT_NAME:
        return False
    if _is_shortest(line, others):
        return True
    surest = max(sureness(other.reading) for other in others)
    return sureness(line.reading) < min(surest, SURE)


def _has_plain_word(reading: Reading) -> bool:
    """Tell whether a reading has several Chinese characters that are surely read."""
    plain = [glyph for glyph in reading.glyphs if glyph.prob > SURE_CHARACTER]
    return sum(is_chinese(glyph.char) for glyph in plain) > 1


def _is_word(reading: Reading) -> bool:
    return chinese_in(reading) > 1 and sureness(reading) > UNSURE_WORD


def chinese_in(reading: Reading) -> int:
    """Return how many Chinese characters a reading has."""
    return sum(is_chinese(glyph.char) for glyph in reading.glyphs)
