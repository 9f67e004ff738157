"""Waiting on behalf of a caller, who may go away before there is an answer."""

import select
import time
from collections.abc import Callable
from dataclasses import dataclass
from socket import socket

# A caller who is gone is noticed after so long: short beside a reading, long beside one look.
LOOK_EVERY_SECONDS = 0.2
# The other side sends no more (Linux tells it), or the connection is broken (told unasked). A caller
# who only ends their own side counts as gone, as with nginx: no HTTP client does that and listens.
HUNG_UP = getattr(select, "POLLRDHUP", 0)


class CallerGone(TimeoutError):
    """Nobody waits for the answer any more."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who waits for an answer: until which moment of the monotonic clock, on which connection."""

    until: float
    connection: socket | None = None

    @property
    def seconds_left(self) -> float:
        return max(0.0, self.until - time.monotonic())

    @property
    def is_gone(self) -> bool:
        if self.connection is None:
            return False
        look = select.poll()
        look.register(self.connection, HUNG_UP)
        return bool(look.poll(0))

    def wait(self, step: Callable[[float], object]) -> None:
        """Call `step` with the seconds that it may wait, until it is true.

        Raises TimeoutError when the caller's time is up, CallerGone when they have hung up.
        """
        while True:
            if self.is_gone:
                raise CallerGone
            seconds_left = self.seconds_left
            if step(min(LOOK_EVERY_SECONDS, seconds_left)):
                return
            if seconds_left <= LOOK_EVERY_SECONDS:
                raise TimeoutError
