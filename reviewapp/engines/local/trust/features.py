"""What speaks for a value or against it: how surely it was read, whether all readings agree, what
else is known.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reviewapp.engines.local.compose.values import Value
from reviewapp.engines.local.compose.vocabulary import (
    after_divisions,
    has_check_character,
    rareness,
)
from reviewapp.engines.local.flatten import Sheet
from reviewapp.engines.local.networks.reading import Reading
from reviewapp.engines.local.networks.weights import Network
from reviewapp.engines.local.read.choosing import WITH_DAYS
from reviewapp.engines.local.read.line import WORDS, Line
from reviewapp.engines.local.trust.competing import solid, strongest_competitor, suspicion
from reviewapp.engines.local.trust.echo import echo
from reviewapp.engines.local.trust.own_digits import excesses
from reviewapp.engines.local.trust.well_formed import (
    is_placed,
    is_strange,
    is_unusual,
    is_well_formed,
    lost_a_four,
)
from reviewapp.facts.digits import IN_NUMBER
from reviewapp.facts.scripts import is_chinese
from reviewapp.facts.vocabulary import is_printed_ethnic_group

# Probabilities as odds: no reading is less doubtful than the first, none so bad that one below the
# second tells more.
LEAST_DOUBT, LEAST_PROB = 1e-4, 0.1
# Decimal logarithm of the odds from which a competing character comes close.
CLOSE = -1.5
# Darkness of raised ink, of the weeks' own: what is darker are days.
RAISED = 0.2
# Excess of another digit's correlation over a digit's own kind's: below it all looks right. From
# there the feature rises to 1 where both are alike, and to 3 where the other is plainly likelier.
PLAIN_DIGIT = -0.1
OTHER_DIGIT = (PLAIN_DIGIT, 0.0, 0.2), (0.0, 1.0, 3.0)

_NUMERIC = ("Time", "Date", "Age", "Weight", "Length", "Number")
_PLACES = ("Address", "Institutions", "Authority")
# Days beside two digits of weeks: a sign before them, or one digit more.
_DAYS = re.compile(r"[+*]|\d{3}")
_LATIN = re.compile("[A-Za-z]")


@dataclass(frozen=True, slots=True)
class RecordContext:
    """What else is known of a value's record, by API key: its texts, and those of the other copies
    on the sheet.

    `excesses` tell how much more a number looks like another than like itself (`own_digits`).
    """

    texts: Mapping[str, str]
    copies: Sequence[Mapping[str, str]]
    excesses: Mapping[str, float]


def record_context(
    values: Sequence[Value], copies: Sequence[Mapping[str, str]], sheet: Sheet | None = None
) -> RecordContext:
    """Gather what is known of a record from its 23 values, the other copies and the sheet that it
    was read from.
    """
    return RecordContext(
        texts={value.key: value.text for value in values},
        copies=copies,
        excesses=excesses(sheet, values) if sheet else {},
    )


def features(value: Value, context: RecordContext) -> dict[str, float]:
    """Return by name what speaks for or against a value; all but measures are 0 or 1.

    1. What kind of value it is, and how long.
    2. How surely it was read, and which other characters compete.
    3. Whether the first network's readings agree and leave nothing out.
    4. What the second network says, in black and in colour, and whether digits look like their
       own kind.
    5. Whether it has its field's form, and what it begins with is known.
    6. What check characters, the record's other values and the sheet's other copies say of it.
    """
    subject = _Subject(value, context)
    by_name = (
        _kind(subject)
        | _certainty(subject)
        | _completeness(value)
        | _other_witnesses(subject)
        | _in_colour(subject)
        | _form(subject)
        | _bearing_out(subject)
    )
    return {name: float(feature) for name, feature in by_name.items()}


@dataclass(frozen=True)
class _Subject:
    """A value in its record, with what several features ask of it."""

    value: Value
    context: RecordContext

    @property
    def key(self) -> str:
        return self.value.key

    @property
    def text(self) -> str:
        return self.value.text

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.value.lines

    @property
    def is_name(self) -> bool:
        return self.key.endswith("Name")

    @property
    def is_numeric(self) -> bool:
        return self.key.endswith(_NUMERIC)

    @property
    def is_place(self) -> bool:
        return self.key.endswith(_PLACES)

    @property
    def is_date(self) -> bool:
        return self.key.endswith(("Time", "Date"))

    @property
    def sex(self) -> str:
        return self.context.texts["sex"]

    @cached_property
    def is_formed(self) -> bool:
        return is_well_formed(self.key, self.text)

    @cached_property
    def is_strange(self) -> bool:
        return self.is_place and is_strange(self.text)

    @cached_property
    def echo(self) -> bool | None:
        return echo(self.key, self.context.texts)

    @cached_property
    def is_checked(self) -> bool:
        return self.echo is not False and is_checked(self.value)


def _kind(subject: _Subject) -> dict[str, float]:
    return {
        "numeric": subject.is_numeric,
        "name": subject.is_name,
        "length": float(np.log10(max(1, len(subject.text)))),
    }


def _certainty(subject: _Subject) -> dict[str, float]:
    """Doubts are decimal logarithms of the odds against the least probable character.

    `lowest` is that of the reading that was chosen, `weakest` of any by the first network.
    """
    weakest = _doubt([line.weakest for line in subject.lines])
    competing = strongest_competitor(subject.value, subject.sex)
    look_alike = suspicion(subject.value, subject.sex)
    return {
        "lowest": _doubt([line.reading.lowest for line in subject.lines]),
        "weakest_of_checked": weakest * subject.is_checked,
        "weakest_of_name": weakest * subject.is_name,
        "competing": competing,
        "closely_competing": max(0.0, competing - CLOSE),
        "rareness": rareness(subject.text) if subject.is_name else 0.0,
        # Even a little speaks for a look-alike in a name, so its root is weighed.
        "look_alike": float(np.sqrt(look_alike)) * subject.is_name,
        "look_alike_of_place": look_alike * subject.is_place,
    }


def _completeness(value: Value) -> dict[str, float]:
    lines = value.lines
    has_days = has_unread_days(value)
    is_whole = all(line.is_whole for line in lines)
    has_raised_ink = any(line.raised > RAISED for line in lines)
    return {
        "read_thrice": any(_is_read_thrice(line) for line in lines),
        "disagreed": not all(line.agreed for line in lines),
        "uneven": not all(_is_even(line) for line in lines),
        "passed_over": not is_whole or _has_room_for_days(value),
        "goes_on": any(line.goes_on for line in lines),
        "cut": any(line.reading.is_cut for line in lines),
        "days_unread": has_days,
        "raised_ink": len(value.text) == 2 and has_raised_ink,
    }


def _other_witnesses(subject: _Subject) -> dict[str, float]:
    value, context = subject.value, subject.context
    is_open_number = subject.is_numeric and not subject.is_checked
    excess = context.excesses.get(value.key, PLAIN_DIGIT)
    return {
        "ones_for_fours": is_open_number and has_ones_for_fours(value, context.texts),
        "seconded": all(_is_seconded(line) for line in value.lines),
        "other_digit": float(np.interp(excess, *OTHER_DIGIT)),
        "plain_date": subject.is_formed and subject.is_date and excess < PLAIN_DIGIT,
    }


def _in_colour(subject: _Subject) -> dict[str, float]:
    pairs = _in_colour_and_chosen(subject.lines)
    differs = any(_differ(seen, chosen) for seen, chosen in pairs)
    return {
        "differs_in_colour": differs,
        "numeric_differs_in_colour": subject.is_numeric and differs,
        "name_differs_in_colour": subject.is_name and differs,
        "uneven_in_colour": any(len(seen) != len(chosen) for seen, chosen in pairs),
    }


def _form(subject: _Subject) -> dict[str, float]:
    begins_with_division = after_divisions(subject.text) != subject.text
    return {
        "malformed": not subject.is_formed,
        "unusual": is_unusual(subject.key, subject.text),
        "strange": subject.is_strange,
        "placed": subject.key == "birthPlace" and is_placed(subject.text),
        "unplaced": subject.is_place and not begins_with_division,
    }


def _bearing_out(subject: _Subject) -> dict[str, float]:
    key, text = subject.key, subject.text
    is_echoed = subject.echo is True
    is_belied = subject.echo is False
    is_known_place = subject.is_place and subject.is_formed and not subject.is_strange
    copied = [copy[key] for copy in subject.context.copies if copy.get(key)]
    return {
        "checked": subject.is_checked,
        "echoed": is_echoed and not subject.is_place,
        "echoed_place": is_echoed and is_known_place,
        "belied": is_belied or _is_made_to_check(subject.value),
        "confirmed": text in copied,
        "contradicted": bool(copied) and text not in copied,
    }


def _doubt(probs: Sequence[float]) -> float:
    prob = float(np.clip(min(probs, default=1.0), LEAST_PROB, 1.0 - LEAST_DOUBT))
    return float(np.log10((1.0 - prob) / prob))


def _is_seconded(line: Line) -> bool:
    """Tell whether the second network read a line, always as what was chosen and what the first one
    read first.
    """
    seconds = line.readings(Network.SECOND_READER)
    if not seconds:
        return False
    second_text = _solid_text(seconds[0])
    first = line.readings(Network.FIRST_READER)[0]
    return _solid_text(first) == second_text == _solid_text(line.reading)


def _in_colour_and_chosen(lines: Sequence[Line]) -> list[tuple[str, str]]:
    """Return what was read in colour and what was chosen, for every line that left doubt."""
    pairs = []
    for line in lines:
        if line.in_colour is not None:
            is_words = line.slot.alphabet in WORDS
            seen = _told_apart(line.in_colour, is_words=is_words)
            chosen = _told_apart(line.reading, is_words=is_words)
            pairs.append((seen, chosen))
    return pairs


def _told_apart(reading: Reading, *, is_words: bool) -> str:
    """Return what a reading says; letters in numbers as the digits that they look like."""
    text = _solid_text(reading)
    return text if is_words else text.translate(IN_NUMBER)


def _differ(seen: str, chosen: str) -> bool:
    return len(seen) == len(chosen) and seen != chosen


def _solid_text(reading: Reading) -> str:
    return "".join(glyph.char for glyph in solid(reading))


def _is_read_thrice(line: Line) -> bool:
    return len(line.readings(Network.FIRST_READER)) > 2


def _is_even(line: Line) -> bool:
    """Tell whether all readings by the first network have as many characters as what was chosen.

    Remains of English labels do not count.
    """
    lengths = set()
    for reading in (line.reading, *line.readings(Network.FIRST_READER)):
        text = _LATIN.sub("", _solid_text(reading))
        lengths.add(len(text))
    return len(lengths) == 1


def _is_two_digits_of_weeks(value: Value) -> bool:
    return value.key == "gestationalAge" and len(value.text) == 2


def has_unread_days(value: Value) -> bool:
    """Tell whether any reading of the weeks of gestation, two digits, has raised days beside."""
    if not _is_two_digits_of_weeks(value):
        return False
    for line in value.lines:
        for reading in (line.reading, *line.others):
            if _DAYS.search(reading.text):
                return True
    return False


def _has_room_for_days(value: Value) -> bool:
    """Tell whether the ink of two digits of weeks is so long that there are raised days beside
    them.
    """
    if not _is_two_digits_of_weeks(value):
        return False
    return any(line.ink.width > WITH_DAYS * line.ink.height for line in value.lines)


def has_ones_for_fours(value: Value, texts: Mapping[str, str]) -> bool:
    """Tell whether a number has a 1 in a record where an impossible or unusual number would be a
    usual one with a 4.

    Copies lose thin strokes: of a 4 they leave the upright one, in one number as in all others.
    """
    if "1" not in value.text:
        return False
    return any(lost_a_four(key, text) for key, text in texts.items() if key != value.key)


def is_checked(value: Value) -> bool:
    """Tell whether something independent confirms a value: a check character or a closed
    vocabulary.

    What made the value of something else confirms nothing: 保保族 is 傈僳族 as well as 保安族.
    """
    key, text = value.key, value.text
    if key.endswith("IdCardNumber"):
        is_right = has_check_character(text) and is_well_formed(key, text)
        return is_right and not _is_made_to_check(value)
    if key.endswith(("Ethnicity", "Nationality")):
        is_group = is_printed_ethnic_group(text)
        read = "".join(line.reading.text for line in value.lines)
        chinese = "".join(char for char in read if is_chinese(char))
        return (is_group or text == "中国") and chinese == text
    return key == "sex"


def _is_made_to_check(value: Value) -> bool:
    """Tell whether a resident number has its check character in no reading by the first network.

    It was chosen for that, but may well be printed as that network reads it: with a mistake.
    """
    if not value.key.endswith("IdCardNumber") or len(value.lines) != 1:
        return False
    (line,) = value.lines
    firsts = [_solid_text(reading) for reading in line.readings(Network.FIRST_READER)]
    return has_check_character(value.text) and value.text not in firsts
