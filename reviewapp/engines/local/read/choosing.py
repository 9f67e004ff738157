"""Of several readings of one line, choose the one that counts."""

from collections.abc import Sequence
from dataclasses import dataclass

from reviewapp.engines.local.compose.vocabulary import has_check_character
from reviewapp.engines.local.editions.edition5to7 import Alphabet, Slot
from reviewapp.engines.local.networks.reading import Reading
from reviewapp.engines.local.read.box import Box
from reviewapp.engines.local.read.line import Line, text_of
from reviewapp.engines.local.read.trimming import DATE_DIGITS, has_unread_ink, ink_of
from reviewapp.facts.vocabulary import is_printed_ethnic_group

# Weights beside a reading's sureness, which is 0 to 2: that it leaves nothing out, where ink tells
# and where digits can be counted; each reading that says the same; a closed vocabulary or a check
# character; the wide window, which shows all of the line.
WHOLE, WHOLE_DATE, SAME_TEXT, BORNE_OUT, WIDE_WINDOW = 1.0, 1.5, 0.3, 1.5, 0.2
# Of its height: ink of weeks that is longer has days behind them.
WITH_DAYS = 1.7


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the sheet to be read: for which slot, where its line was found, its ink, and what
    is looked at.
    """

    slot: Slot
    box: Box
    tight: Box
    area: Box


@dataclass(frozen=True, slots=True)
class Attempt:
    """A window with everything that was read in it, and what of that belongs to its slot."""

    window: Window
    everything: Reading
    value: Reading


def chosen_line(attempts: Sequence[Attempt]) -> Line:
    """Choose among readings of one line: a whole one, what most say, the surest.

    The first is of the wide window.
    """
    texts = [text_of(attempt.value) for attempt in attempts]

    def weight(attempt: Attempt) -> float:
        is_wide = attempt is attempts[0]
        return (
            sureness(attempt.value)
            + _wholeness(attempt)
            + _agreement(attempt, texts)
            + WIDE_WINDOW * is_wide
        )

    best = max(attempts, key=weight)
    window, value = best.window, best.value
    return Line(
        slot=window.slot,
        box=window.box,
        ink=ink_of(window.tight, value, window.area),
        reading=value,
        others=tuple(attempt.value for attempt in attempts if attempt is not best),
        is_whole=_is_whole(best) and not value.is_cut,
    )


def sureness(reading: Reading) -> float:
    """Return how sure a reading is, 0 for nothing to 2."""
    return reading.lowest + reading.score if reading.glyphs else 0.0


def is_borne_out(slot: Slot, text: str) -> bool:
    """Tell whether a closed vocabulary or a check character says that a text is right."""
    if slot.alphabet == Alphabet.ETHNICITY:
        return is_printed_ethnic_group(text)
    return slot.alphabet == Alphabet.ID_NUMBER and has_check_character(text)


def _wholeness(attempt: Attempt) -> float:
    """Weigh that a reading leaves nothing out: a date part's digits can be counted, ink only be
    estimated.
    """
    if not _is_whole(attempt):
        return 0.0
    return WHOLE_DATE if attempt.window.slot.part in DATE_DIGITS else WHOLE


def _is_whole(attempt: Attempt) -> bool:
    window, glyphs = attempt.window, attempt.value.glyphs
    slot, ink = window.slot, window.tight
    if slot.part in DATE_DIGITS:
        return len(glyphs) == DATE_DIGITS[slot.part]
    if slot.alphabet == Alphabet.WEEKS:
        has_room_for_days = ink.width >= WITH_DAYS * ink.height
        return len(glyphs) > 2 or not has_room_for_days
    return bool(glyphs) and not has_unread_ink(attempt.everything, window.area, ink)


def _agreement(attempt: Attempt, texts: Sequence[str]) -> float:
    """Weigh how many readings say the same, and whether something bears it out."""
    text = text_of(attempt.value)
    return SAME_TEXT * texts.count(text) + BORNE_OUT * is_borne_out(attempt.window.slot, text)
