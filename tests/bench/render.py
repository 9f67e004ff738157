"""Measure how long the templates of a clerk's step take to be drawn, without the database.

    uv run --group dev python -m tests.bench.render [--rounds 200]

The pieces of a record with two doubts, and the state of one value, in milliseconds: the median of so many rounds.
"""

import argparse
import tempfile
from pathlib import Path

from tests.bench.reflag import manage
from tests.installation import installation


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as directory, installation(Path(directory)) as place:
        place.environment["LOG_LEVEL"] = "ERROR"
        manage(place.environment, "collectstatic", "--no-input", "-v", "0")
        code = f"from tests.bench import render_rounds as bench; bench.measure({rounds})"
        said, _peak = manage(place.environment, "shell", "-v", "0", "-c", code)
    print(said.strip())


if __name__ == "__main__":
    main()
