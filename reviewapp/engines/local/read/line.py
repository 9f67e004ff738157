"""What was read on a sheet: its lines, each with all readings of it."""

import string
from dataclasses import dataclass, field

from reviewapp.engines.local.editions.edition5to7 import Alphabet, Slot
from reviewapp.engines.local.networks.reading import Reading
from reviewapp.engines.local.networks.weights import Network
from reviewapp.engines.local.read.box import Box
from reviewapp.facts.marks import RAISED_DAYS

DIGITS, LETTERS = string.digits, string.ascii_uppercase
# What the reader may choose among, by what may stand in a slot; "" for all characters. Every slot
# may hold slashes but that of the certificate's number, which none lacks.
CHARACTERS = {
    Alphabet.TEXT: "",
    Alphabet.ETHNICITY: "",
    Alphabet.DIGITS: DIGITS + "/",
    Alphabet.WEEKS: DIGITS + "+*/" + RAISED_DAYS,
    Alphabet.DECIMAL: DIGITS + "./",
    Alphabet.ID_NUMBER: DIGITS + LETTERS + "()/",
    Alphabet.CERTIFICATE_NUMBER: DIGITS + LETTERS,
    Alphabet.SEX: "男女/",
}
WORDS = {Alphabet.TEXT, Alphabet.ETHNICITY, Alphabet.SEX}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a slot: where it was found, the tight box of its ink, and what it was read as.

    `others` are further readings of the same ink, by either network; `is_whole` is False where ink
    was passed over. `in_colour` is what the second network reads in the sheet itself, labels and
    seal included, where the others leave doubt; it has no say in what is chosen. `raised` is how
    dark ink is that stands raised behind weeks of gestation, of their own ink's darkness; `goes_on`
    tells of glyphs right beside those that were read.
    """

    slot: Slot
    box: Box
    ink: Box
    reading: Reading
    others: tuple[Reading, ...] = ()
    is_whole: bool = True
    in_colour: Reading | None = None
    raised: float = 0.0
    goes_on: bool = False

    def readings(self, by: Network) -> list[Reading]:
        return [reading for reading in (self.reading, *self.others) if reading.by == by]

    @property
    def agreed(self) -> bool:
        """Whether all readings by the first network say the same."""
        texts = {text_of(reading) for reading in self.readings(Network.FIRST_READER)}
        return len(texts) == 1

    @property
    def weakest(self) -> float:
        """Lowest probability of a character in any reading by the first network, 0 to 1."""
        return min(reading.lowest for reading in self.readings(Network.FIRST_READER))


@dataclass(frozen=True, slots=True)
class SheetReading:
    """All lines of a sheet by slot name, top to bottom; `offset` is how far (mm) values lie below
    their lines.

    `left_out` are boxes of text that no slot was given, or that was taken for remains though it may
    be words.
    """

    lines: dict[str, list[Line]] = field(default_factory=dict)
    offset: float = 0.0
    left_out: tuple[Box, ...] = ()


def text_of(reading: Reading) -> str:
    """Return what a reading says, without spaces, on which readings of one line often differ."""
    return reading.text.replace(" ", "")
