"""Write certificates and their truth into a folder: `uv run python -m tests.certificates DIR`."""

import argparse
import json
from pathlib import Path

from .make import PROFILES, Sample, make


def write(sample: Sample, path: Path) -> None:
    """Write the picture to `path` with the right suffix and its truth beside it as JSON."""
    picture = path.with_name(path.name + sample.suffix)
    picture.write_bytes(sample.content)
    truth = {
        "file": picture.name,
        "profile": sample.profile,
        "values": sample.truth,
        "polygons": sample.polygons,
        "ftype": sample.ftype,
    }
    path.with_name(path.name + ".json").write_text(
        json.dumps(truth, ensure_ascii=False, indent=1) + "\n", "utf-8"
    )


def main() -> None:
    """Read the arguments and write the pictures."""
    parser = argparse.ArgumentParser(prog="tests.certificates", description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--n", type=int, default=12, help="how many pictures")
    parser.add_argument(
        "--profile",
        choices=PROFILES,
        help="one kind of picture; all in turn without it",
    )
    parser.add_argument("--seed", type=int, default=1, help="the first picture's seed")
    arguments = parser.parse_args()
    arguments.directory.mkdir(parents=True, exist_ok=True)
    profiles = [arguments.profile] if arguments.profile else list(PROFILES)
    for index in range(arguments.n):
        profile = profiles[index % len(profiles)]
        write(
            make(arguments.seed + index, profile),
            arguments.directory / f"{index + 1:03d}-{profile}",
        )


if __name__ == "__main__":
    main()
