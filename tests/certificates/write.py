"""Write a picture with its truth beside it."""

import json
from pathlib import Path

from .make import Sample


def write(sample: Sample, path: Path) -> Path:
    """Write the picture to `path` with its suffix, its truth to the same name with .json; return the picture's path."""
    picture = path.with_name(path.name + sample.suffix)
    picture.write_bytes(sample.content)
    truth = {
        "file": picture.name,
        "profile": sample.profile,
        "values": sample.truth,
        "polygons": sample.polygons,
        "ftype": sample.ftype,
    }
    path.with_name(path.name + ".json").write_text(json.dumps(truth, ensure_ascii=False) + "\n", "utf-8")
    return picture
