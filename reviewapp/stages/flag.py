"""Flag: which values a person must look at, and why. Pure."""

from collections.abc import Mapping

from reviewapp.certificate import Record
from reviewapp.rules.form import Finding, reading_findings, value_findings


def flag(record: Record, *, thresholds: Mapping[str, int], size: tuple[int, int]) -> dict[str, list[Finding]]:
    """Return the findings of each of the 23 fields, an empty list where there is nothing to look at.

    `thresholds` are percent by field name; `size` is (width, height) of the picture as shown.
    """
    return {
        name: [
            *value_findings(name, read.value),
            *reading_findings(read.value, read.prob, read.polygon, size=size, threshold=thresholds[name]),
        ]
        for name, read in record.fields.items()
    }
