"""Engine `replay`: answers recorded on disk, one JSON file per picture."""

import hashlib
import json
import time
from pathlib import Path

from reviewapp.engines.base import Recognition
from reviewapp.exceptions import EngineError


class ReplayEngine:
    """Answer from `<directory>/<sha256 of the picture>.json`.

    Such a file holds a `Data` object as it came from a recogniser.
    """

    name = "replay"

    def __init__(self, directory: str) -> None:
        self.directory = Path(directory)

    def recognise(self, picture: bytes) -> Recognition:
        """Return the stored answer.

        Raises EngineError: `noReplay`, or `unreadableAnswer` when it is no JSON.
        """
        started = time.perf_counter()
        path = self.directory / f"{hashlib.sha256(picture).hexdigest()}.json"
        try:
            data = json.loads(path.read_bytes())
        except FileNotFoundError as error:
            raise EngineError("noReplay") from error
        except (ValueError, RecursionError) as error:
            raise EngineError("unreadableAnswer", detail="JSON") from error
        return Recognition(self.name, data, time.perf_counter() - started)
