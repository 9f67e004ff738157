"""The line in which pictures of API callers wait until they are read."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from reviewapp.engines.base import Engine, Recognition
from reviewapp.exceptions import EngineError
from reviewapp.waiting import Caller

# Seconds of the first reading, before one was measured; how far each reading moves what is expected
# of the next; and how much longer than expected one may take.
FIRST_GUESS, LEARNING, MARGIN = 1.5, 0.2, 1.25
# No certificate is read in less, and a reading that is begun in vain costs a child process.
SHORTEST_SECONDS = 0.5


class Line:
    """Reads `at_once` pictures at a time in the order in which they came, and lets `waiting` wait.

    All others are turned away, and so is one whose turn would come too late. `engine` gives the
    engine for one caller's reading.
    """

    def __init__(self, engine: Callable[[Caller], Engine], *, at_once: int, waiting: int) -> None:
        self._engine = engine
        self._at_once = at_once
        self._places = at_once + waiting
        # Who is inside, the earliest first; the first `at_once` of them are being read.
        self._inside: list[object] = []
        self._moved = threading.Condition()
        self._usual_seconds = FIRST_GUESS

    @property
    def length(self) -> int:
        return len(self._inside)

    def read(self, picture: bytes, *, caller: Caller) -> Recognition:
        """Read a picture while its caller waits.

        Raises EngineError: Throttling.User, ServiceTimeout (also where the caller is gone), or the
        engine's own.
        """
        with self._ticket(caller) as ticket:
            try:
                caller.wait(lambda seconds: self._is_turn(ticket, seconds))
            except TimeoutError as error:
                raise EngineError("ServiceTimeout") from error
            return self._reading(picture, caller)

    @contextmanager
    def _ticket(self, caller: Caller) -> Iterator[object]:
        """Stand in the line, and leave it at the end of the block, whatever happens in it."""
        ticket = object()
        with self._moved:
            ahead = len(self._inside)
            if ahead >= self._places or self._comes_too_late(ahead, caller):
                raise EngineError("Throttling.User")
            self._inside.append(ticket)
        try:
            yield ticket
        finally:
            with self._moved:
                self._inside.remove(ticket)
                self._moved.notify_all()

    def _comes_too_late(self, ahead: int, caller: Caller) -> bool:
        rounds = ahead // self._at_once + 1
        expected_seconds = MARGIN * self._usual_seconds * rounds
        return rounds > 1 and expected_seconds > caller.seconds_left

    def _is_turn(self, ticket: object, seconds: float) -> bool:
        """Return whether it is somebody's turn within so many seconds."""
        with self._moved:
            return self._moved.wait_for(
                lambda: self._inside.index(ticket) < self._at_once, timeout=seconds
            )

    def _reading(self, picture: bytes, caller: Caller) -> Recognition:
        """Have the engine read, and learn how long that usually takes."""
        started = time.monotonic()
        if caller.seconds_left < SHORTEST_SECONDS:
            raise EngineError("ServiceTimeout")
        was_ended = False
        try:
            return self._engine(caller).recognise(picture)
        except EngineError as error:
            was_ended = error.code == "ServiceTimeout"
            raise
        finally:
            # A reading that nobody waited for to its end says nothing of how long others take.
            if not was_ended:
                seconds = time.monotonic() - started
                self._usual_seconds += LEARNING * (seconds - self._usual_seconds)
