"""The editions that the engine knows, each with all that is special to it.

To add an edition, describe it here. One that somebody has measured is a Form with places in mm;
of one that nobody has measured the labels in order are enough, and which of them it alone has.
"""

from collections.abc import Callable
from dataclasses import dataclass

from reviewapp.engines.local.editions import edition4, edition5to7
from reviewapp.engines.local.editions.edition5to7 import Form
from reviewapp.engines.local.editions.marks import with_marks
from reviewapp.engines.local.find.register import Registration
from reviewapp.engines.local.flatten import Sheet
from reviewapp.engines.local.read.line import SheetReading

# Probability, 0 to 1. Where the form was placed without labels that agree, nothing that was read is
# sure; every threshold in use is above.
MOST_IF_UNSURE = 0.9


def _as_read(_sheet: Sheet, _form: Form, reading: SheetReading) -> SheetReading:
    return reading


@dataclass(frozen=True, slots=True)
class Edition:
    """A printing of the certificate, or several that are laid out alike.

    `form` is what stands where. `fewest_labels` must be seen to measure it in a picture by their
    order alone. By `own_labels`, those that no other edition has, it is known before it is placed;
    it is then measured, as its places are not known. `has_copies` tells that 副页 and 存根 can be
    looked for below the frame, `has_barcode` that its number may stand in a barcode too, and
    `is_landscape` that it is wider than high. `completed` adds to a sheet's reading what is not
    printed in slots.
    """

    form: Form
    fewest_labels: int
    own_labels: frozenset[str] = frozenset()
    has_copies: bool = False
    has_barcode: bool = False
    is_landscape: bool = False
    completed: Callable[[Sheet, Form, SheetReading], SheetReading] = _as_read

    def shows_copies(self, registration: Registration) -> bool:
        """Tell whether a form is placed so well that its copies can be told from other papers."""
        return self.has_copies and registration.is_sure

    def most_prob(self, registration: Registration) -> float:
        """Return how probable, 0 to 1, any value of a form that was placed so can be at most."""
        return 1.0 if registration.is_sure else MOST_IF_UNSURE


EDITIONS_5_TO_7 = Edition(
    form=edition5to7.FORM,
    # One more than what can be placed by agreement: order alone says less.
    fewest_labels=7,
    has_copies=True,
    has_barcode=True,
)
EDITION_4 = Edition(
    form=edition4.FORM,
    # Most of its labels look like those of other forms, which have fewer of them in this order.
    fewest_labels=10,
    own_labels=edition4.OWN_LABELS,
    is_landscape=True,
    completed=with_marks,
)
# All that a picture may show.
EDITIONS = (EDITION_4, EDITIONS_5_TO_7)
