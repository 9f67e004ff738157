"""Engine `aliyun+local`: a second opinion. Both read, and where they disagree a person decides."""

import logging
from dataclasses import replace

from reviewapp.engines.base import Engine, Recognition
from reviewapp.exceptions import EngineError

logger = logging.getLogger(__name__)


class SecondOpinionEngine:
    """Answers as its first engine does, with the second engine's answer beside it."""

    def __init__(self, first: Engine, second: Engine) -> None:
        self.name = f"{first.name}+{second.name}"
        self._first = first
        self._second = second

    def recognise(self, picture: bytes) -> Recognition:
        """Have both read a picture.

        Raises what the first raises; without a second answer there is just one.
        """
        recognition = self._first.recognise(picture)
        try:
            second = self._second.recognise(picture)
        except EngineError as error:
            details = {"engine": self._second.name, "code": error.code}
            logger.info("no second opinion", extra=details)
            return recognition
        return replace(recognition, second=second)
