"""Find the even steps in which the digits of a number stand."""

import numpy as np
from numpy.typing import NDArray

from reviewapp.engines.local.networks.reading import Layer

# Of the ink of a number's darkest columns: columns with less hold specks.
SPECK, DARK_SHARE = 0.15, 0.9
# Widths of a step that are tried, of the ink's length for each character: narrowest, widest, how
# many. They differ in how much of an outer step its digit fills, and in specks beside the number.
WIDTHS_TRIED = (0.93, 1.1, 35)
# Steps begin so many steps before or behind the first ink, at most, in starts half a pixel apart.
EARLY, START_APART = 0.7, 0.5
# So many steps with least ink on their borders are compared by how alike equal digits are in them.
COMPARED = 100
# Weights of a column and its neighbours, by which single columns without ink count less.
BLUR = (0.25, 0.5, 0.25)
# Where a step's columns are sampled, as shares of its width: as many as a small digit is wide.
SAMPLES = np.arange(0.5, 14) / 14
# Norm of an empty cell's darkness, which has no direction to compare.
LEAST_NORM = 0.05


def steps_of(ink: Layer, text: str) -> tuple[float, float]:
    """Return where the first of a number's even steps begins, and their width, in pixels; `ink` is
    (H, W).

    1. The steps with least ink on their borders and beyond; more than one, for rules and specks
       have ink too.
    2. Of those the ones by which equal digits look most alike.
    """
    columns = ink.sum(axis=0)
    count = len(text)
    first, behind_last = ink_span(columns)
    widths = np.linspace(*WIDTHS_TRIED) * (behind_last - first) / count
    reach = EARLY * widths[-1]
    starts = np.arange(first - reach, first + reach, START_APART)

    amounts = _ink_between(columns, starts, widths, count)
    likeliest = np.argsort(amounts, axis=None)[:COMPARED]
    start_numbers, width_numbers = np.unravel_index(likeliest, amounts.shape)
    starts = starts[start_numbers]
    widths = widths[width_numbers]

    chars = np.array(list(text))
    are_equal = np.triu(chars[:, None] == chars, 1)
    best = int(_likeness_of(are_equal, ink, starts, widths).argmax())
    return float(starts[best]), float(widths[best])


def ink_span(columns: Layer) -> tuple[int, int]:
    """Return the first column with ink, and the one behind the last."""
    inked = np.flatnonzero(columns >= SPECK * np.quantile(columns, DARK_SHARE))
    return int(inked[0]), int(inked[-1]) + 1


def smoothed(columns: Layer) -> Layer:
    return np.convolve(columns, BLUR, "same")


def _ink_between(columns: Layer, starts: Layer, widths: Layer, count: int) -> Layer:
    """Return the ink (starts, widths) on the borders of so many steps, before the first and behind
    the last.
    """
    border_numbers = np.arange(count + 1)
    borders = starts[:, None, None] + widths[:, None] * border_numbers
    places = borders.round().astype(int)
    places = np.clip(places, 0, len(columns) - 1)
    first_borders, last_borders = places[..., 0], places[..., -1]

    ink_before = np.concatenate([[0.0], columns.cumsum()])
    all_ink = ink_before[-1]
    beyond = ink_before[first_borders] + all_ink - ink_before[last_borders]
    on_borders = smoothed(columns)[places].sum(axis=-1)
    amounts: Layer = on_borders + beyond
    return amounts


def _likeness_of(are_equal: NDArray[np.bool_], ink: Layer, starts: Layer, widths: Layer) -> Layer:
    """Return the mean correlation (T,) of equal digits of a number cut in each of so many steps.

    `are_equal` (N, N) tells which of its digits are equal, each pair once.
    """
    tried, count = len(starts), len(are_equal)
    if not are_equal.any():
        return np.zeros(tried)
    samples = np.arange(count)[:, None] + SAMPLES  # (N, samples), in steps
    x = starts[:, None, None] + widths[:, None, None] * samples
    columns = np.clip(x, 0, ink.shape[1] - 1).astype(int)
    cells = ink.T[columns].reshape(tried, count, -1)
    cells -= cells.mean(axis=2, keepdims=True)
    norms = np.linalg.norm(cells, axis=2, keepdims=True)
    cells /= np.maximum(LEAST_NORM, norms)
    correlations = cells @ cells.transpose(0, 2, 1)
    likeness: Layer = correlations[:, are_equal].mean(axis=1)
    return likeness
