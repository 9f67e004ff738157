"""Write pictures, their truth and an overlay of the polygons: python -m tests.strangers --out DIR --n 22 --seed 1."""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from tests.strangers.make import PROFILES, Sample, make


def overlay(sample: Sample) -> np.ndarray:
    """Return the picture with a red outline round every value."""
    image = sample.image.copy()
    for polygon in sample.polygons.values():
        if polygon:
            cv2.polylines(image, [np.round(polygon).astype(np.int32)], isClosed=True, color=(230, 0, 0), thickness=2)
            cv2.circle(image, np.round(polygon[0]).astype(int).tolist(), 5, (0, 0, 230), -1)
    return image


def write(folder: Path, name: str, sample: Sample) -> None:
    (folder / f"{name}{sample.suffix}").write_bytes(sample.content)
    truth = {"truth": sample.truth, "polygons": sample.polygons, "ftype": sample.ftype, "profile": sample.profile}
    (folder / f"{name}.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1))
    Image.fromarray(overlay(sample)).save(folder / f"{name}.overlay.png", compress_level=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--n", type=int, default=22)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for number in range(arguments.n):
        profile = PROFILES[number % len(PROFILES)]
        seed = arguments.seed + number // len(PROFILES)
        write(arguments.out, f"{profile}-{seed}", make(seed, profile))


if __name__ == "__main__":
    main()
