"""What every recogniser looks like from outside."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from django.utils.module_loading import import_string

from reviewapp.exceptions import EngineError


@dataclass(frozen=True, slots=True)
class Recognition:
    """One answer of an engine.

    `data` is the API's `Data` object, parsed from JSON and otherwise as it came. Its `valuePos` and
    `sliceRect` are counted in the file's own pixels, upright, that is turned as its tag asks and
    not stretched where they are not square; `orgWidth` and `orgHeight` are the sides in those
    pixels. `seconds` is the engine's own time.
    `second` is another engine's answer to the same picture, where two were asked.
    """

    engine: str
    data: dict[str, Any]
    seconds: float
    request_id: str = ""
    second: "Recognition | None" = None


class Engine(Protocol):
    """A recogniser. Knows pictures and the wire format, no model and no settings."""

    name: str

    def recognise(self, picture: bytes) -> Recognition:
        """Read a picture file (PNG, JPEG, BMP, GIF, TIFF or WebP; its bytes).

        Raises EngineError with an API error code when there is no answer:
        `unmatchedImageType` for a picture that is no birth certificate.
        """
        ...


ENGINES = {
    "aliyun": "reviewapp.engines.aliyun.AliyunEngine",
    "aliyun+local": "reviewapp.engines.second.SecondOpinionEngine",
    "local": "reviewapp.engines.local.LocalEngine",
    "replay": "reviewapp.engines.replay.ReplayEngine",
}


@cache
def get_engine(name: str, **options: Any) -> Engine:
    """Return the engine of this name, made once per process: its models are large.

    Raises EngineError("unknownEngine") for a name that is not in ENGINES.
    """
    if name not in ENGINES:
        raise EngineError("unknownEngine", name=name, known=", ".join(ENGINES))
    engine: Engine = import_string(ENGINES[name])(**options)
    return engine
