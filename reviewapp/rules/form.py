"""Rule 0: how surely a value was read, and where. Pure."""

from collections.abc import Iterator, Sequence

from reviewapp.certificate.fields import Point, ReadField
from reviewapp.rules.base import Finding, finding

# By how much of the picture's side a corner may lie outside of it: real answers leave it a little.
SLACK = 0.02


def reading_findings(
    read: ReadField, *, size: tuple[int, int], threshold: int
) -> Iterator[Finding]:
    """Judge how a value was read.

    `size` is (width, height) in pixels as shown, `threshold` percent.

    An empty value says nothing by its probability and has no place.
    """
    if not read.value:
        return
    if read.prob is None or read.prob < threshold:
        yield finding("low_probability", read.name, probability=read.prob or 0, threshold=threshold)
    if read.polygon is None:
        yield finding("no_polygon", read.name)
    elif not _lies_within(read.polygon, size):
        yield finding("polygon_outside", read.name)


def _lies_within(polygon: Sequence[Point], size: tuple[int, int]) -> bool:
    """Return whether all corners lie in the picture, but for a few pixels."""
    width, height = size
    slack_x, slack_y = width * SLACK, height * SLACK
    for x, y in polygon:
        if not -slack_x <= x <= width + slack_x:
            return False
        if not -slack_y <= y <= height + slack_y:
            return False
    return True
