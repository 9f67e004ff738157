"""How far a text is from what it may have been misread from. Pure."""

from collections import Counter

from reviewapp.facts.lookalikes import are_alike

ALIKE = 0.3


def _substitution(one: str, other: str, alike_cost: float) -> float:
    if one == other:
        return 0
    return alike_cost if are_alike(one, other) else 1


def _rows(text: str, target: str, alike_cost: float) -> list[float]:
    """Return the edit distance of the whole target from every beginning of the text, by its length."""
    # previous[i] is the distance of text[:i] from the part of the target that has been gone
    # through.
    previous = [float(i) for i in range(len(text) + 1)]
    for j, wanted in enumerate(target, 1):
        row = [float(j)]
        for i, given in enumerate(text, 1):
            row.append(
                min(
                    previous[i] + 1,
                    row[-1] + 1,
                    previous[i - 1] + _substitution(given, wanted, alike_cost),
                )
            )
        previous = row
    return previous


def distance(text: str, target: str, *, alike_cost: float = ALIKE) -> float:
    """Return the edit distance in which changing a character for its look-alike costs 0.3 instead of 1."""
    return _rows(text, target, alike_cost)[-1]


def prefix_distance(text: str, target: str) -> tuple[float, int]:
    """Return the least distance of the target from a beginning of the text, and that beginning's length."""
    row = _rows(text[: len(target) + 2], target, ALIKE)
    cost = min(row)
    return cost, min(
        (i for i, value in enumerate(row) if value == cost), key=lambda i: abs(i - len(target))
    )


def bag_distance(one: str, other: str) -> int:
    """Return how many characters must be changed when their order does not matter."""
    mine, theirs = Counter(one), Counter(other)
    return max((mine - theirs).total(), (theirs - mine).total())
