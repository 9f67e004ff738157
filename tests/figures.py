"""Print how dense Python code is, for this project or any other tree, so that they can be compared.

    uv run --group dev python -m tests.figures [PATH ...]

Nodes per line are the syntax nodes of a function over the lines that hold any of them; functions of fewer
than four such lines are left out, as they are in no way dense or sparse.
"""

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from tests.syntax import ROOT

LONG_LINE = 100
FEWEST_LINES = 4
SKIPPED = {"migrations", ".venv", "node_modules"}
type Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one tree; densities in nodes per line, lengths in lines."""

    densities: list[float]
    function_lengths: list[int]
    file_lengths: list[int]
    long_lines: float

    def __str__(self) -> str:
        return (
            f"nodes per line: median {median(self.densities):.1f}, p90 {_p90(self.densities):.1f}; "
            f"functions: p90 {_p90(self.function_lengths):.0f} lines, longest {max(self.function_lengths)}; "
            f"files: p90 {_p90(self.file_lengths):.0f} lines, longest {max(self.file_lengths)}; "
            f"lines over {LONG_LINE} characters: {100 * self.long_lines:.1f} %"
        )


def figures_of(path: Path) -> Figures:
    """Measure all Python files under a path. Raises SyntaxError for one that this Python cannot read."""
    files = [file for file in sorted(path.rglob("*.py")) if SKIPPED.isdisjoint(file.parts)]
    texts = [file.read_text(encoding="utf-8") for file in files]
    functions = [function for text in texts for function in _functions(ast.parse(text))]
    lines = [line for text in texts for line in text.splitlines()]
    densities = [density for function in functions if (density := _density(function)) is not None]
    return Figures(
        densities,
        [(function.end_lineno or function.lineno) - function.lineno + 1 for function in functions],
        [len(text.splitlines()) for text in texts],
        sum(len(line) > LONG_LINE for line in lines) / len(lines),
    )


def _functions(tree: ast.Module) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _density(function: Function) -> float | None:
    """Return a function's syntax nodes per line of code; None for one of few lines."""
    nodes = [node for statement in function.body for node in ast.walk(statement)]
    lines = {node.lineno for node in nodes if hasattr(node, "lineno")}
    return len(nodes) / len(lines) if len(lines) >= FEWEST_LINES else None


def _p90(values: Sequence[float]) -> float:
    return quantiles(values, n=10)[-1]


def main(arguments: Sequence[str]) -> None:
    paths = [Path(argument) for argument in arguments]
    for path in paths or [ROOT / "reviewapp", ROOT / "reviewapp" / "engines", ROOT / "tests"]:
        print(f"{path.name}: {figures_of(path)}")


if __name__ == "__main__":
    main(sys.argv[1:])
