"""The pictures that the product ships for its demonstration."""

from pathlib import Path
from typing import NamedTuple

from .make import make
from .write import write


class Shipped(NamedTuple):
    """A shipped picture: its file name without suffix, and what makes it."""

    name: str
    profile: str
    seed: int
    case: str = "plain"


SAMPLES = (
    Shipped("01-clean", "clean", 9),
    Shipped("02-scanned", "scan", 4),
    Shipped("03-on-a-table", "photo", 4),
    Shipped("04-turned-90", "rotated90", 6),
    Shipped("05-turned-180", "rotated180", 6),
    Shipped("06-photocopy", "copy", 7),
    Shipped("07-father-not-provided", "scan", 5, "missing_father"),
    Shipped("08-long-city-on-two-lines", "clean", 329, "long_city"),
    Shipped("09-invalid-id-number", "scan", 7, "invalid_id"),
    Shipped("10-phone-photo-exif", "exif", 4),
    Shipped("11-edition-7-gestation-days", "clean", 2, "gestation_days"),
    Shipped("12-dark-and-blurred", "hard", 4),
    Shipped("13-no-certificate", "nocert", 3),
)


def ship(directory: Path) -> None:
    """Write all samples and their truths into the directory."""
    directory.mkdir(parents=True, exist_ok=True)
    for shipped in SAMPLES:
        write(make(shipped.seed, shipped.profile, shipped.case), directory / shipped.name)
