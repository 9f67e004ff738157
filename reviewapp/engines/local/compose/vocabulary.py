"""What may stand in a slot: where the reader was not sure, its own next choices decide, by what is
known.
"""

import math
import string
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache

from reviewapp.engines.local.networks.reading import Glyph
from reviewapp.facts import gazetteer, resident
from reviewapp.facts.certificates import NUMBER
from reviewapp.facts.digits import IN_NUMBER, LETTER_FOR_DIGIT
from reviewapp.facts.frequencies import Role, compound_surnames, groups, levels, per_million
from reviewapp.facts.names import LONGEST_CHINESE_NAME
from reviewapp.facts.scripts import is_of_first_block
from reviewapp.facts.vocabulary import PRINTED_ETHNIC_GROUPS, is_printed_ethnic_group

DIGITS, LETTERS = string.digits, string.ascii_uppercase
# A glyph of at least this probability stays: a sure one that is no part of a known name is more
# often of an unknown name than misread.
DOUBTFUL = 0.97
# What a house number or a village's group is counted in.
UNITS = "组号栋幢座室户社队"
# 中国 after it lost a stroke: no country is called any of these.
MISREAD_CHINA = frozenset({"口国", "申国", "巾国", "中囯", "中围"})
RESIDENT_NUMBER_LENGTH = 18
# Digits among the 18; with fewer it is a passport's or a permit's number.
FEWEST_DIGITS = 14
# Characters. Names of divisions are as long as the first at a text's start; of longer ones than the
# second a single character is never in doubt enough to be worth the search. A gap in a name is
# filled only where at least three other characters tell which.
LONGEST_DIVISION, LONGEST_MENDED, SHORTEST_FILLED = 14, 11, 4
# The rareness of the commonest characters of given names, which one in a hundred has.
LEAST_RARE = -4.0


def ethnic_group(glyphs: Sequence[Glyph]) -> str:
    """Return the ethnic group that the glyphs or the reader's next choices for one of them make, as
    printed.

    Failing that, the single group that differs in one character from what was read, unless that has
    but one: any other group of one character would do as well.
    """
    text = "".join(glyph.char for glyph in glyphs)
    for option in _options(text, glyphs):
        if is_printed_ethnic_group(option):
            return option
    stem = text.removesuffix("族")
    if len(stem) < 2:
        return text
    longer_groups = [group for group in PRINTED_ETHNIC_GROUPS if len(group) > 1]
    nearest = [group for group in longer_groups if _differ_by_one(stem, group)]
    return nearest[0] + text[len(stem) :] if len(nearest) == 1 else text


def _options(text: str, glyphs: Sequence[Glyph]) -> Iterator[str]:
    """Yield a text of these glyphs, and what it is with one of the reader's next choices for one of
    them.
    """
    yield text
    for place, glyph in enumerate(glyphs):
        for char, _prob in glyph.others:
            yield _replaced(text, place, char)


def _replaced(text: str, place: int, char: str) -> str:
    return text[:place] + char + text[place + 1 :]


def nationality(glyphs: Sequence[Glyph]) -> str:
    """Return 中国 where it lost a stroke or the reader thought of it."""
    text = standard_text(glyphs)
    if text in MISREAD_CHINA or "中国" in _options(text, glyphs):
        return "中国"
    return text


def _differ_by_one(text: str, word: str) -> bool:
    """Tell whether one character was changed, lost or added."""
    if len(text) == len(word):
        return sum(a != b for a, b in zip(text, word, strict=True)) == 1
    shorter, longer = sorted((text, word), key=len)
    if len(longer) - len(shorter) != 1:
        return False
    places = range(len(longer))
    return any(_replaced(longer, place, "") == shorter for place in places)


def chosen(glyph: Glyph, allowed: str) -> str:
    """Return the most probable of the allowed characters among a glyph's readings, or the glyph's
    own.
    """
    if glyph.char in allowed:
        return glyph.char
    for char, _prob in glyph.others:
        if char in allowed:
            return char
    return glyph.char


def has_check_character(number: str) -> bool:
    """Tell whether a resident number's 18th character is right (GB 11643, MOD 11-2)."""
    parsed = resident.parse(number)
    return parsed is not None and parsed.has_right_check


def certificate_number(glyphs: Sequence[Glyph]) -> str:
    """Read one letter and then digits: O at the start is no 0, and 0 further on no O; a Q is not
    read as 0.
    """
    if not glyphs:
        return ""
    first, *further = glyphs
    letters = LETTERS.replace("Q", "") if first.char == "0" else LETTERS
    letter = chosen(first, letters).translate(LETTER_FOR_DIGIT)
    digits = "".join(chosen(glyph, DIGITS) for glyph in further)
    return letter + digits.translate(IN_NUMBER)


def is_certificate_number(text: str) -> bool:
    return bool(NUMBER.fullmatch(text))


def id_number(glyphs: Sequence[Glyph]) -> str:
    """Read 18 characters as a resident number, X only last; any other length as it is."""
    text = "".join(glyph.char for glyph in glyphs)
    digit_count = sum(char in DIGITS for char in text)
    if len(glyphs) != RESIDENT_NUMBER_LENGTH or digit_count < FEWEST_DIGITS:
        return text
    *first_17, last = glyphs
    digits = "".join(chosen(glyph, DIGITS) for glyph in first_17)
    return digits.translate(IN_NUMBER) + chosen(last, DIGITS + "X")


@cache
def _divisions() -> frozenset[str]:
    return frozenset(gazetteer.names().values())


@cache
def _division_starts() -> frozenset[str]:
    """Return what places are called, with and without the unit word that the form prints behind
    them.
    """
    # Autonomous regions are printed without the people that their names have.
    short = {"广西", "宁夏", "新疆", "香港", "澳门"}
    for unit in ("省", "市", "自治区"):
        short |= {name.removesuffix(unit) for name in _divisions()}
    return _divisions() | {name for name in short if len(name) > 1}


def after_divisions(text: str) -> str:
    """Return what is left of a text when all names of divisions at its start are taken away,
    longest first.
    """
    while name := _division_at_start(text):
        text = text.removeprefix(name)
    return text


def _division_at_start(text: str) -> str:
    for length in range(min(LONGEST_DIVISION, len(text)), 1, -1):
        if text[:length] in _division_starts():
            return text[:length]
    return ""


@cache
def _gaps() -> dict[tuple[str, str], set[str]]:
    """Return what may stand between a beginning and an end of longer divisions' names: one
    character or another.
    """
    gaps: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name in _divisions():
        if len(name) < SHORTEST_FILLED:
            continue
        for place, char in enumerate(name):
            before, behind = name[:place], name[place + 1 :]
            gaps[before, behind].add(char)
    return dict(gaps)


def standard_text(glyphs: Sequence[Glyph]) -> str:
    """Return the glyphs' text with characters outside the 8105 replaced by a likely one inside."""
    standard = levels()
    chars = []
    for glyph in glyphs:
        char = glyph.char
        if is_of_first_block(char) and char not in standard:
            char = next((option for option, _prob in glyph.others if option in standard), char)
        chars.append(char)
    return "".join(chars)


@cache
def _surnames() -> frozenset[str]:
    """Return the surnames of one character, and the first characters of longer ones, of
    `names.txt`.
    """
    surnames = {surname[0] for surname in compound_surnames()}
    for group, members in groups().items():
        if group.startswith("surnames_"):
            surnames.update(members)
    return frozenset(surnames)


def has_surname(name: str) -> bool:
    """Tell whether a Chinese name begins like a surname."""
    return name[:1] in _surnames()


def is_of_compound_surname(name: str) -> bool:
    """Tell whether a name is a Chinese one whose surname has two characters."""
    return name[:2] in compound_surnames() and len(name) <= LONGEST_CHINESE_NAME


def rareness(name: str) -> float:
    """Return the negative decimal logarithm of how often the rarest character of a given name
    stands in names.

    From about -4 for common ones to 0 for one that no name has; -4 for names that are not of 2 to 4
    characters.
    """
    if name.isascii() or not 2 <= len(name) <= LONGEST_CHINESE_NAME:
        return LEAST_RARE
    frequencies = []
    for char in name[1:]:
        of_women = per_million(char, Role.FEMALE)
        of_men = per_million(char, Role.MALE)
        frequencies.append(max(of_women, of_men))
    return -math.log10(min(frequencies))


def name_text(glyphs: Sequence[Glyph]) -> str:
    """Return a name's text in standard characters; of a doubtful first one that is no surname, a
    likely surname.
    """
    text = standard_text(glyphs)
    if not 2 <= len(text) <= LONGEST_CHINESE_NAME:
        return text
    if has_surname(text) or glyphs[0].prob >= DOUBTFUL:
        return text
    for char, _prob in glyphs[0].others:
        if has_surname(char):
            return _replaced(text, 0, char)
    return text


def place_text(glyphs: Sequence[Glyph]) -> str:
    """Return the glyphs' text, doubtful ones chosen so that a name of an administrative division
    appears.
    """
    text = _with_unit(standard_text(glyphs), glyphs)
    for place, glyph in enumerate(glyphs):
        # Where characters were lost or added on the way, glyphs and text go apart.
        is_open = glyph.prob < DOUBTFUL and len(text) == len(glyphs)
        if is_open and not _is_in_division(text, place):
            text = _with_division(text, place, glyph)
    return text


def _with_unit(text: str, glyphs: Sequence[Glyph]) -> str:
    """Return an address with the unit that its last number counts, where the reader thought of one:
    6绍 is 6组.
    """
    if len(text) < 2 or glyphs[-1].prob >= DOUBTFUL:
        return text
    number, unit = text[-2], text[-1]
    if not number.isdigit() or unit in UNITS:
        return text
    return text[:-1] + chosen(glyphs[-1], UNITS)


def _with_division(text: str, place: int, glyph: Glyph) -> str:
    """Return a text with the first of a glyph's next choices that a division has there, or the only
    one that fits.
    """
    for char, _prob in glyph.others:
        option = _replaced(text, place, char)
        if _is_in_division(option, place):
            return option
    return _filled_gap(text, place)


def _windows(text: str, place: int, shortest: int) -> Iterator[tuple[int, int]]:
    """Yield start and stop of all parts of a text that hold a place."""
    for start in range(max(0, place + 1 - LONGEST_MENDED), place + 1):
        first_stop = max(place + 1, start + shortest)
        last_stop = min(len(text), start + LONGEST_MENDED)
        for stop in range(first_stop, last_stop + 1):
            yield start, stop


def _is_in_division(text: str, place: int) -> bool:
    """Tell whether the character in a place is one of a division's name."""
    for start, stop in _windows(text, place, 2):
        if text[start:stop] in _divisions() and _can_begin(text[:start]):
            return True
    return False


def _can_begin(before: str) -> bool:
    """Tell whether a division's name can follow: behind larger divisions or nothing, not within a
    street's name.
    """
    return not after_divisions(before) and not before.endswith(("县", "区", "旗"))


def _filled_gap(text: str, place: int) -> str:
    """Return a text with the only character that makes a division's name of what stands round it,
    longest first.
    """
    windows = _windows(text, place, SHORTEST_FILLED)
    longest_first = sorted(windows, key=lambda window: window[0] - window[1])
    for start, stop in longest_first:
        before, behind = text[start:place], text[place + 1 : stop]
        fitting = _gaps().get((before, behind), set())
        if len(fitting) == 1 and _can_begin(text[:start]):
            return _replaced(text, place, *fitting)
    return text
