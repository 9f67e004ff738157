"""The engine: a picture's bytes in, the API's Data object out."""

import time
from dataclasses import dataclass

from reviewapp.engines.base import Recognition
from reviewapp.engines.local.compose.answer import data_object
from reviewapp.engines.local.compose.values import Value, values_of
from reviewapp.engines.local.editions.edition4 import EDITION_4, with_marks
from reviewapp.engines.local.editions.edition5to7 import Form
from reviewapp.engines.local.find.page import Page, load
from reviewapp.engines.local.find.plain import doubting_guesses
from reviewapp.engines.local.find.register import Registration
from reviewapp.engines.local.find.search import find_form
from reviewapp.engines.local.flatten import Sheet, straighten
from reviewapp.engines.local.networks.weights import give_memory_back
from reviewapp.engines.local.read.copies import read_copies
from reviewapp.engines.local.read.line import SheetReading
from reviewapp.engines.local.read.reading import read_in_any_ink
from reviewapp.engines.local.trust.confidence import with_probabilities
from reviewapp.engines.local.trust.cut_short import cut_short
from reviewapp.engines.local.trust.features import record_context
from reviewapp.exceptions import EngineError


@dataclass(frozen=True, slots=True)
class Certificate:
    """Everything that was found in a picture, one attribute per step.

    `copies` are the values, by API key, that 副页 and 存根 give where the picture shows them.
    """

    page: Page
    form: Form
    registration: Registration
    sheet: Sheet
    reading: SheetReading
    values: list[Value]
    copies: list[dict[str, str]]


def read(picture: bytes) -> Certificate:
    """Read a picture file.

    1. Find: decode, turn by EXIF, find the form.
    2. Flatten: lay its value area flat, black ink apart.
    3. Read the slots.
    4. Compose the values.
    5. Trust: read the other copies on the sheet, and say how probable each value is.

    Raises EngineError: `unmatchedImageType` when no certificate is found, `illegalImageContent`
    when nothing stands on it, `unsupportedImageFormat`, `illegalImageSize`.
    """
    page = load(picture)
    found = find_form(page.image)
    if found is None:
        raise EngineError("unmatchedImageType")
    registration, form = found
    sheet, reading = read_in_any_ink(straighten(page.image, registration, form), form)
    reading = doubting_guesses(reading)
    if form.name == EDITION_4.name:
        reading = with_marks(sheet, form, reading)
    values = values_of(reading)
    if not any(value.text for value in values):
        raise EngineError("illegalImageContent")
    copies = (
        read_copies(page.image, registration, form, values) if registration.by == "labels" else []
    )
    context = record_context(values, copies, sheet)
    height, width = page.image.shape[:2]
    short = cut_short(reading, registration.to_pixels, (width, height))
    values = with_probabilities(values, context, registration.by, short)
    return Certificate(page, form, registration, sheet, reading, values, copies)


class LocalEngine:
    """Reads certificates on this machine's own processor; models are loaded once per process."""

    name = "local"

    def recognise(self, picture: bytes) -> Recognition:
        """Read a picture file (its bytes). Raises EngineError as `read` does.

        Beside what the API describes, `debug_info.copies` lists what 副页 and 存根 say, by API key.
        """
        started = time.perf_counter()
        found = read(picture)
        data = data_object(
            found.page, found.form, found.registration, found.sheet, found.reading, found.values
        )
        data["debug_info"]["copies"] = found.copies
        del found
        give_memory_back()
        return Recognition(self.name, data, time.perf_counter() - started)
