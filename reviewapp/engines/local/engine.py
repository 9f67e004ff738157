"""The engine: a picture's bytes in, the API's Data object out."""

import time
from dataclasses import dataclass, replace
from typing import Any

from reviewapp.engines.base import Recognition
from reviewapp.engines.local.compose.answer import data_object
from reviewapp.engines.local.compose.values import Value, values_of
from reviewapp.engines.local.editions.edition5to7 import Form
from reviewapp.engines.local.find.page import Page, load
from reviewapp.engines.local.find.register import Registration
from reviewapp.engines.local.find.search import PlacedForm, find_form
from reviewapp.engines.local.flatten import Sheet, straighten
from reviewapp.engines.local.networks.weights import give_memory_back, threads_bounded
from reviewapp.engines.local.read.barcode import read_barcode
from reviewapp.engines.local.read.copies import read_copies
from reviewapp.engines.local.read.line import SheetReading
from reviewapp.engines.local.read.reading import read_sheet
from reviewapp.engines.local.trust.confidence import with_barcode, with_probabilities
from reviewapp.engines.local.trust.cut_short import cut_short
from reviewapp.engines.local.trust.features import record_context
from reviewapp.exceptions import EngineError

# Values: on an empty form specks are taken for one or two.
FEWEST_VALUES = 3


@dataclass(frozen=True, slots=True)
class Certificate:
    """Everything that was found in a picture, one attribute per step.

    `copies` are the values, by API key, that 副页 and 存根 give where the picture shows them;
    `barcode` is the number as the barcode has it, where one can be read; `is_landscape` that the
    form is wider than high.
    """

    page: Page
    form: Form
    registration: Registration
    sheet: Sheet
    reading: SheetReading
    values: list[Value]
    copies: list[dict[str, str]]
    barcode: str | None
    is_landscape: bool


def read(picture: bytes) -> Certificate:
    """Read a picture file.

    1. Find: decode, turn by EXIF, find the form.
    2. Flatten: lay its value area flat, the values' ink apart.
    3. Read the slots.
    4. Compose the values.
    5. Trust: read the other copies on the sheet and the barcode, and say how probable each value
       is.

    Raises EngineError: `unmatchedImageType` when no certificate is found, `illegalImageContent`
    when nothing stands on it, `unsupportedImageFormat`, `illegalImageSize`.
    """
    page, placed = _find(picture)
    sheet = straighten(page.image, placed.registration, placed.form)
    reading = _read(sheet, placed)
    values = _compose(reading)
    values, copies = _trust(values, reading, sheet, page, placed)
    barcode = _barcode(page, placed)
    values = [with_barcode(value, barcode) for value in values]
    return Certificate(
        page=page,
        form=placed.form,
        registration=placed.registration,
        sheet=sheet,
        reading=reading,
        values=values,
        copies=copies,
        barcode=barcode,
        is_landscape=placed.edition.is_landscape,
    )


def _find(picture: bytes) -> tuple[Page, PlacedForm]:
    page = load(picture)
    placed = find_form(page.image)
    if placed is None:
        raise EngineError("unmatchedImageType")
    return page, placed


def _read(sheet: Sheet, placed: PlacedForm) -> SheetReading:
    """Read the slots and what the edition has beside them."""
    reading = _doubting_guesses(read_sheet(sheet, placed.form))
    return placed.edition.completed(sheet, placed.form, reading)


def _doubting_guesses(reading: SheetReading) -> SheetReading:
    """Say of lines in slots whose label was not seen that ink may have been passed over.

    Those slots may begin elsewhere.
    """
    lines = {}
    for name, in_slot in reading.lines.items():
        lines[name] = [
            replace(line, is_whole=line.is_whole and not line.slot.is_guessed) for line in in_slot
        ]
    return replace(reading, lines=lines)


def _compose(reading: SheetReading) -> list[Value]:
    values = values_of(reading)
    if sum(bool(value.text) for value in values) < FEWEST_VALUES:
        raise EngineError("illegalImageContent")
    return values


def _trust(
    values: list[Value], reading: SheetReading, sheet: Sheet, page: Page, placed: PlacedForm
) -> tuple[list[Value], list[dict[str, str]]]:
    """Return the values with their probabilities, and the copies with which they were compared."""
    registration, edition = placed.registration, placed.edition
    copies = []
    if edition.shows_copies(registration):
        copies = read_copies(page.image, registration, placed.form, values)
    height, width = page.image.shape[:2]
    keys_cut_short = cut_short(reading, registration.to_pixels, (width, height))
    rated = with_probabilities(
        values,
        record_context(values, copies, sheet),
        edition.most_prob(registration),
        keys_cut_short,
    )
    return rated, copies


def _barcode(page: Page, placed: PlacedForm) -> str | None:
    if not placed.edition.has_barcode:
        return None
    return read_barcode(page.image, placed.registration, placed.form)


def _answer(certificate: Certificate) -> dict[str, Any]:
    data = data_object(
        certificate.page,
        certificate.form,
        certificate.registration,
        certificate.sheet,
        certificate.reading,
        certificate.values,
    )
    data["debug_info"]["copies"] = certificate.copies
    data["debug_info"]["edition"] = {"landscape": certificate.is_landscape}
    if certificate.barcode is not None:
        data["debug_info"]["barcode"] = certificate.barcode
    return data


class LocalEngine:
    """Reads certificates on this machine's own processor; models are loaded once per process.

    A picture is read with `threads` threads at most.
    """

    name = "local"

    def __init__(self, threads: int = 1) -> None:
        self._threads = threads

    def recognise(self, picture: bytes) -> Recognition:
        """Read a picture file (its bytes). Raises EngineError as `read` does.

        Beside what the API describes, `debug_info.copies` lists what 副页 and 存根 say, by API key,
        `debug_info.edition` whether the form is wider than high, and `debug_info.barcode` is the
        number in the barcode, where one can be read.
        """
        started = time.perf_counter()
        with threads_bounded(self._threads):
            certificate = read(picture)
        data = _answer(certificate)
        # The pictures in it are let go before their memory can be given back.
        del certificate
        give_memory_back()
        return Recognition(self.name, data, time.perf_counter() - started)
