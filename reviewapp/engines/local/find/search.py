"""Find a certificate in a picture, whichever edition, by whatever of it can be seen; refuse other papers soon."""

import re
from collections.abc import Sequence

import numpy as np

from reviewapp.engines.local.editions.edition4 import EDITION_4, OWN_LABELS
from reviewapp.engines.local.editions.edition5to7 import FORMS, TITLE, Form
from reviewapp.engines.local.find.frame import place_by_frame
from reviewapp.engines.local.find.labels import ReadLine, chinese_anchors, sightings_of
from reviewapp.engines.local.find.plain import place_plainly
from reviewapp.engines.local.find.register import Look, Registration, Turn, look, look_at_pale_print
from reviewapp.engines.local.networks.reading import Image

COARSE, FINE, FINER = 960, 1600, 1.2
FEWEST_LINES = 6
LEGIBLE, FEWEST_LEGIBLE, MOST = 0.9, 5, 0.6
ENOUGH_PLAIN, ENOUGH_OWN = 7, 10
_NUMBERS = re.compile(r"\d{15}|[A-Z]\d{8}|\d{4}-?\d{4}-?\d{2}")

Found = tuple[Registration, Form]


def find_form(image: Image) -> Found | None:
    """Find the form in a BGR picture and say where it lies; None where there is no certificate.

    1. Editions 5 to 7, by labels seen coarsely.
    2. Edition 4, by labels of its own.
    3. Where enough was read to tell that nothing speaks of a certificate, go no further.
    4. Look finely, and then at the picture with its pale print made dark.
    5. Take the frame, where it is confirmed; else measure what labels there are in the plain picture.
    """
    form = FORMS[0]
    coarse = look(image, form, COARSE, (32, 32))
    if is_edition_4(coarse.upright.lines):
        return place_plainly(image, coarse.upright.turn, EDITION_4, ENOUGH_OWN, "plain")
    if coarse.found and coarse.found.by == "labels":
        return coarse.found, form
    return _looking_again(image, coarse, form) if is_worth_a_second_look(coarse) else None


def _looking_again(image: Image, coarse: Look, form: Form) -> Found | None:
    fine = look(image, form, FINE, (96, 48)) if max(image.shape) > FINER * COARSE else coarse
    is_clear = (
        fine.found is not None
        or len(fine.upright.corners) < FEWEST_LINES
        or not is_worth_a_second_look(fine)
    )
    seen = fine if is_clear else look_at_pale_print(image, form)
    if seen.found and seen.found.by == "labels":
        return seen.found, form
    if is_edition_4(fine.upright.lines):
        return place_plainly(image, fine.upright.turn, EDITION_4, ENOUGH_OWN, "plain")
    placed = place_by_frame(
        image, [line for turn in (*coarse.turns, *fine.turns) for line in turn.lines], form
    )
    placed = placed or seen.found or coarse.found
    return (placed, form) if placed else _plainly(image, [coarse.upright, fine.upright])


def is_edition_4(lines: Sequence[ReadLine]) -> bool:
    """Tell whether lines have labels that only edition 4 has, and more of them than of those it has not."""
    later = {label.text for form in FORMS for label in form.labels} - {
        label.text for label in EDITION_4.labels
    }
    own = _labels_in(lines, EDITION_4) & OWN_LABELS
    return len(own) > 1 and len(own) > len(_labels_in(lines, FORMS[0]) & later)


def _labels_in(lines: Sequence[ReadLine], form: Form) -> set[str]:
    return {seen.text for seen in sightings_of(lines, chinese_anchors(form)) if not seen.slips}


def is_worth_a_second_look(seen: Look) -> bool:
    """Tell whether a picture may be a certificate: something speaks for it, or too much could not be read to tell."""
    lines = [line for turn in seen.turns for line in turn.lines]
    legible = [
        line for line in lines if len(line.reading.text) > 1 and line.reading.score > LEGIBLE
    ]
    is_all_read = len(legible) >= FEWEST_LEGIBLE and len(legible) > MOST * len(seen.upright.corners)
    return speaks_of_a_certificate(lines) or not is_all_read


def speaks_of_a_certificate(lines: Sequence[ReadLine]) -> bool:
    """Tell whether lines hold the title, three labels, or a number as long as a certificate's or a resident's."""
    text = "\n".join(line.reading.text for line in lines)
    labels = {
        s.text for form in (*FORMS, EDITION_4) for s in sightings_of(lines, chinese_anchors(form))
    }
    return bool(_NUMBERS.search(text)) or TITLE[1:] in text or TITLE[:-1] in text or len(labels) > 2


def _plainly(image: Image, turns: Sequence[Turn]) -> Found | None:
    best = max(turns, key=lambda turn: len(turn.sightings))
    if not best.sightings or not np.isfinite(best.sightings[0].scale):
        return None
    return place_plainly(image, best.turn, FORMS[0], ENOUGH_PLAIN, "plain")
