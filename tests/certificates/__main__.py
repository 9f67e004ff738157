"""Write certificates and their truth into a folder.

uv run --group dev python -m tests.certificates DIR [--n 12] [--profile scan] [--seed 1]
uv run --group dev python -m tests.certificates --samples reviewapp/data/samples
"""

import argparse
from pathlib import Path

from .make import PROFILES, make
from .samples import ship
from .write import write


def main() -> None:
    """Read the arguments and write the pictures."""
    parser = argparse.ArgumentParser(prog="tests.certificates", description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--n", type=int, default=12, help="how many pictures")
    parser.add_argument("--profile", choices=PROFILES, help="one kind of picture; all in turn without it")
    parser.add_argument("--seed", type=int, default=1, help="the first picture's seed")
    parser.add_argument("--samples", action="store_true", help="write the demonstration's pictures instead")
    arguments = parser.parse_args()
    if arguments.samples:
        ship(arguments.directory)
    else:
        _write_many(arguments.directory, arguments.n, arguments.profile, arguments.seed)


def _write_many(directory: Path, count: int, profile: str | None, seed: int) -> None:
    """Write `count` pictures of one profile, or of all in turn."""
    directory.mkdir(parents=True, exist_ok=True)
    profiles = [profile] if profile else list(PROFILES)
    for index in range(count):
        kind = profiles[index % len(profiles)]
        write(make(seed + index, kind), directory / f"{index + 1:03d}-{kind}")


if __name__ == "__main__":
    main()
