"""How far a text is from what it may have been misread from. Pure."""

from collections import Counter

from reviewapp.facts.lookalikes import are_alike

# What it costs to take a character for its look-alike, where any other costs 1.
ALIKE = 0.3


def _substitution(given: str, wanted: str, alike_cost: float) -> float:
    if given == wanted:
        return 0
    return alike_cost if are_alike(given, wanted) else 1


def _rows(text: str, target: str, alike_cost: float) -> list[float]:
    """Return the edit distance of the target from every beginning of the text, by its length."""
    # previous[i] is the distance of text[:i] from the part of the target gone through so far.
    previous = [float(i) for i in range(len(text) + 1)]
    for target_length, wanted in enumerate(target, 1):
        row = [float(target_length)]
        for i, given in enumerate(text, 1):
            put_in = previous[i] + 1
            left_out = row[i - 1] + 1
            changed = previous[i - 1] + _substitution(given, wanted, alike_cost)
            row.append(min(put_in, left_out, changed))
        previous = row
    return previous


def distance(text: str, target: str, *, alike_cost: float = ALIKE) -> float:
    """Return the edit distance; taking a character for its look-alike costs `alike_cost`, not 1."""
    return _rows(text, target, alike_cost)[-1]


def prefix_distance(text: str, target: str) -> tuple[float, int]:
    """Return the least distance of the target from a beginning of the text, and its length.

    Of several beginnings it is the one whose length is nearest to the target's.
    """
    beginning = text[: len(target) + 2]
    costs = _rows(beginning, target, ALIKE)
    least = min(costs)
    lengths = [length for length, cost in enumerate(costs) if cost == least]
    length = min(lengths, key=lambda length: abs(length - len(target)))
    return least, length


def bag_distance(first: str, second: str) -> int:
    """Return how many characters must be changed when their order does not matter."""
    first_counts = Counter(first)
    second_counts = Counter(second)
    surplus = (first_counts - second_counts).total()
    lacking = (second_counts - first_counts).total()
    return max(surplus, lacking)
