"""Find a certificate of any edition by whatever of it can be seen; refuse other papers soon."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from reviewapp.engines.local.editions.edition import EDITIONS, EDITIONS_5_TO_7, Edition
from reviewapp.engines.local.editions.edition5to7 import Form
from reviewapp.engines.local.find.frame import is_title, place_by_frame
from reviewapp.engines.local.find.labels import ReadLine, chinese_anchors, sightings_of
from reviewapp.engines.local.find.looking import Look, Turn, look, look_at_pale_print
from reviewapp.engines.local.find.plain import place_plainly
from reviewapp.engines.local.find.register import Registration
from reviewapp.engines.local.networks.reading import Image

# Pixels of the picture's long side, at first and where that was not enough; a picture must be so
# many times larger than the first for the second look to see more.
COARSE, FINE, FINER = 960, 1600, 1.2
# Lines that are read at most in the likelier and in the other quarter turn, coarsely and finely:
# of a certificate the labels come first, so more would only be read of other papers.
COARSE_LIMITS, FINE_LIMITS = (32, 32), (96, 48)
# Lines: a picture with fewer shows no certificate, however pale.
FEWEST_LINES = 6
# A line is legible above the first mean probability. Nothing more can be read of a picture with so
# many legible lines, if they are more than this share of all.
LEGIBLE, FEWEST_LEGIBLE, MOST = 0.9, 5, 0.6
# Labels: other forms ask for a name and a date of birth as well.
FEWEST_LABELS = 3
_NUMBERS = re.compile(r"\d{15}|[A-Z]\d{8}|\d{4}-?\d{4}-?\d{2}")


class PlacedForm(NamedTuple):
    """Where a form lies, what stands where on it, and of which edition it is.

    Of an edition that was measured in the picture, `form` is as it was measured there.
    """

    registration: Registration
    form: Form
    edition: Edition


def find_form(image: Image) -> PlacedForm | None:
    """Find the form in a BGR picture and say where it lies; None where there is no certificate.

    1. An edition that has labels of its own, if those are seen coarsely.
    2. Editions 5 to 7, by labels that agree.
    3. Where enough was read to tell that nothing speaks of a certificate, go no further.
    4. Look finely, and then at the picture with its pale print made dark.
    5. Take the frame, where it is confirmed; else measure what labels there are.
    """
    coarse = look(image, EDITIONS_5_TO_7.form, COARSE, COARSE_LIMITS)
    edition = edition_by_own_labels(coarse.upright.lines)
    if edition is not None:
        return _measured(image, coarse.upright, edition)
    if coarse.registration is not None and coarse.registration.is_sure:
        return _as_printed(coarse.registration)
    if not is_worth_a_second_look(coarse):
        return None
    return _looking_again(image, coarse)


def _looking_again(image: Image, coarse: Look) -> PlacedForm | None:
    """Find a form that the first look has not shown.

    1. By labels that agree, seen finely or as pale print made dark.
    2. An edition that has labels of its own.
    3. By the frame, or by few labels that agree.
    4. By the order of what labels there are, in the turn in which there are most.
    """
    form = EDITIONS_5_TO_7.form
    is_finer = max(image.shape) > FINER * COARSE
    fine = look(image, form, FINE, FINE_LIMITS) if is_finer else coarse
    seen = look_at_pale_print(image, form) if _may_be_pale(fine) else fine
    if seen.registration is not None and seen.registration.is_sure:
        return _as_printed(seen.registration)
    edition = edition_by_own_labels(fine.upright.lines)
    if edition is not None:
        return _measured(image, fine.upright, edition)
    by_frame = place_by_frame(image, [*coarse.lines, *fine.lines], form)
    registration = by_frame or seen.registration or coarse.registration
    if registration is not None:
        return _as_printed(registration)
    best = max((coarse.upright, fine.upright), key=lambda turn: len(turn.sightings))
    if not best.sightings or not np.isfinite(best.sightings[0].scale):
        return None
    return _measured(image, best, EDITIONS_5_TO_7)


def _as_printed(registration: Registration) -> PlacedForm:
    return PlacedForm(registration, EDITIONS_5_TO_7.form, EDITIONS_5_TO_7)


def _measured(image: Image, turn: Turn, edition: Edition) -> PlacedForm | None:
    """Measure an edition in a picture by the order of its labels; None where too few are there."""
    placed = place_plainly(image, turn.turn, edition.form, edition.fewest_labels)
    if placed is None:
        return None
    registration, form = placed
    return PlacedForm(registration, form, edition)


def _may_be_pale(seen: Look) -> bool:
    """Tell whether a picture without a form may hold one in print too pale to be read so far."""
    has_lines = len(seen.upright.corners) >= FEWEST_LINES
    return seen.registration is None and has_lines and is_worth_a_second_look(seen)


def edition_by_own_labels(lines: Sequence[ReadLine]) -> Edition | None:
    """Return the edition that lines show at least two own labels of, and fewer of any other's."""
    for edition in EDITIONS:
        if not edition.own_labels:
            continue
        its_labels = {label.text for label in edition.form.labels}
        seen_of_it = _labels_in(lines, edition.form) & edition.own_labels
        seen_of_others: set[str] = set()
        for other in EDITIONS:
            if other is not edition:
                seen_of_others |= _labels_in(lines, other.form) - its_labels
        if len(seen_of_it) > max(1, len(seen_of_others)):
            return edition
    return None


def _labels_in(lines: Sequence[ReadLine], form: Form) -> set[str]:
    sightings = sightings_of(lines, chinese_anchors(form))
    return {sighting.text for sighting in sightings if not sighting.slips}


def is_worth_a_second_look(seen: Look) -> bool:
    """Tell whether a picture may be a certificate.

    Something speaks for it, or too much could not be read to tell.
    """
    if speaks_of_a_certificate(seen.lines):
        return True
    legible = [line for line in seen.lines if _is_legible(line)]
    is_most = len(legible) > MOST * len(seen.upright.corners)
    return len(legible) < FEWEST_LEGIBLE or not is_most


def _is_legible(line: ReadLine) -> bool:
    return len(line.reading.text) > 1 and line.reading.score > LEGIBLE


def speaks_of_a_certificate(lines: Sequence[ReadLine]) -> bool:
    """Tell whether lines hold the title, three labels, or a number as long as certificates have."""
    text = "\n".join(line.reading.text for line in lines)
    if _NUMBERS.search(text) or is_title(text):
        return True
    labels = set()
    for edition in EDITIONS:
        for sighting in sightings_of(lines, chinese_anchors(edition.form)):
            labels.add(sighting.text)
    return len(labels) >= FEWEST_LABELS
