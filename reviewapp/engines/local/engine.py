"""The engine: a picture's bytes in, the API's Data object out."""

import time

import numpy as np

from reviewapp.engines.base import Recognition
from reviewapp.engines.local.compose import data_object, values_of
from reviewapp.engines.local.confidence import with_probabilities
from reviewapp.engines.local.layout import EDITIONS_5_TO_7
from reviewapp.engines.local.page import load
from reviewapp.engines.local.reading import read_sheet
from reviewapp.engines.local.register import project, register
from reviewapp.engines.local.straighten import straighten
from reviewapp.exceptions import EngineError


class LocalEngine:
    """Reads certificates on this machine's own processor; models are loaded once per process."""

    name = "local"

    def recognise(self, picture: bytes) -> Recognition:
        """Read a picture file.

        1. Page: decode, turn by EXIF, find the form by its labels.
        2. Straighten: lay its value area flat, black ink apart.
        3. Read the slots, compose the values, say how probable each is.

        Raises EngineError: `unmatchedImageType` when no certificate is found, `unsupportedImageFormat`,
        `illegalImageSize`.
        """
        started = time.perf_counter()
        page = load(picture)
        form = EDITIONS_5_TO_7
        registration = register(page.image, form)
        if registration is None:
            raise EngineError("unmatchedImageType")
        sheet = straighten(page.image, registration, form)
        reading = read_sheet(sheet, form)
        values = with_probabilities(values_of(reading))
        left, top, right, bottom = form.frame
        frame = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
        corners = np.floor(project(registration.to_pixels, frame) * page.scale)
        data = data_object(page, registration, reading, values, 0 if sheet.is_coloured else 1, corners)
        return Recognition(self.name, data, time.perf_counter() - started)
