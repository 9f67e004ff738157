"""What a process needs that is started to help another one."""

import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection
from threading import Condition, Thread

import django

from reviewapp.waiting import Caller

# A child that needs longer than this to start hangs; a busy machine needs 20 s.
START_SECONDS = 120.0
# How long a request may take in all, also when nobody waits for it any more. On a machine with twice
# the work that it can do a certificate is read in 7 to 12 s, and a child needs longer to start.
LONGEST_SECONDS = 15.0

# What a child does: a function from bytes to anything that can be pickled.
type Work = Callable[[bytes], object]


@contextmanager
def without_interruption() -> Iterator[None]:
    """Keep interruptions from the keyboard from processes that are started in this block."""
    # The first process started would start the tracker, which lets interruptions through again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def prepare() -> None:
    """Set Django up in a helping process, which ends when the one that started it is gone."""
    Thread(target=_end_with_parent, name="parent watch", daemon=True).start()
    django.setup()


def _end_with_parent() -> None:
    """Wait for the end of the process that started this one: killed, it cannot say so."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class ChildLost(Exception):
    """A child process ended before it had answered."""


class ChildStarts(TimeoutError):
    """Nobody waited any longer before a child process was ready to begin."""


@contextmanager
def _loss_is_told() -> Iterator[None]:
    """A connection that breaks in this block is a child that was lost."""
    try:
        yield
    except TimeoutError:
        raise
    except (EOFError, OSError) as error:
        raise ChildLost from error


class Child:
    """A process that answers one request after another, and can be ended in the middle of one.

    Threads cannot be stopped while they compute, processes can. `make` is called in the child to
    get its work: what it loads is there before the first request.
    """

    def __init__(self, make: Callable[[], Work]) -> None:
        spawn = get_context("spawn")
        self._connection, far_end = spawn.Pipe()
        self._process = spawn.Process(target=_serve, args=(far_end,), daemon=True)
        self._started_at = time.monotonic()
        self._is_ready = False
        with without_interruption():
            self._process.start()
        far_end.close()
        with suppress(OSError):  # a child that is dead already is found out when it is asked
            self._connection.send(make)

    @property
    def is_usable(self) -> bool:
        """Return whether the child is alive, and has started or may still do so."""
        if not self._process.is_alive():
            return False
        has_started = self._is_ready or self._connection.poll()
        return has_started or time.monotonic() - self._started_at < START_SECONDS

    def ask(self, request: bytes, *, caller: Caller) -> object:
        """Return the answer to a request, as long as its caller waits.

        Raises ChildStarts; TimeoutError, after which the child must `finish`; ChildLost, after which
        it is of no more use.
        """
        with _loss_is_told():
            self._get_ready(caller)
            self._connection.send_bytes(request)
        return self.finish(caller)

    def finish(self, caller: Caller) -> object:
        """Return the answer to the request under way. Raises TimeoutError, ChildLost."""
        with _loss_is_told():
            caller.wait(self._connection.poll)
            return self._connection.recv()

    def _get_ready(self, caller: Caller) -> None:
        if self._is_ready:
            return
        try:
            caller.wait(self._connection.poll)
        except TimeoutError as error:
            raise ChildStarts from error
        self._is_ready = bool(self._connection.recv())

    def send(self, request: bytes) -> None:
        """Hand in a request, to be answered in its turn. Raises ChildLost."""
        with _loss_is_told():
            self._connection.send_bytes(request)

    def receive(self) -> object:
        """Return the answer to the earliest request sent, however long it takes.

        Raises ChildLost.
        """
        with _loss_is_told():
            if not self._is_ready:
                self._is_ready = bool(self._connection.recv())
            return self._connection.recv()

    def end(self) -> None:
        """End the child at once, whatever it does."""
        self._process.kill()
        self._process.join()
        self._connection.close()


@contextmanager
def helping(make: Callable[[], Work], count: int) -> Iterator[list[Child]]:
    """Have `count` children for this block, and end them at once after it, whatever they do."""
    children: list[Child] = []
    try:
        with without_interruption():  # none is started that is not in the list
            children.extend(Child(make) for _ in range(count))
        yield children
    finally:
        for child in children:
            child.end()


def _serve(connection: Connection) -> None:
    """Answer requests until nobody can ask any more.

    The work is told over the connection: it can be imported only after Django is set up.
    """
    prepare()
    with suppress(EOFError, ConnectionError):  # nobody is there any more who could ask
        work = connection.recv()()
        connection.send(True)  # noqa: FBT003 – a message
        while True:
            connection.send(work(connection.recv_bytes()))


class Children:
    """Child processes for `at_once` requests, and a spare one.

    The spare one answers while another child finishes what nobody waits for any more, or starts. It
    is used last, so that mostly it does without the memory of a request.
    """

    def __init__(self, make: Callable[[], Work], *, at_once: int) -> None:
        self._make = make
        self._idle = deque(Child(make) for _ in range(at_once + 1))
        self._changed = Condition()

    def ask(self, request: bytes, *, caller: Caller) -> object:
        """Have a child answer; at most `at_once` callers may do so at a time.

        Raises TimeoutError when there is no answer in time, ChildLost when the child died over it.
        """
        child = self._take(caller)
        longest = Caller(time.monotonic() + LONGEST_SECONDS)
        try:
            answer = child.ask(request, caller=caller)
        except ChildStarts:
            self._put_back(child)
            raise
        except TimeoutError:
            Thread(target=self._finish, args=(child, longest), daemon=True).start()
            raise
        except BaseException:
            self._replace(child)
            raise
        self._put_back(child)
        return answer

    def _take(self, caller: Caller) -> Child:
        """Return the idle child that was used last, once there is one. Raises TimeoutError."""
        taken: list[Child] = []

        def take(seconds: float) -> bool:
            with self._changed:
                if self._changed.wait_for(lambda: self._idle, seconds):
                    taken.append(self._usable())
            return bool(taken)

        caller.wait(take)
        return taken[0]

    def _usable(self) -> Child:
        """Take the idle child that was used last; those that died meanwhile are replaced."""
        for _ in range(len(self._idle)):
            child = self._idle.pop()
            if child.is_usable:
                return child
            self._replace(child)
        return self._idle.pop()

    def _put_back(self, child: Child) -> None:
        with self._changed:
            self._idle.append(child)
            self._changed.notify()

    def _finish(self, child: Child, longest: Caller) -> None:
        """Let a child finish what nobody waits for: another takes longer to start than most to end."""
        with suppress(TimeoutError, ChildLost):
            child.finish(longest)
            self._put_back(child)
            return
        self._replace(child)

    def _replace(self, child: Child) -> None:
        """End a child, and start another that will be used last.

        Where the machine has no room for one now, the dead one keeps its place until the next try.
        """
        child.end()
        new = child
        with suppress(OSError):
            new = Child(self._make)
        with self._changed:
            self._idle.appendleft(new)
            self._changed.notify()

    def end(self) -> None:
        """End all children that are idle."""
        while self._idle:
            self._idle.pop().end()
