"""The barcode beside the number, which editions from 7 on have: it holds the number once more."""

import cv2
import numpy as np
import zxingcpp

from reviewapp.engines.local.editions.edition5to7 import Form
from reviewapp.engines.local.find.register import Registration, flat_to_mm, pixels_per_mm
from reviewapp.engines.local.flatten import warped
from reviewapp.engines.local.networks.reading import Image
from reviewapp.facts.certificates import NUMBER

# mm round the place where the number stands: nobody has measured where the barcode is.
LEFT, RIGHT, ABOVE, BELOW = 40.0, 24.0, 14.0, 20.0
# Pixels per mm. Enlarged to the first, thin bars are told better; more than the second tells nothing
# new, and takes time.
COARSEST, FINEST = 12.0, 16.0


def read_barcode(image: Image, registration: Registration, form: Form) -> str | None:
    """Return the certificate's number as the barcode of a BGR picture has it.

    None where no barcode can be read, as below some 150 dots per inch, or where it holds no such
    number.
    """
    for barcode in zxingcpp.read_barcodes(_beside_number(image, registration, form)):
        if NUMBER.fullmatch(barcode.text):
            return barcode.text
    return None


def _beside_number(image: Image, registration: Registration, form: Form) -> Image:
    """Return the grey picture (H, W) of the number and what is beside it, laid flat."""
    (slot,) = (slot for slot in form.slots if slot.key == "certificateNumber")
    left, top = slot.x0 - LEFT, slot.y - ABOVE
    scale = float(np.clip(pixels_per_mm(registration, form), COARSEST, FINEST))
    size = (round((slot.x1 + RIGHT - left) * scale), round((slot.y + BELOW - top) * scale))
    flat = warped(image, registration.to_pixels @ flat_to_mm(scale, left, top), size)
    return cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY)
